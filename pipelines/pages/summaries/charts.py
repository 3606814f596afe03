"""A chart's summary without a model, from its data."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from pydantic import ValidationError

from pipelines.pages.summaries.wording import listed, several, shortened
from schemas.charts import AnyChart, BarChart, Chart, LineChart, Number, PieChart, ScatterPlot

_MOST_SERIES, _MOST_NAMES = 4, 6
_LONGEST_NAME = 40
_KINDS = {BarChart: "bar chart", LineChart: "line chart", ScatterPlot: "scatter plot", PieChart: "pie chart"}


def summary(content: str, about: str = "") -> str | None:
    """What a chart fragment's JSON says in a few English sentences; None if it is no chart's.

    ``about`` is the figure's caption.
    """
    try:
        data = json.loads(content)
        charts = [AnyChart.model_validate(one).root for one in (data if isinstance(data, list) else [data])]
    except (ValueError, ValidationError, RecursionError):
        return None
    told = [about.strip()] if about.strip() else []
    for chart in charts:
        told += _told(chart)
    return " ".join(f"{sentence.rstrip(' .')}." for sentence in told)


def _told(chart: Chart) -> Iterator[str]:
    title = f" “{chart.title}”" if chart.title else ""
    yield f"A {_KINDS[type(chart)]}{title}{_of(chart)}"
    match chart:
        case BarChart():
            places: Sequence[object] = chart.x_axis.categories
            yield from _names(chart.x_axis.label or "The categories", list(map(str, places)))
            yield from (_range(one.name, one.data, places) for one in chart.series[:_MOST_SERIES])
        case LineChart():
            yield from (
                _range(one.name, one.data, chart.x_axis.values) for one in chart.series[:_MOST_SERIES]
            )
        case ScatterPlot():
            for one in chart.series[:_MOST_SERIES]:
                yield _range(f"{_name(one.name)} along the x axis", one.x_data, [])
                yield _range(f"{_name(one.name)} along the y axis", one.y_data, [])
        case PieChart():
            yield from _slices(chart)


def _of(chart: Chart) -> str:
    """How many series it has, and what its axes say."""
    if isinstance(chart, PieChart):
        return f" of {several(len(chart.slices), 'slice')}"
    named = [shortened(one.name, _LONGEST_NAME) for one in chart.series if one.name]
    series = f" of {len(chart.series)} series" if len(chart.series) != 1 else ""
    if named and len(chart.series) > 1:
        series += f" ({listed(named[:_MOST_NAMES], len(named))})"
    labels = [
        f"{axis}: {label}" for axis, label in (("x", chart.x_axis.label), ("y", chart.y_axis.label)) if label
    ]
    return f"{series}, {', '.join(labels)}" if labels else series


def _names(what: str, names: list[str]) -> Iterator[str]:
    shown = [shortened(name, _LONGEST_NAME) for name in names[:_MOST_NAMES] if name]
    if shown:
        yield f"{what}: {listed(shown, len(names))}"


def _slices(chart: PieChart) -> Iterator[str]:
    def size(place: int) -> Number:
        one = chart.slices[place]
        return (one.percentage if one.percentage is not None else one.value) or 0

    largest = sorted(range(len(chart.slices)), key=size, reverse=True)
    told = []
    for one in (chart.slices[place] for place in largest[:_MOST_NAMES]):
        share = f"{one.percentage:g}%" if one.percentage is not None else None
        number = share or (None if one.value is None else f"{one.value:g}")
        told.append(f"{_name(one.label)} {number}" if number else _name(one.label))
    if told:
        yield f"The largest first: {listed(told, len(chart.slices))}"


def _range(name: str | None, data: Sequence[Number | None], places: Sequence[object]) -> str:
    """From where to where a series goes."""
    known = {place: value for place, value in enumerate(data) if value is not None}
    if not known:
        return f"{_name(name)} has no values that are known"
    low, high = min(known, key=known.__getitem__), max(known, key=known.__getitem__)

    def told(place: int) -> str:
        at = f" ({shortened(str(places[place]), _LONGEST_NAME)})" if place < len(places) else ""
        return f"{known[place]:g}{at}"

    if known[low] == known[high]:
        return f"{_name(name)} is {known[low]:g} throughout"
    return f"{_name(name)} goes from {told(low)} to {told(high)}"


def _name(name: str | None) -> str:
    return shortened(name, _LONGEST_NAME) if name else "It"
