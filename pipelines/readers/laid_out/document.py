# mypy: disable-error-code="no-untyped-call"
"""A document as a word processor laid it out: its PDF's words, pictures and drawings, page by page."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import pymupdf

from pipelines.readers.direction import is_right_to_left
from pipelines.readers.pdf.text import in_logical_order
from schemas.errors import DocumentUnreadable
from schemas.geometry import BBox, PageSize
from schemas.reading import Word

_FLAGS = pymupdf.TEXTFLAGS_WORDS & ~pymupdf.TEXT_PRESERVE_LIGATURES | pymupdf.TEXT_MEDIABOX_CLIP
# A drawing that covers more of the page is its background.
_BACKGROUND = 0.9
_DRAWN = {"fill-path", "stroke-path", "fill-shade", "fill-image", "fill-imgmask"}


class ShownWord(NamedTuple):
    """A word on a page, box in page units (points, origin top left)."""

    text: str
    box: BBox


class ShownPicture(NamedTuple):
    """A picture on a page, box in page units; the same one elsewhere has the same ``xref``."""

    box: BBox
    xref: int


class LaidOutDocument:
    """The PDF that a word processor made of a document; page indices are 0-based.

    Raises:
        DocumentUnreadable: there is no page in it.
    """

    def __init__(self, pdf: Path) -> None:
        try:
            self._document = pymupdf.open(pdf, filetype="pdf")
        except Exception as error:  # MuPDF raises many kinds, some of them bare
            raise DocumentUnreadable("The pages of the document could not be laid out.") from error
        self.page_count: int = len(self._document)
        if not self.page_count:
            raise DocumentUnreadable("The document has no pages once it is laid out.")

    def size(self, page: int) -> PageSize:
        """The page's size in whole points."""
        rect = self._document[page].rect
        return PageSize(width=round(rect.width), height=round(rect.height))

    def words(self, page: int) -> list[ShownWord]:
        """The words in the order they were drawn, mostly that of the text; within a line as they are read."""
        try:
            found = self._document[page].get_text("words", flags=_FLAGS)
        except Exception:  # MuPDF raises many kinds; what is not found here has no box
            return []
        words: list[ShownWord] = []
        for _, line in groupby(found, key=lambda word: word[5:7]):
            shown = [ShownWord(word[4], BBox(*word[:4])) for word in line]
            words += _as_read(shown) if any(is_right_to_left(word.text) for word in shown) else shown
        return words

    def pictures(self, page: int) -> list[ShownPicture]:
        """The page's pixel images, as they were drawn."""
        sheet = self._document[page]
        limits = sheet.rect
        shown = [
            ShownPicture(BBox(*one["bbox"]).clipped(limits.width, limits.height), one["xref"])
            for one in sheet.get_image_info(xrefs=True)
        ]
        return [one for one in shown if one.box.area > 0]

    def drawings(self, page: int) -> list[BBox]:
        """The boxes of lines, areas and pictures, without backgrounds of the whole page."""
        sheet = self._document[page]
        limits = BBox(*sheet.rect)
        boxes = [
            BBox(*box).clipped(limits.x2, limits.y2) for kind, box in sheet.get_bboxlog() if kind in _DRAWN
        ]
        return [box for box in boxes if box.area < _BACKGROUND * limits.area]

    def close(self) -> None:
        """Gives the file back."""
        self._document.close()


def _as_read(line: list[ShownWord]) -> list[ShownWord]:
    words = in_logical_order([Word(word.text, word.box, size=word.box.height) for word in line])
    return [ShownWord(word.text, word.bbox) for word in words]
