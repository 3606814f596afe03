"""Squares: where four straight strokes of one length meet and end."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from models.checkboxes.ink import LEAST, MOST, THICKEST, Mask, beside, runs
from schemas.geometry import BBox

_SQUARE = 1.15
"""A box is at most so many times as long as it is high, or as high as it is long, give or take a pixel."""
_FULL = 0.9
"""The share of its bounds that a square hole fills: one in a letter is round."""
_SIDE, _SIDES = 0.75, 0.88
"""The share of each side that must be inked in one straight stroke, and of all four together."""
_CORNERS, _CORNER = 3, 0.12
"""So many of the four corners are inked: there is ink so near (share of the side) to each."""
_MOSTLY, _LEFT_OUT = 0.7, 0.48
"""A row with so much ink is of a frame's side; next to all sides but one, no more than that share is ink."""
_LEANS = 16
"""From this length (pixels) a side may lean by a pixel."""
_GOES_ON = 1
"""At most so many of the eight places where sides could go on past a corner are inked: else it is a cell."""
_ROOM, _TOUCH, _OF_SIDE = 0.25, 0.1, 0.3
"""Letters stand closer to each other than this share of their height; a box's label not so close that so much
of the side (twice that, of touching letters) has ink beside it."""


def square_places(ink: Mask) -> Iterator[BBox]:
    """Where a square may be: a square hole with its frame, or straight strokes with square bounds."""
    contours, tree = cv2.findContours(ink, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    for contour, (_, _, _, parent) in zip(contours, [] if tree is None else tree[0], strict=True):
        if parent < 0:
            continue
        x, y, width, height = cv2.boundingRect(contour)  # of the frame's inner edge, one pixel into the ink
        if _fits(width, height) and cv2.contourArea(contour) > _FULL * (width - 1) * (height - 1):
            yield _with_frame(ink, x, y, width, height)
    level, upright = (runs(ink, kernel) for kernel in ((LEAST, 1), (1, LEAST)))
    for x, y, width, height, area in cv2.connectedComponentsWithStats(level | upright)[2][1:]:
        if _fits(width, height) and area > 1.5 * (width + height):
            inside = np.s_[y : y + height, x : x + width]
            rows, columns = _sides(level[inside]), _sides(upright[inside].T)
            if rows and columns:
                yield BBox(*map(float, (x + columns[0], y + rows[0], x + columns[1], y + rows[1])))


def _sides(runs: Mask) -> tuple[float, float] | None:
    """From the first to past the last row that is mostly ink: a mark may reach beyond its box."""
    long = np.flatnonzero(runs.mean(axis=1) > 255 * _MOSTLY)
    return (float(long[0]), float(long[-1] + 1)) if len(long) and long[-1] - long[0] >= LEAST - 1 else None


def _fits(width: int, height: int) -> bool:
    long, short = max(width, height), min(width, height)
    return short >= LEAST and long <= MOST and long <= _SQUARE * short + 1


def _with_frame(ink: Mask, x: int, y: int, width: int, height: int) -> BBox:
    """A hole's box with the strokes around it: grown while most of the next row or column is ink."""
    most = max(2, round(THICKEST * min(width, height)))
    level, upright = ink[:, x : x + width].mean(axis=1), ink[y : y + height].mean(axis=0)
    top, bottom = _grown(level, y, -1, most), _grown(level, y + height - 1, 1, most)
    left, right = _grown(upright, x, -1, most), _grown(upright, x + width - 1, 1, most)
    return BBox(float(left), float(top), float(right + 1), float(bottom + 1))


def _grown(inked: NDArray[np.float64], start: int, step: int, most: int) -> int:
    """The last of the inked rows or columns that follow ``start``."""
    end = start
    for here in range(start + step, start + step * (most + 1), step):
        if not 0 <= here < len(inked) or inked[here] < 255 * _SIDE:
            break
        end = here
    return end


def is_square(ink: Mask, box: BBox) -> bool:
    """Whether four inked sides meet at the corners and end there, and no letters are beside them."""
    x1, y1, x2, y2 = (int(value) for value in box)
    band = max(2, round(THICKEST * min(x2 - x1, y2 - y1)))
    patch = ink[y1:y2, x1:x2]
    inked = [_straightest(side) for side in (patch[:band], patch[-band:], patch.T[:band], patch.T[-band:])]
    if (
        not _fits(x2 - x1, y2 - y1)
        or min(inked) < _SIDE
        or sum(inked) < 4 * _SIDES
        or _corners(patch) < _CORNERS
    ):
        return False
    outside = [
        ink[max(0, y1 - 1), x1:x2],
        ink[y2 : y2 + 1, x1:x2],
        ink[y1:y2, max(0, x1 - 1)],
        ink[y1:y2, x2 : x2 + 1],
    ]
    if sum(float(side.mean()) > 255 * _LEFT_OUT for side in outside if side.size) > 1:
        return False
    return not _goes_on(ink, x1, y1, x2, y2, band) and not _is_letter(ink, box)


def _corners(patch: Mask) -> int:
    """How many corners are inked: those of a frame may be a little round, those of letters are more so."""
    side = max(1, round(_CORNER * min(patch.shape)))
    near, far = slice(0, side), slice(-side, None)
    return sum(bool(patch[rows, columns].any()) for rows in (near, far) for columns in (near, far))


def _straightest(side: Mask) -> float:
    """The inked share of the straightest stroke along a side; one of a large box may lean by a pixel."""
    if side.shape[1] >= _LEANS:
        side = np.maximum(side[:-1], side[1:])
    return float(side.mean(axis=1).max()) / 255


def _goes_on(ink: Mask, x1: int, y1: int, x2: int, y2: int, band: int) -> bool:
    """Whether the sides run on past the corners, as those of a table's cell do."""
    more = max(4, (x2 - x1) // 2)
    left, top = max(0, x1 - more), max(0, y1 - more)
    ends = []
    for rows in (slice(y1, y1 + band), slice(y2 - band, y2)):
        ends += [ink[rows, left:x1].max(axis=0, initial=0), ink[rows, x2 : x2 + more].max(axis=0, initial=0)]
    for columns in (slice(x1, x1 + band), slice(x2 - band, x2)):
        ends += [
            ink[top:y1, columns].max(axis=1, initial=0),
            ink[y2 : y2 + more, columns].max(axis=1, initial=0),
        ]
    return sum(len(end) > 2 and float(end.mean()) > 0.8 * 255 for end in ends) > _GOES_ON


def _is_letter(ink: Mask, box: BBox) -> bool:
    """Whether ink stands very close at one side, or close at both: a letter of a word, a cell of a comb."""
    close, touching = (beside(ink, box, share) for share in (_ROOM, _TOUCH))
    return min(close) > _OF_SIDE or max(touching) > 2 * _OF_SIDE
