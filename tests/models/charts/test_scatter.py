"""Scatter plots drawn on the spot, read back from their pixels."""

import cv2
import numpy as np
import pytest

from models.charts.pixels.reader import ChartReader
from models.runtime import Runtime
from schemas.charts import ScatterPlot
from schemas.geometry import BBox
from schemas.reading import TextLine, Word

BLUE, ORANGE, BLACK = (40, 110, 220), (240, 140, 20), (0, 0, 0)
LEFT, FLOOR, WIDE, HIGH = 80, 350, 5, 4
"""Where both axes are zero, and pixels a unit along them."""

Point = tuple[float, float]
Colour = tuple[int, int, int]


def text(x: float, y: float, content: str) -> TextLine:
    """A line of text around a middle."""
    half = 4 * len(content)
    box = BBox(x - half, y - 7, x + half, y + 7)
    return TextLine([Word(content, box)], box)


TICKS = [text(40, FLOOR - HIGH * v, str(v)) for v in (0, 20, 40, 60, 80)] + [
    text(LEFT + WIDE * v, 370, str(v)) for v in (0, 20, 40, 60, 80, 100)
]


def plot() -> np.ndarray:
    """An empty one: both axes and a grid."""
    image = np.full((400, 620, 3), 255, np.uint8)
    for v in (20, 40, 60, 80):
        image[FLOOR - HIGH * v, LEFT:600] = image[20:FLOOR, LEFT + WIDE * v] = 190
    image[20:FLOOR, LEFT] = image[FLOOR, LEFT:600] = 0
    return image


def at(point: Point) -> tuple[int, int]:
    """The pixel of a point."""
    return round(LEFT + WIDE * point[0]), round(FLOOR - HIGH * point[1])


def dot(
    image: np.ndarray, point: Point, colour: tuple[int, int, int], radius: int = 6, line: int = -1
) -> None:
    cv2.circle(image, at(point), radius, colour, line, cv2.LINE_AA)


def read(image: np.ndarray, lines: list[TextLine]) -> ScatterPlot | None:
    chart = ChartReader(Runtime(cuda=False, threads=1)).read(image, lines)
    return chart.root if chart is not None and isinstance(chart.root, ScatterPlot) else None


def points(chart: ScatterPlot | None, series: int = 0) -> list[Point]:
    assert chart is not None
    one = chart.series[series]
    return list(zip(one.x_data, one.y_data, strict=True))


def assert_near(found: list[Point], true: list[Point], off: float = 0.5) -> None:
    assert len(found) == len(true)
    for one, other in zip(sorted(found), sorted(true), strict=True):
        assert one == pytest.approx(other, abs=off)


SOME = [(10, 30), (22, 71), (35, 12), (48, 55), (61, 44), (77, 66), (90, 20)]
OTHERS = [(5, 60), (30, 40), (52, 22), (70, 75), (95, 50)]


def test_points_are_measured_along_both_axes() -> None:
    image = plot()
    for point in SOME:
        dot(image, point, BLUE)
    chart = read(image, TICKS)
    assert_near(points(chart), SOME)
    assert chart is not None
    assert (chart.x_axis.max, chart.y_axis.max) == (100, 80)
    assert chart.series[0].marker == "circle"


def test_colours_are_series_that_the_legend_names_and_its_marks_are_no_points() -> None:
    image = plot()
    for colour, own in ((BLUE, SOME), (ORANGE, OTHERS)):
        for point in own:
            dot(image, point, colour)
    dot(image, (80, 78), BLUE)
    dot(image, (80, 72), ORANGE)
    legend = [text(*at((86, 78)), "north"), text(*at((86, 72)), "south")]
    chart = read(image, [*TICKS, *legend])
    assert chart is not None
    names = [one.name for one in chart.series]
    assert sorted(names, key=str) == ["north", "south"]
    assert_near(points(chart, names.index("north")), SOME)
    assert_near(points(chart, names.index("south")), OTHERS)


def test_marks_that_overlap_are_told_apart() -> None:
    image = plot()
    close = [*SOME, (11.5, 31.5), (62, 45.5)]
    for point in close:
        dot(image, point, BLUE)
    assert_near(points(read(image, TICKS)), close, off=1.0)


def test_a_mark_that_another_colour_hides_in_part_stays_in_its_place() -> None:
    image = plot()
    for point in SOME:
        dot(image, point, BLUE)
    for x, y in SOME[:3]:
        dot(image, (x + 1.6, y), ORANGE)
    chart = read(image, TICKS)
    assert chart is not None
    blue = max(range(2), key=lambda i: len(chart.series[i].x_data))
    assert_near(points(chart, blue), SOME, off=0.8)


def test_rings_are_marks_and_outlines_are_no_series() -> None:
    rings, outlined = plot(), plot()
    for point in SOME:
        dot(rings, point, BLUE, line=1)
        dot(outlined, point, BLUE, radius=7)
        dot(outlined, point, BLACK, radius=7, line=1)
    for image in (rings, outlined):
        chart = read(image, TICKS)
        assert chart is not None
        assert len(chart.series) == 1
        assert_near(points(chart), SOME)


def test_marks_on_an_axis_of_their_colour_are_whole() -> None:
    image = plot()
    own = [*SOME, (40, 0), (83, 0)]
    for point in own:
        dot(image, point, BLACK)
    assert_near(points(read(image, TICKS)), own)


def test_what_ocr_makes_of_marks_does_not_hide_them() -> None:
    image = plot()
    for point in SOME:
        dot(image, point, (90, 90, 90))
    seen = [text(*at(point), "o") for point in SOME[:4]]
    assert_near(points(read(image, [*TICKS, *seen])), SOME)


def test_hatching_is_no_scatter_plot() -> None:
    image = plot()
    for x in (20, 50, 80):
        for y in range(5, 60, 3):
            column, row = at((x, y))
            cv2.line(image, (column, row), (column + 12, row - 12), BLACK, 1, cv2.LINE_AA)
    assert read(image, TICKS) is None


def test_numbers_in_the_legend_are_no_scale() -> None:
    image = plot()
    for point in SOME:
        dot(image, point, BLUE)
    legend = [text(*at((70, y)), number) for y, number in ((60, "900"), (65, "800"), (70, "700"))]
    assert read(image, [*TICKS[5:], *legend]) is None


@pytest.mark.parametrize("length", [2, 8])
def test_a_broken_line_is_no_scatter_plot(length: int) -> None:
    image = plot()
    start, end = np.array(at((5, 10))), np.array(at((95, 70)))
    for share in np.arange(0, 1, 0.03):
        dash = start + (end - start) * share
        along = dash + (end - start) / np.linalg.norm(end - start) * length
        cv2.line(image, tuple(dash.round().astype(int)), tuple(along.round().astype(int)), BLUE, 5)
    assert read(image, TICKS) is None


def test_without_two_scales_or_with_more_than_marks_it_is_none() -> None:
    image = plot()
    for point in SOME:
        dot(image, point, BLUE)
    assert read(image, TICKS[:5]) is None
    assert read(image, TICKS[5:]) is None
    cv2.rectangle(image, (100, 100), (400, 200), ORANGE, -1)
    assert read(image, TICKS) is None


def test_a_power_at_the_end_of_an_axis_multiplies_its_numbers() -> None:
    image = plot()
    for point in SOME:
        dot(image, point, BLUE)
    chart = read(image, [*TICKS, text(76, 10, "1e6")])
    assert_near([(x, y / 1e6) for x, y in points(chart)], SOME)
    assert chart is not None
    assert (chart.y_axis.max, chart.title) == (80e6, None)


def test_a_tick_that_was_read_with_its_number_is_no_part_of_it() -> None:
    image = plot()
    for point in SOME:
        dot(image, point, BLUE)
    ticks = [text(36, FLOOR - HIGH * v, f"{v}-") for v in (0, 20, 40, 60, 80)]
    assert_near(points(read(image, [*ticks, *TICKS[5:]])), SOME, off=0.8)
