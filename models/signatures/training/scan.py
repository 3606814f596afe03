"""What a printer, a copier and a scanner do to a sheet."""

from __future__ import annotations

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.random import Generator
from numpy.typing import NDArray

from models.signatures.training.sheet import Box, Sheet

Gray = NDArray[np.uint8]
"""A page's pixels, ``(rows, columns)``."""


def scanned(sheet: Sheet) -> tuple[Gray, list[Box]]:
    """The sheet turned a little, blurred, stained, noisy, in black and white; the boxes go with it."""
    rng = sheet.rng
    gray: MatLike = 255.0 * (1 - sheet.dark * rng.uniform(0.75, 1.0))
    boxes = np.array(sheet.boxes, np.float32).reshape(-1, 4)
    if rng.random() < 0.6:
        gray, boxes = _turned(gray, boxes, float(rng.normal(0, 1.0)))
    if rng.random() < 0.35:
        gray = cv2.GaussianBlur(gray, (0, 0), float(rng.uniform(0.4, 1.2)))
    if rng.random() < 0.3:
        paper = cv2.resize(
            rng.normal(0, 12, (5, 4)).astype(np.float32), gray.shape[::-1], interpolation=cv2.INTER_CUBIC
        )
        gray = gray - rng.uniform(0, 40) + paper
    if rng.random() < 0.5:
        gray = gray + rng.normal(0, rng.uniform(1, 14), gray.shape)
    gray = np.clip(gray, 0, 255)
    if rng.random() < 0.45:
        gray = np.where(gray > rng.uniform(150, 225), 255.0, 0.0)
        if rng.random() < 0.5:
            specks = rng.random(gray.shape) < rng.uniform(0, 0.002)
            gray[specks] = 255 - gray[specks]
    if rng.random() < 0.25:
        _edges(gray, rng)
    if rng.random() < 0.15:
        for _ in range(rng.integers(1, 4)):
            center = (
                int(rng.uniform(0.01, 0.06) * gray.shape[1]),
                int(rng.uniform(0.1, 0.9) * gray.shape[0]),
            )
            cv2.circle(gray, center, int(rng.integers(8, 16)), 0.0, -1)
    return np.clip(gray, 0, 255).astype(np.uint8), [_box(*box) for box in boxes.tolist()]


def _edges(gray: MatLike, rng: Generator) -> None:
    """The black that a scanner sees beside the sheet."""
    h, w = gray.shape
    for _ in range(rng.integers(1, 4)):
        side, depth = rng.integers(4), rng.uniform(0.005, 0.05)
        tone = rng.uniform(0, 80)
        if side == 0:
            gray[: int(h * depth)] = tone
        elif side == 1:
            gray[h - int(h * depth) :] = tone
        elif side == 2:
            gray[:, : int(w * depth)] = tone
        else:
            gray[:, w - int(w * depth) :] = tone


def _turned(gray: MatLike, boxes: NDArray[np.float32], degrees: float) -> tuple[MatLike, NDArray[np.float32]]:
    h, w = gray.shape
    turn = cv2.getRotationMatrix2D((w / 2, h / 2), degrees, 1.0)
    out = cv2.warpAffine(gray, turn, (w, h), borderValue=255.0)
    if not len(boxes):
        return out, boxes
    corners = np.stack([boxes[:, [0, 1]], boxes[:, [2, 1]], boxes[:, [2, 3]], boxes[:, [0, 3]]], 1)
    moved = corners @ turn[:, :2].T + turn[:, 2]
    low, high = moved.min(1), moved.max(1)
    limits = np.array([w, h], np.float32)
    return out, np.concatenate([np.clip(low, 0, limits), np.clip(high, 0, limits)], 1).astype(np.float32)


def _box(x1: float, y1: float, x2: float, y2: float) -> Box:
    return x1, y1, x2, y2
