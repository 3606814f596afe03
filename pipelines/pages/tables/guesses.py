"""What table models see on a picture, as row and column lines that keep clear of the words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from schemas.geometry import BBox
from schemas.reading import GridCell, TableGrid

# A line moves at most this share of the way to its neighbours.
_REACH = 0.5


def lines_of(grid: TableGrid, box: BBox) -> tuple[list[float], list[float]]:
    """The column and row lines of a grid over ``box``, outer ones included.

    Where boxes lie about texts, a line stands half way between the ends of the cells before it and the
    starts of those behind it (medians: single boxes stray).
    """
    columns = _between([(c.col_start, c.bbox.x1, c.col_end, c.bbox.x2) for c in grid.cells], grid.columns)
    rows = _between([(c.row_start, c.bbox.y1, c.row_end, c.bbox.y2) for c in grid.cells], grid.rows)
    xs = [box.x1, *(x for x in columns if box.x1 < x < box.x2), box.x2]
    ys = [box.y1, *(y for y in rows if box.y1 < y < box.y2), box.y2]
    return xs, ys


def _between(cells: Sequence[tuple[int, float, int, float]], count: int) -> list[float]:
    found = []
    for line in range(1, count):
        starts = sorted(start for index, start, _, _ in cells if index == line)
        ends = sorted(end for _, _, index, end in cells if index == line)
        if starts and ends:
            found.append((starts[len(starts) // 2] + ends[len(ends) // 2]) / 2)
    return sorted(found)


def clear_of(edges: Sequence[float], spans: Sequence[tuple[float, float]]) -> list[float]:
    """The lines, each moved to where it cuts the fewest spans (start, end), if that is a gain."""
    found = list(edges[:1])
    for before, at, after in zip(edges, edges[1:], edges[2:], strict=False):
        low, high = at - _REACH * (at - before), at + _REACH * (after - at)
        ends = {x for span in spans for x in span if low < x < high}
        middles = [(a + b) / 2 for a, b in pairwise(sorted({low, high, *ends}))]
        best = min([at, *middles], key=lambda x: (_cuts(x, spans), abs(x - at)))
        found.append(best)
    return [*found, edges[-1]]


def _cuts(x: float, spans: Sequence[tuple[float, float]]) -> int:
    return sum(start < x < end for start, end in spans)


def moved(grid: TableGrid, factor: float, x: float, y: float) -> TableGrid:
    """The grid in another space: scaled, then shifted."""
    cells = [
        GridCell(
            c.row_start,
            c.row_end,
            c.col_start,
            c.col_end,
            BBox(
                c.bbox.x1 * factor + x,
                c.bbox.y1 * factor + y,
                c.bbox.x2 * factor + x,
                c.bbox.y2 * factor + y,
            ),
        )
        for c in grid.cells
    ]
    return TableGrid(grid.rows, grid.columns, cells, grid.ruled, grid.tight)
