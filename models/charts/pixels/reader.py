"""The data of a chart that is a picture."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from models import images
from models.base import Image
from models.charts.pixels.bars import bar_chart
from models.charts.pixels.colours import Paint, paint_of
from models.charts.pixels.labels import Label, labels_of
from models.charts.pixels.lines import line_chart
from models.charts.pixels.pies import pie_chart
from models.charts.pixels.rectangles import without_rules, without_seams, without_text
from models.charts.pixels.scatter import scatter_plot
from models.runtime import Runtime
from schemas.charts import AnyChart, BarChart, PieChart
from schemas.reading import TextLine

_LONGEST = 2000
"""Pixels; larger pictures are made smaller."""
_LETTERS, _LARGE = 20.0, 1.3
"""The usual height of a text's box (pixels), and how much larger it may be."""


class ChartReader:
    """Reads bar, line and pie charts, and scatter plots. Safe to call from any thread."""

    def __init__(self, runtime: Runtime) -> None:
        """Needs no network: the runtime is that of all engines."""

    def read(self, image: Image, lines: list[TextLine]) -> AnyChart | None:
        """The chart that fills ``image``; ``lines`` are its texts, in its pixels.

        None where it is none, or its names or numbers can't be told with confidence.
        """
        image, lines = _at_size(image, lines)
        labels = labels_of(lines)
        paint = paint_of(image)
        chart = scatter_plot(paint, labels) or _areas(paint, labels) or line_chart(paint, labels)
        return AnyChart(chart) if chart else None


def _areas(paint: Paint, labels: Sequence[Label]) -> BarChart | PieChart | None:
    """The chart whose numbers are painted as areas."""
    index = without_text(without_rules(without_seams(paint.index)), labels)
    readings = [bar_chart(paint, index, labels, upright=upright) for upright in (True, False)]
    best = max((r for r in readings if r), key=lambda r: r.score, default=None)
    return best.chart if best else pie_chart(paint, index, labels)


def _at_size(image: Image, lines: list[TextLine]) -> tuple[Image, list[TextLine]]:
    """The picture made so small that its letters have the usual height: it may be an enlargement."""
    heights = [line.bbox.height for line in lines if not line.quarter_turns % 2]
    size = float(median(heights)) if heights else 0.0
    factor = min(_LONGEST / max(image.shape[:2]), _LETTERS / size if size > _LARGE * _LETTERS else 1.0)
    if factor >= 1.0:
        return image, lines
    return images.scaled(image, factor), [line.moved(lambda box: box.scaled(factor)) for line in lines]
