"""Charts drawn by LibreOffice Calc."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.facts.charts_drawn.data import Drawn

_TYPES = {"bar": "column", "line": "line", "scatter": "scatter", "pie": "pie"}
_SECONDS = 300


def draw_all(charts: Sequence[tuple[Drawn, Path]], program: str) -> None:
    """Writes each chart as a PDF of one page, all in one run of ``program``."""
    with tempfile.TemporaryDirectory() as folder:
        books = []
        for chart, target in charts:
            books.append(Path(folder) / f"{target.stem}.xlsx")
            _write(chart, books[-1])
        profile = f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}"
        command = [
            program,
            profile,
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            folder,
            *map(str, books),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS)
        for book, (_, target) in zip(books, charts, strict=True):
            target.write_bytes(book.with_suffix(".pdf").read_bytes())


def _write(chart: Drawn, book: Path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(str(book)) as workbook:
        page = workbook.add_chartsheet()
        sheet = workbook.add_worksheet("Data")
        sheet.hide()
        drawn = workbook.add_chart(_type(chart))
        for i, (name, values) in enumerate(chart.series.items()):
            sheet.write_column(0, 2 * i, _across(chart, name))
            sheet.write_column(0, 2 * i + 1, values)
            drawn.add_series(_series(chart, i, name, len(values)))
        drawn.set_title({"name": chart.title} if chart.title else {"none": True})
        drawn.set_legend({"position": "right"} if chart.legend else {"none": True})
        font = {"size": chart.size + 2}
        if chart.kind != "pie":
            turn = {"rotation": -chart.turned} if chart.turned and chart.kind != "scatter" else {}
            drawn.set_x_axis({"name": chart.x_label or "", "num_font": font | turn})
            grid = {"visible": chart.grid}
            base = {"log_base": 10} if chart.log else {}
            drawn.set_y_axis({"name": chart.y_label or "", "num_font": font, "major_gridlines": grid, **base})
        page.set_chart(drawn)


def _type(chart: Drawn) -> dict[str, Any]:
    if chart.kind == "bar":
        kind = {"type": "bar" if chart.horizontal else "column"}
        return kind | ({"subtype": "stacked"} if chart.stacked else {})
    if chart.kind == "line" and chart.numeric:
        return {"type": "scatter", "subtype": "straight_with_markers" if chart.markers else "straight"}
    return {"type": "doughnut" if chart.kind == "pie" and chart.ring else _TYPES[chart.kind]}


def _across(chart: Drawn, name: str) -> list[Any]:
    if chart.kind == "scatter":
        return list(chart.xs[name])
    return [float(x) for x in chart.names] if chart.numeric else list(chart.names)


def _series(chart: Drawn, i: int, name: str, count: int) -> dict[str, Any]:
    color = chart.colors[i]
    series: dict[str, Any] = {
        "name": name,
        "categories": ["Data", 0, 2 * i, count - 1, 2 * i],
        "values": ["Data", 0, 2 * i + 1, count - 1, 2 * i + 1],
    }
    if chart.kind == "pie":
        series["points"] = [{"fill": {"color": c}} for c in chart.colors[:count]]
        if not chart.legend:
            series["data_labels"] = {"category": True, "percentage": True, "position": "outside_end"}
        elif chart.labelled:
            series["data_labels"] = {"percentage": True}
    elif chart.kind == "bar":
        series["fill"] = {"color": color}
    elif chart.kind == "line":
        series["line"] = {"color": color, "width": 2}
    if chart.kind == "scatter" or (chart.kind == "line" and chart.markers):
        series["marker"] = {"type": "circle", "size": 6, "fill": {"color": color}, "border": {"color": color}}
    if chart.labelled and chart.kind == "bar":
        series["data_labels"] = {"value": True}
    return series
