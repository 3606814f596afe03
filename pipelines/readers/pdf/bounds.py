# mypy: disable-error-code="no-untyped-call"
"""How much a page of a PDF may be: a file of a few kilobytes can unpack to any size."""

from __future__ import annotations

from typing import Any

import pymupdf

from pipelines.readers.pdf.objects import PdfObject
from schemas.errors import PageTooLarge

_mupdf = pymupdf.mupdf
_MOST_CONTENT = 32 << 20
"""Bytes of operators, unpacked: detailed maps have a few million."""
_MOST_CHARACTERS = 500_000
"""Each takes half a kilobyte while it is looked at; a page of a newspaper has 30,000."""

_MOST_ANNOTATIONS = 20_000
"""Links, remarks and fields: each is given a look of its own."""


def check_bounds(page: pymupdf.Page) -> None:
    """Refuses a page whose content is too large, before it is interpreted.

    Raises:
        PageTooLarge: it has too many bytes or annotations, or shows too many characters.
    """
    number, size = page.number + 1, _content_bytes(page)
    if _mupdf.pdf_array_len(PdfObject.of_page(page).get("Annots").raw) > _MOST_ANNOTATIONS:
        raise PageTooLarge(
            f"Page {number} is too large: it has more than {_MOST_ANNOTATIONS} annotations and fields."
        )
    if size > _MOST_CONTENT:
        raise PageTooLarge(
            f"Page {number} is too large: what draws it has more than {_MOST_CONTENT >> 20} MB. "
            "Send it as a picture, or draw it more simply."
        )
    if size > _MOST_CHARACTERS and len(page.get_text("text")) > _MOST_CHARACTERS:
        raise PageTooLarge(
            f"Page {number} is too large: it has more than {_MOST_CHARACTERS} characters. Part it in several."
        )


def _content_bytes(page: pymupdf.Page) -> int:
    """The size of a page's content, unpacked, as far as it can be; no more is unpacked than may be."""
    document = _mupdf.pdf_document_from_fz_document(page.parent.this)
    try:
        stream = _mupdf.pdf_open_contents_stream(document, PdfObject.of_page(page).get("Contents").raw)
        return int(_mupdf.fz_skip(stream, _MOST_CONTENT + 1))
    except Exception:  # MuPDF raises many kinds on damaged streams: what reads them will tell
        return 0


class _Collected:
    """The first painted paths; what is filled and then drawn along the same line is one."""

    def __init__(self, most: int) -> None:
        self.paths: list[dict[str, Any]] = []
        self._most = most

    def add(self, path: dict[str, Any]) -> None:
        """Takes a path, as long as there is room."""
        last = self.paths[-1] if self.paths else {}
        if path["type"] == "s" and last.get("type") == "f" and last["items"] == path["items"]:
            self.paths[-1] = {**path, **last, "type": "fs"}
        elif len(self.paths) < self._most:
            self.paths.append(dict(path))


def first_drawings(page: pymupdf.Page, most: int) -> list[dict[str, Any]]:
    """The first paths that ``Page.get_cdrawings`` gives, without the memory that all of them take."""
    collected = _Collected(most)
    page.get_cdrawings(callback=collected.add)
    return collected.paths
