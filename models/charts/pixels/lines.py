"""Line charts: lines over a plot, their points, and these' numbers by scale or as they are written."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.charts.axes import Scale, fit_scale, plain
from models.charts.pixels.captions import captions_of
from models.charts.pixels.colours import Paint
from models.charts.pixels.labels import Label, Sheet, Span
from models.charts.pixels.legend import Legend, legend_of, legend_with_years
from models.charts.pixels.names import Names, columns_of, names_of, rows_under
from models.charts.pixels.points import corners, even_grid, markers, merged
from models.charts.pixels.scales import Ticks, value_ticks
from models.charts.pixels.strokes import Stroke, colour_masks, strokes_of
from schemas.charts import LineChart, LineSeries, Number, PointAxis, ValueAxis
from schemas.geometry import BBox, union_of

_MIDDLE = 0.35, 0.65
"""The part of the picture's width that is plot for certain: tick labels of values are beside it."""
_LEAST_TICKS = 3
"""Tick labels that make a scale, at least."""
_AGREES = 0.03
"""A number written at a point is that of the point if it is so near (share of the labelled stretch)."""
_TELLING = 3.0
"""How much more the height of a point tells which number is its own than where the number stands."""
_REACH = 2.5
"""How far from its point a number stands (heights of letters)."""
_NAMED = 0.4
"""The least share of the points that must have a name."""
_BEHIND = 3.0
"""How far behind the end of a line its name stands (heights of letters)."""
_ON_MARKER = 2.5
"""Pixels between a point and its marker at most."""
_FRACTION, _AT_CORNER = 0.05, 4.0
"""How far a whole number is off at most, and (pixels) the corner of a line from its point."""
_ON_TICK = 3.0
"""Pixels between a point and the middle of the tick label whose number it has."""
_MARKED = 3
"""Markers that make points, at least."""


@dataclass(frozen=True, slots=True)
class _Plot:
    """What the points are measured with; ``labels`` are the texts that are no ticks and no legend."""

    sheet: Sheet
    strokes: tuple[Stroke, ...]
    names: tuple[str | None, ...]
    """Those of the strokes, in the legend."""
    ticks: Ticks
    labels: tuple[Label, ...]
    markers: tuple[list[tuple[float, float]], ...]

    @property
    def scale(self) -> Scale:
        """That of the values."""
        return self.ticks.scale

    @property
    def box(self) -> BBox:
        """Around the lines."""
        return union_of([stroke.box for stroke in self.strokes])

    def y(self, i: int, x: float) -> float | None:
        """The height of line ``i`` in column ``x``: that of the marker there, if it has one."""
        near = min(self.markers[i], key=lambda marker: abs(marker[0] - x), default=None)
        return near[1] if near and abs(near[0] - x) <= _ON_MARKER else self.strokes[i].at(x)


def line_chart(paint: Paint, labels: Sequence[Label]) -> LineChart | None:
    """The chart whose lines go through the picture; None if there are none, or no scale beside them."""
    sheet = Sheet.of(paint.index, upright=True)
    height, width = paint.index.shape
    inner = Span(_MIDDLE[0] * width, _MIDDLE[1] * width, 0.0, float(height))
    ticks = value_ticks(sheet, labels, inner)
    if ticks is None or ticks.scale.support < _LEAST_TICKS:
        return None
    area = _area(sheet, labels, ticks, width)
    masks = colour_masks(paint, labels, area)
    below = rows_under(sheet, labels, Span(area.x1, area.x2, height - area.y2 + 1, math.inf))
    named = {id(label) for label in (below[0] if below else ())}
    known = [label for label in labels if id(label) not in named]
    signs = {i: mask.copy() for i, (_, mask) in enumerate(masks)}
    legend = legend_of(signs, known, area)
    for box in legend.boxes if legend else ():
        x1, y1, x2, y2 = (int(end) for end in box)
        for _, mask in masks:
            mask[max(0, y1) : y2 + 1, max(0, x1) : x2 + 1] = False
    strokes = strokes_of(masks, area)
    if not strokes:
        return None
    ticked = {id(label) for label in ticks.texts}
    known = [label for label in known if id(label) not in ticked]
    legend = legend_with_years({i: signs[i] for i in strokes}, known, area) or legend
    gone = {id(label) for label in (*ticks.texts, *(legend.labels if legend else ()))}
    plot = _Plot(
        sheet,
        tuple(strokes.values()),
        tuple(legend.names.get(i) if legend else None for i in strokes),
        ticks,
        tuple(label for label in labels if id(label) not in gone),
        tuple(markers(stroke) for stroke in strokes.values()),
    )
    columns, names = _points(plot, area)
    numbers = _numbers(below[0] if below else (), columns)
    if len(columns) < 2 or (numbers is None and names.known < _NAMED * len(columns)):
        return None
    return _chart(plot, columns, names, numbers, legend, labels)


def _area(sheet: Sheet, labels: Sequence[Label], ticks: Ticks, width: int) -> BBox:
    """Where lines may be: beside the tick labels, down to the names under the lowest of these.

    Upwards too: labels may be missing there.
    """
    column = union_of([label.box for label in ticks.labels])
    left, right = (column.x2 + 2, width) if column.center[0] < width / 2 else (0.0, column.x1 - 2)
    lowest = min(sheet.span(label.box).v for label in ticks.labels)
    rows = rows_under(sheet, labels, Span(left, right, lowest, math.inf))
    floor = min((label.box.y1 for label in rows[0]), default=0.0) if rows else 0.0
    return BBox(left, 0.0, right, max(floor, column.y2))


def _points(plot: _Plot, area: BBox) -> tuple[list[float], Names]:
    """The columns of the points, and their names: an even grid, else where markers are, else names."""
    strokes = plot.strokes
    foot = Span(area.x1, area.x2, plot.sheet.height - area.y2 + 1, math.inf)
    below = [label for label in plot.labels if plot.sheet.span(label.box).v < foot.v0]
    labelled = columns_of(plot.sheet, below, foot)
    marked = merged([x for marks in plot.markers for x, _ in marks])
    turns = marked if len(marked) >= _MARKED else merged([x for stroke in strokes for x in corners(stroke)])
    grid = even_grid(labelled, turns)
    columns = grid or (marked if len(marked) >= _MARKED else labelled)
    columns = [x for x in columns if any(stroke.at(x) is not None for stroke in strokes)]
    if not columns:
        return [], Names((), ())
    names = names_of(plot.sheet, below, columns, foot)
    whole = _whole(columns, turns, names) if grid else columns
    return whole, names if whole == columns else names_of(plot.sheet, below, whole, foot)


def _whole(columns: list[float], turns: Sequence[float], names: Names) -> list[float]:
    """Of points on a grid, those at whole numbers if no corner is elsewhere: years have no fractions."""
    known = [(x, text) for x, text in zip(columns, names.texts, strict=True) if text is not None]
    scale = fit_scale([x for x, _ in known], [text for _, text in known])
    if scale is None or scale.kind != "linear" or scale.support < _LEAST_TICKS:
        return columns
    whole = [x for x in columns if abs(scale.value(x) - round(scale.value(x))) < _FRACTION]
    missed = [x for x in turns if min((abs(x - at) for at in whole), default=math.inf) > _AT_CORNER]
    return columns if missed or len(whole) < 2 else whole


def _chart(
    plot: _Plot,
    columns: Sequence[float],
    names: Names,
    numbers: list[Number] | None,
    legend: Legend | None,
    labels: Sequence[Label],
) -> LineChart:
    marks = plot.box
    written = _written(plot, columns)
    taken = {id(label) for _, label in written.values()}
    around = [label.box for label in (*plot.ticks.labels, *names.labels)]
    gone = {
        id(label) for label in (*plot.ticks.texts, *names.labels, *(legend.labels if legend else ()))
    } | taken
    called = {i: _name_at_end(plot, i, gone) for i in range(len(plot.strokes))}
    gone |= {id(label) for label in called.values() if label}
    captions = captions_of(labels, gone, union_of([marks, *around]))
    series = []
    for i, stroke in enumerate(plot.strokes):
        beside = called[i]
        series.append(
            LineSeries(
                name=plot.names[i] or (beside.text if beside else None),
                data=[_value(plot, i, x, written.get((i, j))) for j, x in enumerate(columns)],
                color=stroke.hexadecimal,
            )
        )
    scale = plot.scale
    return LineChart(
        title=captions.title,
        legend_position=legend.side_of(marks) if legend else None,
        x_axis=PointAxis(label=captions.below, values=numbers or [text or "" for text in names.texts]),
        y_axis=ValueAxis(label=captions.left, min=plain(scale.min), max=plain(scale.max), scale=scale.kind),
        series=series,
    )


def _numbers(ticks: Sequence[Label], columns: Sequence[float]) -> list[Number] | None:
    """The numbers across at the columns; None if what stands under the plot are no numbers on a scale."""
    scale = fit_scale([tick.box.center[0] for tick in ticks], [tick.text for tick in ticks])
    if scale is None or scale.support < max(_LEAST_TICKS, len(ticks) - 1):
        return None
    exact = [scale.value(x) for x in columns]
    if all(abs(value - round(value)) <= _FRACTION for value in exact):
        return [round(value) for value in exact]
    near = [min(ticks, key=lambda tick: abs(tick.box.center[0] - x)) for x in columns]
    return [
        plain(tick.number)
        if tick.number is not None and abs(tick.box.center[0] - x) <= _ON_TICK
        else scale.read(x, 1.0)
        for x, tick in zip(columns, near, strict=True)
    ]


def _value(plot: _Plot, i: int, x: float, written: tuple[Number, Label] | None) -> Number | None:
    if written is not None:
        return written[0]
    y = plot.y(i, x)
    return None if y is None else plot.scale.read(plot.sheet.height - y - 0.5, 0.5)


def _written(plot: _Plot, columns: Sequence[float]) -> dict[tuple[int, int], tuple[Number, Label]]:
    """The number that stands at each point (line, column), where the point is as high as it says."""
    at = [plot.sheet.span(label.box).v for label in plot.ticks.labels]
    allowed = _AGREES * (max(at) - min(at))
    pitch = float(np.median(np.diff(columns)))
    pairs = []
    numbers = [label for label in plot.labels if label.number is not None]
    for i in range(len(plot.strokes)):
        for j, x in enumerate(columns):
            y = plot.y(i, x)
            if y is None:
                continue
            for label in numbers:
                aside, off = abs(label.box.center[0] - x), abs(label.box.center[1] - y)
                place = plot.scale.position(label.number or 0.0)
                if aside > max(pitch, label.box.width) * 0.6 or off > _REACH * label.size or place is None:
                    continue
                wrong = abs(plot.sheet.height - place - y)
                if wrong <= allowed:
                    pairs.append((aside + off + _TELLING * wrong, i, j, label))
    found: dict[tuple[int, int], tuple[Number, Label]] = {}
    gone: set[int] = set()
    for _, i, j, label in sorted(pairs, key=lambda pair: pair[:3]):
        if (i, j) not in found and id(label) not in gone:
            found[i, j] = (plain(label.number or 0.0), label)
            gone.add(id(label))
    return found


def _name_at_end(plot: _Plot, i: int, gone: set[int]) -> Label | None:
    """The text right behind the last point of a line, if it is no other line's."""
    stroke = plot.strokes[i]
    near = [
        label
        for label in plot.labels
        if id(label) not in gone
        and label.number is None
        and not label.turned
        and -label.size < label.box.x1 - stroke.x1 <= _BEHIND * label.size
        and abs(label.box.center[1] - stroke.y[-1]) <= label.size
    ]
    best = min(near, key=lambda label: abs(label.box.center[1] - stroke.y[-1]), default=None)
    if best is None or len(plot.strokes) == 1:
        return None
    ends = [abs(other.y[-1] - best.box.center[1]) for other in plot.strokes]
    return best if int(np.argmin(ends)) == i else None
