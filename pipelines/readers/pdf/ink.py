# mypy: disable-error-code="no-untyped-call"
"""What a PDF page shows: its pixels, asked place by place."""

from __future__ import annotations

import functools
import math
from functools import cached_property

import cv2
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
        if self._has_steps(box):
            return True
        part = self._part(box)
        rows = np.ptp(part, axis=1).max(axis=1) > _CONTRAST if part.size else np.zeros(0, dtype=bool)
        if len(rows) < _TALL:
            return self.shows(box)
        return bool(rows.sum() >= _LEAST_ROWS * len(rows))

    def _has_steps(self, box: BBox) -> bool:
        """Whether neighbouring pixels tell it already, as they do of nearly all words that show.

        A row with a step between two neighbours has pixels that differ by as much.
        """
        x1, y1, x2, y2 = self._place(box)
        height, width = self._steps.shape
        x2, y2 = min(x2, width), min(y2, height)
        if x2 - x1 < 2 or y2 <= y1:
            return False
        stepped = self._steps[y1:y2, x2 - 1] > self._steps[y1:y2, x1]
        return bool(np.count_nonzero(stepped) >= _LEAST_ROWS * (y2 - y1))

    @cached_property
    def _steps(self) -> NDArray[np.int32]:
        """Of each pixel how many in its row, up to it, differ from the one before."""
        pixels, _ = self._pixels
        channels = (cv2.absdiff(pixels[:, 1:, i], pixels[:, :-1, i]) > _CONTRAST for i in range(3))
        differ = functools.reduce(np.logical_or, channels)
        return np.pad(np.cumsum(differ, axis=1, dtype=np.int32), ((0, 0), (1, 0)))

    def is_ground(self, color: int, box: BBox) -> bool:
        """Whether most of a box has a colour (``0xRRGGBB``), or one that nobody tells from it."""
        part = self._part(box).reshape(-1, 3)
        if not len(part):
            return False
        wanted = np.array([color >> 16, color >> 8 & 0xFF, color & 0xFF])
        return int(np.abs(np.median(part, axis=0) - wanted).max()) <= _ALIKE

    def _part(self, box: BBox) -> NDArray[np.uint8]:
        """The pixels of a box: height, width, three channels."""
        x1, y1, x2, y2 = self._place(box)
        return self._pixels[0][y1:y2, x1:x2]

    def _place(self, box: BBox) -> tuple[int, int, int, int]:
        """The box in pixels: left, top, and what is beyond its right and foot; it may leave the page."""
        scale = self._pixels[1]
        x1, y1 = max(0, math.floor(box.x1 * scale)), max(0, math.floor(box.y1 * scale))
        return x1, y1, math.ceil(box.x2 * scale), math.ceil(box.y2 * scale)

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
