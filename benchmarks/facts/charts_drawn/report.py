"""Charts drawn by ReportLab."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.facts.charts_drawn.data import Drawn

_LEFT, _BELOW, _ABOVE, _RIGHT = 55, 50, 30, 95


def draw(chart: Drawn, target: Path) -> None:
    """Writes the chart as a PDF of one page."""
    from reportlab.graphics import renderPDF
    from reportlab.graphics.shapes import Drawing, String
    from reportlab.lib.colors import HexColor

    drawing = Drawing(chart.width, chart.height)
    plot = {"bar": _bars, "line": _lines, "scatter": _points, "pie": _pie}[chart.kind](chart)
    drawing.add(plot)
    if chart.title:
        top = chart.height - 14
        drawing.add(String(chart.width / 2, top, chart.title, textAnchor="middle", fontSize=chart.size + 3))
    if chart.legend:
        names = chart.names if chart.kind == "pie" else list(chart.series)
        drawing.add(_legend(chart, [(HexColor(c), n) for c, n in zip(chart.colors, names, strict=False)]))
    renderPDF.drawToFile(drawing, str(target))


def _placed(plot: Any, chart: Drawn) -> Any:
    plot.x, plot.y = _LEFT, _BELOW
    plot.width = chart.width - _LEFT - (_RIGHT if chart.legend else 15)
    plot.height = chart.height - _BELOW - _ABOVE
    return plot


def _coloured(parts: Any, chart: Drawn, count: int, what: str) -> None:
    from reportlab.lib.colors import HexColor

    for i in range(count):
        setattr(parts[i], what, HexColor(chart.colors[i]))


def _bars(chart: Drawn) -> Any:
    from reportlab.graphics.charts.barcharts import HorizontalBarChart, VerticalBarChart

    plot = _placed(HorizontalBarChart() if chart.horizontal else VerticalBarChart(), chart)
    plot.data = [tuple(values) for values in chart.series.values()]
    plot.categoryAxis.categoryNames = chart.names
    plot.categoryAxis.labels.fontSize = plot.valueAxis.labels.fontSize = chart.size
    if chart.turned and not chart.horizontal:
        plot.categoryAxis.labels.angle, plot.categoryAxis.labels.boxAnchor = chart.turned, "ne"
    if chart.stacked:
        plot.categoryAxis.style = "stacked"
    plot.valueAxis.valueMin = 0
    plot.valueAxis.visibleGrid = chart.grid
    _coloured(plot.bars, chart, len(chart.series), "fillColor")
    if chart.labelled:
        plot.barLabelFormat, plot.barLabels.nudge = "%.4g", chart.size
        plot.barLabels.fontSize = chart.size - 1
        if chart.horizontal:
            plot.barLabels.boxAnchor, plot.barLabels.nudge = "w", 3
    return plot


def _lines(chart: Drawn) -> Any:
    from reportlab.graphics.charts.linecharts import HorizontalLineChart
    from reportlab.graphics.charts.lineplots import LinePlot

    if chart.numeric:
        plot = _placed(LinePlot(), chart)
        at = [float(name) for name in chart.names]
        plot.data = [list(zip(at, values, strict=True)) for values in chart.series.values()]
        plot.xValueAxis.labels.fontSize = plot.yValueAxis.labels.fontSize = chart.size
        plot.yValueAxis.visibleGrid = chart.grid
    else:
        plot = _placed(HorizontalLineChart(), chart)
        plot.data = [tuple(values) for values in chart.series.values()]
        plot.categoryAxis.categoryNames = chart.names
        plot.categoryAxis.labels.fontSize = plot.valueAxis.labels.fontSize = chart.size
        plot.valueAxis.visibleGrid = chart.grid
        if chart.turned:
            plot.categoryAxis.labels.angle, plot.categoryAxis.labels.boxAnchor = chart.turned, "ne"
    _coloured(plot.lines, chart, len(chart.series), "strokeColor")
    plot.lines.strokeWidth = 1.5
    if chart.markers:
        _marked(plot, chart)
    return plot


def _points(chart: Drawn) -> Any:
    from reportlab.graphics.charts.lineplots import LinePlot

    plot = _placed(LinePlot(), chart)
    plot.data = [sorted(zip(chart.xs[name], values, strict=True)) for name, values in chart.series.items()]
    plot.xValueAxis.labels.fontSize = plot.yValueAxis.labels.fontSize = chart.size
    plot.joinedLines = 0
    _coloured(plot.lines, chart, len(chart.series), "strokeColor")
    _marked(plot, chart)
    return plot


def _marked(plot: Any, chart: Drawn) -> None:
    from reportlab.graphics.widgets.markers import makeMarker
    from reportlab.lib.colors import HexColor

    shapes = ("FilledCircle", "FilledSquare", "FilledDiamond", "FilledTriangle")
    for i in range(len(chart.series)):
        plot.lines[i].symbol = makeMarker(shapes[i % 4], size=5)
        plot.lines[i].symbol.fillColor = plot.lines[i].symbol.strokeColor = HexColor(chart.colors[i])


def _pie(chart: Drawn) -> Any:
    from reportlab.graphics.charts.doughnut import Doughnut
    from reportlab.graphics.charts.piecharts import Pie

    plot = _placed(Doughnut() if chart.ring else Pie(), chart)
    values = next(iter(chart.series.values()))
    plot.data = [values] if chart.ring else values
    plot.width = plot.height = min(plot.width, plot.height)
    plot.labels = None if chart.legend else chart.names
    if not chart.ring:
        plot.sideLabels = 0
        plot.slices.labelRadius = 1.2
        plot.slices.fontSize = chart.size
        _coloured(plot.slices, chart, len(values), "fillColor")
    else:
        _coloured({i: plot.slices[0, i] for i in range(len(values))}, chart, len(values), "fillColor")
    return plot


def _legend(chart: Drawn, entries: list[Any]) -> Any:
    from reportlab.graphics.charts.legends import Legend

    legend = Legend()
    legend.x, legend.y = chart.width - _RIGHT + 10, chart.height - _ABOVE - 20
    legend.alignment, legend.columnMaximum = "right", 10
    legend.fontSize, legend.dx, legend.dy = chart.size, 8, 8
    legend.colorNamePairs = entries
    return legend
