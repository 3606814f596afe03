"""Tables whose lines are drawn get the grid of those lines in place of the layout model's guess."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from pipelines.pages.lattice import Lattice, find_lattices
from pipelines.pages.paragraphs import Row, is_meant_break, row_text, rows
from pipelines.pages.tables import Cell, is_value, make_table
from schemas.geometry import BBox
from schemas.reading import GridCell, Region, RegionKind, TableGrid, TextLine

# A lattice is the table's when it holds this share of the words in the table's region.
_HELD = 0.9
# Above this share of line ends that were meant, a cell holds more than one row.
_MEANT = 0.5
# Words this far apart (font sizes) belong to two columns, if this share of the cells has such.
_WIDE = 1.5
_APART = 0.15


def with_rulings(
    regions: Sequence[Region], lines: Sequence[TextLine], rules: Sequence[BBox], page_width: float
) -> list[Region]:
    """The regions, table regions with the grid that is drawn around their words where there is one."""
    lattices = find_lattices(rules, page_width)
    return [
        _ruled(region, lattices, lines) if region.kind is RegionKind.TABLE else region for region in regions
    ]


def _ruled(table: Region, lattices: Sequence[Lattice], lines: Sequence[TextLine]) -> Region:
    near = [lattice for lattice in lattices if lattice.bbox.intersection(table.bbox) > 0]
    if not near:
        return table
    lattice = max(near, key=lambda one: one.bbox.intersection(table.bbox))
    words = [w for line in lines for w in line.words if table.bbox.holds(*w.bbox.center)]
    held = [w for w in words if lattice.bbox.holds(*w.bbox.center)]
    if not words or len(held) < _HELD * len(words):
        return table
    box = lattice.bbox if len(held) == len(words) else lattice.bbox.union(table.bbox)
    inside = [line for line in lines if lattice.bbox.holds(*line.bbox.center)]
    return replace(table, bbox=box, grid=_grid(lattice.grid, table.grid, box, inside))


def _grid(
    drawn: TableGrid, guess: TableGrid | None, box: BBox, lines: Sequence[TextLine]
) -> TableGrid | None:
    """The drawn grid; where only rows or only columns are drawn, the others as the model sees them."""
    if guess is None:
        return drawn
    cells = make_table(lines, drawn).cells
    if _columns_are_ruled(cells):
        return drawn if _rows_are_ruled(cells) else _crossed(drawn, guess, box)
    crossed = _crossed(guess, drawn, box)
    return crossed if _rows_are_ruled(make_table(lines, crossed).cells) else guess


def _crossed(columns: TableGrid, rows: TableGrid, box: BBox) -> TableGrid:
    """The columns of one grid with the rows of another, over ``box``."""
    xs = [box.x1, *sorted({c.bbox.x1 for c in columns.cells})[1:], box.x2]
    ys = [box.y1, *sorted({c.bbox.y1 for c in rows.cells})[1:], box.y2]
    tiles = [
        GridCell(row, row + 1, col, col + 1, BBox(x1, y1, x2, y2))
        for row, (y1, y2) in enumerate(pairwise(ys))
        for col, (x1, x2) in enumerate(pairwise(xs))
    ]
    return TableGrid(len(ys) - 1, len(xs) - 1, tiles)


def _rows_are_ruled(cells: Sequence[Cell]) -> bool:
    """Whether a line stands between all rows.

    It does not where a cell holds several values one below the other, or where most line ends inside the
    cells were meant: the next word would have fitted, so what follows is another row.
    """
    breaks = meant = 0
    for cell in cells:
        held = rows(cell.lines)
        if len(held) > 1 and all(is_value(row_text(row)) for row in held):
            return False
        ends = [is_meant_break(above, below, cell.place.x2) for above, below in pairwise(held)]
        breaks, meant = breaks + len(ends), meant + sum(ends)
    return meant <= _MEANT * breaks


def _columns_are_ruled(cells: Sequence[Cell]) -> bool:
    """Whether a line stands between all columns: few cells hold a value apart from what stands beside it."""
    apart = sum(any(_holds_apart(row) for row in rows(cell.lines)) for cell in cells)
    return apart <= _APART * sum(bool(cell.lines) for cell in cells)


def _holds_apart(row: Row) -> bool:
    words = [word for line in row for word in line.words]
    return any(
        second.bbox.x1 - first.bbox.x2 > _WIDE * second.size
        and (is_value(first.text) or is_value(second.text))
        for first, second in pairwise(words)
    )
