"""Boxes that strokes close off on a page picture: also those too small for their sides to be rules."""

from __future__ import annotations

import cv2
import numpy as np

from models.base import Image
from schemas.geometry import BBox

# The square (pixels) whose mean tells dark from light, and by how much ink is darker.
_AROUND, _DARKER = 25, 12
# The least side of a box, the most height, as shares of the picture's longer side, and its most width, of the
# picture's; it fills its bounds by this share.
_LEAST, _HIGH, _WIDE, _FULL = 0.005, 0.25, 0.95, 0.85


def hollow_boxes(image: Image) -> list[BBox]:
    """What strokes enclose, in pixels: boxes as they are within their strokes."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    method = cv2.ADAPTIVE_THRESH_MEAN_C
    paper = cv2.adaptiveThreshold(grey, 255, method, cv2.THRESH_BINARY, _AROUND, _DARKER)
    stats = cv2.connectedComponentsWithStats(paper, connectivity=4)[2][1:]
    width, height, area = stats[:, 2], stats[:, 3], stats[:, 4]
    sized = np.minimum(width, height) > _LEAST * max(grey.shape)
    sized &= (height < _HIGH * max(grey.shape)) & (width < _WIDE * grey.shape[1])
    boxes = stats[sized & (area > _FULL * width * height)]
    return [BBox(float(x), float(y), float(x + w), float(y + h)) for x, y, w, h, _ in boxes.tolist()]
