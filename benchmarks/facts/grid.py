"""A table's cells, by place, as HTML."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import NamedTuple


class Cell(NamedTuple):
    """A cell's text and how many rows and columns it spans."""

    text: str
    rows: int = 1
    columns: int = 1


_BLANK = Cell("")


def grid_html(cells: Mapping[tuple[int, int], Cell]) -> str:
    """The table whose cells start at these (row, column) places; uncovered places become blank cells."""
    owner = {
        (r, c): (row, column)
        for (row, column), cell in sorted(cells.items())
        for r in range(row, row + cell.rows)
        for c in range(column, column + cell.columns)
    }
    if not owner:
        return "<table></table>"
    rows, columns = ({place[axis] for place in owner} for axis in (0, 1))
    body = (
        "".join(
            _cell_html(cells.get((r, c), _BLANK))
            for c in range(min(columns), max(columns) + 1)
            if owner.get((r, c), (r, c)) == (r, c)
        )
        for r in range(min(rows), max(rows) + 1)
    )
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in body) + "</table>"


def _cell_html(cell: Cell) -> str:
    rows = f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
    columns = f' colspan="{cell.columns}"' if cell.columns > 1 else ""
    return f"<td{rows}{columns}>{escape(cell.text)}</td>"
