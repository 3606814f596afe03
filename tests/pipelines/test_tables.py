from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipelines.pages.tables.cells import make_table, tears_sentences
from pipelines.pages.tables.lattice import find_lattices
from pipelines.pages.tables.values import is_value
from schemas.geometry import BBox
from schemas.reading import GridCell, TableGrid, TextLine
from tests.fakes.engines import line


def grid(xs: list[float], ys: list[float]) -> TableGrid:
    cells = [
        GridCell(r, r + 1, c, c + 1, BBox(x1, y1, x2, y2))
        for r, (y1, y2) in enumerate(pairwise(ys))
        for c, (x1, x2) in enumerate(pairwise(xs))
    ]
    return TableGrid(len(ys) - 1, len(xs) - 1, cells)


def texts(lines: list[TextLine], where: TableGrid) -> dict[tuple[int, int, int, int], str]:
    table = make_table(lines, where)
    return {(c.top, c.bottom, c.left, c.right): c.text for c in table.cells}


def test_words_go_whole_into_the_cell_that_holds_most_of_them() -> None:
    found = texts([line("Language", 60, 10), line("12", 120, 10)], grid([50, 95, 150], [0, 25]))
    assert found == {(0, 1, 0, 1): "Language", (0, 1, 1, 2): "12"}


def test_a_phrase_over_two_columns_spans_them() -> None:
    lines = [line("Ships in port", 70, 5), line("Spring", 60, 30), line("Autumn", 110, 30)]
    found = texts(lines, grid([50, 100, 150], [0, 25, 50]))
    assert found[0, 1, 0, 2] == "Ships in port"
    assert found[1, 2, 0, 1] == "Spring"


def test_a_phrase_beside_another_is_cut_at_the_line() -> None:
    lines = [line("wide words here", 55, 5), line("own", 131, 5), line("a", 60, 30), line("b", 110, 30)]
    found = texts(lines, grid([50, 100, 150], [0, 25, 50]))
    assert " ".join(found[0, 1, c, c + 1] for c in range(2)).split() == ["wide", "words", "here", "own"]


def test_numbers_side_by_side_stay_apart() -> None:
    one_line = line("12 340", 80, 5)
    found = texts([one_line, line("a", 60, 30), line("b", 110, 30)], grid([50, 93, 150], [0, 25, 50]))
    assert (found[0, 1, 0, 1], found[0, 1, 1, 2]) == ("12", "340")


def test_a_cell_half_way_between_two_rows_spans_them() -> None:
    lines = [line("Harbor", 55, 20), line("Spring", 110, 8), line("Autumn", 110, 33)]
    found = texts(lines, grid([50, 100, 150], [0, 25, 50]))
    assert found[0, 2, 0, 1] == "Harbor"


def test_rows_and_columns_without_text_are_gone() -> None:
    table = make_table([line("a", 60, 5), line("b", 160, 55)], grid([50, 100, 150, 200], [0, 25, 50, 75]))
    assert (table.rows, table.columns) == (2, 2)


def test_headers_are_the_rows_that_name_columns() -> None:
    where = grid([50, 100, 150], [0, 25, 50, 75])
    rows = [line("Port", 55, 5), line("Ships", 105, 5), line("Amber", 55, 30), line("12", 105, 30)]
    content = make_table([*rows, line("Basin", 55, 55), line("7", 105, 55)], where).content()
    assert content.html is not None
    assert content.html.count("<th>") == 2
    values = [line("1", 55, 5), line("2", 105, 5), line("3", 55, 30), line("4", 105, 30)]
    assert "<th>" not in (make_table(values, grid([50, 100, 150], [0, 25, 50])).content().html or "")


def test_every_cell_has_a_box_and_texts_are_tight() -> None:
    content = make_table([line("a", 60, 5), line("b", 110, 30)], grid([50, 100, 150], [0, 25, 50])).content()
    assert len(content.cells) == 4
    assert content.cells[0].bounding_box.bbox() == BBox(60, 5, 65, 15)


_words = st.lists(st.tuples(st.floats(0, 190), st.floats(0, 90), st.integers(1, 3)), min_size=1, max_size=12)
_inner = st.lists(st.floats(5, 95), max_size=4, unique=True)


@given(_words, _inner, _inner)
def test_no_word_is_lost_or_doubled(
    places: list[tuple[float, float, int]], xs: list[float], ys: list[float]
) -> None:
    lines = [
        line(" ".join(f"w{i}x{j}" for j in range(count)), x, y) for i, (x, y, count) in enumerate(places)
    ]
    table = make_table(lines, grid([0, *sorted(2 * x for x in xs), 200], [0, *sorted(ys), 100]))
    wanted = sorted(word.text for one in lines for word in one.words)
    assert sorted(w.text for c in table.cells for one in c.lines for w in one.words) == wanted
    area = sum((c.bottom - c.top) * (c.right - c.left) for c in table.cells)
    assert area == table.rows * table.columns


def test_values() -> None:
    assert all(map(is_value, ("12", "1,234.5", "-3 %", "$ 40", "–", "12a", "(7)", "1990.5")))
    assert not any(map(is_value, ("2019", "Total", "Q1 result", "12 ships", "B12 supply", "95% CI")))


def rules(xs: list[float], ys: list[float]) -> list[BBox]:
    across = [BBox(xs[0], y, xs[-1], y) for y in ys]
    return across + [BBox(x, ys[0], x, ys[-1]) for x in xs]


def test_a_full_grid_of_lines_is_a_lattice() -> None:
    (found,) = find_lattices(rules([50, 100, 200], [10, 30, 50, 70]), 600)
    assert (found.grid.rows, found.grid.columns, len(found.grid.cells)) == (3, 2, 6)
    assert found.bbox == BBox(50, 10, 200, 70)


def test_a_missing_piece_of_line_joins_cells() -> None:
    drawn = [r for r in rules([50, 100, 200], [10, 30, 50]) if r != BBox(100, 10, 100, 50)]
    (found,) = find_lattices([*drawn, BBox(100, 30, 100, 50)], 600)
    spans = {(c.row_start, c.row_end, c.col_start, c.col_end) for c in found.grid.cells}
    assert spans == {(0, 1, 0, 2), (1, 2, 0, 1), (1, 2, 1, 2)}


def test_open_sides_are_closed_where_the_lines_end() -> None:
    drawn = [BBox(50, y, 200, y) for y in (10, 30, 50)] + [BBox(120, 10, 120, 50)]
    (found,) = find_lattices(drawn, 600)
    assert (found.grid.rows, found.grid.columns) == (2, 2)


def test_broken_lines_are_one_and_parallel_lines_are_no_table() -> None:
    pieces = [BBox(x, y, x + 25, y) for y in (10, 30, 50) for x in range(50, 200, 25)]
    (found,) = find_lattices([*pieces, *(BBox(x, 10, x, 50) for x in (50, 100, 200))], 600)
    assert found.grid.columns == 2
    assert find_lattices([BBox(50, y, 200, y) for y in (10, 30, 50)], 600) == []


def test_a_name_over_the_middle_of_named_columns_spans_them() -> None:
    lines = [line("Year", 220, 5)]
    lines += [line(text, 55 + 60 * i, 30) for i, text in enumerate(("Port", "1997", "1998", "1999", "2000"))]
    lines += [line(text, 55 + 60 * i, 55) for i, text in enumerate(("Amber", "12", "7", "81", "9"))]
    found = texts(lines, grid([50, 110, 170, 230, 290, 350], [0, 25, 50, 75]))
    assert found[0, 1, 1, 5] == "Year"
    assert found[0, 2, 0, 1] == "Port"


def test_text_between_all_rows_spans_none() -> None:
    lines = [line(f"a{i}", 55, 20 + 25 * i) for i in range(4)] + [
        line(f"b{i}", 105, 8 + 25 * i) for i in range(5)
    ]
    table = make_table(lines, grid([50, 100, 150], [0, 25, 50, 75, 100, 125]))
    assert all(c.bottom - c.top == 1 for c in table.cells)


def test_columns_through_running_text_make_no_table() -> None:
    columns, rows = [0.0, 150.0, 300.0, 450.0], [20.0 * n for n in range(13)]
    where = grid(columns, rows)
    prose = [
        line("words that run on across the whole page as sentences in a letter often do", 5, y + 5)
        for y in rows[:-1]
    ]
    beside = [line("note", 420, y + 5) for y in rows[:-1]]
    assert tears_sentences([*prose, *beside], where)
    assert not tears_sentences([*prose, *beside], replace(where, ruled=True))
    values = [line(str(n), x + 5, y + 5) for n, y in enumerate(rows[:-1]) for x in columns[:-1]]
    heading = line("a name that spans all of the columns", 5, 5)
    assert not tears_sentences([heading, *values[3:]], where)
