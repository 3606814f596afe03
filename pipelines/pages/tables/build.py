"""A table from its words, a model's grid and the lines drawn in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import median_high

from pipelines.pages.tables.body_rows import row_lines
from pipelines.pages.tables.cells import Phrase, Table, edges, filled, make_table, settled, without_empty
from pipelines.pages.tables.columns import Pieces, best_columns, extents, gaps_between_columns, phrase_rows
from pipelines.pages.tables.headers import header_size, holds_values, read_header
from pipelines.pages.tables.joined_rules import joined
from schemas.geometry import BBox, union_of
from schemas.reading import GridCell, TableGrid, TextLine

# A rule lies in a word when this share of it does.
_IN_WORD = 0.7


def build_table(lines: Sequence[TextLine], grid: TableGrid, rules: Sequence[BBox]) -> Table:
    """The table of ``lines``: rows by ``grid``, columns by what fits the words best, the header by levels.

    ``rules`` are the lines drawn in the table's region. A ruled grid is taken as it is.
    """
    if grid.ruled:
        return make_table(lines, grid)
    _, ys = edges(grid)
    rows = phrase_rows(lines)
    across = [rule for rule in rules if rule.width > rule.height and not _is_stroke(rule, lines)]
    across = joined(across, median_high(line.bbox.height for line in lines))
    xs = columns_of(rows, grid)
    size = header_size(rows, xs, across)
    ys = row_lines(rows, xs, ys)
    if len(rows) < 2 or size >= len(rows) or (size < 2 and not _joins_header(rows, xs, ys)):
        return make_table(lines, tiles(xs, ys))
    size = max(size, 1)
    bottom = _body_start(rows, size, across)
    head = [line for line in lines if line.bbox.center[1] < bottom]
    body = [line for line in lines if line.bbox.center[1] >= bottom]
    if not head or not body:  # rows of text that overlap have no height between them
        return make_table(lines, tiles(xs, ys))
    phrases, all_ys = _placed(head, body, xs, ys, across, bottom)
    xs, ys = without_empty(xs, all_ys, phrases)
    phrases, ys = _placed(head, body, xs, ys, across, bottom)
    return filled(phrases, xs, ys)


def columns_of(rows: Sequence[Pieces], grid: TableGrid) -> list[float]:
    """The column edges of a grid, or those that the words leave room for where they fit better."""
    guessed, ys = edges(grid)
    if len(guessed) < 3:
        return guessed  # a model that sees a single column says that there is no table
    box = BBox(guessed[0], ys[0], guessed[-1], ys[-1])
    return best_columns([guessed, gaps_between_columns(rows, box)], rows)


def _placed(
    head: Sequence[TextLine],
    body: Sequence[TextLine],
    xs: list[float],
    ys: Sequence[float],
    rules: Sequence[BBox],
    bottom: float,
) -> tuple[list[Phrase], list[float]]:
    """All phrases in their places, and the rows' lines: the header's own, then those of ``ys``."""
    named = phrase_rows(head, leaders=True)
    texts = extents([*named, *phrase_rows(body)], xs)
    header = read_header(named, xs, texts, rules, bottom)
    first = min(line.bbox.center[1] for line in body)
    all_ys = [*header.edges[:-1], bottom, *(y for y in ys if y > first)]
    labels = [
        Phrase(line, label.top, label.bottom, label.left, label.right)
        for label in header.labels
        for line in label.lines
    ]
    # What stands in the body never reaches up into the header, however close the two are set.
    start = all_ys.index(bottom)
    rest = settled(body, xs, all_ys)
    rest = [replace(p, top=max(p.top, start), bottom=max(p.bottom, start + 1)) for p in rest]
    return labels + rest, all_ys


def _is_stroke(rule: BBox, lines: Sequence[TextLine]) -> bool:
    """Whether what was taken for a rule is a stroke of a letter (on a small picture)."""
    return any(
        word.bbox.y1 < rule.center[1] < word.bbox.y2 and rule.inside(word.bbox) > _IN_WORD
        for line in lines
        for word in line.words
    )


def tiles(xs: Sequence[float], ys: Sequence[float]) -> TableGrid:
    """Single cells between these lines."""
    cells = [
        GridCell(r, r + 1, c, c + 1, BBox(xs[c], ys[r], xs[c + 1], ys[r + 1]))
        for r in range(len(ys) - 1)
        for c in range(len(xs) - 1)
    ]
    return TableGrid(len(ys) - 1, len(xs) - 1, cells)


def _joins_header(rows: Sequence[Pieces], xs: Sequence[float], ys: Sequence[float]) -> bool:
    """Whether names of columns and the first row, of values or not as bold as they are, have become one."""
    names, first = rows[0], rows[1]
    low, high = (max(p.bbox.center[1] for p in names), min(p.bbox.center[1] for p in first))
    if any(low < y < high for y in ys) or holds_values(names, xs):
        return False
    return holds_values(first, xs) or (len(names) > 1 and _is_bold(names) and not _has_bold(first))


def _is_bold(row: Pieces) -> bool:
    return all(word.bold for piece in row for word in piece.words)


def _has_bold(row: Pieces) -> bool:
    return any(word.bold for piece in row for word in piece.words)


def _body_start(rows: Sequence[Pieces], size: int, rules: Sequence[BBox]) -> float:
    """Where the body begins: at the lowest rule between it and the header, or half way."""
    above = max(piece.bbox.y2 for row in rows[:size] for piece in row)
    below = min(piece.bbox.y1 for piece in rows[size])
    low, high = min(above, below), max(above, below)
    drawn = [rule.center[1] for rule in rules if low - 1 <= rule.center[1] <= high + 1]
    return max(drawn) if drawn else (above + below) / 2


def final_grid(table: Table) -> TableGrid:
    """The table's cells, spans too, as a grid that words go into by where they stand."""
    cells = [
        GridCell(c.top, c.bottom, c.left, c.right, union_of([c.place, *(line.bbox for line in c.lines)]))
        for c in table.cells
    ]
    return TableGrid(table.rows, table.columns, cells, ruled=True)
