"""The plane of a scatter plot: an upright and a level row of numbers, and what may lie between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from models.charts.pixels.colours import Mask, Paint
from models.charts.pixels.labels import Label, Sheet, Span
from models.charts.pixels.scales import Ticks, value_ticks
from schemas.charts import Number
from schemas.geometry import BBox, union_of

_INNER = 0.35, 0.65
"""The part of the picture's width that is plot for certain."""
_LEAST_TICKS = 3
"""Tick labels that make a scale, at least."""
_RULE, _DASH = 0.25, 7
"""Straight runs of this share of the picture are axes and grid lines; the gaps of dashed ones, in pixels."""
_THICK = 4
"""Pixels: thicker lines are no rules."""


@dataclass(frozen=True, slots=True)
class Plane:
    """Both scales, and the ``box`` of the picture, ``height`` pixels high, in which points may lie.

    ``around`` is all that is above the one and beside the other: a legend may be there, too.
    """

    across: Ticks
    up: Ticks
    height: int
    box: BBox
    around: BBox

    @property
    def labels(self) -> tuple[Label, ...]:
        """Those of the ticks."""
        return (*self.across.labels, *self.up.labels)

    @property
    def texts(self) -> tuple[Label, ...]:
        """All that belong to the axes."""
        return (*self.across.texts, *self.up.texts)

    def x(self, column: float) -> Number:
        """The number across at a column of pixels."""
        return self.across.scale.read(column + 0.5, 0.5)

    def y(self, row: float) -> Number:
        """The number up at a row of pixels."""
        return self.up.scale.read(self.height - row - 0.5, 0.5)


def plane_of(paint: Paint, labels: Sequence[Label]) -> Plane | None:
    """The plane between two rows of numbers: one upright beside it, one level under it."""
    height, width = paint.index.shape
    upright, level = (Sheet.of(paint.index, upright=upright) for upright in (True, False))
    up = _ticks(upright, labels, Span(_INNER[0] * width, _INNER[1] * width, 0.0, height))
    if up is None:
        return None
    column = union_of([label.box for label in up.labels])
    lowest = max(label.box.center[1] for label in up.labels)
    used = {id(label) for label in up.texts}
    rest = [label for label in labels if id(label) not in used]
    across = _ticks(level, rest, Span(0.0, lowest, 0.0, width))
    if across is None:
        return None
    row = union_of([label.box for label in across.labels])
    left, right = (column.x2, float(width)) if column.center[0] < width / 2 else (0.0, column.x1)
    x1, x2 = _reach(label.box.center[0] for label in across.labels)
    y1, y2 = _reach(label.box.center[1] for label in up.labels)
    if row.y1 > y2 + (y2 - lowest) or row.x1 < column.center[0] < row.x2:
        return None  # numbers of two charts, or of a legend
    box = BBox(max(left, x1), max(0.0, y1), min(right, x2), min(row.y1, y2))
    return Plane(across, up, height, box, BBox(left, 0.0, right, row.y1)) if box.area else None


def _ticks(sheet: Sheet, labels: Sequence[Label], marks: Span) -> Ticks | None:
    ticks = value_ticks(sheet, labels, marks)
    return ticks if ticks and ticks.scale.support >= _LEAST_TICKS else None


def _reach(ticks: Iterable[float]) -> tuple[float, float]:
    """How far an axis goes: less than one tick beyond the first and the last one."""
    at = sorted(ticks)
    pitch = (at[-1] - at[0]) / (len(at) - 1)
    return at[0] - pitch, at[-1] + pitch


def fill(mask: Mask, box: BBox, *, value: bool) -> None:
    """Sets what lies in a box."""
    x1, y1, x2, y2 = (int(end) for end in box)
    mask[max(0, y1) : y2 + 1, max(0, x1) : x2 + 1] = value


def without_rules(mask: Mask) -> Mask:
    """The pixels without long thin lines; what these cross stays whole."""
    return _without_level(_without_level(mask).T).T


def _without_level(mask: Mask) -> Mask:
    bits = mask.astype(np.uint8)
    long = max(9, round(_RULE * mask.shape[1]))
    closed = cv2.morphologyEx(bits, cv2.MORPH_CLOSE, np.ones((1, _DASH), np.uint8))
    runs = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((1, long), np.uint8))
    thick = np.ones((_THICK + 1, 1), np.uint8)
    rules = (runs > 0) & (cv2.morphologyEx(runs, cv2.MORPH_OPEN, thick) == 0)
    crossed = cv2.morphologyEx((mask & ~rules).astype(np.uint8), cv2.MORPH_CLOSE, thick) > 0
    return np.asarray(mask & (~rules | crossed))
