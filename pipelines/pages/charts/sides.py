"""What stands beside a plot: the labels of its axes, their scales, their titles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import pairwise
from math import log10

from models.charts.axes import Scale, fit_scale, number_of, numbers_of
from pipelines.pages.charts.scene import Label, Scene, Shape, grown
from schemas.geometry import BBox

# Labels stand no farther from the plot than this, and in one row or column within that (font sizes).
_FAR, _DEEP = 4.0, 3.0
# What belongs to an axis is not farther from the plot than this (page units).
_REACH = 120.0
# A label stands at its tick or grid line within this (font sizes); ticks end this near to the plot.
_AT_TICK, _TICK = 0.45, 8.0
# Where there are ticks, this share of the labels stands at one.
_AGREE = 0.7
_LEAST_LABELS = 3
# This share of an axis' numbers lies on its scale; their steps differ by less than that share.
_ON_SCALE, _UNEVEN = 0.65, 0.1
# A line along a side of the plot, by this share of it, is its edge.
_LONG = 0.9
# Lines of one label are this near to each other, an axis' title is not farther from its labels (font sizes).
_LEADING, _TITLE = 0.5, 4.0


_FACTOR = re.compile(r"(?:1e|[×x]\s?10\^?)(?P<exponent>[-+]?\d{1,2})")
_MINUS = str.maketrans("−–", "--")


class Side(StrEnum):
    """The sides of a plot."""

    LEFT = "left"
    RIGHT = "right"
    TOP = "top"
    BOTTOM = "bottom"

    @property
    def upright(self) -> bool:
        """Whether an axis on this side runs from top to bottom."""
        return self in {Side.LEFT, Side.RIGHT}


@dataclass(slots=True)
class Axis:
    """The labels of one side with their places along it, a scale if they are numbers on one, a title."""

    side: Side
    labels: list[list[Label]]
    places: list[float]
    scale: Scale | None = None
    title: Label | None = None
    ticks: list[float] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """The labels' texts."""
        return [" ".join(part.text for part in label) for label in self.labels]

    @property
    def used(self) -> list[Label]:
        """All labels and the title."""
        return [part for label in self.labels for part in label] + ([self.title] if self.title else [])


def axis_at(scene: Scene, plot: BBox, side: Side) -> Axis | None:
    """The axis on a side of a plot; None where no labels stand."""
    beside = [(_distance(label, plot, side), label) for label in scene.near(plot, _REACH)]
    beside = [
        (d, label)
        for d, label in beside
        if -1.5 < d <= _FAR * label.size + _TICK and _is_level(label, plot, side)
    ]
    if not beside:
        return None
    ticks = _ticks(scene, plot, side)
    nearest = (
        min(d for d, label in beside if not _is_title(label, side))
        if any(not _is_title(label, side) for _, label in beside)
        else None
    )
    if nearest is None:
        return None
    row = [label for d, label in beside if d <= nearest + _DEEP * label.size and not _is_title(label, side)]
    axis = _scaled(row, side, ticks) or _named(row, side, ticks, nearest, plot)
    if axis is not None and axis.scale and (factor := _factor(scene, plot, side)):
        axis.scale = _times(axis.scale, factor)
    if axis is not None:
        axis.title = _title(scene, axis, plot, side)
    return axis


def _factor(scene: Scene, plot: BBox, side: Side) -> float | None:
    """What all numbers of an axis are to be multiplied with: ``1e6`` or ``×10^6`` at its end."""
    corner = (plot.x1, plot.y1) if side.upright else (plot.x2, plot.y2)
    for label in scene.near(plot, _REACH):
        found = _FACTOR.fullmatch(label.text.translate(_MINUS))
        across = min(abs(label.bbox.x1 - corner[0]), abs(label.bbox.x2 - corner[0]))
        middle = label.bbox.center[1]
        outside = middle < corner[1] if side.upright else middle > corner[1]
        if found and outside and across < _FAR * label.size:
            return 10.0 ** int(found["exponent"])
    return None


def _times(scale: Scale, factor: float) -> Scale:
    """The scale of numbers that are ``factor`` times as large."""
    least, most = scale.min * factor, scale.max * factor
    if scale.kind == "log":
        return replace(scale, start=scale.start + log10(factor), min=least, max=most)
    return replace(scale, slope=scale.slope * factor, start=scale.start * factor, min=least, max=most)


def _is_title(label: Label, side: Side) -> bool:
    """Writing on its side beside an upright axis names the axis, unless it is a number."""
    return side.upright and label.turned and not label.slanted and number_of(label.text) is None


def _distance(label: Label, plot: BBox, side: Side) -> float:
    box = label.bbox
    return {
        Side.LEFT: plot.x1 - box.x2,
        Side.RIGHT: box.x1 - plot.x2,
        Side.TOP: plot.y1 - box.y2,
        Side.BOTTOM: box.y1 - plot.y2,
    }[side]


def _is_level(label: Label, plot: BBox, side: Side) -> bool:
    """Whether a label stands beside the plot, not at its corner."""
    around = grown(plot, label.size)
    x, y = label.bbox.center
    if label.slanted and not side.upright:
        return label.bbox.x1 <= around.x2 and label.bbox.x2 >= around.x1
    return around.y1 <= y <= around.y2 if side.upright else around.x1 <= x <= around.x2


def _ticks(scene: Scene, plot: BBox, side: Side) -> list[float]:
    """Where short strokes and grid lines meet a side."""
    lines: Sequence[Shape] = scene.level if side.upright else scene.upright
    edge = {Side.LEFT: plot.x1, Side.RIGHT: plot.x2, Side.TOP: plot.y1, Side.BOTTOM: plot.y2}[side]
    found: set[float] = set()
    for line in lines:
        box = line.bbox
        ends = (box.x1, box.x2) if side.upright else (box.y1, box.y2)
        if min(abs(end - edge) for end in ends) > _TICK or not ends[0] - 2 <= edge <= ends[1] + 2:
            continue
        at = box.center[1] if side.upright else box.center[0]
        if _is_edge(box, plot):
            continue
        if (plot.y1 if side.upright else plot.x1) - 1 <= at <= (plot.y2 if side.upright else plot.x2) + 1:
            found.add(round(at, 2))
    places: list[float] = []
    for at in sorted(found):
        if not places or at - places[-1] > 0.6:
            places.append(at)
    return places


def _is_edge(line: BBox, plot: BBox) -> bool:
    """Whether a line is a side of the plot, and so no tick."""
    if line.height > line.width:
        at_side = min(abs(line.center[0] - plot.x1), abs(line.center[0] - plot.x2)) < 1
        return at_side and line.height > _LONG * plot.height
    at_side = min(abs(line.center[1] - plot.y1), abs(line.center[1] - plot.y2)) < 1
    return at_side and line.width > _LONG * plot.width


def _scaled(row: Sequence[Label], side: Side, ticks: Sequence[float]) -> Axis | None:
    """The axis of numbers that labels make, each at its tick if there are ticks."""
    numbers = [label for label in row if number_of(label.text) is not None]
    numbers = numbers or [label for label in row if number_of(label.text, ",") is not None]
    if len(numbers) < _LEAST_LABELS or 2 * len(numbers) < len(row):
        return None
    along = [_along(label, side) for label in numbers]
    nearest = [min(ticks, key=lambda tick: abs(tick - at), default=at) for at in along]
    at_tick = [
        abs(tick - at) <= _AT_TICK * label.size
        for tick, at, label in zip(nearest, along, numbers, strict=True)
    ]
    ticked = len(ticks) >= _LEAST_LABELS and sum(at_tick) >= _AGREE * len(numbers)
    if len(ticks) >= _LEAST_LABELS and not ticked:
        if not _are_shifted(along, ticks, numbers[0].size):
            return None  # a column beside the rows of a table
        ticked, at_tick = True, [True] * len(numbers)
    places = [t if ticked and on else at for t, at, on in zip(nearest, along, at_tick, strict=True)]
    scale = fit_scale(places, [label.text for label in numbers])
    if scale is None or scale.support < max(_LEAST_LABELS, _ON_SCALE * len(numbers)):
        return None
    if not _is_regular([label.text for label in numbers], scale):
        return None
    order = sorted(range(len(numbers)), key=places.__getitem__)
    return Axis(
        side,
        [[numbers[i]] for i in order],
        [places[i] for i in order],
        scale,
        ticks=list(ticks) if ticked else [],
    )


def _are_shifted(along: Sequence[float], ticks: Sequence[float], size: float) -> bool:
    """Whether labels stand all as far beside as many ticks: turned ones do."""
    if len(along) != len(ticks):
        return False
    off = [tick - at for tick, at in zip(sorted(ticks), sorted(along), strict=True)]
    return max(off) - min(off) < 0.3 * size and max(map(abs, off)) < size


def _is_regular(texts: Sequence[str], scale: Scale) -> bool:
    """Whether the numbers of a linear scale come in equal steps, but for some left out."""
    if scale.kind == "log":
        return True
    numbers = sorted({number for number in numbers_of(texts) if number is not None})
    steps = [b - a for a, b in pairwise(numbers)]
    least = min(steps, default=0.0)
    return bool(steps) and all(abs(s / least - round(s / least)) < _UNEVEN for s in steps)


def _along(label: Label, side: Side) -> float:
    x, y = label.bbox.center
    return y if side.upright else x


def _named(
    row: Sequence[Label], side: Side, ticks: Sequence[float], nearest: float, plot: BBox
) -> Axis | None:
    """The axis of names that labels make, lines of one label together."""
    if side.upright:
        groups = _stacked(row)
    else:
        first = [label for label in row if _distance(label, plot, side) <= nearest + label.size]
        groups = [[label] for label in first]
        rest = sorted((label for label in row if label not in first), key=lambda label: label.bbox.y1)
        if side is Side.BOTTOM:
            _continue(groups, rest)
    groups.sort(key=lambda group: _along(group[0], side))
    places = [sum(_along(part, side) for part in group) / len(group) for group in groups]
    if any(label.slanted for label in row) and not side.upright:
        places = _at_ticks([group[-1].bbox for group in groups], ticks, places)
    return Axis(side, groups, places, ticks=list(ticks))


def _stacked(row: Sequence[Label]) -> list[list[Label]]:
    """Labels beside an upright axis; lines closer than lines of a text are one label."""
    groups: list[list[Label]] = []
    for label in sorted(row, key=lambda label: label.bbox.center[1]):
        last = groups[-1][-1] if groups else None
        if (
            last
            and label.bbox.y1 - last.bbox.y2 < -0.1 * label.size
            and label.bbox.center[1] - last.bbox.center[1] < 1.25 * label.size
        ):
            groups[-1].append(label)
        else:
            groups.append([label])
    return groups


def _continue(groups: list[list[Label]], rest: Sequence[Label]) -> None:
    """Adds second lines to the labels that they stand under; one alone is the axis' title."""
    for label in rest:
        over = [
            group
            for group in groups
            if abs(group[-1].bbox.center[0] - label.bbox.center[0]) < label.size
            and label.bbox.y1 - group[-1].bbox.y2 < _LEADING * label.size
        ]
        if len(rest) > 1 and over:
            over[0].append(label)


def _at_ticks(boxes: Sequence[BBox], ticks: Sequence[float], places: list[float]) -> list[float]:
    """Where slanted labels belong: at the ticks if they are as many, else at their upper ends."""
    order = sorted(range(len(boxes)), key=lambda i: boxes[i].x2)
    between = [(a + b) / 2 for a, b in pairwise(ticks)]
    for stands in (ticks, between):
        if len(stands) == len(boxes):
            return [stands[order.index(i)] for i in range(len(boxes))]
    return [box.x2 for box in boxes]


def _title(scene: Scene, axis: Axis, plot: BBox, side: Side) -> Label | None:
    """The text outside the labels that is set along the middle of the axis."""
    taken = {id(part) for label in axis.labels for part in label}
    edge = max(
        (_distance(part, plot, side) + (part.bbox.width if side.upright else part.bbox.height))
        for label in axis.labels
        for part in label
    )
    found = []
    for label in scene.near(plot, _REACH):
        if (
            id(label) in taken
            or not label.is_name
            or (side.upright and not label.turned)
            or (not side.upright and label.turned)
        ):
            continue
        away = _distance(label, plot, side) - edge
        middle = plot.center[1] if side.upright else plot.center[0]
        extent = plot.height if side.upright else plot.width
        if -label.size < away < _TITLE * label.size and abs(_along(label, side) - middle) < 0.12 * extent:
            found.append((away, label))
    return min(found, key=lambda pair: pair[0])[1] if found else None
