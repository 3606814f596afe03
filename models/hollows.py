"""Small boxes that strokes close off on a page picture: the cells that take one character each."""

from __future__ import annotations

import cv2
import numpy as np

from models.base import Image
from schemas.geometry import BBox

# The square (pixels) whose mean tells dark from light, and by how much ink is darker.
_AROUND, _DARKER = 25, 12
# The sides of a box, as shares of the picture's longer side; it fills its bounds by this share.
_LEAST, _MOST, _FULL = 0.005, 0.03, 0.85


def hollow_boxes(image: Image) -> list[BBox]:
    """What strokes enclose, in pixels: boxes as they are within their strokes."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    method = cv2.ADAPTIVE_THRESH_MEAN_C
    paper = cv2.adaptiveThreshold(grey, 255, method, cv2.THRESH_BINARY, _AROUND, _DARKER)
    least, most = (share * max(grey.shape) for share in (_LEAST, _MOST))
    stats = cv2.connectedComponentsWithStats(paper, connectivity=4)[2][1:]
    sides = np.maximum(stats[:, 2], stats[:, 3]), np.minimum(stats[:, 2], stats[:, 3])
    boxes = stats[(sides[0] < most) & (sides[1] > least) & (stats[:, 4] > _FULL * sides[0] * sides[1])]
    return [BBox(float(x), float(y), float(x + w), float(y + h)) for x, y, w, h, _ in boxes.tolist()]
