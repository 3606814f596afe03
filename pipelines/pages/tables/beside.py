"""Columns of a page that were taken for one table: each is read by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median_high, mode
from typing import NamedTuple

from pipelines.pages.tables.columns import Pieces, phrase_rows
from pipelines.pages.tables.values import is_value
from schemas.geometry import BBox, union_of
from schemas.reading import Region, TextLine

# The room between two columns of text: this wide (line heights), in this middle part of the region's width.
_WIDE, _MIDDLE = 1.0, (0.38, 0.62)
# The rows of one table stand level on both sides: this share of them, to within this (line heights: small
# values stand lower than their names).
_LEVEL, _OFF = 0.75, 0.3
# Either side has so many rows, and so many of several texts.
_ROWS, _SEVERAL = 12, 3
# A line that begins where its column does, to within this (line heights), and fills this share of it, alone
# in its row, is prose; so many of them part tables.
_FLUSH, _PROSE, _LINES = 1.0, 0.6, 2
# The gaps between the words of a line that is set to a width differ by less than this factor.
_EVEN = 1.5
# A rule covers a side when it runs over this share of it.
_COVERED = 0.8
# A line of so many words is of the page's text; with so many in its columns, this share of all, it is set in
# columns.
_SENTENCE, _FEW, _IN_COLUMNS = 5, 3, 0.75
# Wider gaps between rows part tables, too (usual gaps, or line heights).
_ROOM = 1.5


def side_by_side(
    region: Region,
    lines: Sequence[TextLine],
    around: Sequence[TextLine] = (),
    rules: Sequence[BBox] = (),
    others: Sequence[BBox] = (),
) -> Iterator[Region]:
    """The region of a table whose lines are not drawn; its columns' tables if it is two columns of a page.

    Then the rows of its two sides, both of several columns, do not stand level with each other; or the two
    have the same columns, and the page's text (``around``: all of its lines) stands in columns there too; or
    the page's horizontal ``rules`` run over either side alone; or one of the ``others``, the page's other
    tables, begins beside a side.
    """
    gutter = _gutter(region.bbox, lines, _Page(around, rules, others))
    if gutter is None:
        yield region
        return
    left, top, right, bottom = region.bbox
    for box in (BBox(left, top, gutter, bottom), BBox(gutter, top, right, bottom)):
        own = [part for line in lines for part in _within(line, box)]
        for rows in _tables(phrase_rows(own)):
            held = union_of([piece.bbox for row in rows for piece in row])
            yield replace(region, bbox=held, grid=None)


class _Page(NamedTuple):
    """What stands on the page of a region: all lines, horizontal rules, other tables."""

    lines: Sequence[TextLine]
    rules: Sequence[BBox]
    tables: Sequence[BBox]


def _gutter(box: BBox, lines: Sequence[TextLine], page: _Page) -> float | None:
    """Where two columns of a page part; None in a table."""
    pieces = [piece for row in phrase_rows(lines) for piece in row]
    if len(pieces) < 2 * _SEVERAL:
        return None
    height = median_high(piece.bbox.height for piece in pieces)
    low, high = (box.x1 + share * box.width for share in _MIDDLE)
    end = box.x1
    for piece in sorted(pieces, key=lambda piece: piece.bbox.x1):
        middle = (end + piece.bbox.x1) / 2
        if piece.bbox.x1 - end > _WIDE * height and low < middle < high and _parts(middle, box, pieces, page):
            return middle
        end = max(end, piece.bbox.x2)
    return None


def _parts(x: float, box: BBox, pieces: Sequence[TextLine], page: _Page) -> bool:
    """Whether two columns of the page part in the room at ``x`` between texts of a region."""
    left, right = (
        phrase_rows([p for p in pieces if (p.bbox.center[0] < x) is is_left]) for is_left in (True, False)
    )
    height = median_high(piece.bbox.height for piece in pieces)
    if _are_apart(left, right, height) or _are_ruled_apart(left, right, page.rules):
        return True
    if _are_twins(left, right, height) and _stands_in_columns(page.lines, x):
        return True
    return _holds_several(left) and _holds_several(right) and any(_is_beside(o, box, x) for o in page.tables)


def _are_ruled_apart(left: Sequence[Pieces], right: Sequence[Pieces], rules: Sequence[BBox]) -> bool:
    """Whether the sides, both of several columns, have rules of their own over all of them."""
    if not _holds_several(left) or not _holds_several(right):
        return False
    one, other = (union_of([piece.bbox for row in rows for piece in row]) for rows in (left, right))
    top, bottom = min(one.y1, other.y1), max(one.y2, other.y2)
    near = [rule for rule in rules if rule.width > rule.height and top < rule.center[1] < bottom]
    if any(rule.x1 < one.x2 and other.x1 < rule.x2 for rule in near):
        return False
    covers = [sum(_covers(rule, side) for rule in near) for side in (one, other)]
    return min(covers) >= _SEVERAL


def _covers(rule: BBox, side: BBox) -> bool:
    return min(rule.x2, side.x2) - max(rule.x1, side.x1) >= _COVERED * side.width


def _is_beside(other: BBox, box: BBox, x: float) -> bool:
    """Whether another table lies in a region, and below it, on one side of ``x`` alone."""
    return other.intersection(box) > 0 and other.y2 > box.y2 and (other.x1 >= x or other.x2 <= x)


def _holds_several(rows: Sequence[Pieces]) -> bool:
    return sum(len(row) > 1 for row in rows) >= _SEVERAL


def _are_apart(left: Sequence[Pieces], right: Sequence[Pieces], height: float) -> bool:
    """Whether the sides, both columns of a page, are in rows of their own."""
    if not all(len(rows) >= _ROWS and _is_column(rows) for rows in (left, right)):
        return False
    ys, others = ([_middle(row) for row in rows] for rows in (left, right))
    return max(_level(ys, others, height), _level(others, ys, height)) < _LEVEL


def _is_column(rows: Sequence[Pieces]) -> bool:
    """Whether rows are of several columns; few need be where lines run over all of these."""
    if _holds_several(rows):
        return True
    side = union_of([piece.bbox for row in rows for piece in row])
    prose = sum(_is_line(row, side) for row in rows)
    return prose >= _SEVERAL and any(len(row) > 1 for row in rows)


def _are_twins(left: Sequence[Pieces], right: Sequence[Pieces], height: float) -> bool:
    """Whether the sides have the same columns: the same names above them, or the same kinds of texts in them.

    Both stand at the same distances from each other on either side.
    """
    several = [[row for row in rows if len(row) > 1] for rows in (left, right)]
    if not all(several):
        return False
    one, other = (rows[0] for rows in several)
    if [piece.text for piece in one] == [piece.text for piece in other]:
        return _are_moved([piece.bbox for piece in one], [piece.bbox for piece in other], height)
    if min(map(len, several)) < _SEVERAL:
        return False
    columns = [_columns(rows) for rows in several]
    kinds = [[sum(is_value(piece.text) for piece in texts) * 2 > len(texts) for texts in c] for c in columns]
    places, others = ([union_of([piece.bbox for piece in texts]) for texts in c] for c in columns)
    return kinds[0] == kinds[1] and _are_moved(places, others, height)


def _columns(rows: Sequence[Pieces]) -> list[Pieces]:
    """The texts of each column in the rows that have as many texts as most have."""
    usual = mode(len(row) for row in rows)
    return [list(texts) for texts in zip(*(row for row in rows if len(row) == usual), strict=True)]


def _are_moved(places: Sequence[BBox], others: Sequence[BBox], near: float) -> bool:
    """Whether one row of boxes is the other one moved: each begins or ends as far along."""
    if len(places) != len(others):
        return False
    step = others[0].x1 - places[0].x1
    return all(
        min(abs(two.x1 - one.x1 - step), abs(two.x2 - one.x2 - step)) < near
        for one, two in zip(places, others, strict=True)
    )


def _stands_in_columns(lines: Sequence[TextLine], x: float) -> bool:
    """Whether the page's text is set in columns that part at ``x``."""
    prose = [p.bbox for row in phrase_rows(lines) for p in row if len(p.words) >= _SENTENCE]
    apart = sum(not box.x1 < x < box.x2 for box in prose)
    return apart >= max(_FEW, _IN_COLUMNS * len(prose))


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


def _tables(rows: Sequence[Pieces]) -> Iterator[list[Pieces]]:
    """The rows of one column in runs that prose, lists and wide gaps part, those that hold several texts."""
    gaps = sorted(_gap(above, below) for above, below in pairwise(rows))
    usual = gaps[len(gaps) // 2] if gaps else 0.0
    side = union_of([piece.bbox for row in rows for piece in row])
    run: list[Pieces] = []
    prose = 0
    for row in rows:
        if run and _gap(run[-1], row) > _ROOM * max(usual, row[0].bbox.height):
            yield from _trimmed(run)
            run = []
        prose = prose + 1 if _is_prose(row, side) else 0
        if prose >= _LINES:
            yield from _trimmed(run[: 1 - prose])
            run = []
        else:
            run.append(row)
    yield from _trimmed(run)


def _gap(above: Pieces, below: Pieces) -> float:
    return min(piece.bbox.y1 for piece in below) - max(piece.bbox.y2 for piece in above)


def _is_prose(row: Pieces, side: BBox) -> bool:
    """Whether a row is a line of text, or an item of a list."""
    is_item = not any(map(str.isalnum, row[0].text)) and len(row[0].text) == 1
    return is_item or _is_line(row, side)


def _is_line(row: Pieces, side: BBox) -> bool:
    """Whether a row is one text that begins where its side does and fills most of it."""
    box = union_of([piece.bbox for piece in row])
    wide = box.width > _PROSE * side.width and box.x1 - side.x1 < _FLUSH * box.height
    return wide and (len(row) == 1 or _is_spread(row))


def _is_spread(row: Pieces) -> bool:
    """Whether all words stand equally far apart, as in a line that is set to its column's width."""
    words = [word for piece in row for word in piece.words]
    gaps = [other.bbox.x1 - one.bbox.x2 for one, other in pairwise(words)]
    return len(words) >= _SENTENCE and 0 < max(gaps) < _EVEN * min(gaps)


def _trimmed(run: Sequence[Pieces]) -> Iterator[list[Pieces]]:
    several = [i for i, row in enumerate(run) if len(row) > 1]
    if len(several) < 2:
        return
    end = several[-1] + 1
    while end < len(run) and _is_next_line(run[end], run[several[-1]]):
        end += 1
    yield list(run[several[0] : end])


def _is_next_line(row: Pieces, above: Pieces) -> bool:
    """Whether a row goes on with a text of the row above that is not its first."""
    near = _FLUSH / 2 * row[0].bbox.height
    return len(row) == 1 and any(abs(row[0].bbox.x1 - piece.bbox.x1) < near for piece in above[1:])
