"""Charts that the tests draw: shapes and labels where a plotting library would put them."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.geometry import BBox
from schemas.reading import Drawing, TextLine
from tests.fakes.engines import line

Point = tuple[float, float]
PLOT = BBox(100, 100, 400, 300)
BLUE, RED = "#1F77B4", "#D62728"


def box(
    x1: float, y1: float, x2: float, y2: float, fill: str | None = BLUE, stroke: str | None = None
) -> Drawing:
    return Drawing([[(x1, y1), (x2, y1), (x2, y2), (x1, y2), (x1, y1)]], fill=fill, stroke=stroke)


def stroke(*points: Point, color: str = "#000000", width: float = 1.0) -> Drawing:
    return Drawing([list(points)], stroke=color, width=width)


def centred(text: str, x: float, y: float, *, size: float = 8.0) -> TextLine:
    """A label around a point."""
    at_zero = line(text, 0, 0, size=size)
    across, down = x - at_zero.bbox.width / 2, y - size / 2
    return at_zero.moved(lambda one: one.shifted(across, down))


def axes() -> list[Drawing]:
    """An axis upwards and one across, with ticks at every 50 units of the value axis."""
    ticks = [stroke((96, y), (100, y)) for y in (100, 150, 200, 250, 300)]
    return [stroke((100, 100), (100, 300)), stroke((100, 300), (400, 300)), *ticks]


def value_labels(texts: Sequence[str] = ("400", "300", "200", "100", "0")) -> list[TextLine]:
    return [centred(text, 85, y) for text, y in zip(texts, (100, 150, 200, 250, 300), strict=True)]


def names(texts: Sequence[str]) -> list[TextLine]:
    step = PLOT.width / len(texts)
    return [centred(text, PLOT.x1 + (i + 0.5) * step, 312) for i, text in enumerate(texts)]


def columns(values: Sequence[float], fill: str = BLUE, at: float = 0.5, width: float = 20.0) -> list[Drawing]:
    """Bars on the base, a unit high for two of the axis; ``at``: where in their category they stand."""
    step = PLOT.width / len(values)
    middles = [PLOT.x1 + (i + at) * step for i in range(len(values))]
    return [
        box(x - width / 2, 300 - value / 2, x + width / 2, 300, fill)
        for x, value in zip(middles, values, strict=True)
    ]


def legend(entries: dict[str, str]) -> tuple[list[Drawing], list[TextLine]]:
    """Samples right of the plot, names after them."""
    samples = [box(420, 120 + 15 * i, 428, 128 + 15 * i, color) for i, color in enumerate(entries)]
    labels = [line(name, 432, 120 + 15 * i, size=8.0) for i, name in enumerate(entries.values())]
    return samples, labels
