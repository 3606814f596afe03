"""The lines of a line chart: thin marks of one colour that go from left to right through the plot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.charts.pixels.colours import Mask, Paint, thin_colours
from models.charts.pixels.labels import Label
from schemas.geometry import BBox

Floats = NDArray[np.float64]

_MOST = 10
"""Colours that may be lines."""
_SHARE = 0.45
"""The least share of a line's colour in its pixels, seams included."""
_LONG = 0.35
"""The least share of the plot's width over which a line goes, and of that of the longest line."""
_DRAWN = 0.4
"""The least share of its way that a dashed line is drawn."""
_THICK = 0.035
"""A line is no thicker than this share of the plot's height (median of its columns), or some pixels."""
_LEAST_THICK = 9
_FORKED = 0.3
"""The share of its columns in which a line may be in two places (markers, words, crossings)."""
_PARTED = 0.06
"""The widest gap in a line (share of the plot's width)."""
_RULE = 0.7
"""A row or column of the plot that is covered so far is a rule or an axis."""
_COLOURFUL = 45
"""Channels that differ so far make no grey."""
_LEVEL, _AXIS = 1.5, 0.8
"""A grey line that stays within these pixels for that share of its way is an axis."""
_AXIS_HIGH, _AXIS_BEYOND, _AXIS_WIDE = 0.2, 0.05, 6
"""An upright axis is as high as this share of the plot, reaches so far over the line on both sides, and is
no wider than these pixels."""
_LONGER, _COMPACT = 1.5, 0.65
"""A dash is so much longer than wide, or (aslant) takes no more than that share of its bounds."""
_DASH = 7
"""The gaps of a dashed rule (pixels)."""
_SAME = 0.8
"""Lines that are so much of their way in one place are one."""
_JUMP = 0.5
"""The most of the plot's height that a line goes up or down from one column to the next."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line of a chart. ``y[i]`` is its middle in column ``x0 + i``, in pixels of the picture.

    ``thick`` is its thickness, ``mask`` its pixels on the plot, whose top left corner is ``origin``.
    """

    colour: NDArray[np.int16]
    x0: int
    y: Floats
    thick: float
    drawn: float
    mask: Mask
    origin: tuple[int, int]

    @property
    def x1(self) -> int:
        """Its last column."""
        return self.x0 + len(self.y) - 1

    @property
    def box(self) -> BBox:
        """Around it."""
        return BBox(float(self.x0), float(self.y.min()), float(self.x1 + 1), float(self.y.max() + 1))

    @property
    def hexadecimal(self) -> str:
        """``#RRGGBB``."""
        return "#" + "".join(f"{int(channel):02X}" for channel in self.colour)

    def at(self, x: float) -> float | None:
        """Its height in column ``x``, up to two columns beyond its ends; at a peak, that of the peak."""
        i = round(x) - self.x0
        if not -3 < i < len(self.y) + 2:
            return None
        i = min(max(i, 0), len(self.y) - 1)
        near = self.y[max(0, i - 2) : i + 3]
        side = max(2, round(self.thick))
        before, after = self.y[max(0, i - side)], self.y[min(len(self.y) - 1, i + side)]
        if near.min() < min(before, after) - 1:
            return float(near.min())
        if near.max() > max(before, after) + 1:
            return float(near.max())
        return float(self.y[i])


def colour_masks(paint: Paint, labels: Sequence[Label], plot: BBox) -> list[tuple[NDArray[np.int16], Mask]]:
    """The colours on the ``plot`` that may be those of lines, each with its pixels in the whole picture."""
    plain = np.ones(paint.index.shape, np.bool_)
    for label in labels:
        x1, y1, x2, y2 = (int(end) for end in label.box)
        plain[max(0, y1) : y2 + 1, max(0, x1) : x2 + 1] = False
    left, top, right, bottom = (int(end) for end in plot)
    looked_at = np.zeros_like(plain)
    looked_at[top:bottom, left:right] = plain[top:bottom, left:right]
    colours = thin_colours(paint, looked_at, _MOST)
    alike = [paint.like(colour) for colour in colours]
    found = []
    for i, colour in enumerate(colours):
        # Grey words could be taken for a grey line; those of a colour are told by it.
        mask = paint.mixed(colour, _SHARE)
        if np.ptp(colour) < _COLOURFUL:
            mask &= plain
        for other, exact in enumerate(alike):
            if other != i:
                mask &= ~exact
        found.append((colour, mask))
    return found


def strokes_of(masks: Sequence[tuple[NDArray[np.int16], Mask]], plot: BBox) -> dict[int, Stroke]:
    """The lines among the colours' pixels on the ``plot``, by the number of their colour."""
    left, top, right, bottom = (int(end) for end in plot)
    found: dict[int, Stroke] = {}
    for i, (colour, mask) in enumerate(masks):
        part = mask[top:bottom, left:right]
        if part.any() and (stroke := _stroke(colour, _without_rules(part), (left, top))) is not None:
            found[i] = stroke
    longest = max((len(one.y) for one in found.values()), default=0)
    kept: dict[int, Stroke] = {}
    for i, one in found.items():
        if len(one.y) >= _LONG * longest and not any(_same(one, other) for other in kept.values()):
            kept[i] = one
    return kept


def _same(one: Stroke, other: Stroke) -> bool:
    """Whether a line is the seam of another."""
    start, end = max(one.x0, other.x0), min(one.x1, other.x1)
    if end - start < _SAME * min(len(one.y), len(other.y)):
        return False
    apart = one.y[start - one.x0 : end - one.x0] - other.y[start - other.x0 : end - other.x0]
    return bool((np.abs(apart) <= max(one.thick, other.thick) + 1).mean() >= _SAME)


def _without_rules(mask: Mask) -> Mask:
    """The pixels without grid lines, and axes: rows and columns that are nearly full."""
    out = mask.copy()
    bridged = mask.astype(np.uint8)
    rows = cv2.morphologyEx(bridged, cv2.MORPH_CLOSE, np.ones((1, _DASH), np.uint8)).mean(axis=1) >= _RULE
    columns = cv2.morphologyEx(bridged, cv2.MORPH_CLOSE, np.ones((_DASH, 1), np.uint8)).mean(axis=0) >= _RULE
    # One level line may be data; rules come in numbers, or at the edge.
    inner = rows[len(rows) // 50 : -max(1, len(rows) // 50)]
    if np.count_nonzero(np.diff(np.flatnonzero(inner)) > 3) == 0 and inner.any():
        rows[len(rows) // 50 : -max(1, len(rows) // 50)] = False
    out[rows] = False
    out[:, columns] = False
    return out


def _stroke(colour: NDArray[np.int16], mask: Mask, origin: tuple[int, int]) -> Stroke | None:
    """The line that a colour's pixels make, None if they make none."""
    height, width = mask.shape
    mask = _chained(mask)
    covered = np.flatnonzero(mask.any(axis=0))
    if not len(covered) or np.ptp(covered) < _LONG * width:
        return None
    x0, x1 = int(covered[0]), int(covered[-1])
    drawn = len(covered) / (x1 - x0 + 1)
    if drawn < 1 and _dots(mask):
        return None
    body = mask[:, x0 : x1 + 1]
    starts = (np.diff(body.astype(np.int8), axis=0, prepend=0) == 1).sum(axis=0)
    tall = body.sum(axis=0)[starts > 0]
    steps = np.abs(np.diff(_path(body)))
    if (
        drawn < _DRAWN
        or np.median(tall) > max(_LEAST_THICK, _THICK * height)
        or (starts > 1).sum() > _FORKED * len(covered)
        or (len(steps) and steps.max() > _JUMP * height and np.median(steps) > _JUMP / 10 * height)
    ):
        return None
    path = _path(body)
    if np.ptp(colour) < _COLOURFUL and (np.abs(path - np.median(path)) < _LEVEL).mean() > _AXIS:
        return None
    length = float(np.hypot(1.0, np.diff(path)).sum()) * drawn + 1
    thick = max(1.0, float(body.sum()) / length)
    return Stroke(colour, x0 + origin[0], path + origin[1], thick, drawn, mask, origin)


def _dots(mask: Mask) -> bool:
    """Whether the pieces of a colour are round (points of a scatter plot), and no dashes."""
    pieces = cv2.connectedComponentsWithStats(mask.astype(np.uint8))[2][1:]
    sides = np.sort(pieces[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]], axis=1).astype(float)
    full = pieces[:, cv2.CC_STAT_AREA] / sides.prod(axis=1)
    return bool(np.median(sides[:, 1] / sides[:, 0]) < _LONGER and np.median(full) > _COMPACT)


def _chained(mask: Mask) -> Mask:
    """The pieces that follow each other from left to right with no wide gap: the widest such chain."""
    width = mask.shape[1]
    covered = np.flatnonzero(mask.any(axis=0))
    if not len(covered):
        return mask
    parted = np.flatnonzero(np.diff(covered) > max(4, _PARTED * width))
    starts = [covered[0], *covered[parted + 1]]
    ends = [*covered[parted], covered[-1]]
    widest = max(range(len(starts)), key=lambda i: ends[i] - starts[i])
    out = np.zeros_like(mask)
    kept = slice(int(starts[widest]), int(ends[widest]) + 1)
    out[:, kept] = mask[:, kept]
    _, named, stats, _ = cv2.connectedComponentsWithStats(out.astype(np.uint8))
    specks = np.flatnonzero(stats[:, cv2.CC_STAT_AREA] < 3)
    out[np.isin(named, specks)] = False
    return out


def _path(body: Mask) -> Floats:
    """The middle of the line in each column; where it is hidden, straight on; where it forks, the nearer."""
    height, width = body.shape
    rows = np.arange(height)[:, None]
    counts = body.sum(axis=0)
    means = np.where(counts > 0, (body * rows).sum(axis=0) / np.maximum(counts, 1), np.nan)
    starts = np.diff(body.astype(np.int8), axis=0, prepend=0) == 1
    forks = np.flatnonzero(starts.sum(axis=0) > 1)
    for x in forks:
        runs = _runs(body[:, x])
        before = (
            means[x - 1] if x and not np.isnan(means[x - 1]) else np.nanmedian(means[max(0, x - 9) : x + 9])
        )
        means[x] = min((float(run.mean()) for run in runs), key=lambda middle: abs(middle - before))
    means[_crossed(body, means)] = np.nan
    known = np.flatnonzero(~np.isnan(means))
    return np.interp(np.arange(width), known, means[known])


def _crossed(body: Mask, path: Floats) -> NDArray[np.intp]:
    """Columns in which an upright axis of the line's colour crosses it: far above and below its sides.

    Where the line begins or ends it is enough that it is far from there.
    """
    height, width = body.shape
    rows = np.arange(height)[:, None]
    top = np.where(body, rows, height).min(axis=0)
    foot = np.where(body, rows, -1).max(axis=0)
    found: list[int] = []
    for start, end in _stretches(foot - top >= _AXIS_HIGH * height):
        beside = [path[x] for x in (start - 1, end + 1) if 0 <= x < width and not np.isnan(path[x])]
        if end - start >= _AXIS_WIDE or not beside:
            continue
        inner = slice(start, end + 1)
        above, below = min(beside) - top[inner].min(), foot[inner].max() - max(beside)
        beyond = min(above, below) if len(beside) > 1 else max(above, below)
        if beyond > _AXIS_BEYOND * height:
            found += range(start, end + 1)
    return np.array(found, np.intp)


def _stretches(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last places of what is set in a row."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return [(int(start), int(end) - 1) for start, end in edges.reshape(-1, 2)]


def _runs(column: Mask) -> list[NDArray[np.intp]]:
    at = np.flatnonzero(column)
    return np.split(at, np.flatnonzero(np.diff(at) > 1) + 1)
