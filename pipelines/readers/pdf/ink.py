# mypy: disable-error-code="no-untyped-call"
"""What a PDF page shows: its pixels, asked place by place."""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np
import pymupdf
from numpy.typing import NDArray

from schemas.geometry import BBox

# A difference of a colour's channel (of 255) up to this is not seen, at a pixel a point.
_CONTRAST = 18
# Colours that differ no more than this in any channel are one to the eye, however large the letters.
_ALIKE = 24
# Pages larger than so many points squared are looked at from further away.
_MOST_PIXELS = 12_000_000
# The share of a box's rows of pixels that letters reach into at least, where it has so many.
_LEAST_ROWS, _TALL = 0.2, 5


class Ink:
    """The looks of a page, painted once and only when asked for. Boxes are in page units."""

    def __init__(self, page: pymupdf.Page) -> None:
        self._page = page

    def shows(self, box: BBox) -> bool:
        """Whether anything can be told from its surroundings in a box."""
        part = self._part(box)
        return part.size > 0 and int(np.ptp(part, axis=(0, 1)).max()) > _CONTRAST

    def shows_letters(self, box: BBox) -> bool:
        """The same, and that it is more than a slit of the line that stands there."""
        part = self._part(box)
        rows = np.ptp(part, axis=1).max(axis=1) > _CONTRAST if part.size else np.zeros(0, dtype=bool)
        if len(rows) < _TALL:
            return self.shows(box)
        return bool(rows.sum() >= _LEAST_ROWS * len(rows))

    def is_ground(self, color: int, box: BBox) -> bool:
        """Whether most of a box has a colour (``0xRRGGBB``), or one that nobody tells from it."""
        part = self._part(box).reshape(-1, 3)
        if not len(part):
            return False
        wanted = np.array([color >> 16, color >> 8 & 0xFF, color & 0xFF])
        return int(np.abs(np.median(part, axis=0) - wanted).max()) <= _ALIKE

    def _part(self, box: BBox) -> NDArray[np.uint8]:
        """The pixels of a box: height, width, three channels."""
        pixels, scale = self._pixels
        x1, y1 = max(0, math.floor(box.x1 * scale)), max(0, math.floor(box.y1 * scale))
        return pixels[y1 : math.ceil(box.y2 * scale), x1 : math.ceil(box.x2 * scale)]

    @cached_property
    def _pixels(self) -> tuple[NDArray[np.uint8], float]:
        """The page in colour and its pixels a point: one, unless it is very large."""
        scale = min(1.0, (_MOST_PIXELS / max(abs(self._page.rect), 1.0)) ** 0.5)
        pymupdf.TOOLS.set_aa_level(8)  # the layout engine turns it off
        matrix = pymupdf.Matrix(scale, scale)
        pixmap = self._page.get_pixmap(matrix=matrix, colorspace=pymupdf.csRGB, alpha=False)
        pixels = np.frombuffer(pixmap.samples, dtype=np.uint8)
        rows = pixels.reshape(pixmap.height, pixmap.stride)[:, : pixmap.width * 3]
        return rows.reshape(pixmap.height, pixmap.width, 3), scale
