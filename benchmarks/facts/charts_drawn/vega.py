"""Charts drawn by Vega-Lite."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.facts.charts_drawn.data import Drawn


def draw(chart: Drawn, target: Path) -> None:
    """Writes the chart as a PDF of one page."""
    import vl_convert

    target.write_bytes(vl_convert.vegalite_to_pdf(_spec(chart)))


def _spec(chart: Drawn) -> dict[str, Any]:
    colors = {"domain": _parts(chart), "range": list(chart.colors[: len(_parts(chart))])}
    legend: dict[str, Any] | None = {} if chart.legend or chart.kind == "pie" else None
    color = {"field": "part", "type": "nominal", "title": None, "scale": colors, "legend": legend}
    encoding = _pie() if chart.kind == "pie" else _plane(chart)
    spec: dict[str, Any] = {
        "width": chart.width - 120,
        "height": chart.height - 60,
        "data": {"values": _rows(chart)},
        "mark": _mark(chart),
        "encoding": encoding | {"color": color},
        "config": {
            "axis": {"labelFontSize": chart.size, "titleFontSize": chart.size + 1, "grid": chart.grid},
            "legend": {"labelFontSize": chart.size},
            "view": {} if chart.framed else {"stroke": None},
        },
    }
    return spec | ({"title": chart.title} if chart.title else {})


def _mark(chart: Drawn) -> dict[str, Any]:
    match chart.kind:
        case "pie":
            return {"type": "arc", "innerRadius": 40 if chart.ring else 0}
        case "scatter":
            return {"type": "point", "filled": True}
        case "line":
            return {"type": "line", "point": chart.markers}
    return {"type": "bar"}


def _parts(chart: Drawn) -> list[str]:
    return chart.names if chart.kind == "pie" else list(chart.series)


def _rows(chart: Drawn) -> list[dict[str, Any]]:
    if chart.kind == "pie":
        values = next(iter(chart.series.values()))
        return [
            {"part": n, "y": v, "order": i} for i, (n, v) in enumerate(zip(chart.names, values, strict=True))
        ]
    return [
        {"part": name, "x": x, "y": y}
        for name, values in chart.series.items()
        for x, y in zip(_across(chart, name), values, strict=True)
    ]


def _across(chart: Drawn, name: str) -> list[Any]:
    if chart.kind == "scatter":
        return list(chart.xs[name])
    return [float(x) for x in chart.names] if chart.numeric else list(chart.names)


def _pie() -> dict[str, Any]:
    return {
        "theta": {"field": "y", "type": "quantitative", "stack": True},
        "order": {"field": "order", "type": "quantitative"},
    }


def _plane(chart: Drawn) -> dict[str, Any]:
    numbers = chart.kind == "scatter" or chart.numeric
    across: dict[str, Any] = {
        "field": "x",
        "type": "quantitative" if numbers else "nominal",
        "sort": None,
        "title": chart.x_label,
        "axis": {} if numbers or not chart.turned else {"labelAngle": -chart.turned},
    }
    if chart.numeric:
        across |= {"scale": {"zero": False}, "axis": {"format": "d"}}
    up: dict[str, Any] = {"field": "y", "type": "quantitative", "title": chart.y_label}
    if chart.log:
        up["scale"] = {"type": "log"}
    if chart.kind == "bar":
        up["stack"] = "zero" if chart.stacked else None
        if len(chart.series) > 1 and not chart.stacked:
            offset = {"field": "part", "sort": None}
            return {"y" if chart.horizontal else "x": across, "x" if chart.horizontal else "y": up} | {
                "yOffset" if chart.horizontal else "xOffset": offset
            }
    return {"y": across, "x": up} if chart.horizontal else {"x": across, "y": up}
