"""Where along its axis the points of a line chart are: markers, labels, or the corners of its lines."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from models.charts.pixels.strokes import Stroke

_SWOLLEN = 1.45
"""How much thicker than its line a marker is, at least."""
_APART = 5.0
"""Pixels between points, at least."""
_ON_GRID = 0.12
"""How far corners are from a grid's lines at most, as a share of its pitch ."""
_EXACT, _MOST_EXACT = 4.0, 0.8
"""The most pixels by which corners are off a grid, and the share of them that must not be off farther."""
_PARTS = (1, 2, 3, 4, 5, 6, 10, 12)
"""Into how many parts the way from one label to the next may be divided."""
_MOST = 400
"""Points of one line."""


def markers(stroke: Stroke) -> list[tuple[float, float]]:
    """The middles (x, y; pixels of the picture) of the line's markers: where it is thicker than elsewhere."""
    filled = _filled(stroke.mask.astype(np.uint8))
    depth = cv2.distanceTransform(np.pad(filled, 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    columns = depth.max(axis=0)
    usual = float(np.median(columns[columns > 0])) if (columns > 0).any() else 0.0
    swollen = (depth >= max(_SWOLLEN * usual, usual + 1.0)).astype(np.uint8)
    centres = cv2.connectedComponentsWithStats(swollen)[3][1:]
    found = sorted((float(x) + stroke.origin[0], float(y) + stroke.origin[1]) for x, y in centres)
    return found[:_MOST]


def _filled(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The mask with its small holes (open markers) filled."""
    _, named, stats, _ = cv2.connectedComponentsWithStats(1 - mask, connectivity=4)
    small = np.flatnonzero(stats[:, cv2.CC_STAT_AREA] <= 150)
    small = small[small != 0]
    return (mask | np.isin(named, small)).astype(np.uint8)


def corners(stroke: Stroke) -> list[float]:
    """Columns in which the line turns, its ends too (Douglas & Peucker 1973)."""
    line = np.stack([np.arange(len(stroke.y)), stroke.y], axis=1).astype(np.float32)
    tolerance = max(1.2, 0.4 * stroke.thick)
    kept = cv2.approxPolyDP(line.reshape(-1, 1, 2), tolerance, closed=False).reshape(-1, 2)
    return sorted(float(x) + stroke.x0 for x in kept[:, 0])[:_MOST]


def merged(columns: Sequence[float]) -> list[float]:
    """Places that are one, as one: the mean of those that are near to each other."""
    groups: list[list[float]] = []
    for x in sorted(columns):
        if groups and x - groups[-1][-1] <= _APART:
            groups[-1].append(x)
        else:
            groups.append([x])
    return [float(np.mean(group)) for group in groups]


def even_grid(labelled: Sequence[float], turns: Sequence[float]) -> list[float] | None:
    """The coarsest even grid on which the corners lie, as wide as labels are apart or a part of that.

    ``labelled`` are the places of labels, ``turns`` those of corners and markers, the lines' ends among them;
    the grid goes from the first to the last of these. None if they lie on none.
    """
    if len(labelled) < 2 or len(turns) < 2:
        return None
    step = float(np.median(np.diff(np.sort(np.asarray(labelled, dtype=float)))))
    at = np.asarray(turns)
    for parts in _PARTS:
        pitch = step / parts
        if pitch < _APART:
            return None
        start = pitch * float(np.angle(np.exp(2j * np.pi * at / pitch).mean())) / (2 * np.pi)
        number = np.round((at - start) / pitch)
        off = np.abs(start + number * pitch - at)
        # Corners where two slopes differ little are not exact: a few may be off.
        if np.quantile(off, _MOST_EXACT) <= min(_EXACT, _ON_GRID * pitch):
            return [start + i * pitch for i in range(int(number.min()), int(number.max()) + 1)][:_MOST]
    return None
