"""Finds handwritten signatures with a network of our own; ``CARD.md`` says what it is and how it was made."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from models.base import Image
from models.runtime import Runtime
from models.weights import load
from schemas.geometry import BBox
from schemas.reading import Sighting

SIDE = 640
"""The longer side of what the network looks at, pixels."""
_STEP, _STRIDE = 32, 8
"""The network wants sides that are multiples of the first, and answers for squares of the second."""
_SQUARE, _SHEET = (0.85, 1.18), 0.77
"""A picture of such proportions (width by height) is seen as one of a sheet of paper: a page that some tool
squeezed into a square is far more frequent than a page that is one."""
_LEAST_SCORE, _SAME = 0.1, 0.3
"""Squares with lower scores are not looked at; of boxes that overlap by this IoU one stays."""


class SignatureDetector:
    """After CenterNet (Zhou et al., 2019, arXiv 1904.07850). One call at a time, whoever calls."""

    def __init__(self, runtime: Runtime) -> None:
        self._lock = threading.Lock()
        self._network = runtime.network(load("signatures"))

    def find(self, image: Image) -> list[Sighting]:
        """What may be a signature on the upright page ``image``, in its pixels, the surest first."""
        values, across, down = _input(image)
        with self._lock:
            heat, sides = self._network(values)
        height, width = image.shape[:2]
        found: list[Sighting] = []
        for score, box in sorted(_peaks(heat[0, 0], sides[0]), reverse=True):
            placed = BBox(box.x1 / across, box.y1 / down, box.x2 / across, box.y2 / down)
            placed = placed.clipped(width, height)
            if placed.area and all(placed.iou(other.bbox) < _SAME for other in found):
                found.append(Sighting(placed, score))
        return found


def _input(image: Image) -> tuple[NDArray[np.float32], float, float]:
    """``(1, 1, height, width)`` grey from 0 to 1, white around the page; its scales across and down."""
    height, width = image.shape[:2]
    wide = height * _SHEET if _SQUARE[0] < width / height < _SQUARE[1] else width
    scale = SIDE / max(height, wide)
    size = (max(1, round(wide * scale)), max(1, round(height * scale)))
    page = cv2.resize(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), size, interpolation=cv2.INTER_AREA)
    canvas = np.ones((1, 1, -(-size[1] // _STEP) * _STEP, -(-size[0] // _STEP) * _STEP), np.float32)
    canvas[0, 0, : size[1], : size[0]] = page.astype(np.float32) / 255
    return canvas, size[0] / width, size[1] / height


def _peaks(heat: NDArray[np.float32], sides: NDArray[np.float32]) -> Iterator[tuple[float, BBox]]:
    """Scores and boxes (pixels of the input) where ``heat`` (rows, columns) is higher than all around.

    ``sides`` (4, rows, columns) is how far the box reaches left, up, right and down from a square's middle.
    """
    highest = cv2.dilate(heat, np.ones((3, 3), np.uint8))
    for row, column in np.argwhere((heat == highest) & (heat > _LEAST_SCORE)).tolist():
        left, up, right, down = (float(side) for side in sides[:, row, column])
        x, y = (column + 0.5) * _STRIDE, (row + 0.5) * _STRIDE
        yield float(heat[row, column]), BBox(x - left, y - up, x + right, y + down)
