"""PyMuPDF's layout and table models (``pymupdf.layout``): on a PDF page, or on a picture and its text.

The model is a graph network over text and drawings, helped by a small CNN. A picture has neither, so
it is laid under its own OCR text, written invisibly, on a page of a PDF in memory.
"""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pymupdf

from models import images
from models.base import Image
from models.layout import networks
from models.runtime import Runtime
from schemas.geometry import BBox
from schemas.reading import GridCell, Region, RegionKind, TableGrid, TextLine

PYMUPDF = threading.RLock()
"""Held around every use of PyMuPDF: neither the library nor its layout may be used by two threads at once."""

# The page the model sees should look like an ordinary one: text of about this height, sides within these.
_LINE_HEIGHT = 13.0
_LONGEST_SIDE, _SHORTEST_LONG_SIDE = 1600.0, 100.0
# A picture smaller than a sheet of paper lies at the corner of one: the model knows only whole pages.
_SHEET = (612.0, 792.0)
# A page with more boxes to tick is no form, and each is compared with all others.
_MOST_CHECKBOXES = 1000


def page_regions(page: pymupdf.Page, checkboxes: Sequence[BBox] = ()) -> list[Region]:
    """Regions of a PDF page without rotation, in points, tables with grids. Call it holding ``PYMUPDF``.

    ``checkboxes`` are those of an interactive form.
    """
    # It would load every widget itself, in quadratic time, and fail on fields that run in circles.
    shown = [_Checkbox(pymupdf.Rect(box)) for box in checkboxes[:_MOST_CHECKBOXES]]
    page.widgets = lambda *_: shown  # type: ignore[method-assign]
    networks.activate()
    page.get_layout(return_raw=True)
    groups: list[dict[str, Any]] = page.layout_information or []
    return [_region(group) for group in groups]


class _Checkbox(NamedTuple):
    """What the layout looks at of a widget."""

    rect: pymupdf.Rect
    field_value: str = ""
    field_type: int = pymupdf.PDF_WIDGET_TYPE_CHECKBOX  # type: ignore[attr-defined]


class PyMuPdfLayout:
    """Layout of page pictures, on the CPU whatever the runtime."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def lay_out(self, image: Image, lines: list[TextLine]) -> list[Region]:
        """See ``models.layout.base.LayoutEngine``."""
        return picture_regions(image, lines)


def picture_regions(image: Image, lines: Sequence[TextLine]) -> list[Region]:
    """Regions of a picture whose text is known, in pixels of ``image``; tables with grids."""
    scale = _points_per_pixel(image, lines)
    with PYMUPDF, pymupdf.open() as document:
        width, height = image.shape[1] * scale, image.shape[0] * scale
        page = document.new_page(width=max(width, _SHEET[0]), height=max(height, _SHEET[1]))
        small = images.scaled(image, min(1.0, scale * 1.5))
        pixmap = pymupdf.Pixmap(pymupdf.csRGB, small.shape[1], small.shape[0], small.tobytes(), False)
        page.insert_image((0, 0, width, height), pixmap=pixmap, keep_proportion=False)
        _write_invisibly(page, lines, scale)
        regions = page_regions(document.reload_page(page))
    return [region.scaled(1 / scale) for region in regions]


def _points_per_pixel(image: Image, lines: Sequence[TextLine]) -> float:
    """How large the picture's page must be for its text to have an ordinary size."""
    longest = float(max(image.shape[:2]))
    heights = [line.words[0].size for line in lines if line.words and line.words[0].size > 0]
    wanted = longest * _LINE_HEIGHT / float(np.median(heights)) if heights else 842.0
    return min(max(wanted, _SHORTEST_LONG_SIDE), _LONGEST_SIDE) / longest


@cache
def _font(name: str) -> pymupdf.Font:
    return pymupdf.Font(name)


def _write_invisibly(page: pymupdf.Page, lines: Sequence[TextLine], scale: float) -> None:
    """Writes each line where it stands on the picture, stretched to its width (render mode 3: invisible)."""
    for line in lines:
        text, box = line.text.strip(), line.bbox.scaled(scale)
        if line.quarter_turns or not text or box.area == 0:
            continue
        font = _font("helv" if text.isascii() else "cjk")
        size = box.height * 0.8
        natural = font.text_length(text, size)
        if natural <= 0:
            continue
        start = pymupdf.Point(box.x1, box.y2 - 0.2 * box.height)
        writer = pymupdf.TextWriter(page.rect)
        writer.append(start, text, font=font, fontsize=size)
        writer.write_text(page, render_mode=3, morph=(start, pymupdf.Matrix(box.width / natural, 1)))


def _region(group: dict[str, Any]) -> Region:
    box = BBox(*(float(v) for v in group["group_bbox"][:4]))
    kind = RegionKind(group["class_name"])
    return Region(kind, box, grid=_grid(box, group) if kind is RegionKind.TABLE else None)


def _grid(box: BBox, group: dict[str, Any]) -> TableGrid | None:
    """Rows times columns of single cells; the model's lines are relative to the box, without its edges."""
    lines = group.get("table_grid")
    if lines is None:
        return None
    ys = _edges(box.y1, lines.h_lines, box.y2)
    xs = _edges(box.x1, lines.v_lines, box.x2)
    cells = [
        GridCell(row, row + 1, col, col + 1, BBox(x1, y1, x2, y2))
        for row, (y1, y2) in enumerate(pairwise(ys))
        for col, (x1, x2) in enumerate(pairwise(xs))
    ]
    return TableGrid(len(ys) - 1, len(xs) - 1, cells)


def _edges(start: float, inner: Sequence[float], end: float) -> list[float]:
    return [start, *(p for offset in sorted(inner) if start < (p := start + float(offset)) < end), end]
