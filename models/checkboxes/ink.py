"""The ink of a page picture, and what is common to all boxes drawn with it. Masks are ``(height, width)``."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from schemas.geometry import BBox

LEAST, MOST = 8, 44
"""The sides of a box, in pixels of the picture that is looked at."""
THICKEST = 0.22
"""A frame's stroke takes at most this share of its side."""
MOST_FOUND = 400
"""A page with more than that many is a pattern."""

Mask = NDArray[np.uint8]


def runs(ink: Mask, kernel: tuple[int, int]) -> Mask:
    """The ink that is as wide and high as ``kernel``."""
    element = cv2.getStructuringElement(cv2.MORPH_RECT, kernel)
    return np.asarray(cv2.morphologyEx(ink, cv2.MORPH_OPEN, element), np.uint8)


def part_of(mask: Mask, box: BBox) -> Mask:
    """The mask inside a box: what is written to it is written to the mask."""
    x1, y1, x2, y2 = (int(value) for value in box)
    return mask[y1:y2, x1:x2]


def beside(ink: Mask, box: BBox, share: float) -> tuple[float, float]:
    """The shares of a box's rows with ink close to its left and to its right (so near, in heights)."""
    x1, y1, x2, y2 = (int(value) for value in box)
    room = max(1, round(share * (y2 - y1)))
    left, right = ink[y1:y2, max(0, x1 - 1 - room) : max(0, x1 - 1)], ink[y1:y2, x2 + 1 : x2 + 1 + room]
    return _inked_rows(left), _inked_rows(right)


def _inked_rows(part: Mask) -> float:
    return float(part.any(axis=1).mean()) if part.size else 0.0
