from math import cos, pi, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.pages.charts.scene import Scene, shapes_of
from pipelines.pages.charts.vector import read_charts
from schemas.charts import BarChart, LineChart, PieChart, ScatterPlot
from schemas.fragments import Source
from schemas.geometry import BBox, union_of
from schemas.reading import Drawing, TextLine, Word
from tests.fakes.engines import line
from tests.pipelines.charts import (
    BLUE,
    RED,
    axes,
    box,
    centred,
    columns,
    legend,
    names,
    stroke,
    value_labels,
)


def charts(drawings, lines):
    return [seen.chart for seen in read_charts(Scene(shapes_of(drawings, lambda one: one), lines))]


def only(drawings, lines):
    (chart,) = charts(drawings, lines)
    return chart


def slanted(text: str, x: float, y: float) -> TextLine:
    """A name at 45 degrees whose upper end is at a point."""
    word = Word(text, BBox(x - 20, y, x, y + 20), size=8.0, source=Source.DIGITAL)
    return TextLine([word], word.bbox, quarter_turns=3)


def upwards(text: str, x: float, y: float) -> TextLine:
    words = [
        Word(part, BBox(x, y + 40 * i, x + 8, y + 40 * i + 38), size=8.0)
        for i, part in enumerate(text.split())
    ]
    return TextLine(words, union_of([word.bbox for word in words]), quarter_turns=3)


def test_bars_are_read_against_their_axis():
    chart = only(axes() + columns([50, 400, 250]), value_labels() + names(["one", "two", "three"]))
    assert isinstance(chart, BarChart)
    assert chart.x_axis.categories == ["one", "two", "three"]
    assert chart.series[0].data == pytest.approx([50, 400, 250])
    assert (chart.orientation, chart.bar_style, chart.series[0].color) == ("vertical", "grouped", BLUE)
    assert (chart.y_axis.min, chart.y_axis.max, chart.grid) == (0, 400, False)


def test_commas_group_thousands_where_the_spacing_leaves_it_open():
    lines = value_labels(("8,000", "6,000", "4,000", "2,000", "0")) + names(["one", "two", "three"])
    assert only(axes() + columns([50, 400, 250]), lines).series[0].data == [1000, 8000, 5000]


def test_numbers_that_stand_all_as_far_beside_their_ticks_belong_to_these():
    shifted = [one.moved(lambda box: box.shifted(0, -5)) for one in value_labels()]
    chart = only(axes() + columns([50, 400, 250]), shifted + names(["one", "two", "three"]))
    assert chart.series[0].data == [50, 400, 250]


def test_titles_of_the_chart_and_of_its_axes():
    lines = value_labels() + names(["one", "two", "three"])
    lines += [
        centred("What was found", 250, 85, size=11.0),
        centred("Group", 250, 330),
        upwards("Weight kg", 60, 160),
    ]
    chart = only(axes() + columns([50, 400, 250]), lines)
    assert chart.title == "What was found"
    assert (chart.x_axis.label, chart.y_axis.label) == ("Group", "Weight kg")


def test_a_caption_or_a_paragraph_above_is_no_title():
    lines = value_labels() + names(["one", "two", "three"])
    paragraph = [line("here are six words and more", 100, y, block=7) for y in (60, 72)]
    for above in (
        [centred("Figure 3: What was found", 250, 85)],
        [*paragraph, centred("and its end", 250, 83)],
    ):
        assert only(axes() + columns([50, 400, 250]), lines + above).title is None


def test_series_are_told_by_colour_and_named_by_the_legend():
    samples, labels = legend({RED: "after", BLUE: "before"})
    bars = columns([100, 200], BLUE, at=0.4) + columns([300, 400], RED, at=0.6)
    chart = only(axes() + bars + samples, value_labels() + names(["one", "two"]) + labels)
    assert [(s.name, s.data) for s in chart.series] == [("before", [100, 200]), ("after", [300, 400])]
    assert chart.legend_position == "right"


def test_stacked_bars_have_their_own_lengths():
    below = columns([100, 150, 50], BLUE)
    above = [
        box(b.subpaths[0][0][0], y - 25, b.subpaths[0][1][0], y, RED)
        for b, y in zip(below, (250, 225, 275), strict=True)
    ]
    chart = only(axes() + below + above, value_labels() + names(["one", "two", "three"]))
    assert chart.bar_style == "stacked"
    assert [s.data for s in chart.series] == [[100, 150, 50], [50, 50, 50]]


def test_lying_bars_and_values_below_zero():
    base = stroke((250, 100), (250, 300))
    ticks = [stroke((x, 300), (x, 304)) for x in (100, 175, 250, 325, 400)]
    across = stroke((100, 300), (400, 300))
    bars = [box(250, 110, 400, 130), box(175, 160, 250, 180), box(250, 210, 325, 230)]
    numbers = [
        centred(t, x, 312)
        for t, x in zip(("-20", "-10", "0", "10", "20"), (100, 175, 250, 325, 400), strict=True)
    ]
    labels = [centred(t, 80, y) for t, y in (("one", 120), ("two", 170), ("three", 220))]
    frame = box(100, 100, 400, 300, fill=None, stroke="#888888")
    chart = only([frame, base, across, *ticks, *bars], numbers + labels)
    assert (chart.orientation, chart.x_axis.categories) == ("horizontal", ["one", "two", "three"])
    assert chart.series[0].data == pytest.approx([20, -10, 10])


def test_what_is_written_at_bars_is_exact():
    bars = columns([50.4, 300, 249.6])
    written = [centred(t, x, y) for t, x, y in (("51", 150, 269), ("300", 250, 144), ("249", 350, 170))]
    chart = only(axes() + bars, value_labels() + names(["one", "two", "three"]) + written)
    assert chart.series[0].data == [51, 300, 249]


def test_bars_without_an_axis_are_read_by_what_is_written_at_them():
    bars = columns([50, 300, 250])
    lines = names(["one", "two", "three"])
    written = [centred(t, x, y) for t, x, y in (("1.0%", 150, 269), ("6.0%", 250, 144), ("5.0%", 350, 169))]
    base = stroke((100, 300), (400, 300))
    assert only([base, *bars], lines + written).series[0].data == [1, 6, 5]
    assert charts([base, *bars], lines) == []
    wrong = [*written[:2], centred("1.0%", 350, 169)]
    assert charts([base, *bars], lines + wrong) == []


def test_lines_have_a_value_at_each_name():
    drawn = stroke((150, 250), (250, 150), (350, 200), color=RED, width=2)
    chart = only([*axes(), drawn], value_labels() + names(["Jan", "Feb", "Mar"]))
    assert isinstance(chart, LineChart)
    assert chart.x_axis.values == ["Jan", "Feb", "Mar"]
    assert chart.series[0].data == pytest.approx([100, 300, 200])
    assert (chart.series[0].color, chart.series[0].line_style) == (RED, "solid")


def test_strokes_drawn_one_by_one_are_one_line_and_names_stand_at_its_end():
    drawn = [stroke((150, 250), (250, 150), color=RED), stroke((250, 150), (350, 200), color=RED)]
    end = line("the red one", 354, 196, size=8.0)
    chart = only(axes() + drawn, [*value_labels(), *names(["Jan", "Feb", "Mar"]), end])
    assert [(s.name, s.data) for s in chart.series] == [("the red one", pytest.approx([100, 300, 200]))]


def test_slanted_names_belong_to_their_ticks():
    ticks = [stroke((x, 300), (x, 304)) for x in (150, 250, 350)]
    drawn = stroke((150, 250), (250, 150), (350, 200), color=RED)
    labels = [slanted(text, x + 2, 306) for text, x in (("Jan", 150), ("Feb", 250), ("Mar", 350))]
    chart = only([*axes(), *ticks, drawn], value_labels() + labels)
    assert (chart.x_axis.values, chart.series[0].data) == (
        ["Jan", "Feb", "Mar"],
        pytest.approx([100, 300, 200]),
    )


def test_a_logarithmic_axis():
    drawn = stroke((150, 250), (250, 150), (350, 200), color=RED)
    chart = only([*axes(), drawn], value_labels(("10000", "1000", "100", "10", "1")) + names(["a", "b", "c"]))
    assert chart.y_axis.scale == "log"
    assert chart.series[0].data == pytest.approx([10, 1000, 100], rel=0.01)


@pytest.mark.parametrize("factor", ["1e3", "×10^3"])
def test_a_factor_at_the_end_of_an_axis_is_of_all_its_numbers(factor):
    lines = [*value_labels(), *names(["one", "two", "three"]), centred(factor, 105, 92)]
    chart = only(axes() + columns([50, 400, 250]), lines)
    assert (chart.series[0].data, chart.y_axis.max) == ([50_000, 400_000, 250_000], 400_000)


def test_plots_side_by_side_are_not_one():
    def beside(drawings):
        return [
            Drawing([[(x + 350, y) for x, y in path] for path in d.subpaths], d.fill, d.stroke)
            for d in drawings
        ]

    first, second = axes() + columns([50, 400, 250]), beside(axes() + columns([400, 50, 100]))
    lines = value_labels() + names(["one", "two", "three"])
    lines += [one.moved(lambda b: b.shifted(350, 0)) for one in lines]
    assert sorted(chart.series[0].data for chart in charts(first + second, lines)) == [
        [50, 400, 250],
        [400, 50, 100],
    ]


def test_points_over_numbers_are_a_scatter_plot():
    at = [(120, 120), (200, 250), (310, 180), (390, 290), (250, 140)]
    marks = [
        Drawing([[(x + 2 * cos(a * pi / 6), y + 2 * sin(a * pi / 6)) for a in range(13)]], fill=RED)
        for x, y in at
    ]
    ticks = [stroke((x, 300), (x, 304)) for x in (100, 200, 300, 400)]
    across = [centred(t, x, 312) for t, x in (("0", 100), ("10", 200), ("20", 300), ("30", 400))]
    chart = only(axes() + ticks + marks, value_labels() + across)
    assert isinstance(chart, ScatterPlot)
    assert chart.series[0].x_data == pytest.approx([2, 10, 21, 29, 15], abs=0.05)
    assert chart.series[0].y_data == pytest.approx([360, 100, 240, 20, 320], abs=0.5)


def wedge(start: float, end: float, fill: str, inner: float = 0.0) -> Drawing:
    def arc(radius: float, a: float, b: float):
        return [
            (200 + radius * cos(a + (b - a) * i / 30), 200 + radius * sin(a + (b - a) * i / 30))
            for i in range(31)
        ]

    back = arc(inner, end, start) if inner else [(200.0, 200.0)]
    path = arc(60, start, end) + back
    return Drawing([[*path, path[0]]], fill=fill)


@pytest.mark.parametrize("inner", [0.0, 30.0])
def test_pies_and_rings_are_read_by_their_angles(inner):
    slices = [
        wedge(0, pi, RED, inner),
        wedge(pi, 1.5 * pi, BLUE, inner),
        wedge(1.5 * pi, 2 * pi, "#00AA00", inner),
    ]
    labels = [centred("below", 200, 270), centred("left", 140, 140), centred("right", 262, 140)]
    chart = only(slices, labels)
    assert isinstance(chart, PieChart)
    assert [(s.label, s.percentage, s.color) for s in chart.slices] == [
        ("below", 50, RED),
        ("left", 25, BLUE),
        ("right", 25, "#00AA00"),
    ]


@pytest.mark.parametrize("gap", [-5, 3])  # as near as the names of slices, as near as a title
def test_the_numbers_of_the_chart_above_are_not_of_a_pie(gap):
    years = names(["2020", "2021", "2022"])
    slices = [(0, 0.4, BLUE), (0.4, 1, RED)]
    pie = [wedge(start * 2 * pi, end * 2 * pi, color) for start, end, color in slices]
    below = [
        Drawing([[(x + 50, y + 200 + gap) for x, y in path] for path in one.subpaths], fill=one.fill)
        for one in pie
    ]
    shares = [centred("Coal", 330, 420), centred("Gas", 180, 380)]
    drawings = axes() + columns([50, 400, 250]) + below
    scene = Scene(shapes_of(drawings, lambda one: one), value_labels() + years + shares)
    bars, ring = (seen.chart for seen in read_charts(scene))
    assert isinstance(bars, BarChart)
    assert isinstance(ring, PieChart)
    assert bars.x_axis.categories == ["2020", "2021", "2022"]
    assert ring.title is None
    assert {one.label for one in ring.slices} == {"Coal", "Gas"}
    texts = [{label.text for label in seen.labels} for seen in read_charts(scene)]
    assert not texts[0] & texts[1]


def test_shades_of_a_table_are_no_bars():
    rows = [box(100, 100 + 20 * i, 400, 110 + 20 * i, "#D0D7E5") for i in range(10)]
    lines = [centred(str(i + 1), 80, 105 + 20 * i) for i in range(10)]
    lines += [centred(str(37 * i % 11), 250, 105 + 20 * i) for i in range(10)]
    assert charts(rows, lines) == []


def test_a_ruled_table_of_numbers_is_no_chart():
    grid = [stroke((100, y), (400, y)) for y in range(100, 320, 20)]
    grid += [stroke((x, 100), (x, 300)) for x in (100, 200, 300, 400)]
    lines = [centred(str(10 * i), 80, 110 + 20 * i) for i in range(10)]
    assert charts(grid, lines) == []


def test_boxes_joined_by_lines_are_no_chart():
    boxes = [box(100 + 100 * i, 100, 160 + 100 * i, 140, fill="#EEEEFF", stroke="#000000") for i in range(3)]
    arrows = [stroke((160 + 100 * i, 120), (200 + 100 * i, 120)) for i in range(2)]
    assert charts(boxes + arrows, [centred(f"step {i}", 130 + 100 * i, 120) for i in range(3)]) == []


def test_a_plot_of_areas_is_not_guessed_at():
    area = Drawing([[(110, 300), (110, 200), (250, 150), (390, 220), (390, 300), (110, 300)]], fill=RED)
    assert charts([*axes(), area], value_labels() + names(["a", "b", "c"])) == []


coordinates = st.floats(0, 500) | st.sampled_from([0.0, 100.0, 200.0, 300.0])
paths = st.lists(st.tuples(coordinates, coordinates), max_size=6)
colors = st.sampled_from([None, "#000000", RED, BLUE, "#FFFFFF"])
drawn = st.builds(Drawing, st.lists(paths, max_size=3), colors, colors, st.floats(0, 3))
texts = st.sampled_from(["0", "10", "20", "1,000", "Jan", "50%", "-", "a b"])
labels = st.builds(centred, texts, coordinates, coordinates)


@given(st.lists(drawn, max_size=12), st.lists(labels, max_size=12))
def test_any_drawing_is_read_or_left(drawings, lines):
    for chart in charts(drawings, lines):
        assert chart.series
