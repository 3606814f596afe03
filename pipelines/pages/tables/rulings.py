"""Tables whose lines are drawn get the grid of those lines in place of the layout model's guess."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from pipelines.pages.paragraphs import Row, is_meant_break, row_text, rows
from pipelines.pages.tables.cells import Cell, make_table
from pipelines.pages.tables.columns import phrase_rows
from pipelines.pages.tables.lattice import Lattice, find_lattices
from pipelines.pages.tables.values import is_value
from schemas.geometry import BBox, union_of
from schemas.reading import GridCell, Region, RegionKind, TableGrid, TextLine, Word

# A lattice is the table's when it holds this share of the words in the table's region.
_HELD = 0.9
_HELD_BY_SEVERAL = 0.8
# Ruled paper around a table is none: of a lattice that is not sure, this share is in the table's region.
_THERE = 0.4
# A lattice is a table on its own with this many cells filled, and this share of them.
_LEAST_CELLS, _FILLED = 4, 0.6
# Lines that cut more than this share of the phrases are not a table's.
_CUT = 0.12
# Above this share of line ends that were meant, a cell holds more than one row.
_MEANT = 0.5
# Words this far apart (font sizes) belong to two columns, if this share of the cells has such.
_WIDE = 1.5
# A cell over this many rows is tall.
_TALL = 4
_APART = 0.15
# A cell over so many rows and more, with a line level with each (share of the row's height), is that many.
_OPEN_ROWS, _LEVEL = 3, 0.25


def with_rulings(
    regions: Sequence[Region], lines: Sequence[TextLine], rules: Sequence[BBox], page_width: float
) -> list[Region]:
    """The regions, table regions with the grid that is drawn around their words where there is one.

    A region over several ruled tables is divided; a ruled table that no table region covers is added.
    """
    lattices = [
        replace(lattice, grid=_with_open_rows(lattice.grid, lines))
        for lattice in find_lattices(rules, page_width)
    ]
    sure = [lattice for lattice in lattices if _is_table(lattice, lines)]
    tables = [region for region in regions if region.kind is RegionKind.TABLE]
    found = [ruled for table in tables for ruled in _ruled(table, lattices, sure, lines)]
    found += [
        Region(RegionKind.TABLE, lattice.bbox, grid=lattice.grid)
        for lattice in sure
        if not any(lattice.bbox.intersection(table.bbox) for table in found)
    ]
    return [r for r in regions if r.kind is not RegionKind.TABLE and not _is_only_a_table(r, found)] + found


def _with_open_rows(grid: TableGrid, lines: Sequence[TextLine]) -> TableGrid:
    """The grid, cells over several rows cut where each row beside them has a line of theirs.

    The labels beside the amounts at a table's end often stand in a corner that is not ruled.
    """
    heights = {c.row_start: (c.bbox.y1, c.bbox.y2) for c in grid.cells if c.row_end - c.row_start == 1}
    cells = [part for cell in grid.cells for part in _open_rows(cell, heights, lines)]
    return replace(grid, cells=sorted(cells, key=lambda c: (c.row_start, c.col_start)))


def _open_rows(
    cell: GridCell, heights: Mapping[int, tuple[float, float]], lines: Sequence[TextLine]
) -> list[GridCell]:
    spanned = range(cell.row_start, cell.row_end)
    texts = rows(_inside(lines, cell.bbox)) if len(spanned) >= _OPEN_ROWS else []
    if len(texts) != len(spanned) or any(row not in heights for row in spanned):
        return [cell]
    for row, text in zip(spanned, texts, strict=True):
        y1, y2 = heights[row]
        if abs(union_of([line.bbox for line in text]).center[1] - (y1 + y2) / 2) > _LEVEL * (y2 - y1):
            return [cell]
    return [
        replace(cell, row_start=row, row_end=row + 1, bbox=BBox(cell.bbox.x1, y1, cell.bbox.x2, y2))
        for row in spanned
        for y1, y2 in [heights[row]]
    ]


def _is_table(lattice: Lattice, lines: Sequence[TextLine]) -> bool:
    """Whether the lattice alone says that it is a table: mostly filled, rows and columns all ruled."""
    return _is_grid(lattice, lines, _FILLED) and not _cuts_phrases(lattice, lines)


def _is_grid(lattice: Lattice, lines: Sequence[TextLine], least_filled: float) -> bool:
    """Whether each row and column is ruled, and some cells, at least this share, are filled."""
    cells = make_table(_inside(lines, lattice.bbox), lattice.grid).cells
    filled = sum(bool(cell.lines) for cell in cells)
    if filled < max(_LEAST_CELLS, least_filled * len(cells)):
        return False
    return _rows_are_ruled(cells) and _columns_are_ruled(cells)


def _cuts_phrases(lattice: Lattice, lines: Sequence[TextLine]) -> bool:
    """Whether the lines run through what belongs together, as those of ruled paper do."""
    pieces = [piece for row in phrase_rows(_inside(lines, lattice.bbox)) for piece in row]
    cut = sum(
        not any(
            cell.bbox.holds(*piece.words[-1].bbox.center)
            for cell in lattice.grid.cells
            if cell.bbox.holds(*piece.words[0].bbox.center)
        )
        for piece in pieces
    )
    return cut > _CUT * len(pieces)


def _is_only_a_table(region: Region, tables: Sequence[Region]) -> bool:
    """Whether a picture is a ruled table that the layout took for a picture."""
    return region.kind is RegionKind.PICTURE and any(region.bbox.inside(t.bbox) > 0.6 for t in tables)


def _inside(lines: Sequence[TextLine], box: BBox) -> list[TextLine]:
    return [line for line in lines if box.holds(*line.bbox.center)]


def _ruled(
    table: Region, lattices: Sequence[Lattice], sure: Sequence[Lattice], lines: Sequence[TextLine]
) -> list[Region]:
    near = [one for one in lattices if _is_near(one, table, sure) and not _cuts_phrases(one, lines)]
    words = [w for line in lines for w in line.words if table.bbox.holds(*w.bbox.center)]
    if not near or not words:
        return [table]
    lattice = max(near, key=lambda one: one.bbox.intersection(table.bbox))
    held = _share_held(words, [lattice])
    if held >= _HELD:
        box = lattice.bbox if held == 1 else lattice.bbox.union(table.bbox)
        return [
            replace(table, bbox=box, grid=_grid(lattice.grid, table.grid, box, _inside(lines, lattice.bbox)))
        ]
    # Where the layout sees one table and several are drawn, they may be empty but for their headers.
    several = [one for one in near if one.bbox.inside(table.bbox) > 0.8 and _is_grid(one, lines, 0.0)]
    if len(several) > 1 and _share_held(words, several) >= _HELD_BY_SEVERAL:
        return [replace(table, bbox=one.bbox, grid=one.grid) for one in several]
    return [table]


def _is_near(lattice: Lattice, table: Region, sure: Sequence[Lattice]) -> bool:
    """Whether a lattice may be the table's: it is mostly there, or it is a table by itself."""
    return lattice.bbox.inside(table.bbox) >= _THERE or (
        any(lattice is one for one in sure) and lattice.bbox.intersection(table.bbox) > 0
    )


def _share_held(words: Sequence[Word], lattices: Sequence[Lattice]) -> float:
    held = sum(any(lattice.bbox.holds(*word.bbox.center) for lattice in lattices) for word in words)
    return held / len(words)


def _grid(
    drawn: TableGrid, guess: TableGrid | None, box: BBox, lines: Sequence[TextLine]
) -> TableGrid | None:
    """The drawn grid; where only rows or only columns are drawn, the others as the model sees them."""
    if guess is None:
        return drawn
    cells = make_table(lines, drawn).cells
    if any(_holds_a_row_each(cell) for cell in cells):
        return _crossed(drawn, drawn, box)
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


def _holds_a_row_each(cell: Cell) -> bool:
    """Whether a tall cell has a line of text for each row beside it: only its own column is not ruled off."""
    span = cell.bottom - cell.top
    return span >= _TALL and len(rows(cell.lines)) >= 0.8 * span


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
