"""Level boxes of one colour that stand out from what is around them: fields that are shaded, not framed."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from models.base import Image
from schemas.geometry import BBox

# A step of so many levels between neighbours is an edge; a box differs from all around it by as many.
_EDGE = 6
# Most neighbours (per cent) of a page that was scanned differ by more than this. It is smoothed over squares
# of so many pixels; a tint is so far from the paper's colour. Every so many rows are looked at.
_MOST, _CLEAN, _BROAD, _TINT, _SAMPLED = 75, 0.5, 7, 9, 8
# A box fills its bounds by this share: it has nothing on it.
_FULL = 0.93
# In pixels: the least sides of a box, and how far from it its surroundings are looked at.
_LEAST, _WIDE, _AWAY = 14, 40, 3
# A box larger than this share of the picture is ground; a darker one (grey level) takes no ink.
_LARGEST, _DARK = 0.2, 96


def shaded_boxes(image: Image) -> list[BBox]:
    """The boxes, in pixels of the page picture; where one lies in another, both."""
    smooth = np.asarray(cv2.medianBlur(image, 3), np.uint8)
    if _noise(smooth) > _CLEAN:
        smooth = np.asarray(cv2.medianBlur(image, _BROAD), np.uint8)
        tinted = _tinted(smooth)
        parts = [tinted, 255 - tinted]
    else:
        parts = [_flat(smooth)]
    return [box for part in parts for box in _boxes(part, smooth)]


def _boxes(part: NDArray[np.uint8], image: Image) -> list[BBox]:
    """The boxes that make up a part of a picture, where they stand out."""
    found = []
    height, width = part.shape
    for x, y, across, down, area in cv2.connectedComponentsWithStats(part, connectivity=4)[2][1:]:
        if min(across, down) < _LEAST or across < _WIDE or area < _FULL * across * down:
            continue
        if across * down < _LARGEST * width * height and _stands_out(image, x, y, across, down):
            found.append(BBox(float(x), float(y), float(x + across), float(y + down)))
    return found


def _tinted(image: Image) -> NDArray[np.uint8]:
    """Where a picture has another colour than its paper, as 255: in scans, edges are no steps."""
    paper = np.median(image[::_SAMPLED].reshape(-1, 3), axis=0).astype(np.int16)
    low, high = (tuple(np.clip(paper + by, 0, 255).tolist()) for by in (-_TINT, _TINT))
    return 255 - np.asarray(cv2.inRange(image, low, high), np.uint8)


def _flat(image: Image) -> NDArray[np.uint8]:
    """Where no pixel differs much from its left or upper neighbour, as 255."""
    low, high = (0, 0, 0), (_EDGE - 1,) * 3
    flat = np.full(image.shape[:2], 255, np.uint8)
    flat[1:] &= np.asarray(cv2.inRange(cv2.absdiff(image[1:], image[:-1]), low, high), np.uint8)
    flat[:, 1:] &= np.asarray(cv2.inRange(cv2.absdiff(image[:, 1:], image[:, :-1]), low, high), np.uint8)
    return flat


def _noise(image: Image) -> float:
    """By how much most neighbours differ (levels): nothing on a page that was never scanned."""
    rows = image[::_SAMPLED].astype(np.int16)
    return float(np.percentile(np.abs(np.diff(rows, axis=1)).max(axis=2), _MOST))


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
