"""A page of the corpus as if it had come by another way: never the same twice."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.random import Generator
from numpy.typing import NDArray

from models.signatures.training.scan import Gray
from models.signatures.training.sheet import Box

Boxes = NDArray[np.float64]
"""``(n, 4)``: ``x1, y1, x2, y2`` in pixels."""

_LEFT = 0.6
"""A signature stays where more than this share of its box is still on the picture."""


def augmented(gray: Gray, boxes: Sequence[Box], rng: Generator) -> tuple[NDArray[np.float32], Boxes]:
    """The page (0 to 1) stretched, shifted, cropped, blurred, faded, and the boxes of which most is left."""
    page, placed = _moved(gray, np.array(boxes, np.float64).reshape(-1, 4), rng)
    x: MatLike = page.astype(np.float32)
    if rng.random() < 0.3:
        x = cv2.GaussianBlur(x, (0, 0), float(rng.uniform(0.3, 0.9)))
    if rng.random() < 0.2:
        kernel = np.ones((2, 2), np.uint8)
        x = cv2.erode(x, kernel) if rng.random() < 0.5 else cv2.dilate(x, kernel)
    x = 255 * (x / 255) ** rng.uniform(0.6, 1.7)
    if rng.random() < 0.3:
        x = x + rng.normal(0, rng.uniform(1, 12), x.shape)
    if rng.random() < 0.25:
        x = _as_jpeg(x, int(rng.integers(25, 90)))
    return np.asarray(np.clip(x, 0, 255) / 255, np.float32), placed


def _moved(gray: Gray, boxes: Boxes, rng: Generator) -> tuple[Gray, Boxes]:
    h, w = gray.shape
    sx, sy = np.exp(rng.normal(0, 0.16)), np.exp(rng.normal(0, 0.12))
    scale = np.exp(rng.normal(0, 0.12))
    sx, sy = sx * scale, sy * scale
    if rng.random() < 0.4:  # pages squeezed into squares
        sy *= rng.uniform(0.7, 1.0)
    tx = rng.uniform(min(0, w - w * sx), max(0, w - w * sx))
    ty = rng.uniform(min(0, h - h * sy), max(0, h - h * sy))
    matrix = np.array([[sx, 0, tx], [0, sy, ty]], np.float32)
    around = float(gray[:, -1].max()) if rng.random() < 0.8 else float(rng.integers(0, 255))
    flags = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    out = np.asarray(cv2.warpAffine(gray, matrix, (w, h), flags=flags, borderValue=around), np.uint8)
    moved = boxes * [sx, sy, sx, sy] + [tx, ty, tx, ty]
    clipped = np.clip(moved, 0, [w, h, w, h])
    return out, clipped[_areas(clipped) > _LEFT * _areas(moved)]


def _areas(boxes: Boxes) -> NDArray[np.float64]:
    areas: NDArray[np.float64] = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    return areas


def _as_jpeg(x: MatLike, quality: int) -> MatLike:
    pixels = np.clip(x, 0, 255).astype(np.uint8)
    data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.float32)
