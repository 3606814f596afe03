"""Charts read from vector drawings: exact, where axes and labels can be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.charts.axes import Scale, number_of, plain
from pipelines.pages.charts.bars import Bars, bar_chart, find_bars
from pipelines.pages.charts.frames import frames
from pipelines.pages.charts.legends import Legend, at_ends, legend_of
from pipelines.pages.charts.lines import (
    find_clouds,
    find_lines,
    is_data_line,
    line_chart,
    scatter_plot,
    with_markers,
)
from pipelines.pages.charts.pies import Pie, find_pies
from pipelines.pages.charts.scene import Form, Label, Scene, Shape, is_white
from pipelines.pages.charts.sides import Axis, Side, axis_at
from schemas.charts import BarChart, Chart, LineChart, ScatterPlot
from schemas.geometry import BBox, union_of

# Two readings of one place overlap by this share of the smaller.
_SAME_PLACE = 0.2
# How much a number read speaks for a chart, beside a label on its axis.
_WEIGHT = 0.2
# Filled areas that cover more of a plot than this are data of a kind that is not read.
_FILLED, _SOLID = 0.12, 0.6
# A title is not farther above its chart than this, no more lines than that.
_ABOVE, _TITLE_LINES, _LEADING = 3.0, 2, 0.6


@dataclass(slots=True)
class Seen:
    """A chart with where it is, the labels it is made with, and how much speaks for it."""

    chart: Chart
    bbox: BBox
    labels: list[Label]
    support: float


def read_charts(scene: Scene) -> list[Seen]:
    """The charts of a page; each shape is in one of them at most."""
    plots = [(seen, plot) for plot in frames(scene) if (seen := _read(scene, plot))]
    ticks = {id(label) for seen, _ in plots for label in seen.labels if number_of(label.text) is not None}
    plots += [(_pie(pie), pie.circle) for pie in find_pies(scene, ticks)]
    readings = [_titled(scene, seen, plot, ticks) for seen, plot in plots]
    found: list[Seen] = []
    for seen in sorted(readings, key=lambda seen: -seen.support):
        if all(_apart(seen.bbox, other.bbox) for other in found):
            found.append(seen)
    return found


def _apart(one: BBox, other: BBox) -> bool:
    return one.intersection(other) <= _SAME_PLACE * min(one.area, other.area)


def _read(scene: Scene, plot: BBox) -> Seen | None:
    """The chart whose plot area is ``plot``; None if it is none, or can't be read."""
    shapes = [s for s in scene.within(plot) if not _same(s.bbox, plot)]
    inner = {id(s) for s in shapes}
    shapes += [s for s in scene.shapes if id(s) not in inner and is_data_line(s, plot)]
    if not any(s.form not in {Form.LEVEL, Form.UPRIGHT} for s in shapes):
        return None
    axes = {side: axis for side in Side if (axis := axis_at(scene, plot, side))}
    up = _one(axes, Side.LEFT, Side.RIGHT)
    across = _one(axes, Side.BOTTOM, Side.TOP)
    if up is None and across is None:
        return None
    taken = {id(label) for axis in (up, across) if axis for label in axis.used}
    legend = legend_of(scene, plot, {s.color for s in shapes if s.color and not is_white(s.color)}, taken)
    samples = {id(sample) for sample in legend.samples}
    shapes = [s for s in shapes if id(s) not in samples]
    inside = [label for label in scene.labels if id(label) not in taken and plot.holds(*label.bbox.center)]
    beside = [label for label in scene.labels if id(label) not in taken]
    chart, used = _chart(shapes, plot, up, across, beside)
    if chart is None:
        return None
    chart, names = _with_names(chart, legend, scene, shapes, plot, taken)
    chart = _with_axes(chart, up, across)
    axes_used = [label for axis in (up, across) if axis for label in axis.used]
    labels = _unique([*axes_used, *names, *used, *inside])
    box = union_of([plot, *(label.bbox for label in labels), *(s.bbox for s in _shown(legend, names))])
    grid = any(s.form in {Form.LEVEL, Form.UPRIGHT} and _spans(s.bbox, plot) for s in shapes)
    position = legend.position(plot) if names else None
    chart = chart.model_copy(update={"grid": grid, "legend_position": position})
    support = sum(len(axis.labels) * (2 if axis.scale else 1) for axis in (up, across) if axis)
    return Seen(chart, box, labels, support + len(legend.labels) + _WEIGHT * _data(chart))


def _pie(pie: Pie) -> Seen:
    boxes = [*(label.bbox for label in pie.used), *(sample.bbox for sample in pie.legend.samples)]
    chart = pie.chart.model_copy(update={"legend_position": pie.legend.position(pie.circle)})
    return Seen(chart, union_of([pie.circle, *boxes]), pie.used, 3.0 * len(pie.chart.slices))


def _titled(scene: Scene, seen: Seen, plot: BBox, ticks: set[int]) -> Seen:
    """A chart with the title over it; the numbers at axes (``ticks``) are none."""
    title = _title(scene, seen.bbox, plot, ticks | {id(label) for label in seen.labels})
    chart = seen.chart.model_copy(update={"title": _joined(title)})
    box = union_of([seen.bbox, *(label.bbox for label in title)])
    return Seen(chart, box, _unique(seen.labels + title), seen.support)


def _one(axes: dict[Side, Axis], first: Side, second: Side) -> Axis | None:
    """The axis of a direction: the one with a scale; of two that differ none: whose are the series?"""
    both = [axes[side] for side in (first, second) if side in axes]
    scaled = [axis for axis in both if axis.scale]
    if len(scaled) > 1 and scaled[0].names != scaled[1].names:
        return None
    return next(iter(scaled or both), None)


def _same(one: BBox, other: BBox) -> bool:
    return one.iou(other) > 0.9


def _spans(line: BBox, plot: BBox) -> bool:
    long = line.width > 0.95 * plot.width or line.height > 0.95 * plot.height
    at_edge = min(abs(line.x1 - plot.x1) + line.width, abs(line.x2 - plot.x2) + line.width) < 2 or (
        min(abs(line.y1 - plot.y1) + line.height, abs(line.y2 - plot.y2) + line.height) < 2
    )
    return long and not at_edge


def _chart(
    shapes: Sequence[Shape], plot: BBox, up: Axis | None, across: Axis | None, labels: Sequence[Label]
) -> tuple[Chart | None, list[Label]]:
    """The chart that the shapes make, and the labels that say values."""
    scales: dict[bool, Scale | None] = {
        True: up.scale if up else None,
        False: across.scale if across else None,
    }
    bars = find_bars(shapes, plot, scales)
    lines = find_lines(shapes, plot)
    if bars is not None and len(bars.bars) > 1 and not lines:
        return _bars(bars, up, across, labels)
    if up is None or up.scale is None or lines is None or _is_filled(shapes, plot):
        return None, []
    clouds = with_markers(lines, find_clouds(shapes))
    points = sum(len(cloud.points) for cloud in clouds)
    if points > 4 and (not lines or all(line.marker is None for line in lines)):
        return scatter_plot(clouds, across, up), []
    return (line_chart(lines, across, up) if lines else None), []


def _bars(
    bars: Bars, up: Axis | None, across: Axis | None, labels: Sequence[Label]
) -> tuple[Chart | None, list[Label]]:
    values, names = (up, across) if bars.standing else (across, up)
    if values is not None and values.scale is None:
        values = None
    near = [label for label in labels if number_of(label.text) is not None]
    return bar_chart(bars, values, names, near), [bar.label for bar in bars.bars if bar.label]


def _is_filled(shapes: Sequence[Shape], plot: BBox) -> bool:
    """Whether areas fill much of a plot: an area chart, a map of contours."""
    areas = [s for s in shapes if s.form is Form.AREA and s.fill and not is_white(s.fill) and not s.is_mark]
    return sum(s.bbox.area for s in areas if s.opacity > _SOLID) > _FILLED * plot.area


def _with_names(
    chart: Chart, legend: Legend, scene: Scene, shapes: Sequence[Shape], plot: BBox, taken: set[int]
) -> tuple[Chart, list[Label]]:
    """The chart with its series named, and the labels that name them."""
    assert isinstance(chart, BarChart | LineChart | ScatterPlot)  # noqa: S101
    colors = [series.color or "" for series in chart.series]
    labels = {color: legend.labels[color] for color in colors if color in legend.labels}
    if isinstance(chart, LineChart) and not labels:
        ends: dict[str, tuple[float, float]] = {}
        for line in find_lines(shapes, plot) or ():
            ends[line.color] = line.points[-1]
        labels = at_ends(ends, scene.labels, taken)
    named = [
        series.model_copy(update={"name": labels[color].text if color in labels else None})
        for color, series in zip(colors, chart.series, strict=True)
    ]
    return chart.model_copy(update={"series": named}), list(labels.values())


def _shown(legend: Legend, names: Sequence[Label]) -> list[Shape]:
    return legend.samples if any(label in names for label in legend.labels.values()) else []


def _with_axes(chart: Chart, up: Axis | None, across: Axis | None) -> Chart:
    """The chart with its axes' titles and limits."""
    if isinstance(chart, BarChart) and chart.orientation == "horizontal":
        up, across = across, up
    values = {
        "label": up.title.text if up and up.title else None,
        "min": plain(up.scale.min) if up and up.scale else None,
        "max": plain(up.scale.max) if up and up.scale else None,
    }
    if not isinstance(chart, BarChart):
        values["scale"] = up.scale.kind if up and up.scale else None
    names: dict[str, object] = {"label": across.title.text if across and across.title else None}
    if isinstance(chart, ScatterPlot) and across and across.scale:
        scale = across.scale
        names |= {"min": plain(scale.min), "max": plain(scale.max), "scale": scale.kind}
    return chart.model_copy(
        update={
            "x_axis": chart.x_axis.model_copy(update=names),  # type: ignore[union-attr]
            "y_axis": chart.y_axis.model_copy(update=values),  # type: ignore[union-attr]
        }
    )


def _title(scene: Scene, chart: BBox, plot: BBox, taken: set[int]) -> list[Label]:
    """The lines right above a chart that are set over its middle, or at its left edge."""
    found: list[Label] = []
    top = chart.y1
    for label in sorted(scene.labels, key=lambda label: -label.bbox.y2):
        gap = top - label.bbox.y2
        if id(label) in taken or label.turned or gap < -0.5 * label.size or label.bbox.y2 > plot.y1 + 1:
            continue
        if gap > _ABOVE * label.size:
            break
        if label.bbox.width <= 1.1 * chart.width and _is_over(label.bbox, chart, plot, label.size):
            found.insert(0, label)
            top = label.bbox.y1
    torn = any(_continues(label, line) for label in found for line in scene.prose)
    return found if 0 < len(found) <= _TITLE_LINES and not torn else []


def _continues(label: Label, line: BBox) -> bool:
    """Whether a label goes on where a line of text ends: on the same line, or on the next."""
    box, size = label.bbox, label.size
    below = -size < box.y1 - line.y2 < _LEADING * size and box.x1 < line.x2 and box.x2 > line.x1
    return below or abs(box.y1 - line.y1) < 0.5 * size


def _is_over(label: BBox, chart: BBox, plot: BBox, size: float) -> bool:
    middle = min(abs(label.center[0] - box.center[0]) for box in (chart, plot)) < 2 * size
    return middle or min(abs(label.x1 - box.x1) for box in (chart, plot)) < size


def _joined(labels: Sequence[Label]) -> str | None:
    return " ".join(label.text for label in labels) or None


def _unique(labels: Sequence[Label]) -> list[Label]:
    return list({id(label): label for label in labels}.values())


def _data(chart: Chart) -> int:
    if isinstance(chart, ScatterPlot):
        return sum(len(series.x_data) for series in chart.series)
    return sum(len(series.data) for series in chart.series)
