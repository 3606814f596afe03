"""Tables that only their words show."""

from __future__ import annotations

from pipelines.pages.tables.word_grids import outside, word_grids
from schemas.geometry import BBox
from schemas.reading import TextLine
from tests.fakes.engines import line


def grid(rows: int, columns: int, text: str = "w{r}{c}") -> list[TextLine]:
    return [
        line(text.format(r=r, c=c), 50 + 100 * c, 100 + 15 * r) for r in range(rows) for c in range(columns)
    ]


def test_short_texts_in_rows_and_columns_are_a_table() -> None:
    (found,) = word_grids(grid(4, 5))
    assert found.grid is not None
    assert (found.grid.rows, found.grid.columns) == (4, 5)
    assert found.bbox == BBox(50, 100, 465, 155)


def test_three_rows_are_enough_when_they_hold_values() -> None:
    assert word_grids(grid(3, 4)) == []
    assert len(word_grids(grid(3, 4, "{r}{c}.5"))) == 1


def test_a_section_name_may_stand_between_rows() -> None:
    lines = [one for one in grid(6, 4) if one.bbox.y1 != 130] + [line("North", 45, 130)]
    (found,) = word_grids(lines)
    assert found.grid is not None
    assert found.grid.rows == 6


def test_columns_of_prose_are_none() -> None:
    prose = [line("words that run on", 50 + 110 * c, 100 + 12 * r) for r in range(8) for c in range(3)]
    assert word_grids(prose) == []


def test_two_columns_and_scattered_texts_are_none() -> None:
    assert word_grids(grid(6, 2)) == []
    scattered = [
        line("here", 50 + 37 * ((r * 5 + c * 3) % 11), 100 + 15 * r) for r in range(6) for c in range(3)
    ]
    assert word_grids(scattered) == []


def test_lines_in_other_regions_do_not_count() -> None:
    lines = grid(4, 5)
    assert outside(lines, [BBox(0, 95, 600, 130)]) == lines[10:]
