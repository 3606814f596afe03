from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers.sheets.contents import contents
from pipelines.readers.sheets.model import Cell, Place, Range, Row, Sheet, shown
from schemas.fragments import TableContent, TextContent
from tests.readers.sheets.books import grid

places = st.tuples(st.integers(0, 14), st.integers(0, 9))
ranges = st.builds(
    lambda place, height, width: Range(*place, place[0] + height, place[1] + width),
    places,
    st.integers(0, 4),
    st.integers(0, 4),
)


def sheet(cells: dict[Place, Cell], **found: object) -> Sheet:
    rows = []
    for number in sorted({row for row, _ in cells}):
        columns = tuple(sorted(column for row, column in cells if row == number))
        rows.append(Row(number, columns, [cells[number, column] for column in columns]))
    return Sheet(rows, **found)  # type: ignore[arg-type]


def words(sheet: Sheet) -> list[str]:
    """All words of the fragments."""
    found: list[str] = []
    for _, content in contents(shown(sheet)):
        if isinstance(content, TableContent):
            found += [word for row in grid(content) for cell in row for word in cell.split()]
        else:
            assert isinstance(content, TextContent)
            found += content.content.split()
    return found


@given(
    filled=st.dictionaries(places, st.tuples(st.booleans(), st.booleans()), max_size=60),
    merged=st.lists(ranges, max_size=4),
    tables=st.lists(ranges, max_size=2),
    frozen=st.integers(0, 8),
)
def test_every_cell_is_told_once(
    filled: dict[Place, tuple[bool, bool]], merged: list[Range], tables: list[Range], frozen: int
) -> None:
    cells = {place: Cell(f"r{place[0]}c{place[1]}", value, bold) for place, (value, bold) in filled.items()}
    found = words(sheet(cells, merged=merged, tables=tables, frozen_rows=frozen))
    assert sorted(found) == sorted(cell.text for cell in cells.values())


@given(
    filled=st.sets(places, max_size=40),
    rows=st.sets(st.integers(0, 14), max_size=6),
    columns=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 12)), max_size=3),
)
def test_what_is_hidden_is_counted_and_all_else_told(
    filled: set[Place], rows: set[int], columns: list[tuple[int, int]]
) -> None:
    cells = {place: Cell(f"r{place[0]}c{place[1]}") for place in filled}
    hidden = {c for first, last in columns for c in range(first, last + 1)}
    source = sheet(cells, hidden_rows=rows, hidden_columns=columns)
    seen = [cell.text for (row, column), cell in cells.items() if row not in rows and column not in hidden]
    assert sorted(words(source)) == sorted(seen)
    characters = sum(one.characters for one in shown(source).hidden)
    missing = sum(len(cell.text) for cell in cells.values()) - sum(map(len, seen))
    assert characters == missing
