"""Summaries of charts from their data."""

from __future__ import annotations

import pytest

from pipelines.pages.summaries.charts import summary
from schemas.charts import (
    BarChart,
    BarSeries,
    CategoryAxis,
    Chart,
    LineChart,
    LineSeries,
    PieChart,
    PointAxis,
    ScatterPlot,
    ScatterSeries,
    Slice,
    ValueAxis,
    charts_json,
)

BARS = BarChart(
    title="Rain",
    x_axis=CategoryAxis(label="Month", categories=["May", "June", "July"]),
    series=[BarSeries(name="Oslo", data=[3, None, 9.5]), BarSeries(name="Rome", data=[2, 2, 2])],
)
LINES = LineChart(
    x_axis=PointAxis(values=[2001, 2002]),
    y_axis=ValueAxis(label="km"),
    series=[LineSeries(data=[1, 4])],
)
PIE = PieChart(slices=[Slice(label="cats", percentage=30), Slice(label="dogs", percentage=70)])
DOTS = ScatterPlot(series=[ScatterSeries(name="runs", x_data=[1, 2], y_data=[5, 3])])


@pytest.mark.parametrize(
    ("chart", "expected"),
    [
        (
            BARS,
            "A bar chart “Rain” of 2 series (Oslo and Rome), x: Month. Month: May, June and July. "
            "Oslo goes from 3 (May) to 9.5 (July). Rome is 2 throughout.",
        ),
        (LINES, "A line chart, y: km. It goes from 1 (2001) to 4 (2002)."),
        (PIE, "A pie chart of 2 slices. The largest first: dogs 70% and cats 30%."),
        (
            DOTS,
            "A scatter plot. runs along the x axis goes from 1 to 2. runs along the y axis goes from 3 to 5.",
        ),
    ],
)
def test_what_a_chart_shows_is_told(chart: Chart, expected: str) -> None:
    assert summary(charts_json([chart])) == expected


def test_the_caption_comes_first_and_every_chart_is_told() -> None:
    text = summary(charts_json([PIE, LINES]), "Figure 2: Pets.")
    assert text is not None
    assert text.startswith("Figure 2: Pets. A pie chart")
    assert "A line chart" in text


def test_a_series_without_values_says_so() -> None:
    chart = LINES.model_copy(update={"series": [LineSeries(name="lost", data=[None])]})
    assert "lost has no values that are known." in (summary(charts_json([chart])) or "")


@pytest.mark.parametrize("content", ["", "no JSON", "[1]", '{"type": "radar"}', "[" * 100_000])
def test_what_is_no_chart_has_no_summary(content: str) -> None:
    assert summary(content) is None
