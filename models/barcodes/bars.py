"""How bars stand, and how high: readers tell only of the rows of a linear barcode that they read."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
"""Pixels, ``(height, width)``."""
Corners = NDArray[np.float64]
"""Four points, ``(4, 2)``: top left, top right, bottom right, bottom left of a symbol as it is read."""

Matrix = NDArray[np.float64]
"""An affine map of points, ``(2, 3)``."""

# Bars are all that a picture shows where most of its edges, by their strength, point one way; readers need no
# help below so many degrees.
_COHERENT, _LEAST_LEAN = 0.5, 5.0
# Points at which a row is looked at, along the code.
_SAMPLES = 256
# A row shows the same bars as those that were read when its greys correlate with theirs by this much.
_ALIKE = 0.6
# What of the rows before is kept of them in the next comparison.
_FADING = 0.8
# Bars are seldom higher than the code is long.
_MOST_HEIGHT = 1.0


def lean(grey: Grey) -> float:
    """The angle (degrees clockwise, -45 to 45) by which the bars that fill a picture lean; 0 where none do.

    Found by the structure tensor: the direction that the picture's gradients have in common (Bigün and
    Granlund, "Optimal orientation detection of linear symmetry", ICCV 1987).
    """
    across, down = (cv2.Sobel(grey, cv2.CV_32F, *order) for order in ((1, 0), (0, 1)))
    twice = np.array([np.sum(across**2 - down**2), np.sum(2 * across * down)], dtype=np.float64)
    whole = float(np.sum(across**2 + down**2))
    if np.hypot(*twice) < _COHERENT * whole or not whole:
        return 0.0
    angle = float(np.degrees(np.arctan2(twice[1], twice[0]))) / 2
    angle -= 90 * round(angle / 90)
    return angle if abs(angle) >= _LEAST_LEAN else 0.0


def turned(grey: Grey, angle: float) -> tuple[Grey, Matrix]:
    """The whole picture turned back by ``angle`` degrees, on white, and the way back to it."""
    height, width = grey.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)]) @ matrix[:, :2].T
    matrix[:, 2] = -corners.min(axis=0)
    size = np.ceil(np.ptp(corners, axis=0)).astype(int).tolist()
    level = cv2.warpAffine(grey, matrix, size, flags=cv2.INTER_CUBIC, borderValue=255.0)
    return np.asarray(level, dtype=np.uint8), np.asarray(cv2.invertAffineTransform(matrix))


def whole_bars(grey: Grey, corners: Corners) -> Corners:
    """The corners of a linear barcode with all of its bars, of the part of them that was read.

    Rows above and below, parallel to the code, belong to it as long as they show the same bars.
    """
    left, right = (corners[0] + corners[3]) / 2, (corners[1] + corners[2]) / 2
    length = float(np.hypot(*(right - left)))
    if length < 1:
        return corners
    across = (right - left) / length
    down = np.array([-across[1], across[0]])
    if (corners[3] - corners[0] + corners[2] - corners[1]) @ down < 0:
        down = -down
    reach = max(2, round(_MOST_HEIGHT * length))
    rows = _rows(grey, left - reach * down, (right - left) / _SAMPLES, down, 2 * reach + 1)
    read = abs(float((corners[3] - corners[0] + corners[2] - corners[1]) @ down)) / 4
    first, last = max(0, round(reach - read)), min(2 * reach, round(reach + read))
    bars = rows[first : last + 1].mean(axis=0)
    first -= _alike(rows[:first][::-1], bars)
    last += _alike(rows[last + 1 :], bars)
    top, bottom = (first - reach) * down, (last + 1 - reach) * down
    return np.array([left + top, right + top, right + bottom, left + bottom])


def _alike(rows: NDArray[np.float64], bars: NDArray[np.float64]) -> int:
    """How many of the first rows show these bars, which may lean and fade from row to row."""
    for count, row in enumerate(rows):
        if row @ bars <= _ALIKE * np.linalg.norm(bars):
            return count
        bars = _FADING * bars + (1 - _FADING) * row
    return len(rows)


def _rows(
    grey: Grey, corner: NDArray[np.float64], along: NDArray[np.float64], down: NDArray[np.float64], count: int
) -> NDArray[np.float64]:
    """``count`` rows of greys, ``(count, samples)``, of mean 0 and length 1 (0 where a row is of one grey).

    The first begins at ``corner``; ``along`` and ``down`` are the steps from point to point and row to row.
    """
    steps = np.column_stack([along, down, corner])
    rows = cv2.warpAffine(
        grey,
        steps,
        (_SAMPLES, count),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=255.0,
    ).astype(np.float64)
    rows -= rows.mean(axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1.0))
