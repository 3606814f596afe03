import pytest

from benchmarks.scores.charts import Entry, score_charts, score_numbers, table_of, tables_of
from schemas.charts import (
    BarChart,
    BarSeries,
    CategoryAxis,
    LineChart,
    LineSeries,
    PieChart,
    PointAxis,
    ScatterPlot,
    ScatterSeries,
    Slice,
    charts_json,
)

BARS = BarChart(
    x_axis=CategoryAxis(categories=["north", "south"]),
    series=[BarSeries(name="2020", data=[10, 20]), BarSeries(name="2021", data=[30, None])],
)
TABLE = table_of(BARS)


def test_a_chart_becomes_its_entries():
    assert TABLE == (("north", "2020", 10), ("south", "2020", 20), ("north", "2021", 30))
    line = LineChart(x_axis=PointAxis(values=[1, 2.5]), series=[LineSeries(name="a", data=[4, 5])])
    assert table_of(line) == (("1", "a", 4), ("2.5", "a", 5))
    points = ScatterPlot(series=[ScatterSeries(x_data=[1.5], y_data=[2])])
    assert table_of(points) == (("1.5", "", 2),)


def test_a_pie_is_its_shares_whatever_is_known():
    by_value = PieChart(slices=[Slice(label="a", value=1), Slice(label="b", value=3)])
    by_share = PieChart(slices=[Slice(label="a", percentage=25), Slice(label="b", percentage=75)])
    assert table_of(by_value) == table_of(by_share) == (("a", "", 25), ("b", "", 75))


def test_the_same_table_is_right_in_any_order_and_transposed():
    swapped = tuple(Entry(e.column, e.row, e.value) for e in reversed(TABLE))
    assert score_charts([TABLE], [swapped]) == (3, 3, 3)


def test_numbers_count_by_their_relative_error_and_not_at_all_beyond_a_half():
    found = (TABLE[0]._replace(value=11), TABLE[1]._replace(value=40), TABLE[2])
    assert score_charts([TABLE], [found]).total == pytest.approx(0.9 + 0 + 1)
    assert score_numbers([TABLE], [found]).total == pytest.approx(0.9 + 0.5 + 2 / 3)  # 30 stands for 20


def test_names_must_fit_though_small_slips_are_forgiven():
    slip = (TABLE[0]._replace(row="nerth"), TABLE[1]._replace(row="elsewhere", column="-"), TABLE[2])
    assert score_charts([TABLE], [slip]).total == pytest.approx(1 - 1 / 9 + 0 + 1)
    assert score_numbers([TABLE], [slip]).total == 3


def test_the_name_of_a_single_column_is_not_asked_for():
    one = (Entry("a", "Revenue in millions", 1.0), Entry("b", "Revenue in millions", 2.0))
    bare = tuple(e._replace(column="") for e in one)
    assert score_charts([one], [bare]) == (2, 2, 2)


def test_names_that_are_numbers_are_compared_as_numbers():
    true, found = (Entry("1000", "", 5.0),), (Entry("999.0", "", 5.0),)
    assert score_charts([true], [found]).total == pytest.approx(0.999)


def test_charts_are_matched_and_missed_or_invented_ones_cost():
    other = (Entry("x", "y", 7.0),)
    assert score_charts([TABLE, other], [other]) == (1, 4, 1)
    assert score_charts([], [TABLE]) == (0, 0, 3)
    assert score_charts([TABLE], []).value == 0
    assert score_charts([()], [TABLE]) == (0, 0, 3)
    assert score_numbers([TABLE], [()]) == (0, 3, 0)


def test_a_fragments_json_is_read_alone_and_in_an_array():
    assert tables_of(charts_json([BARS])) == [TABLE]
    assert tables_of(charts_json([BARS, BARS])) == [TABLE, TABLE]
    assert tables_of("no JSON") == tables_of('{"type": "radar"}') == []
