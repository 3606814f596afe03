"""Whether there is handwriting in a box at all, or only lines and dirt, or a picture."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from models.base import Image

_ACROSS, _DOWN = 0.5, 0.7
"""Straight dark runs of these shares of the box's width and height are ruling lines, not strokes."""
_LEAST_STROKE = 0.25, 0.3
"""The longest stroke reaches over these shares of the box's width or height."""
_LEAST_SIDE = 8
"""Of a box with a smaller side (pixels) nothing can be told."""
_MOST_INK = 0.42
"""The share of the box that a pen may cover: the rest is paper."""
_TINT = 40
"""Ground whose channels differ by more is coloured."""
_EVEN = 0.2, 0.13
"""How much paper varies at most, as a share of what sets it off from ink; and coloured paper, for skin does,
too."""


def has_strokes(gray: NDArray[np.uint8]) -> bool:
    """Whether the dark parts of a picture ``(rows, columns)`` hold a stroke, ruling lines left out."""
    height, width = gray.shape
    if min(height, width) < _LEAST_SIDE:
        return True
    dark = np.asarray(cv2.threshold(gray, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)[1], np.uint8)
    rules = cv2.max(_runs(dark, round(_ACROSS * width), 1), _runs(dark, 1, round(_DOWN * height)))
    strokes = cv2.subtract(dark, cv2.dilate(rules, np.ones((3, 3), np.uint8)))
    reach = cv2.connectedComponentsWithStats(strokes)[2][1:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]]
    return bool((reach >= np.multiply(_LEAST_STROKE, [width, height])).any())


def is_on_paper(part: Image) -> bool:
    """Whether dark strokes lie on an even ground, as ink does: in photographs there is none."""
    gray = np.asarray(cv2.cvtColor(part, cv2.COLOR_RGB2GRAY), np.uint8)
    ink = cv2.threshold(gray, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)[1] > 0
    if min(gray.shape) < _LEAST_SIDE or not ink.any():
        return True
    ground = gray[~ink]
    varies = float(ground.std()) / max(1.0, float(np.median(ground)) - float(np.median(gray[ink])))
    tint = float(np.median(np.ptp(part[~ink].astype(np.int16), axis=1)))
    return bool(ink.mean() <= _MOST_INK and varies <= _EVEN[tint > _TINT])


def _runs(dark: NDArray[np.uint8], across: int, down: int) -> NDArray[np.uint8]:
    kernel = np.ones((down, across), np.uint8)
    return np.asarray(cv2.morphologyEx(dark, cv2.MORPH_OPEN, kernel), np.uint8)
