"""Level boxes of one colour that stand out from what is around them: fields that are shaded, not framed."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from models.base import Image
from schemas.geometry import BBox

# A step of so many levels between neighbours is an edge; a box differs from all around it by as many.
_EDGE = 6
# A box fills its bounds by this share: it has nothing on it.
_FULL = 0.93
# In pixels: the least sides of a box, and how far from it its surroundings are looked at.
_LEAST, _WIDE, _AWAY = 14, 40, 3
# A box larger than this share of the picture is ground; a darker one (grey level) takes no ink.
_LARGEST, _DARK = 0.2, 96


def shaded_boxes(image: Image) -> list[BBox]:
    """The boxes, in pixels of the page picture; where one lies in another, both."""
    smooth = np.asarray(cv2.medianBlur(image, 3), np.uint8)
    flat = 255 - _edges(smooth)
    found = []
    height, width = flat.shape
    for x, y, across, down, area in cv2.connectedComponentsWithStats(flat, connectivity=4)[2][1:]:
        if min(across, down) < _LEAST or across < _WIDE or area < _FULL * across * down:
            continue
        if across * down < _LARGEST * width * height and _stands_out(smooth, x, y, across, down):
            found.append(BBox(float(x), float(y), float(x + across), float(y + down)))
    return found


def _edges(image: Image) -> NDArray[np.uint8]:
    """Where a pixel differs from its left or upper neighbour, as 255."""
    edges = np.zeros(image.shape[:2], bool)
    for axis in (0, 1):
        steps = np.abs(np.diff(image.astype(np.int16), axis=axis)).max(axis=2) >= _EDGE
        edges |= np.pad(steps, ((1, 0), (0, 0)) if axis == 0 else ((0, 0), (1, 0)))
    return np.where(edges, 255, 0).astype(np.uint8)


def _stands_out(image: Image, x: int, y: int, across: int, down: int) -> bool:
    """Whether a box is light, and of another colour than what is a little off each of its sides."""
    colour = np.median(image[y : y + down, x : x + across].reshape(-1, 3), axis=0)
    sides = (
        image[max(0, y - _AWAY), x : x + across],
        image[min(len(image) - 1, y + down + _AWAY - 1), x : x + across],
        image[y : y + down, max(0, x - _AWAY)],
        image[y : y + down, min(image.shape[1] - 1, x + across + _AWAY - 1)],
    )
    off = min(float(np.abs(np.median(side, axis=0) - colour).max()) for side in sides)
    return off >= _EDGE and float(colour.mean()) >= _DARK
