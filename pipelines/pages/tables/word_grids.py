"""Tables that no detector found: rows of short texts that stand one below the other in the same columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipelines.pages.tables.build import tiles
from pipelines.pages.tables.columns import Pieces, column_cost, gaps_between_columns, phrase_rows, slot
from pipelines.pages.tables.frames import cut_between
from pipelines.pages.tables.values import is_value
from schemas.geometry import BBox, union_of
from schemas.reading import Region, RegionKind, TextLine

# A grid has at least so many columns, and rows in which most of them are filled; fewer where many are values.
_COLUMNS, _ROWS, _ROWS_OF_VALUES, _FULL = 3, 4, 3, 0.6
_MANY_VALUES = 0.3
# Its texts are short: so many words each, and this share of their columns; columns of prose are filled.
_WORDS, _FILL = 3.0, 0.75
# Rows follow each other within this (line heights).
_APART = 1.6
# Its columns are sound: faults a row.
_MOST_COST = 0.1


def word_grids(lines: Sequence[TextLine]) -> list[Region]:
    """Table regions, with grids, among lines that are in no table or picture."""
    rows = phrase_rows([line for line in lines if not line.quarter_turns])
    return [region for run in _runs(rows) if (region := _region(run))]


def _runs(rows: Sequence[Pieces]) -> Iterator[list[Pieces]]:
    """Rows of several texts, close together; a single text (a section's name) may stand between them."""
    run: list[Pieces] = []
    for row in rows:
        if run and not _follows(run[-1], row):
            yield _trimmed(run)
            run = []
        if run or len(row) >= _COLUMNS:
            run.append(row)
    yield _trimmed(run)


def _follows(above: Pieces, below: Pieces) -> bool:
    gap = min(p.bbox.y1 for p in below) - max(p.bbox.y2 for p in above)
    close = gap < _APART * min(p.bbox.height for p in (*above, *below))
    return close and max(len(above), len(below)) >= _COLUMNS


def _trimmed(run: list[Pieces]) -> list[Pieces]:
    while run and len(run[-1]) < _COLUMNS:
        run = run[:-1]
    return run


def _region(run: Sequence[Pieces]) -> Region | None:
    pieces = [piece for row in run for piece in row]
    values = sum(is_value(piece.text) for piece in pieces)
    if len(run) < _ROWS_OF_VALUES or sum(len(p.words) for p in pieces) > _WORDS * len(pieces):
        return None
    box = union_of([piece.bbox for piece in pieces])
    xs = gaps_between_columns(run, box)
    columns = len(xs) - 1
    filled = [len({slot(piece.bbox, xs) for piece in row}) / columns for row in run]
    few = len(run) < _ROWS  # then nothing may be missing
    full = sum(share >= (1 if few else _FULL) for share in filled)
    if columns < _COLUMNS or column_cost(xs, run) > _MOST_COST:
        return None
    if full < max(_ROWS_OF_VALUES, _FULL * len(run)) or (few and values < _MANY_VALUES * len(pieces)):
        return None
    if _fill(pieces, xs) > _FILL:
        return None
    ys = [box.y1, *(cut_between([above], [below]) for above, below in pairwise(run)), box.y2]
    if any(low >= high for low, high in pairwise(ys)):
        return None
    return Region(RegionKind.TABLE, box, grid=tiles(xs, ys))


def _fill(pieces: Sequence[TextLine], xs: Sequence[float]) -> float:
    """How much of their columns the texts fill, the last column aside."""
    inner = [(p.bbox, slot(p.bbox, xs)) for p in pieces]
    shares = [box.width / (xs[i + 1] - xs[i]) for box, i in inner if i < len(xs) - 2]
    return sum(shares) / len(shares) if shares else 1.0


def outside(lines: Sequence[TextLine], boxes: Sequence[BBox]) -> list[TextLine]:
    """The lines that lie in none of the boxes."""
    return [line for line in lines if not any(box.holds(*line.bbox.center) for box in boxes)]
