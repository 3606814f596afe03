"""Columns of a page that were taken for one table: each is read by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from pipelines.pages.tables.columns import Pieces, phrase_rows
from schemas.geometry import BBox, union_of
from schemas.reading import Region, TextLine

# The room between two columns of text: this wide (line heights), in this middle part of the region's width.
_WIDE, _MIDDLE = 1.0, (0.38, 0.62)
# The rows of one table stand level on both sides: this share of them, to within this (line heights: small
# values stand lower than their names).
_LEVEL, _OFF = 0.75, 0.3
# Either side has so many rows, and so many of several texts.
_ROWS, _SEVERAL = 12, 3
# A line that fills this share of its column, alone in its row, is prose; so many of them part tables.
_PROSE, _LINES = 0.6, 2
# Wider gaps between rows part tables, too (usual gaps, or line heights).
_ROOM = 1.5


def side_by_side(region: Region, lines: Sequence[TextLine]) -> Iterator[Region]:
    """The region of a table whose lines are not drawn; its columns' tables if it is two columns of a page.

    Then the rows of its two sides, both of several columns, do not stand level with each other.
    """
    gutter = _gutter(region.bbox, lines)
    if gutter is None:
        yield region
        return
    left, top, right, bottom = region.bbox
    for box in (BBox(left, top, gutter, bottom), BBox(gutter, top, right, bottom)):
        own = [part for line in lines for part in _within(line, box)]
        for rows in _tables(phrase_rows(own), box):
            held = union_of([piece.bbox for row in rows for piece in row])
            yield replace(region, bbox=held, grid=None)


def _gutter(box: BBox, lines: Sequence[TextLine]) -> float | None:
    """Where two columns of a page part; None in a table."""
    pieces = [piece for row in phrase_rows(lines) for piece in row]
    if len(pieces) < 2 * (_ROWS + _SEVERAL):
        return None
    heights = sorted(piece.bbox.height for piece in pieces)
    height = heights[len(heights) // 2]
    low, high = (box.x1 + share * box.width for share in _MIDDLE)
    end = box.x1
    for piece in sorted(pieces, key=lambda piece: piece.bbox.x1):
        if piece.bbox.x1 - end > _WIDE * height:
            middle = (end + piece.bbox.x1) / 2
            if low < middle < high and _are_apart(middle, pieces, height):
                return middle
        end = max(end, piece.bbox.x2)
    return None


def _are_apart(x: float, pieces: Sequence[TextLine], height: float) -> bool:
    """Whether what stands left and right of ``x`` is in rows of its own."""
    sides = [
        phrase_rows([p for p in pieces if (p.bbox.center[0] < x) is is_left]) for is_left in (True, False)
    ]
    for rows in sides:
        if len(rows) < _ROWS or sum(len(row) > 1 for row in rows) < _SEVERAL:
            return False
    left, right = ([_middle(row) for row in rows] for rows in sides)
    return max(_level(left, right, height), _level(right, left, height)) < _LEVEL


def _middle(row: Pieces) -> float:
    return row[0].bbox.center[1]


def _level(ys: Sequence[float], others: Sequence[float], height: float) -> float:
    """The share of rows that stand level with a row of the other side."""
    rest = sorted(others)
    level = place = 0
    for y in sorted(ys):
        while place < len(rest) and rest[place] < y - _OFF * height:
            place += 1
        level += place < len(rest) and rest[place] <= y + _OFF * height
    return level / len(ys)


def _within(line: TextLine, box: BBox) -> Iterator[TextLine]:
    words = [word for word in line.words if box.x1 <= word.bbox.center[0] < box.x2]
    if words:
        yield replace(line, words=words, bbox=union_of([word.bbox for word in words]))


def _tables(rows: Sequence[Pieces], box: BBox) -> Iterator[list[Pieces]]:
    """The rows of one column in runs that prose, lists and wide gaps part, those that hold several texts."""
    gaps = sorted(_gap(above, below) for above, below in pairwise(rows))
    usual = gaps[len(gaps) // 2] if gaps else 0.0
    run: list[Pieces] = []
    prose = 0
    for row in rows:
        if run and _gap(run[-1], row) > _ROOM * max(usual, row[0].bbox.height):
            yield from _trimmed(run)
            run = []
        prose = prose + 1 if _is_prose(row, box) else 0
        if prose >= _LINES:
            yield from _trimmed(run[: 1 - prose])
            run = []
        else:
            run.append(row)
    yield from _trimmed(run)


def _gap(above: Pieces, below: Pieces) -> float:
    return min(piece.bbox.y1 for piece in below) - max(piece.bbox.y2 for piece in above)


def _is_prose(row: Pieces, box: BBox) -> bool:
    """Whether a row is a line of text, or an item of a list."""
    is_item = not any(map(str.isalnum, row[0].text)) and len(row[0].text) == 1
    return is_item or (len(row) == 1 and row[0].bbox.width > _PROSE * box.width)


def _trimmed(run: Sequence[Pieces]) -> Iterator[list[Pieces]]:
    several = [i for i, row in enumerate(run) if len(row) > 1]
    if len(several) >= 2:
        yield list(run[several[0] : several[-1] + 1])
