"""Charts of Office files as fragments: a figure with its data as a table, or the data as JSON."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from typing import TypedDict

from pipelines.readers.ooxml.chart_parts import (
    Axis,
    Cells,
    ChartPart,
    Plot,
    Points,
    Series,
    Value,
    chart_part,
)
from pipelines.readers.sheets.number_format import NumberFormat
from pipelines.table_markup import TableModel
from schemas.charts import (
    BarChart,
    BarSeries,
    BarValueAxis,
    CategoryAxis,
    Chart,
    LineChart,
    LineSeries,
    Number,
    PieChart,
    PointAxis,
    ScatterPlot,
    ScatterSeries,
    Slice,
    ValueAxis,
    charts_json,
)
from schemas.fragments import Content, FigureContent, FragmentType

_LEGENDS = {"b": "bottom", "t": "top", "l": "left", "r": "right", "tr": "top right"}
_DASHES = {"solid": "solid", "dot": "dotted", "sysDot": "dotted", "dash": "dashed", "sysDash": "dashed"} | {
    "lgDash": "dashed", "dashDot": "dashdot", "sysDashDot": "dashdot", "lgDashDot": "dashdot",
    "lgDashDotDot": "dashdot", "sysDashDotDot": "dashdot",
}  # fmt: skip


def chart_fragment(
    xml: bytes, *, as_data: bool, cells: Cells | None = None
) -> tuple[FragmentType, Content] | None:
    """A chart part as a fragment; None where nothing can be read in it.

    ``as_data`` gives a ``chart`` whose content is JSON (``schemas.charts``) if its kind has a type there.
    Else it is a ``figure``: title, titles of the value axes, and a pipe table. ``cells`` is asked for values
    that the part does not store itself.
    """
    part = chart_part(xml, cells)
    if part is None or not (part.plots or part.title):
        return None
    if as_data and part.plots:
        charts = [_CHARTS[plot.kind](part, plot) for plot in part.plots if plot.kind in _CHARTS]
        if len(charts) == len(part.plots):
            return FragmentType.CHART, FigureContent(content=charts_json(charts))
    return FragmentType.FIGURE, FigureContent(content=_as_text(part))


def _as_text(part: ChartPart) -> str:
    plots = [plot for plot in part.plots if not _is_scatter(plot)]
    series = [one for plot in plots for one in plot.series]
    units = [] if len(series) == 1 else _value_titles(plots)
    titles = dict.fromkeys(title for title in (part.title, *units) if title)
    tables = [table for table in _tables(part) if table]
    return "\n\n".join(["\n".join(titles), *tables] if titles else tables)


def _value_titles(plots: Sequence[Plot]) -> list[str]:
    return [axis.title for plot in plots for axis in plot.axes if axis.kind == "valAx" and axis.title]


def _is_scatter(plot: Plot) -> bool:
    return plot.kind in {"scatter", "bubble", "bubble3D"}


def _tables(part: ChartPart) -> list[str]:
    """One table for all plots over the same categories, and one for each set of points."""
    tables = [_points_table(part, plot) for plot in part.plots if _is_scatter(plot)]
    plots = [plot for plot in part.plots if not _is_scatter(plot)]
    groups: list[list[Plot]] = []
    for plot in plots:
        home = next((one for one in groups if _labels(part, one) == _labels(part, [plot])), None)
        if home is None:
            groups.append([plot])
        else:
            home.append(plot)
    return [_category_table(part, group) for group in groups] + tables


def _category_table(part: ChartPart, plots: Sequence[Plot]) -> str:
    """A row a category, a column a series."""
    series = [one for plot in plots for one in plot.series]
    labels = _labels(part, plots)
    depth = max((len(label) for label in labels.values()), default=1)
    corner = next((axis.title or "" for plot in plots for axis in plot.axes if axis.kind != "valAx"), "")
    header = [""] * (depth - 1) + [corner] + _names(series, _value_titles(plots))
    rows = [
        [*[""] * (depth - len(label)), *label, *(_shown(one.values, index, part) for one in series)]
        for index, label in labels.items()
    ]
    return TableModel.of_rows([header, *rows], header=True).markdown()


def _points_table(part: ChartPart, plot: Plot) -> str:
    """A row a point: with one x for all series if they share it, else with the series' name before it."""
    across, up = (axis.title for axis in _axes(plot))
    sized = any(one.sizes.values for one in plot.series)
    names = _names(plot.series, [up or ""])
    shared = all(one.categories.values == plot.series[0].categories.values for one in plot.series)
    if shared and not sized:
        header = [across or "X", *names]
        rows = [
            [_x(plot.series[0], index, part), *(_shown(one.values, index, part) for one in plot.series)]
            for index in _indices(plot.series)
        ]
        return TableModel.of_rows([header, *rows], header=True).markdown()
    header = ["", across or "X", up or "Y", *(["Size"] if sized else [])]
    rows = [
        [
            name,
            _x(one, i, part),
            _shown(one.values, i, part),
            *([_shown(one.sizes, i, part)] if sized else []),
        ]
        for name, one in zip(names, plot.series, strict=True)
        for i in _indices([one])
    ]
    return TableModel.of_rows([header, *rows], header=True).markdown()


def _x(series: Series, index: int, part: ChartPart) -> str:
    """A point's place on the x axis: its rank where the file gives none, as Office draws it."""
    return _shown(series.categories, index, part) if series.categories.values else str(index + 1)


def _names(series: Sequence[Series], units: Sequence[str]) -> list[str]:
    """The names of series; those without are numbered as Office does. A lone one tells its axis' title."""
    if len(series) == 1:
        return [" / ".join(dict.fromkeys(name for name in (series[0].name, *units) if name))]
    return [one.name or f"Series {i}" for i, one in enumerate(series, 1)]


def _indices(series: Sequence[Series]) -> list[int]:
    """The indices at which any series has a value or a category."""
    return sorted(set(chain.from_iterable((*one.values.values, *one.categories.values) for one in series)))


def _labels(part: ChartPart, plots: Sequence[Plot]) -> dict[int, tuple[str, ...]]:
    """The categories by index, each from its outermost label inwards; their rank where they have no name."""
    series = [one for plot in plots for one in plot.series]
    named = next((one.categories for one in series if one.categories.values), Points())
    if named.format == "General":
        named = replace(named, format=_axes(plots[0])[0].format or "General")
    outer: list[str] = [""] * len(named.levels)
    found: dict[int, tuple[str, ...]] = {}
    starts = [sorted(level.items()) for level in reversed(named.levels)]
    at = [0] * len(starts)
    for index in _indices(series):
        for level, marks in enumerate(starts):
            while at[level] < len(marks) and marks[at[level]][0] <= index:
                outer[level] = str(marks[at[level]][1])
                at[level] += 1
        own = _shown(named, index, part) if named.values else str(index + 1)
        found[index] = (*outer, own)
    return found


def _shown(points: Points, index: int, part: ChartPart) -> str:
    """A value as Office shows it, in its number format."""
    value = points.values.get(index)
    if value is None or isinstance(value, str):
        return value or ""
    return _number_format(points.format, part.from_1904).number(float(value))


@lru_cache(maxsize=64)
def _number_format(code: str, from_1904: bool) -> NumberFormat:
    return NumberFormat(code, from_1904=from_1904)


def _number(value: Value) -> Number | None:
    """A value as JSON has it: whole numbers without a point; text is no number."""
    if value is None or isinstance(value, str):
        return None
    return int(value) if float(value).is_integer() and abs(value) < 1e15 else float(value)


def _data(series: Series, indices: Sequence[int]) -> list[Number | None]:
    return [_number(series.values.values.get(index)) for index in indices]


def _axes(plot: Plot) -> tuple[Axis, Axis]:
    """The axis of the categories (or x) and that of the values."""
    if _is_scatter(plot):
        first, second, *_ = *plot.axes, Axis(), Axis()
        return first, second
    across = next((axis for axis in plot.axes if axis.kind in {"catAx", "dateAx"}), Axis())
    return across, next((axis for axis in plot.axes if axis.kind == "valAx"), Axis())


class _Drawn(TypedDict):
    """What charts of all types have."""

    title: str | None
    grid: bool | None
    legend_position: str | None


def _drawn(part: ChartPart, plot: Plot) -> _Drawn:
    return {
        "title": part.title,
        "grid": any(axis.grid for axis in plot.axes) if plot.axes else None,
        "legend_position": _LEGENDS.get(part.legend or ""),
    }


def _bar(part: ChartPart, plot: Plot) -> Chart:
    across, up = _axes(plot)
    labels = _labels(part, [plot])
    series = [BarSeries(name=one.name, data=_data(one, list(labels)), color=one.color) for one in plot.series]
    return BarChart(
        **_drawn(part, plot),
        orientation="horizontal" if plot.horizontal else "vertical",
        bar_style="stacked" if plot.grouping in {"stacked", "percentStacked"} else "grouped",
        x_axis=CategoryAxis(label=across.title, categories=[" / ".join(one) for one in labels.values()]),
        y_axis=BarValueAxis(label=up.title, min=_number(up.low), max=_number(up.high), format=up.format),
        series=series,
    )


def _line(part: ChartPart, plot: Plot) -> Chart:
    across, up = _axes(plot)
    labels = _labels(part, [plot])
    series = [
        LineSeries(
            name=one.name,
            data=_data(one, list(labels)),
            color=one.line_color,
            line_style=_DASHES.get(one.dash or ""),
            marker=one.marker,
        )
        for one in plot.series
    ]
    scale = {"catAx": "category", "dateAx": "date"}.get(across.kind)
    values = [_place(part, plot, index, label) for index, label in labels.items()]
    return LineChart(
        **_drawn(part, plot),
        x_axis=PointAxis(label=across.title, values=values, scale=scale),
        y_axis=_value_axis(up),
        series=series,
    )


def _place(part: ChartPart, plot: Plot, index: int, label: tuple[str, ...]) -> str | Number:
    """A point's place along a line: a number where it is one, dates and names as they are shown."""
    named = next((one.categories for one in plot.series if one.categories.values), None)
    value = index + 1 if named is None else _number(named.values.get(index))
    bare = len(label) == 1 and re.fullmatch(r"-?\d+(\.\d+)?", label[0])
    return value if value is not None and bare else " / ".join(label)


def _value_axis(axis: Axis) -> ValueAxis:
    scale = ("log" if axis.log else "linear") if axis.kind == "valAx" else None
    return ValueAxis(label=axis.title, min=_number(axis.low), max=_number(axis.high), scale=scale)


def _scatter(part: ChartPart, plot: Plot) -> Chart:
    across, up = _axes(plot)
    return ScatterPlot(
        **_drawn(part, plot),
        x_axis=_value_axis(across),
        y_axis=_value_axis(up),
        series=[_scatter_series(one) for one in plot.series],
    )


def _scatter_series(series: Series) -> ScatterSeries:
    indices = _indices([series])
    places = series.categories.values
    numbered = any(isinstance(value, float) for value in places.values())
    return ScatterSeries(
        name=series.name,
        x_data=[_number(places.get(i)) if numbered else i + 1 for i in indices],
        y_data=_data(series, indices),
        color=series.color or series.line_color,
        marker=series.marker,
        size=[_number(series.sizes.values.get(i)) for i in indices]
        if series.sizes.values
        else _number(series.marker_size),
    )


def _pie(part: ChartPart, plot: Plot) -> Chart:
    first = plot.series[0]
    labels = _labels(part, [plot])
    values = _data(first, list(labels))
    whole = sum(abs(value) for value in values if value is not None)
    slices = [
        Slice(
            label=" / ".join(label),
            value=value,
            percentage=round(100 * abs(value) / whole, 2) if whole and value is not None else None,
            color=first.point_colors.get(index, first.color),
        )
        for (index, label), value in zip(labels.items(), values, strict=True)
    ]
    series = [BarSeries(name=one.name, data=_data(one, list(labels)), color=one.color) for one in plot.series]
    return PieChart(**_drawn(part, plot), slices=slices, series=series)


_CHARTS = {
    "bar": _bar,
    "bar3D": _bar,
    "line": _line,
    "line3D": _line,
    "scatter": _scatter,
    "bubble": _scatter,
    "pie": _pie,
    "pie3D": _pie,
    "ofPie": _pie,
    "doughnut": _pie,
}
