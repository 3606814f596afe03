"""Dashes in empty cells: text detectors overlook a lone stroke."""

from __future__ import annotations

import cv2
import numpy as np

from models.base import Image
from schemas.geometry import BBox

# How far from the background's grey ink is.
_INK = 60
# A dash is so wide (line heights), so thick at most, so much wider than thick; smaller things are specks.
_LEAST_WIDTH, _MOST_WIDTH, _MOST_THICKNESS, _ASPECT, _SPECK = 0.15, 1.2, 0.2, 1.8, 0.05


def lone_dash(image: Image, size: float) -> BBox | None:
    """The box (pixels) of the dash that is all there is on a cell's picture; None if there is none or more.

    ``size`` is the height of a line of text in pixels. What touches the picture's edges (rules, neighbours)
    is left out.
    """
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.int16)
    ink = (np.abs(grey - np.median(grey)) > _INK).astype(np.uint8)
    height, width = ink.shape
    found = []
    for x, y, across, down, _ in cv2.connectedComponentsWithStats(ink, connectivity=8)[2][1:].tolist():
        inner = x > 0 and y > 0 and x + across < width and y + down < height
        if inner and max(across, down) >= _SPECK * size:
            found.append(BBox(x, y, x + across, y + down))
    if len(found) != 1:
        return None
    box = found[0]
    sensible = _LEAST_WIDTH * size <= box.width <= _MOST_WIDTH * size
    thin = box.height <= _MOST_THICKNESS * size and box.width >= _ASPECT * box.height
    middle = 0.2 * height < box.center[1] < 0.8 * height
    return box if sensible and thin and middle else None
