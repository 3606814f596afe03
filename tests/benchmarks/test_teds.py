from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.scores.tally import Tally
from benchmarks.scores.teds import joint_teds, score_tables, teds, tree


def html(rows: list[list[str]]) -> str:
    body = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in body) + "</table>"


def table(*rows: str) -> str:
    return html([row.split() for row in rows])


some_rows = st.lists(st.text("ab1 ", max_size=4), min_size=1, max_size=4)
grids = st.lists(some_rows, min_size=1, max_size=4).map(html)


@given(grids)
def test_a_table_is_like_itself(one: str) -> None:
    assert teds(one, one) == 1.0


@given(grids, grids)
def test_the_score_is_symmetric_and_between_0_and_1(one: str, other: str) -> None:
    assert 0.0 <= teds(one, other) <= 1.0
    assert teds(one, other) == pytest.approx(teds(other, one))


@given(grids, grids)
def test_structure_alone_never_scores_lower(one: str, other: str) -> None:
    assert teds(one, other, structure_only=True) >= teds(one, other) - 1e-9


def test_one_changed_character_of_four_costs_a_quarter_of_a_cell() -> None:
    # 2 rows and 4 cells are 6 nodes.
    assert teds(table("a b", "c 1234"), table("a b", "c 1235")) == pytest.approx(1 - 0.25 / 6)


def test_a_missing_row_costs_the_row_and_its_cells() -> None:
    assert teds(table("a b", "c d", "e f"), table("a b", "c d")) == pytest.approx(1 - 3 / 9)


def test_a_wrong_span_costs_one_node() -> None:
    true = '<table><tr><td colspan="2">a</td></tr></table>'
    assert teds(true, "<table><tr><td>a</td></tr></table>") == pytest.approx(1 - 1 / 2)


def test_heads_and_bodies_do_not_matter_and_breaks_are_blanks() -> None:
    dressed = (
        "<TABLE class='x'><thead><tr><th>a<br>b</th></tr></thead>"
        "<tbody><tr><td> <b>c</b> </td></tr></tbody></TABLE>"
    )
    assert teds("<table><tr><td>a b</td></tr><tr><td>c</td></tr></table>", dressed) == 1.0


def test_inline_tags_do_not_part_words_and_wide_forms_are_plain() -> None:
    true = "<table><tr><td>H2O</td><td>100%</td></tr></table>"
    assert teds(true, "<table><tr><td>H<sub>2</sub>O</td><td>１００％</td></tr></table>") == 1.0


@pytest.mark.parametrize("span", ["0", "-3", "x", "", "99999999999", "2.5"])
def test_a_nonsense_span_counts_as_one(span: str) -> None:
    assert tree(f'<table><tr><td rowspan="{span}">a</td></tr></table>').children[0].children[0].spans == (
        1,
        1,
    )


def test_a_nested_table_is_text_of_its_cell() -> None:
    inner = "<table><tr><td>b</td></tr></table>"
    assert tree(f"<table><tr><td>a{inner}</td></tr></table>").size == 2


def test_empty_tables() -> None:
    assert teds("<table></table>", "<table></table>") == 1.0
    assert teds(table("a b"), "<table></table>") == 0.0


def test_missed_invented_and_split_tables_all_cost() -> None:
    a, b = table("1 2", "3 4", "5 6", "7 8"), table("x y z", "u v w")
    assert score_tables([a, b], [b, a]) == Tally(2.0, 2, 2)
    assert score_tables([a, b], [a]).value == pytest.approx(2 / 3)
    assert score_tables([a], [a, b]).value == pytest.approx(2 / 3)
    halves = [table("1 2", "3 4"), table("5 6", "7 8")]
    assert score_tables([a], halves).value == pytest.approx(2 * 0.5 / 3)
    assert score_tables([], []).value == 1.0
    assert score_tables([a], []).value == 0.0


def test_joint_score_counts_every_table_under_one_root() -> None:
    a = table("1 2")
    assert joint_teds([a], [a]) == 1.0
    assert joint_teds([a], [a, a]) == pytest.approx(1 - 4 / 8)
    assert joint_teds([a], []) == 0.0
    assert joint_teds([], [a]) is None
