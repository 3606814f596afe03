"""Charts drawn by Matplotlib."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.facts.charts_drawn.data import Drawn

_MARKERS = "os^Dvx"
_DASHES = ("-", "--", ":", "-.")


def draw(chart: Drawn, target: Path) -> None:
    """Writes the chart as a PDF of one page."""
    from matplotlib.backends.backend_pdf import FigureCanvasPdf
    from matplotlib.figure import Figure

    figure = Figure(figsize=(chart.width / 72, chart.height / 72), layout="constrained")
    FigureCanvasPdf(figure)
    axes = figure.add_subplot()
    {"bar": _bars, "line": _lines, "scatter": _points, "pie": _pie}[chart.kind](axes, chart)
    if chart.title:
        axes.set_title(chart.title, fontsize=chart.size + 2)
    if chart.kind != "pie":
        _dress(axes, chart)
    figure.savefig(target, format="pdf", metadata={"CreationDate": None})


def _dress(axes: Any, chart: Drawn) -> None:
    names, values = (axes.yaxis, axes.xaxis) if chart.horizontal else (axes.xaxis, axes.yaxis)
    names.set_label_text(chart.x_label or "", fontsize=chart.size)
    values.set_label_text(chart.y_label or "", fontsize=chart.size)
    axes.tick_params(labelsize=chart.size)
    if chart.turned and chart.kind in {"bar", "line"} and not chart.numeric:
        axes.tick_params(axis="x", rotation=chart.turned)
    if chart.log:
        axes.set_yscale("log")
    if chart.grid:
        values.grid(True, linewidth=0.5, color="#cccccc")
        axes.set_axisbelow(True)
    if not chart.framed:
        axes.spines[["top", "right"]].set_visible(False)
    if chart.legend:
        axes.legend(fontsize=chart.size - 1)


def _bars(axes: Any, chart: Drawn) -> None:
    places, count = range(len(chart.names)), len(chart.series)
    width = 0.7 if chart.stacked else 0.8 / count
    base = [0.0] * len(chart.names)
    bar = axes.barh if chart.horizontal else axes.bar
    for i, (name, values) in enumerate(chart.series.items()):
        at = [p if chart.stacked else p + (i - (count - 1) / 2) * width for p in places]
        more: dict[str, Any] = {"left" if chart.horizontal else "bottom": base} if chart.stacked else {}
        drawn = bar(at, values, width, label=name, color=chart.colors[i], **more)
        if chart.labelled:
            axes.bar_label(drawn, fontsize=chart.size - 1)
        if chart.stacked:
            base = [a + b for a, b in zip(base, values, strict=True)]
    (axes.set_yticks if chart.horizontal else axes.set_xticks)(places, chart.names)


def _lines(axes: Any, chart: Drawn) -> None:
    at = [float(name) for name in chart.names] if chart.numeric else list(range(len(chart.names)))
    for i, (name, values) in enumerate(chart.series.items()):
        marker = _MARKERS[i] if chart.markers else None
        dash = _DASHES[i % 4] if chart.colors[0] == "#000000" else "-"
        axes.plot(at, values, dash, marker=marker, markersize=4, label=name, color=chart.colors[i])
    if not chart.numeric:
        axes.set_xticks(at, chart.names)


def _points(axes: Any, chart: Drawn) -> None:
    for i, (name, values) in enumerate(chart.series.items()):
        axes.scatter(
            chart.xs[name], values, 20, marker=_MARKERS[i], label=name, color=chart.colors[i], alpha=0.8
        )


def _pie(axes: Any, chart: Drawn) -> None:
    values = next(iter(chart.series.values()))
    wedges = axes.pie(
        values,
        labels=None if chart.legend else chart.names,
        autopct="%.1f%%" if chart.labelled else None,
        colors=chart.colors[: len(values)],
        textprops={"fontsize": chart.size},
        wedgeprops={"width": 0.5} if chart.ring else {"linewidth": 1, "edgecolor": "white"},
        pctdistance=0.75 if chart.ring else 0.6,
    )[0]
    if chart.legend:
        axes.legend(wedges, chart.names, fontsize=chart.size, bbox_to_anchor=(1, 0.5), loc="center left")
