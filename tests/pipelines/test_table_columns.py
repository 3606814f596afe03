"""Columns and rows of a table from its words."""

from __future__ import annotations

import pytest

from pipelines.pages.tables.body_rows import row_lines
from pipelines.pages.tables.columns import (
    best_columns,
    column_cost,
    extents,
    gaps_between_columns,
    is_leader,
    phrase_rows,
)
from schemas.geometry import BBox
from schemas.reading import TextLine
from tests.fakes.engines import line

PORTS = [[line("Amber", 10, y), line(f"{y}.5", 110, y), line(f"1,{y}0", 210, y)] for y in range(20, 80, 15)]
LINES = [one for row in PORTS for one in row]


def joined(*parts: TextLine) -> TextLine:
    words = [word for part in parts for word in part.words]
    return TextLine(words, BBox(words[0].bbox.x1, parts[0].bbox.y1, words[-1].bbox.x2, parts[0].bbox.y2))


def test_columns_stand_where_all_rows_leave_room() -> None:
    found = gaps_between_columns(phrase_rows(LINES), BBox(0, 0, 300, 90))
    assert len(found) == 4
    assert 35 < found[1] < 110
    assert 130 < found[2] < 210


def test_a_name_over_two_columns_does_not_close_the_gap_between_them() -> None:
    spanning = [line("Ships that came to the port", 80, 5)]
    found = gaps_between_columns(phrase_rows([*spanning, *LINES]), BBox(0, 0, 300, 90))
    assert len(found) == 4


def test_long_lines_of_a_wrapped_name_are_not_cut() -> None:
    wrapped = [line("a name that goes on", 10, y) for y in (100, 112)]
    found = gaps_between_columns(phrase_rows([*LINES, *wrapped]), BBox(0, 0, 300, 130))
    assert len(found) == 4
    assert found[1] >= wrapped[0].bbox.x2


def test_columns_that_cut_names_give_way() -> None:
    rows = phrase_rows(
        [part for y in range(0, 90, 15) for part in (line("12 years", 10, y), line("7", 150, y))]
    )
    cutting, clear = [0.0, 22.0, 90.0, 200.0], [0.0, 100.0, 200.0]
    assert column_cost(cutting, rows) > column_cost(clear, rows)
    assert best_columns([[0.0, 22.0, 200.0], clear], rows) == clear
    assert best_columns([cutting], rows) == [0.0, 90.0, 200.0]


def test_columns_of_the_model_stay_when_nothing_is_wrong_with_them() -> None:
    model = [0.0, 60.0, 160.0, 300.0]
    assert best_columns([model, [0.0, 100.0, 200.0, 300.0]], phrase_rows(LINES)) == model


def test_an_edge_that_parts_nothing_goes() -> None:
    assert best_columns([[0.0, 60.0, 80.0, 160.0, 300.0]], phrase_rows(LINES)) in (
        [[0.0, 60.0, 160.0, 300.0], [0.0, 80.0, 160.0, 300.0]]
    )


def test_typewritten_values_a_space_apart_are_two_columns() -> None:
    rows = []
    for y in range(0, 75, 15):
        words = line("1,040", 100, y).words + line("1,120", 131, y).words  # a gap of 0.6 font sizes
        rows += [line("0.95", 10, y), TextLine(words, BBox(100, y, 156, y + 10))]
    table = phrase_rows(rows)
    assert len(gaps_between_columns(table, BBox(0, 0, 160, 75))) == 4


def test_dot_leaders_close_no_gap() -> None:
    rows = [
        joined(line(f"Item{i} . . . . . ........", 10, 15 * i), line(f"{i}00", 180, 15 * i))
        for i in range(1, 6)
    ]
    assert len(gaps_between_columns(phrase_rows(rows), BBox(0, 0, 220, 90))) == 3
    assert all(len(row) == 2 for row in phrase_rows(rows))


@pytest.mark.parametrize(
    ("text", "expected"),
    [(".....", True), (".", True), ("…", True), ("----", True), ("-", False), ("0.5", False), ("–", False)],
)
def test_leaders(text: str, expected: bool) -> None:
    assert is_leader(text) is expected


def test_extents_are_those_of_the_text() -> None:
    found = extents(phrase_rows(LINES), [0, 60, 160, 300, 400])
    assert found[0] == (10, 35)
    assert found[3] == (300, 400)


XS = [0.0, 60.0, 160.0, 300.0]


def test_a_line_through_a_row_of_text_moves_beside_it() -> None:
    rows = phrase_rows(LINES)
    found = row_lines(rows, XS, [10, 30, 41, 62, 90])  # 41 runs through the second row (35 to 45)
    assert all(not 36 < y < 44 for y in found)
    assert len(found) == 5


def test_values_one_below_the_other_are_rows() -> None:
    assert len(row_lines(phrase_rows(LINES), XS, [10, 90])) == 5


def test_shares_below_their_amounts_are_part_of_them() -> None:
    lines = [line("Total", 10, 20), line("160", 110, 20), line("7", 210, 20)]
    lines += [line("(62.0)", 110, 32), line("(2.7)", 210, 32)]
    assert row_lines(phrase_rows(lines), XS, [10, 50]) == [10, 50]


def test_wrapped_names_are_one_row() -> None:
    lines = [line("Harbor", 10, 20), line("12", 110, 20), line("and basin", 10, 32)]
    assert row_lines(phrase_rows(lines), XS, [10, 50]) == [10, 50]


def test_a_line_through_one_tall_label_stays() -> None:
    lines = [line("Spring", 10, 28), line("12", 110, 20), line("13", 110, 36), line("1", 210, 20)]
    assert 33 in row_lines(phrase_rows([*lines, line("4", 210, 36)]), XS, [10, 33, 50])


def test_a_year_over_two_columns_has_no_column_of_its_own_in_a_small_table() -> None:
    """It is set left of the names and values below it."""
    head = [line("Port", 10, 5), line("2021", 80, 5), line("2020", 210, 5)]
    names = [
        line(text, x, 20)
        for text, x in (
            (
                "Ships",
                120,
            ),
            ("Tons", 170),
            ("Ships", 250),
            ("Tons", 300),
        )
    ]
    body = [
        line(text, x, y)
        for y in (35, 50)
        for text, x in (("Amber", 10), ("31", 135), ("7.5", 175), ("24", 265), ("6.1", 305))
    ]
    rows = phrase_rows([*head, *names, *body])
    guessed = [0.0, 60.0, 110.0, 160.0, 200.0, 240.0, 290.0, 340.0]
    assert len(best_columns([guessed], rows)) == 6


def test_a_column_with_nothing_but_its_name_is_one() -> None:
    names = [
        line(text, x, 5) for text, x in (("Port", 10), ("Berths", 110), ("Pilot", 180), ("Remarks", 240))
    ]
    body = [
        line(text, x, y)
        for y in range(20, 150, 15)
        for text, x in (("Amber", 10), ("31", 110), ("Lena", 180))
    ]
    guessed = [0.0, 90.0, 160.0, 225.0, 300.0]
    assert best_columns([guessed], phrase_rows([*names, *body])) == guessed


def test_what_a_narrow_column_breaks_is_one_row() -> None:
    def found(label: str, value: str, rest: tuple[str, str]) -> int:
        lines = [line(label, 10, 20), line(value, 210, 20)]
        lines += [line(text, x, 32) for text, x in zip(rest, (10, 210), strict=True) if text]
        lines += [line("Baltic", 10, 60), line("1,250.5", 210, 60)]
        return len(row_lines(phrase_rows(lines), XS, [10, 31, 50, 70])) - 1

    assert found("Amber", "1,204.", ("", "5")) == 2
    assert found("SYS-", "Amber and", ("242", "rope")) == 2
    assert found("Amber", "1,204.", ("Agate", "5")) == 3, "it has a name"
    assert found("Amber", "1,204", ("", "5")) == 3, "the number is whole"


def test_names_over_columns_that_are_nearly_all_empty_make_none() -> None:
    """As the names below pictures that stand side by side, above a list."""
    names = [line(text, 10 + 80 * i, 5) for i, text in enumerate(("Hanna", "Ben", "Cian", "Debra"))]
    rows = phrase_rows([*names, *(line("Rope", 10, y) for y in range(20, 150, 15))])
    assert column_cost([0.0, 80.0, 160.0, 240.0, 330.0], rows) > 0.5
