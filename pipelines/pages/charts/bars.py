"""Bars: boxes that begin at one line, or on each other."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from models.charts.axes import Scale, number_of, plain
from pipelines.pages.charts.scene import Form, Label, Shape, is_white
from pipelines.pages.charts.sides import Axis
from schemas.charts import BarChart, BarSeries, CategoryAxis, Number
from schemas.geometry import BBox

# Bars meet their base, or the bar below, within this (page units); geometry is read as exactly as that.
_TOUCH, PRECISION = 1.2, 0.15
# Bars are equally thick within this share.
_EVEN = 0.12
# A box that covers more of the plot than this is its background.
_BACKGROUND = 0.75
# A value stands this near to its bar's end (font sizes), agrees with it within this share of the longest bar,
# and is taken where so many bars have one; without
# an axis all have one, and there are so many.
_NEAR, _AGREES, _LABELLED, _LEAST_LABELLED = 1.3, 0.03, 0.6, 3
# Boxes whose lengths differ by less than this share are no bars.
_ALIKE = 0.02
# A chart has at least so many bars, at most that.
_LEAST_BARS, _MOST_BARS = 3, 1000
# So many squares of one size are points.
_LEAST_SQUARES = 3
# Names stand in equal steps within this share.
_UNEVEN = 0.2
# Bars of one category are nearer to each other than this many of their smallest distances.
_TOGETHER = 1.3


@dataclass(slots=True)
class Bar:
    """A bar by its extent along the value axis (``start`` at the base) and its place across."""

    start: float
    end: float
    place: float
    thickness: float
    color: str
    box: BBox
    stacked: bool = False
    label: Label | None = None


@dataclass(slots=True)
class Bars:
    """The bars of a plot. ``standing``: they rise from a level base."""

    bars: list[Bar]
    standing: bool

    @property
    def colors(self) -> list[str]:
        """The colours, in painting order."""
        return list(dict.fromkeys(bar.color for bar in self.bars))


def find_bars(shapes: Sequence[Shape], plot: BBox, scales: dict[bool, Scale | None]) -> Bars | None:
    """The bars among the shapes of a plot; ``scales`` are those of upright and level axes, if known."""
    boxes = _without_marks([s for s in shapes if _may_be_bar(s, plot)])
    boxes = [box for box in boxes if box.fill] or boxes  # outlines may be drawn by themselves
    found = [_standing(boxes, plot, scales[standing], standing=standing) for standing in (True, False)]
    best = max(found, key=lambda bars: (len(bars.bars), scales[bars.standing] is not None))
    return best if 0 < len(best.bars) <= _MOST_BARS else None


def _may_be_bar(shape: Shape, plot: BBox) -> bool:
    if shape.form not in {Form.BOX, Form.LEVEL, Form.UPRIGHT} or len(shape.points) < 4:
        return False
    if not shape.stroke and (not shape.fill or is_white(shape.fill)):
        return False
    return shape.bbox.area < _BACKGROUND * plot.area


def _without_marks(boxes: Sequence[Shape]) -> list[Shape]:
    """The boxes, less small squares of one size: those are points."""
    squares = Counter(_square(box) for box in boxes)
    return [box for box in boxes if not _square(box) or squares[_square(box)] < _LEAST_SQUARES]


def _square(shape: Shape) -> int:
    """The size of a mark that is as high as wide, 0 of other shapes."""
    square = shape.is_mark and abs(shape.bbox.width - shape.bbox.height) < 0.5
    return round(2 * shape.bbox.width) if square else 0


def _standing(boxes: Sequence[Shape], plot: BBox, scale: Scale | None, *, standing: bool) -> Bars:
    """The bars that stand on a common base (or hang from it), and those stacked on them."""
    spans = [(s.bbox.y2, s.bbox.y1) if standing else (s.bbox.x1, s.bbox.x2) for s in boxes]
    base = _base(spans, plot, scale, standing=standing)
    bars: list[Bar] = []
    waiting: list[Bar] = []
    for shape, (start, end) in zip(boxes, spans, strict=True):
        box = shape.bbox
        place, thick = (box.center[0], box.width) if standing else (box.center[1], box.height)
        if abs(end - base) < abs(start - base):
            start, end = end, start
        bar = Bar(start, end, place, thick, shape.color or "", box)
        (bars if abs(start - base) <= _TOUCH else waiting).append(bar)
    if not bars:
        return Bars([], standing)
    thick = median(bar.thickness for bar in bars)
    bars = [bar for bar in bars if abs(bar.thickness - thick) <= _EVEN * thick]
    waiting = [bar for bar in waiting if abs(bar.thickness - thick) <= _EVEN * thick]
    by_place: dict[int, list[Bar]] = {}
    for bar in bars:
        by_place.setdefault(round(bar.place), []).append(bar)
    for bar in sorted(waiting, key=lambda bar: abs(bar.start - base)):
        below = [x for at in (-1, 0, 1) for x in by_place.get(round(bar.place) + at, ())]
        if any(abs(x.end - bar.start) <= _TOUCH and abs(x.place - bar.place) <= _TOUCH for x in below):
            bar.stacked = True
            by_place.setdefault(round(bar.place), []).append(bar)
    return Bars([bar for column in by_place.values() for bar in _unique(column)], standing)


def _unique(column: Sequence[Bar]) -> list[Bar]:
    """The bars of a place; of the same box painted twice the last one."""
    return list({(round(bar.start), round(bar.end)): bar for bar in column}.values())


def _base(spans: Sequence[tuple[float, float]], plot: BBox, scale: Scale | None, *, standing: bool) -> float:
    """Where bars begin: at zero or at an end of a known axis, else where most of them have an end."""
    zero = scale.position(0.0) if scale else None
    low, high = (plot.y1, plot.y2) if standing else (plot.x1, plot.x2)
    ends = sorted(end for span in spans for end in span)

    def count(at: float) -> int:
        return bisect_right(ends, at + _TOUCH) - bisect_left(ends, at - _TOUCH)

    first, last = (high, low) if standing else (low, high)
    if scale:
        known = [at for at in (zero, first, last) if at is not None and low - 2 <= at <= high + 2]
        return max((_nearby(at, ends) for at in known), key=count)
    return max(ends, key=lambda end: (count(end), -abs(end - first)), default=first)


def _nearby(at: float, ends: Sequence[float]) -> float:
    """The end that is nearest to a place, if it is as good as there, else the place."""
    nearest = min(ends, key=lambda end: abs(end - at), default=at)
    return nearest if abs(nearest - at) <= 2 * _TOUCH else at


def bar_chart(
    found: Bars, values: Axis | None, names: Axis | None, labels: Sequence[Label]
) -> BarChart | None:
    """The chart that bars make with their axes; ``labels``: those that may be values. None if unsure."""
    scale = values.scale if values else None
    numbers = _numbers(found, scale, labels)
    if numbers is None or _are_alike(found):
        return None
    places, categories = _categories(found, names)
    named = [name for name in categories if name]
    if len(found.bars) < _LEAST_BARS or len(categories) < 2 or 2 * len(named) < len(categories):
        return None
    if len(set(named)) < len(named):
        return None  # the bars of several plots
    colors = found.colors
    data: dict[str, list[Number | None]] = {color: [None] * len(categories) for color in colors}
    several = len(colors) > 1 and _one_each(found, places)
    if several:
        data = {"": [None] * len(categories)}
    for bar, number in zip(found.bars, numbers, strict=True):
        at = min(range(len(places)), key=lambda i: abs(places[i] - bar.place))
        row = data["" if several else bar.color]
        if row[at] is not None:
            return None
        row[at] = number
    return BarChart(
        orientation="vertical" if found.standing else "horizontal",
        bar_style="stacked" if any(bar.stacked for bar in found.bars) else "grouped",
        x_axis=CategoryAxis(categories=categories),
        series=[BarSeries(data=row, color=color or None) for color, row in data.items()],
    )


def _are_alike(found: Bars) -> bool:
    """Whether all bars are equally long: the cells of a table are."""
    lengths = [abs(bar.end - bar.start) for bar in found.bars if not bar.label]
    return bool(lengths) and max(lengths) - min(lengths) < _ALIKE * max(lengths)


def _one_each(found: Bars, places: Sequence[float]) -> bool:
    """Whether each category has one bar, in a colour of its own: colours that name no series."""
    return len(found.bars) == len(found.colors) == len(places)


def _numbers(found: Bars, scale: Scale | None, labels: Sequence[Label]) -> list[Number] | None:
    """The value of each bar: what is written at it, or what the scale says."""
    longest = max(abs(bar.end - bar.start) for bar in found.bars)
    measured = [_measured(bar, scale) for bar in found.bars] if scale else None
    unit = max(map(abs, measured)) if measured else 0.0
    written: list[float | None] = []
    for i, bar in enumerate(found.bars):
        near = [
            (label, number_of(label.text)) for label in labels if _is_at(label, bar, standing=found.standing)
        ]
        fits = [
            (label, number)
            for label, number in near
            if number is not None and (measured is None or abs(number - measured[i]) <= _AGREES * unit)
        ]
        bar.label = fits[0][0] if len(fits) == 1 or (fits and measured) else None
        written.append(fits[0][1] if bar.label else None)
    known = [(number, bar) for number, bar in zip(written, found.bars, strict=True) if number is not None]
    if measured is None:
        if len(known) < max(_LEAST_LABELLED, len(found.bars)):
            return None
        unit = max(abs(number) for number, _ in known) / longest
        if any(abs(abs(n) - unit * abs(bar.end - bar.start)) > _AGREES * unit * longest for n, bar in known):
            return None
    if len(known) < _LABELLED * len(found.bars):
        for bar in found.bars:
            bar.label = None
        return [plain(number) for number in measured] if measured else None
    return [plain(number if number is not None else (measured or [])[i]) for i, number in enumerate(written)]


def _measured(bar: Bar, scale: Scale) -> float:
    """A bar's value: where it ends; its length, where it begins at zero or on another bar."""
    begin = scale.value(bar.start)
    step = abs(scale.value(bar.end + PRECISION) - scale.value(bar.end))
    at_zero = scale.kind == "linear" and abs(begin) <= step * _TOUCH / PRECISION
    if not bar.stacked and not at_zero:
        return float(scale.read(bar.end, PRECISION))
    return _rounded(scale.value(bar.end) - begin, step)


def _rounded(value: float, step: float) -> float:
    """A number with the digits that ``step`` can tell."""
    digits = 0
    while step < 1 and digits < 9:
        step, digits = step * 10, digits + 1
    return round(value, digits)


def _is_at(label: Label, bar: Bar, *, standing: bool) -> bool:
    """Whether a label stands at a bar's end, outside or inside, or in its middle."""
    box, size = label.bbox, label.size
    if bar.box.holds(*box.center):
        return True
    x, y = box.center
    if standing:
        gap = bar.box.y1 - box.y2 if bar.end < bar.start else box.y1 - bar.box.y2
        return abs(x - bar.place) <= max(bar.thickness / 2, 0.4 * size) and -0.6 * size <= gap <= _NEAR * size
    gap = box.x1 - bar.box.x2 if bar.end > bar.start else bar.box.x1 - box.x2
    return abs(y - bar.place) <= max(bar.thickness / 2, 0.4 * size) and -0.6 * size <= gap <= _NEAR * size


def _categories(found: Bars, names: Axis | None) -> tuple[list[float], list[str]]:
    """The places of the categories and their names, in order along the axis."""
    groups = _groups(found)
    if names is None:
        return groups, [""] * len(groups)
    names = _without_heads(names, groups)
    if _is_plain(found, names.places):
        return names.places, names.names
    if names.scale and len(names.places) != len(groups):
        width = abs(names.scale.value(1.0) - names.scale.value(0.0))
        return groups, [str(names.scale.read(at, max(PRECISION, 0.02 / max(width, 1e-9)))) for at in groups]
    named = [""] * len(groups)
    for at, name in zip(names.places, names.names, strict=True):
        named[min(range(len(groups)), key=lambda i: abs(groups[i] - at))] = name
    return groups, named


def _without_heads(names: Axis, groups: Sequence[float]) -> Axis:
    """The names, less one before the first bar or after the last that is out of their step: a heading."""
    steps = [b - a for a, b in pairwise(names.places)]
    if len(steps) < 3:
        return names
    first, last = 0, len(names.places)
    if names.places[0] < groups[0] - steps[1] / 2 and abs(steps[0] - steps[1]) > _UNEVEN * steps[1]:
        first = 1
    if names.places[-1] > groups[-1] + steps[-2] / 2 and abs(steps[-1] - steps[-2]) > _UNEVEN * steps[-2]:
        last -= 1
    return replace(names, labels=names.labels[first:last], places=names.places[first:last])


def _is_plain(found: Bars, places: Sequence[float]) -> bool:
    """Whether no category has two bars of a colour when each bar goes to the nearest label."""
    seen = set()
    for bar in found.bars:
        at = min(range(len(places)), key=lambda i: abs(places[i] - bar.place))
        key = (at, bar.color, round(bar.start) if bar.stacked else 0)
        if key in seen:
            return False
        seen.add(key)
    return True


def _groups(found: Bars) -> list[float]:
    """The middles of the categories by the bars alone: those of one category stand together."""
    places = sorted({round(bar.place, 1) for bar in found.bars})
    apart = [b - a for a, b in pairwise(places)]
    groups = [[places[0]]]
    for at, gap in zip(places[1:], apart, strict=True):
        if (
            len(found.colors) > 1
            and not any(bar.stacked for bar in found.bars)
            and gap <= _TOGETHER * min(apart)
        ):
            groups[-1].append(at)
        else:
            groups.append([at])
    return [sum(group) / len(group) for group in groups]
