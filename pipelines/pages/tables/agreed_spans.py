"""Spans as a model sees them, where it sees the same rows and columns and joins no two texts."""

from __future__ import annotations

from bisect import bisect_right

from pipelines.pages.tables.cells import Cell, Table
from schemas.geometry import BBox
from schemas.reading import TableGrid


def with_spans(table: Table, guess: TableGrid) -> Table:
    """The table with the cells of ``guess``; unchanged where the two do not agree on the rest."""
    if (guess.rows, guess.columns) != (table.rows, table.columns):
        return table
    owners = {
        (row, column): index
        for index, cell in enumerate(guess.cells)
        for row in range(cell.row_start, cell.row_end)
        for column in range(cell.col_start, cell.col_end)
    }
    area = sum((c.row_end - c.row_start) * (c.col_end - c.col_start) for c in guess.cells)
    xs = {c.left: c.place.x1 for c in table.cells} | {c.right: c.place.x2 for c in table.cells}
    ys = {c.top: c.place.y1 for c in table.cells} | {c.bottom: c.place.y2 for c in table.cells}
    whole = len(owners) == area == table.rows * table.columns
    if not whole or len(xs) != table.columns + 1 or len(ys) != table.rows + 1:
        return table
    cells = [
        Cell(
            c.row_start,
            c.row_end,
            c.col_start,
            c.col_end,
            BBox(xs[c.col_start], ys[c.row_start], xs[c.col_end], ys[c.row_end]),
        )
        for c in guess.cells
    ]
    for cell in table.cells:
        if not cell.lines:
            continue
        home = cells[owners[_place(cell, xs, ys)]]
        if home.lines:
            return table
        home.lines = cell.lines
    return Table(table.rows, table.columns, cells)


def _place(cell: Cell, xs: dict[int, float], ys: dict[int, float]) -> tuple[int, int]:
    """Where in the grid the middle of a cell's text stands, of the places that are the cell's."""
    x, y = cell.bbox.center
    row = bisect_right([ys[i] for i in range(cell.top + 1, cell.bottom)], y) + cell.top
    column = bisect_right([xs[i] for i in range(cell.left + 1, cell.right)], x) + cell.left
    return row, column
