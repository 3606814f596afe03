"""Lists with names of columns above them are tables."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.pages.tables.cells import make_table
from pipelines.pages.tables.named_lists import named_lists
from schemas.reading import TextLine
from tests.fakes.engines import line


def bold(one: TextLine) -> TextLine:
    return replace(one, words=[replace(word, bold=True) for word in one.words])


def names(left: float, top: float, first: str = "Ref.", second: str = "Duty") -> list[TextLine]:
    return [bold(line(first, left, top)), bold(line(second, left + 60, top))]


def duties(left: float, top: float, count: int = 3) -> list[TextLine]:
    """Labels with texts of two lines beside them."""
    found = []
    for i in range(count):
        y = top + 30 * i
        found += [line(f"R{i + 4}", left, y), line("The pilot shall board the ship", left + 60, y)]
        found.append(line("before it sails", left + 60, y + 12))
    return found


def rows(lines: list[TextLine]) -> list[list[list[str]]]:
    """The cells of each table found, row by row."""
    found = []
    for region in named_lists(lines):
        assert region.grid
        cells = make_table(lines, region.grid).cells
        found.append([[c.text for c in cells if c.top == row] for row in range(region.grid.rows)])
    return found


TEXT = "The pilot shall board the ship before it sails"


def test_labels_and_texts_under_two_names_are_a_table() -> None:
    wanted = [["Ref.", "Duty"], ["R4", TEXT], ["R5", TEXT], ["R6", TEXT]]
    assert rows([*names(20, 40), *duties(20, 60)]) == [wanted]


def test_the_other_column_of_the_page_is_not_in_the_way() -> None:
    other = [*names(340, 43), *duties(340, 63, 2)]
    assert [len(found) for found in rows([*names(20, 40), *duties(20, 60), *other])] == [4, 3]


def test_what_follows_the_list_is_not_of_it() -> None:
    lines = [*names(20, 40), *duties(20, 60, 2)]
    paragraph = [line("Pilots who do not board their ships in time pay", 15, 122)]
    far = duties(20, 150, 2)
    assert [len(found) for found in rows([*lines, *paragraph])] == [3]
    assert [len(found) for found in rows([*lines, *far])] == [3]


@pytest.mark.parametrize(
    "lines",
    [
        duties(20, 60),
        [*names(20, 40, "1.", "Duties"), *duties(20, 60)],
        [*names(20, 40)[:1], line("Duty", 80, 40), *duties(20, 60)],
        [*names(20, 40), line("Pilots", 20, 60), *duties(20, 60, 1)[1:]],
        [*names(20, 40), line("The pilot shall board the ship and stay", 20, 60), *duties(20, 72)],
        [*names(20, 40), *duties(40, 60)],
        [*names(20, 40), *(one for y in (60, 80, 100) for one in names(20, y, "Port", "Coast"))],
    ],
    ids=["no names", "a numbered heading", "not in bold", "one label", "text", "elsewhere", "all in bold"],
)
def test_no_table(lines: list[TextLine]) -> None:
    assert rows(lines) == []


def test_one_row_is_a_table_where_it_has_a_code_and_several_lines() -> None:
    (found,) = rows([*names(20, 40), *duties(20, 60, 1)])
    assert found == [["Ref.", "Duty"], ["R4", TEXT]]
    assert rows([*names(20, 40), *duties(20, 60, 1)[:2]]) == [], "one line"
