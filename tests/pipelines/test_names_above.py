"""Names of columns that were taken for a heading above their table."""

from __future__ import annotations

from dataclasses import replace

from pipelines.pages.tables.build import tiles
from pipelines.pages.tables.names_above import with_names
from schemas.geometry import BBox
from schemas.reading import Region, RegionKind, TextLine
from tests.fakes.engines import line

XS = [45.0, 150.0, 300.0]
BODY = [
    one for i in range(3) for one in (line(f"R{i}", 50, 60 + 20 * i), line("open to ships", 160, 60 + 20 * i))
]
TABLE = Region(RegionKind.TABLE, BBox(45, 58, 300, 112), grid=tiles(XS, [58, 75, 95, 112]))


def bold(one: TextLine) -> TextLine:
    return replace(one, words=[replace(word, bold=True) for word in one.words])


def names(y: float = 42, left: float = 160) -> list[TextLine]:
    return [bold(line("Ref.", 50, y)), bold(line("Duty", left, y))]


def test_names_right_above_are_the_first_row() -> None:
    found = with_names(TABLE, [*names(), *BODY])
    assert found.bbox == BBox(45, 42, 300, 112)
    assert found.grid is not None
    assert (found.grid.rows, found.grid.columns) == (4, 2)


def test_names_far_off_elsewhere_or_like_any_text_are_none() -> None:
    assert with_names(TABLE, [*names(20), *BODY]) is TABLE
    assert with_names(TABLE, [*names(left=190), *BODY]) is TABLE
    assert with_names(TABLE, [bold(line("Ref. of duty", 50, 42)), *BODY]) is TABLE
    assert with_names(TABLE, [line("Ref.", 50, 42), line("Duty", 160, 42), *BODY]) is TABLE
    assert with_names(TABLE, [bold(line("12", 50, 42)), bold(line("13", 160, 42)), *BODY]) is TABLE


def test_a_table_with_names_gets_no_others() -> None:
    named = [bold(one) for one in BODY[:2]] + BODY[2:]
    assert with_names(TABLE, [*names(), *named]) is TABLE


def test_columns_may_be_known_by_their_words_alone() -> None:
    found = with_names(Region(RegionKind.TABLE, TABLE.bbox), [*names(), *BODY])
    assert found.bbox == BBox(45, 42, 300, 112)


def test_dots_right_above_are_no_names() -> None:
    assert with_names(TABLE, [line("....................", 50, 42), *BODY]) is TABLE
