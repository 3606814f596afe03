"""Ruled tables: the cells that ruling lines enclose.

Lines are joined where they continue each other; lines that touch form a lattice, whose cells are the
smallest rectangles between its lines, made one where no line is drawn between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from schemas.geometry import BBox, union_of
from schemas.reading import GridCell, TableGrid

# Lines this far apart (share of the page's width) are one line, and lines this near touch.
_TOLERANCE = 0.004
# Parallel lines nearer than this (tolerances) are a double line, and a line with such a gap goes on.
_DOUBLE = 2.5
# A cell's side counts as drawn when lines cover this share of it.
_DRAWN = 0.6


@dataclass(slots=True)
class Segment:
    """A horizontal or vertical line: where it stands (``at``), from where to where it runs."""

    at: float
    start: float
    end: float


@dataclass(slots=True)
class Lattice:
    """A ruled table: its outer box and its cells."""

    bbox: BBox
    grid: TableGrid


def find_lattices(rules: Sequence[BBox], page_width: float) -> list[Lattice]:
    """The ruled tables of a page: at least two rows and two columns, in page units."""
    near = _TOLERANCE * page_width
    across = _joined([Segment((b.y1 + b.y2) / 2, b.x1, b.x2) for b in rules if b.width >= b.height], near)
    down = _joined([Segment((b.x1 + b.x2) / 2, b.y1, b.y2) for b in rules if b.width < b.height], near)
    found = []
    for some_across, some_down in _connected(across, down, near):
        lattice = _lattice(some_across, some_down, near)
        if lattice is not None:
            found.append(lattice)
    return found


def _joined(segments: Sequence[Segment], near: float) -> list[Segment]:
    """Segments on one line that overlap or touch, made one."""
    done: list[Segment] = []
    for segment in sorted(segments, key=lambda s: (s.at, s.start)):
        home = next(
            (
                d
                for d in reversed(done)
                if abs(d.at - segment.at) <= near / 2
                and segment.start <= d.end + _DOUBLE * near
                and d.start <= segment.end + _DOUBLE * near
            ),
            None,
        )
        if home is None:
            done.append(segment)
        else:
            home.start, home.end = min(home.start, segment.start), max(home.end, segment.end)
    return done


def _connected(
    across: Sequence[Segment], down: Sequence[Segment], near: float
) -> list[tuple[list[Segment], list[Segment]]]:
    """Groups of lines that meet, directly or through others."""
    group_of = list(range(len(across) + len(down)))

    def root(i: int) -> int:
        while group_of[i] != i:
            group_of[i] = group_of[group_of[i]]
            i = group_of[i]
        return i

    for i, h in enumerate(across):
        for j, v in enumerate(down, start=len(across)):
            meets_h = h.start - near <= v.at <= h.end + near
            if meets_h and v.start - near <= h.at <= v.end + near:
                group_of[root(i)] = root(j)
    groups: dict[int, tuple[list[Segment], list[Segment]]] = {}
    for i, h in enumerate(across):
        groups.setdefault(root(i), ([], []))[0].append(h)
    for j, v in enumerate(down, start=len(across)):
        groups.setdefault(root(j), ([], []))[1].append(v)
    return [group for group in groups.values() if len(group[0]) > 1 and group[1]]


def _lattice(across: Sequence[Segment], down: Sequence[Segment], near: float) -> Lattice | None:
    """The cells between these lines; open sides are closed where the crossing lines end."""
    xs = _places([s.at for s in down] + _ends(across), near)
    ys = _places([s.at for s in across] + _ends(down), near)
    if len(xs) < 3 or len(ys) < 3:
        return None
    parts: list[set[tuple[int, int]]] = []
    for row, (y1, y2) in enumerate(pairwise(ys)):
        for col, (x1, x2) in enumerate(pairwise(xs)):
            open_left = col > 0 and not _is_drawn(down, xs[col], y1, y2, near)
            open_top = row > 0 and not _is_drawn(across, ys[row], x1, x2, near)
            joins = [
                p for p in parts if (open_left and (row, col - 1) in p) or (open_top and (row - 1, col) in p)
            ]
            parts = [p for p in parts if not any(p is j for j in joins)]
            parts.append(set().union({(row, col)}, *joins))
    if any(not _is_rectangle(part) for part in parts):
        return None
    cells = [_cell(part, xs, ys) for part in parts]
    cells.sort(key=lambda c: (c.row_start, c.col_start))
    grid = TableGrid(len(ys) - 1, len(xs) - 1, cells, ruled=True)
    return Lattice(union_of([c.bbox for c in cells]), grid)


def _ends(segments: Sequence[Segment]) -> list[float]:
    return [min(s.start for s in segments), max(s.end for s in segments)]


def _places(values: Sequence[float], near: float) -> list[float]:
    """Positions, those close together made one (their mean)."""
    groups: list[list[float]] = []
    for value in sorted(values):
        if groups and value - groups[-1][0] <= _DOUBLE * near:
            groups[-1].append(value)
        else:
            groups.append([value])
    return [sum(group) / len(group) for group in groups]


def _is_drawn(segments: Sequence[Segment], at: float, start: float, end: float, near: float) -> bool:
    """Whether lines at this place cover most of the way from ``start`` to ``end``."""
    covered = sum(
        max(0.0, min(end, s.end) - max(start, s.start)) for s in segments if abs(s.at - at) <= _DOUBLE * near
    )
    return covered >= _DRAWN * (end - start)


def _is_rectangle(part: set[tuple[int, int]]) -> bool:
    rows, cols = {r for r, _ in part}, {c for _, c in part}
    return len(part) == (max(rows) - min(rows) + 1) * (max(cols) - min(cols) + 1)


def _cell(part: set[tuple[int, int]], xs: Sequence[float], ys: Sequence[float]) -> GridCell:
    top, bottom = min(r for r, _ in part), max(r for r, _ in part) + 1
    left, right = min(c for _, c in part), max(c for _, c in part) + 1
    return GridCell(top, bottom, left, right, BBox(xs[left], ys[top], xs[right], ys[bottom]))
