"""Charts drawn on the spot, read back from their pixels."""

import math

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.charts.pixels.reader import ChartReader
from models.runtime import Runtime
from schemas.charts import AnyChart, BarChart, LineChart, PieChart
from schemas.geometry import BBox
from schemas.reading import TextLine, Word

BLUE, ORANGE, GREEN = (40, 110, 220), (240, 140, 20), (40, 160, 60)


def text(x: float, y: float, content: str) -> TextLine:
    """A line of text around a middle."""
    half = 4 * len(content)
    box = BBox(x - half, y - 7, x + half, y + 7)
    return TextLine([Word(content, box)], box)


def blank() -> np.ndarray:
    return np.full((400, 600, 3), 255, np.uint8)


def read(image: np.ndarray, lines: list[TextLine]) -> AnyChart | None:
    return ChartReader(Runtime(cuda=False, threads=1)).read(image, lines)


def upright_bars(values: list[list[float]], colours: list[tuple[int, int, int]]) -> np.ndarray:
    """Groups of bars on y = 350, three pixels a unit, a group every 120 pixels."""
    image = blank()
    for row, group in enumerate(values):
        for i, (value, colour) in enumerate(zip(group, colours, strict=True)):
            x = 120 + 120 * row + 30 * i
            image[350 - round(3 * value) : 350, x : x + 30] = colour
    return image


TICKS = [text(40, 350 - 3 * v, str(v)) for v in (0, 20, 40, 60, 80)]


def test_bars_are_read_by_the_scale_beside_them() -> None:
    image = upright_bars([[30], [75], [50]], [BLUE])
    names = [text(135 + 120 * i, 370, name) for i, name in enumerate(("Oslo", "Rome", "Bonn"))]
    chart = read(image, [*TICKS, *names])
    assert chart is not None
    assert isinstance(chart.root, BarChart)
    assert chart.root.orientation == "vertical"
    assert chart.root.x_axis.categories == ["Oslo", "Rome", "Bonn"]
    assert chart.root.series[0].data == pytest.approx([30, 75, 50], abs=0.4)


def test_groups_have_their_legend_and_written_numbers_are_exact() -> None:
    image = upright_bars([[30, 60], [75, 20], [50, 40]], [BLUE, ORANGE])
    image[20:32, 200:212], image[20:32, 320:332] = BLUE, ORANGE
    names = [text(150 + 120 * i, 370, name) for i, name in enumerate(("Oslo", "Rome", "Bonn"))]
    legend = [text(240, 26, "north"), text(360, 26, "south")]
    chart = read(image, [*TICKS, *names, *legend, text(135, 250, "30.17")])
    assert chart is not None
    assert isinstance(chart.root, BarChart)
    assert [one.name for one in chart.root.series] == ["north", "south"]
    assert chart.root.legend_position == "top"
    assert chart.root.series[0].data[0] == 30.17
    assert chart.root.series[1].data == pytest.approx([60, 20, 40], abs=0.4)


def test_series_may_be_named_by_years() -> None:
    image = upright_bars([[30, 60], [75, 20], [50, 40]], [BLUE, ORANGE])
    image[20:32, 200:212], image[20:32, 320:332] = BLUE, ORANGE
    names = [text(150 + 120 * i, 370, name) for i, name in enumerate(("Oslo", "Rome", "Bonn"))]
    chart = read(image, [*TICKS, *names, text(234, 26, "2015"), text(354, 26, "2030")])
    assert chart is not None
    assert isinstance(chart.root, BarChart)
    assert [one.name for one in chart.root.series] == ["2015", "2030"]


def test_the_axis_under_the_bars_is_no_series() -> None:
    image = upright_bars([[30], [75], [50]], [BLUE])
    for row in range(3):
        image[350:353, 120 + 120 * row : 150 + 120 * row] = GREEN
    names = [text(135 + 120 * i, 370, name) for i, name in enumerate(("Oslo", "Rome", "Bonn"))]
    chart = read(image, [*TICKS, *names])
    assert chart is not None
    assert isinstance(chart.root, BarChart)
    assert chart.root.bar_style == "grouped"
    assert [one.data for one in chart.root.series] == [pytest.approx([30, 75, 50], abs=0.4)]


def test_numbers_that_are_not_written_have_no_more_decimals_than_those_that_are() -> None:
    image = upright_bars([[30], [75], [50]], [BLUE])
    image[350 - 151 : 350 - 150, 360:390] = BLUE  # a pixel more than 50
    names = [text(135 + 120 * i, 370, name) for i, name in enumerate(("Oslo", "Rome", "Bonn"))]
    chart = read(image, [*TICKS, *names, text(135, 250, "30"), text(255, 115, "75")])
    assert chart is not None
    assert isinstance(chart.root, BarChart)
    assert chart.root.series[0].data == [30, 75, 50]


def test_bars_across_without_an_axis_are_read_by_their_numbers() -> None:
    image = blank()
    lines = []
    for i, (name, value) in enumerate((("Oslo", 120), ("Rome", 300), ("Bonn", 60), ("Graz", 210))):
        y = 60 + 80 * i
        image[y : y + 40, 150 : 150 + value] = GREEN
        lines += [text(110, y + 20, name), text(175 + value, y + 20, f"{value * 10:,}")]
    chart = read(image, lines)
    assert chart is not None
    assert isinstance(chart.root, BarChart)
    assert chart.root.orientation == "horizontal"
    assert chart.root.series[0].data == [1200, 3000, 600, 2100]


def test_bars_without_numbers_are_no_chart() -> None:
    image = upright_bars([[30], [75], [50]], [BLUE])
    names = [text(135 + 120 * i, 370, name) for i, name in enumerate(("Oslo", "Rome", "Bonn"))]
    assert read(image, names) is None


def test_lines_are_read_at_their_names() -> None:
    image = blank()
    values = [20, 60, 35, 70]
    points = [(120 + 120 * i, 350 - 3 * value) for i, value in enumerate(values)]
    cv2.polylines(image, [np.array(points)], isClosed=False, color=BLUE, thickness=3, lineType=cv2.LINE_AA)
    for point in points:
        cv2.circle(image, point, 6, BLUE, -1, cv2.LINE_AA)
    years = [text(120 + 120 * i, 375, str(2001 + i)) for i in range(4)]
    chart = read(image, [*TICKS, *years])
    assert chart is not None
    assert isinstance(chart.root, LineChart)
    assert chart.root.x_axis.values == [2001, 2002, 2003, 2004]
    assert chart.root.series[0].data == pytest.approx(values, abs=1)


@pytest.mark.parametrize(("at", "value"), [(0, 20), (-2, 65)])
def test_an_axis_that_crosses_a_line_of_its_colour_is_no_part_of_it(at: int, value: float) -> None:
    image = blank()
    image[180:380, 330 + 110 * at : 332 + 110 * at] = 0
    curve = [(x, 350 - 3 * (20 + 45 * ((x - 331) / 220) ** 2)) for x in range(111, 552)]
    cv2.polylines(image, [np.array(curve, np.int32)], isClosed=False, color=(0, 0, 0), thickness=2)
    numbers = [text(111 + 110 * i, 390, str(i - 2)) for i in range(5)]
    chart = read(image, [*TICKS, *numbers])
    assert chart is not None
    assert isinstance(chart.root, LineChart)
    values = dict(zip(chart.root.x_axis.values, chart.root.series[0].data, strict=True))
    assert values[at] == pytest.approx(value, abs=1)


def test_points_between_numbers_have_theirs() -> None:
    image = blank()
    points = [(120, 290), (300, 170), (480, 245)]
    cv2.polylines(image, [np.array(points)], isClosed=False, color=BLUE, thickness=3, lineType=cv2.LINE_AA)
    for point in points:
        cv2.circle(image, point, 6, BLUE, -1, cv2.LINE_AA)
    halves = [text(120 + 90 * i, 375, f"{2001 + i / 2:.1f}") for i in range(5)]
    chart = read(image, [*TICKS, *halves])
    assert chart is not None
    assert isinstance(chart.root, LineChart)
    assert chart.root.x_axis.values == [2001, 2002, 2003]


@pytest.mark.parametrize(
    ("sign", "names"), [("", ("north", "south")), ("IT ", ("north", "south")), ("", ("2019", "2020"))]
)
def test_lines_are_named_by_a_legend_whose_signs_differ_in_length(sign: str, names: tuple[str, ...]) -> None:
    image = blank()
    for colour, rise in ((BLUE, 150), (ORANGE, 60)):
        ends = [(120, 330 - rise), (300, 340 - rise), (480, 310 - rise)]
        cv2.polylines(image, [np.array(ends)], isClosed=False, color=colour, thickness=3)
        for end in ends:
            cv2.circle(image, end, 6, colour, -1)
    image[29:32, 200:230] = BLUE
    image[59:62, 212:230] = ORANGE
    towns = [text(120 + 180 * i, 375, name) for i, name in enumerate(("Oslo", "Rome", "Bonn"))]
    legend = [line_of(sign + name, 238, 30 + 30 * i) for i, name in enumerate(names)]
    title = TextLine([Word("Title", BBox(100, 0, 500, 24))], BBox(100, -6, 500, 24))
    chart = read(image, [*TICKS, *towns, *legend, title])
    assert chart is not None
    assert isinstance(chart.root, LineChart)
    assert {one.name for one in chart.root.series} == set(names)


def line_of(content: str, x: float, y: float) -> TextLine:
    """A line of words: the last one begins at ``x``, the others end before."""
    words, end = [], x + 40
    for i, word in enumerate(reversed(content.split())):
        start = end - (40 if not i else 20)
        words.insert(0, Word(word, BBox(start, y - 7, end - 4, y + 7)))
        end = start
    return TextLine(words, BBox(end, y - 7, x + 36, y + 7))


def test_a_pie_is_read_by_its_angles_and_shares() -> None:
    image = blank()
    start, lines = -90.0, []
    for name, share, colour in (("Oslo", 50, BLUE), ("Rome", 30, ORANGE), ("Bonn", 20, GREEN)):
        cv2.ellipse(image, (300, 200), (120, 120), 0, start, start + 3.6 * share, colour, -1, cv2.LINE_AA)
        middle = math.radians(start + 1.8 * share)
        lines.append(text(300 + 150 * math.cos(middle), 200 + 150 * math.sin(middle), name))
        start += 3.6 * share
    chart = read(image, lines)
    assert chart is not None
    assert isinstance(chart.root, PieChart)
    shares = {one.label: one.percentage for one in chart.root.slices}
    assert shares == pytest.approx({"Oslo": 50, "Rome": 30, "Bonn": 20}, abs=0.7)


def test_an_empty_picture_is_no_chart() -> None:
    assert read(blank(), []) is None


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1), st.integers(1, 60), st.integers(1, 60))
def test_any_picture_is_a_chart_or_none(seed: int, height: int, width: int) -> None:
    random = np.random.default_rng(seed)
    image = random.integers(0, 256, (height, width, 3), dtype=np.uint8).repeat(3, axis=0).repeat(3, axis=1)
    lines = [text(*random.uniform(0, 180, 2), str(random.integers(0, 100))) for _ in range(12)]
    chart = read(image, lines)
    assert chart is None or isinstance(chart, AnyChart)
