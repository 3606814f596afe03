"""What PyMuPDF finds in a file by itself, in a child of its own: the files are hostile to it, too."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any, Protocol

import msgspec

from schemas.errors import DocumentError
from workers.children import Child, Limits

_SECONDS, _BYTES = 30.0, 4 << 30
_MOST_PAGES = 50


class Opinion(msgspec.Struct, frozen=True):
    """The text of the first pages; ``locked``: the file wants a password; ``opens``: it has pages."""

    text: str = ""
    locked: bool = False
    opens: bool = False


class Opinions(Protocol):
    """Who is asked."""

    def of(self, path: Path) -> Opinion:
        """What is found in a file."""
        ...


class PlainPymupdf:
    """PyMuPDF alone, with nothing of Octavo's."""

    def of(self, path: Path) -> Opinion:
        """See ``Opinions``; a file that it cannot open has no text."""
        import pymupdf

        try:
            opened: Any = pymupdf.open(path, filetype="pdf")  # type: ignore[no-untyped-call]
            with opened as document:
                if document.needs_pass:
                    return Opinion(locked=True)
                pages = range(min(_MOST_PAGES, document.page_count))
                return Opinion("\n".join(_text(document, number) for number in pages), opens=bool(pages))
        except Exception:  # MuPDF's own errors have no base in common with Python's
            return Opinion()


def _text(document: Any, number: int) -> str:
    try:
        return str(document[number].get_text())
    except Exception:
        return ""


def opinion_of(path: Path) -> Opinion:
    """Of a PDF; an empty one where PyMuPDF crashed or took too long."""
    child = Child(functools.partial(PlainPymupdf), Opinions, Limits(_BYTES))
    try:
        found: Opinion = child.call("of", path, timeout=_SECONDS)
        return found
    except DocumentError:
        return Opinion()
    finally:
        child.kill()
