"""A vision model's answer as a chart: data to be checked, for a picture that may show none."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from pydantic import ValidationError

from pipelines.vision.words import tokens
from schemas.charts import AnyChart, BarChart, Chart, LineChart, Number, PieChart, ScatterPlot

_FENCE = re.compile(
    r"\A[^`{]{0,200}```(?:json)?\s*\n(?P<body>.*?)\n?```[^`]{0,200}\Z", re.DOTALL | re.IGNORECASE
)
_NONE = frozenset({"", "null", "none", "{}", "[]"})
_LEAST_KNOWN = 0.5
"""The share of the words in a chart's names that stand in its picture."""


def is_none(text: str) -> bool:
    """Whether an (unwrapped) answer says that the picture shows no chart."""
    return _bare(text).lower() in _NONE


def chart_of(text: str) -> Chart | None:
    """The chart that an (unwrapped) answer is; None if it is none, or has no numbers where numbers belong."""
    try:
        chart = AnyChart.model_validate_json(_bare(text), strict=True).root
    except (ValidationError, RecursionError):
        return None
    numbers = list(_numbers(chart))
    return chart if numbers and all(map(math.isfinite, numbers)) and _is_even(chart) else None


def share_known(chart: Chart, words: Sequence[str]) -> float:
    """The share of the words of a chart's names that are among ``words``; 1 where it has no names."""
    known = {token for word in words for token in tokens(word)}
    named = [token for name in _names(chart) for token in tokens(name)]
    return sum(token in known for token in named) / len(named) if named else 1.0


def is_known(chart: Chart, words: Sequence[str]) -> bool:
    """Whether the names of a chart stand in its picture, whose text is ``words``."""
    return share_known(chart, words) >= _LEAST_KNOWN


def _bare(text: str) -> str:
    found = _FENCE.match(text)
    return (found["body"] if found else text).strip()


def _numbers(chart: Chart) -> Iterator[Number]:
    match chart:
        case BarChart() | LineChart():
            rows = [series.data for series in chart.series]
        case ScatterPlot():
            rows = [data for series in chart.series for data in (series.x_data, series.y_data)]
        case PieChart():
            rows = [[one.value, one.percentage] for one in chart.slices]
    yield from (number for row in rows for number in row if number is not None)


def _is_even(chart: Chart) -> bool:
    """Whether there is a value, or none, for each name."""
    match chart:
        case BarChart():
            return all(len(series.data) == len(chart.x_axis.categories) for series in chart.series)
        case LineChart():
            return all(len(series.data) == len(chart.x_axis.values) for series in chart.series)
        case ScatterPlot():
            return all(len(series.x_data) == len(series.y_data) for series in chart.series)
    return True


def _names(chart: Chart) -> Iterator[str]:
    yield from (series.name for series in chart.series if series.name)
    match chart:
        case BarChart():
            yield from chart.x_axis.categories
        case LineChart():
            yield from (value for value in chart.x_axis.values if isinstance(value, str))
        case PieChart():
            yield from (one.label for one in chart.slices if one.label)
