"""Columns that a layout has drawn together, parted again: by the gap that runs through all their rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median

from pipelines.extraction.embedded.tables import Cell, Grid, Row
from pipelines.extraction.evidence import PlacedWord

# A gap parts two columns when it is so wide (heights of a word) in every row.
_GAP = 0.35
# A gap that is no space between words of one name (heights of a word).
_WIDE = 0.8
# Rows with fewer cells than this share of the usual ones are sums and remarks, set across columns.
_WHOLE = 0.8

Extent = tuple[float, float]


def refined(grid: Grid, first: int, last: int, end: int) -> Grid:
    """The rows from ``first`` to before ``end`` as a table of their own, those before ``last`` its header.

    A column is parted where a gap runs through all its rows and names stand at both sides of it. Names in a
    cell over several columns go to the columns that they stand over.
    """
    names = grid.rows[first:last]
    if any(cell.columns > 1 for row in names for cell in row):
        extents = Grid(grid.page, grid.rows[last:end]).extents()
        names = [_over_columns(row, extents) for row in names]
    rows = names + grid.rows[last:end]
    head = last - first
    for column in reversed(range(grid.columns)):
        parts = _parts(rows, head, column)
        if len(parts) > 1:
            rows = [(*row[:column], *_parted(row[column], parts), *row[column + 1 :]) for row in rows]
    return Grid(grid.page, rows, head, grid.heading)


def in_columns_of(grid: Grid, other: Grid) -> Grid | None:
    """Another table's rows in this one's columns, by where their words stand; None where they do not fit."""
    extents = [extent for extent in grid.extents() if extent]
    if len(extents) < grid.columns or not any(cell.words for row in other.rows for cell in row):
        return None
    rows = []
    for row in other.rows:
        held: list[list[PlacedWord]] = [[] for _ in extents]
        for word in (word for cell in row for word in cell.words):
            gaps = [max(low - word.bbox.x2, word.bbox.x1 - high) for low, high in extents]
            if min(gaps) > 2 * word.bbox.height:
                return None
            held[gaps.index(min(gaps))].append(word)
        rows.append(tuple(_cell(words) for words in held))
    return Grid(other.page, rows, other.head, other.heading)


def _cell(words: Sequence[PlacedWord]) -> Cell:
    """A cell of words, line by line."""
    lines: list[list[PlacedWord]] = []
    for word in sorted(words, key=lambda one: one.bbox.center[1]):
        if lines and lines[-1][0].bbox.y2 > word.bbox.center[1]:
            lines[-1].append(word)
        else:
            lines.append([word])
    ordered = [sorted(line, key=lambda one: one.bbox.x1) for line in lines]
    text = "\n".join(" ".join(word.text for word in line) for line in ordered)
    return Cell(text, tuple(word for line in ordered for word in line))


def _over_columns(row: Row, extents: Sequence[Extent | None]) -> Row:
    """A row of names, each word of a cell over several columns in the column that it stands over."""
    cells = list(row)
    for column, cell in enumerate(row):
        under = [
            c for c in range(column, min(column + cell.columns, len(row))) if c < len(extents) and extents[c]
        ]
        if cell.columns < 2 or len(under) < 2 or not cell.words:
            continue
        parts = _phrases(cell.words)
        if len(parts) == len(under):
            held = dict(zip(under, parts, strict=True))
        else:
            held = {c: [] for c in under}
            for word in cell.words:
                held[min(under, key=lambda c: _distance(word, extents[c]))].append(word)
        if all(held.values()):
            for c, words in held.items():
                cells[c] = _cell(words)
    return tuple(cells)


def _phrases(words: Sequence[PlacedWord]) -> list[list[PlacedWord]]:
    """Words from the left, parted where a gap is no space."""
    phrases: list[list[PlacedWord]] = []
    for word in sorted(words, key=lambda one: one.bbox.x1):
        if phrases and word.bbox.x1 - phrases[-1][-1].bbox.x2 < _WIDE * word.bbox.height:
            phrases[-1].append(word)
        else:
            phrases.append([word])
    return phrases


def _distance(word: PlacedWord, extent: Extent | None) -> float:
    low, high = extent or (0.0, 0.0)
    return max(low - word.bbox.center[0], word.bbox.center[0] - high)


def _parts(rows: Sequence[Row], head: int, column: int) -> list[float]:
    """Where the parts of a column begin; one where it is whole."""
    names = [word for row in rows[:head] for word in row[column].words]
    usual = median(_filled(row) for row in rows)
    whole = [row for row in rows if _filled(row) >= _WHOLE * usual]
    words = names + [word for row in whole if row not in rows[:head] for word in row[column].words]
    if len(names) < 2 or len(words) == len(names):
        return []
    gap = _GAP * median(word.bbox.height for word in words)
    runs = _runs(((word.bbox.x1, word.bbox.x2) for word in words), gap)
    named = [low for low, high in runs if any(low <= word.bbox.center[0] <= high for word in names)]
    held = [
        low for low, high in runs if any(low <= w.bbox.center[0] <= high for w in words if w not in names)
    ]
    return named if len(set(named) & set(held)) > 1 else []


def _filled(row: Row) -> int:
    return sum(bool(cell.text) for cell in row)


def _runs(extents: Iterable[Extent], gap: float) -> list[Extent]:
    runs: list[Extent] = []
    for low, high in sorted(extents):
        if runs and low - runs[-1][1] < gap:
            runs[-1] = (runs[-1][0], max(runs[-1][1], high))
        else:
            runs.append((low, high))
    return runs


def _parted(cell: Cell, starts: Sequence[float]) -> list[Cell]:
    """A cell's words by the parts that they stand in."""
    held: list[list[PlacedWord]] = [[] for _ in starts]
    for word in cell.words:
        part = sum(word.bbox.center[0] >= start for start in starts) - 1
        held[max(0, part)].append(word)
    return [_cell(words) for words in held] if cell.words else [cell, *(Cell() for _ in starts[1:])]
