"""Charts as data: the JSON that a ``chart`` fragment's content is.

All keys are always there; what is not known is null. Colours are ``#RRGGBB``. Charts of other kinds
(area, radar…) have no type here.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

Number = int | float


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class CategoryAxis(_Frozen):
    """The axis of bars' names."""

    label: str | None = None
    categories: list[str] = []


class PointAxis(_Frozen):
    """The axis along which a line's points stand, by name or number; ``scale`` as in ``ValueAxis``."""

    label: str | None = None
    values: list[str | Number] = []
    scale: str | None = None


class ValueAxis(_Frozen):
    """An axis of numbers; ``min`` and ``max`` where they are set, ``scale`` is ``linear`` or ``log``."""

    label: str | None = None
    min: Number | None = None
    max: Number | None = None
    scale: str | None = None


class BarValueAxis(_Frozen):
    """The axis of bars' lengths; ``format`` is the number format of its labels (``0%``)."""

    label: str | None = None
    min: Number | None = None
    max: Number | None = None
    format: str | None = None


class BarSeries(_Frozen):
    """One value a category, null where there is none."""

    name: str | None = None
    data: list[Number | None] = []
    color: str | None = None


class LineSeries(_Frozen):
    """One value a point of the x axis, null where there is none."""

    name: str | None = None
    data: list[Number | None] = []
    color: str | None = None
    line_style: str | None = None
    marker: str | None = None


class ScatterSeries(_Frozen):
    """Points; ``size`` is that of the markers, a list where each has its own (bubbles)."""

    name: str | None = None
    x_data: list[Number | None] = []
    y_data: list[Number | None] = []
    color: str | None = None
    marker: str | None = None
    size: Number | list[Number | None] | None = None
    alpha: Number | None = None
    edge_color: str | None = None


class Slice(_Frozen):
    """A part of a pie; ``percentage`` is its share of the whole, 0 to 100."""

    label: str | None = None
    value: Number | None = None
    percentage: Number | None = None
    color: str | None = None


class _Drawn(_Frozen):
    title: str | None = None
    grid: bool | None = None
    legend_position: str | None = None


class BarChart(_Drawn):
    """Bars side by side or stacked; the x axis is that of the categories, whichever way the bars go."""

    type: Literal["bar_chart"] = "bar_chart"
    orientation: Literal["vertical", "horizontal"] | None = None
    bar_style: Literal["grouped", "stacked"] | None = None
    x_axis: CategoryAxis = CategoryAxis()
    y_axis: BarValueAxis = BarValueAxis()
    series: list[BarSeries] = []


class LineChart(_Drawn):
    """Lines over one axis of names or numbers."""

    type: Literal["line_chart"] = "line_chart"
    x_axis: PointAxis = PointAxis()
    y_axis: ValueAxis = ValueAxis()
    series: list[LineSeries] = []


class ScatterPlot(_Drawn):
    """Points in a plane, bubbles too."""

    type: Literal["scatter_plot"] = "scatter_plot"
    x_axis: ValueAxis = ValueAxis()
    y_axis: ValueAxis = ValueAxis()
    series: list[ScatterSeries] = []


class PieChart(_Drawn):
    """A pie or a ring: ``slices`` are those of the first (innermost) series, ``series`` has them all."""

    type: Literal["pie_chart"] = "pie_chart"
    slices: list[Slice] = []
    series: list[BarSeries] = []


Chart = BarChart | LineChart | ScatterPlot | PieChart


class AnyChart(RootModel[Annotated[Chart, Field(discriminator="type")]]):
    """A chart of any type, for where its type is not known before (between processes, from a model)."""


def charts_json(charts: Sequence[Chart]) -> str:
    """The JSON text of a chart: an object, or an array where several are drawn into each other."""
    data = [chart.model_dump() for chart in charts]
    # The type first: what a reader looks for.
    ordered = [{"type": one.pop("type"), **one} for one in data]
    return json.dumps(ordered[0] if len(ordered) == 1 else ordered, ensure_ascii=False)
