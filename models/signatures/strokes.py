"""Whether there is handwriting in a box at all, or only lines and dirt."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

_ACROSS, _DOWN = 0.5, 0.7
"""Straight dark runs of these shares of the box's width and height are ruling lines, not strokes."""
_LEAST_STROKE = 0.25
"""The longest stroke reaches over this share of the box's width or height."""
_LEAST_SIDE = 8
"""Of a box with a smaller side (pixels) nothing can be told."""


def has_strokes(gray: NDArray[np.uint8]) -> bool:
    """Whether the dark parts of a picture ``(rows, columns)`` hold a stroke, ruling lines left out."""
    height, width = gray.shape
    if min(height, width) < _LEAST_SIDE:
        return True
    dark = np.asarray(cv2.threshold(gray, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)[1], np.uint8)
    rules = cv2.max(_runs(dark, round(_ACROSS * width), 1), _runs(dark, 1, round(_DOWN * height)))
    strokes = cv2.subtract(dark, cv2.dilate(rules, np.ones((3, 3), np.uint8)))
    reach = cv2.connectedComponentsWithStats(strokes)[2][1:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]]
    return bool(len(reach)) and bool((reach / [width, height]).max() >= _LEAST_STROKE)


def _runs(dark: NDArray[np.uint8], across: int, down: int) -> NDArray[np.uint8]:
    kernel = np.ones((down, across), np.uint8)
    return np.asarray(cv2.morphologyEx(dark, cv2.MORPH_OPEN, kernel), np.uint8)
