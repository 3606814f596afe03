"""Dashes that the text reading overlooked in the cells of a scanned table."""

from __future__ import annotations

from collections.abc import Iterator

from models import images
from models.base import Image
from models.tables.strokes import lone_dash
from pipelines.pages.tables.cells import Cell, Table
from schemas.fragments import Source
from schemas.geometry import BBox
from schemas.reading import TextLine, Word

# A stroke this wide (line heights) is an em dash, an en dash; a narrower one a hyphen or minus.
_EM, _EN = 0.48, 0.27
# How sure such a reading is.
_CONFIDENCE = 0.8


def dashes_in(table: Table, image: Image, scale: float) -> Iterator[TextLine]:
    """A line of text for each dash in an empty cell below the first row; ``scale``: pixels a page unit."""
    sizes = sorted(word.size for cell in table.cells for word in cell.words)
    if not sizes:
        return
    size = sizes[len(sizes) // 2]
    for cell in table.cells:
        if cell.lines or not cell.top or not _stands_in_a_row(cell, table):
            continue
        place = cell.place.scaled(scale)
        found = lone_dash(images.cropped(image, place), size * scale)
        if found is not None:
            yield _line(found, place, size, scale)


def _stands_in_a_row(cell: Cell, table: Table) -> bool:
    return any(other.lines and other.top == cell.top for other in table.cells)


def _line(dash: BBox, place: BBox, size: float, scale: float) -> TextLine:
    left, top = int(place.x1), int(place.y1)
    box = BBox(dash.x1 + left, dash.y1 + top, dash.x2 + left, dash.y2 + top).scaled(1 / scale)
    text = "—" if box.width >= _EM * size else "–" if box.width >= _EN * size else "-"
    word = Word(text, box, confidence=_CONFIDENCE, size=size, source=Source.OCR)
    return TextLine([word], box, confidence=_CONFIDENCE)
