"""Where a table's columns stand: candidates, judged by the words that stand between their lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from pipelines.pages.paragraphs import rows
from pipelines.pages.tables.values import is_value
from schemas.geometry import BBox, union_of
from schemas.reading import TextLine, Word

# Words this close (font sizes) belong to one phrase: twice an ordinary space.
PHRASE_GAP = 0.7
# Two values this far apart are two phrases: more than a space between thousands, less than a typewriter's.
VALUE_GAP = 0.45
# A gap this wide (font sizes) inside a cell is one that a column line should stand in.
_WIDE_GAP = 1.3
# A line that leaves this share of a word on either side cuts it; less is an overhang.
_OVERHANG = 0.2
# What a fault costs, in cut phrases: an empty column, a pair of columns that a space would part.
_CUT_WORD, _EMPTY_COLUMN = 2.0, 0.5
# Two phrases in one cell that are not so far apart.
_TOGETHER = 0.4
# A column with one text in this many rows is hardly one.
_LONE_TEXT, _MANY_ROWS = 0.25, 4
# More edges than this are not looked at one by one.
_MOST_EDGES = 60
# An edge goes when the columns cost this much less without it.
_NEEDLESS = 0.05
# Few rows may stand over a gap between columns: spanning names, notes.
_CROSSING = 0.12
# A gap between columns found from the words alone is at least this wide (font sizes).
_LEAST_GAP = 0.55
# Other columns are taken when they cost this much less (per row, and as a share).
_BETTER, _BETTER_SHARE = 0.1, 0.7
_DOTS, _STROKES = frozenset(".·…_․"), frozenset("-–—=─═_")

Pieces = list[TextLine]
"""The phrases of a row, left to right."""


def phrase_rows(lines: Sequence[TextLine], *, leaders: bool = False) -> list[Pieces]:
    """The table's text, row by row, cut at wide gaps and between values; with or without dot leaders."""
    found = []
    for row in rows(lines):
        pieces = [piece for line in row for piece in _pieces(line, leaders)]
        if pieces:
            found.append(sorted(pieces, key=lambda piece: piece.bbox.x1))
    return found


def _pieces(line: TextLine, leaders: bool) -> Iterator[TextLine]:
    words: list[Word] = []
    for word in line.words:
        if not leaders and is_leader(word.text):
            continue
        if words and _are_apart(words[-1], word):
            yield _piece(line, words)
            words = []
        words.append(word)
    if words:
        yield _piece(line, words)


def _are_apart(first: Word, second: Word) -> bool:
    wide = VALUE_GAP if _are_numbers(first.text, second.text) else PHRASE_GAP
    return second.bbox.x1 - first.bbox.x2 > wide * max(first.size, second.size)


def _are_numbers(*texts: str) -> bool:
    """Whether all texts are values, and not dashes."""
    return all(is_value(text) and any(char.isdigit() for char in text) for text in texts)


def _piece(line: TextLine, words: list[Word]) -> TextLine:
    return replace(line, words=words, bbox=union_of([word.bbox for word in words]))


def is_leader(text: str) -> bool:
    """Whether a text is a row of dots that leads from a name to its value, or a piece of one."""
    return set(text) <= _DOTS or (len(text) > 2 and set(text) <= _STROKES)


def best_columns(candidates: Sequence[list[float]], table: Sequence[Pieces]) -> list[float]:
    """The candidate (column edges, outer ones included) that fits the words best; the first if in doubt."""
    candidates = [_without_needless(xs, table) for xs in candidates]
    costs = [column_cost(xs, table) for xs in candidates]
    best = min(range(len(costs)), key=lambda i: (costs[i], i))
    much_better = costs[best] < costs[0] - _BETTER and costs[best] < _BETTER_SHARE * costs[0]
    return candidates[best] if much_better else candidates[0]


def _without_needless(xs: list[float], table: Sequence[Pieces]) -> list[float]:
    """The edges without those that cost more than they part, the worst one first."""
    cost = column_cost(xs, table)
    while 3 < len(xs) < _MOST_EDGES:
        fewer = [[*xs[:i], *xs[i + 1 :]] for i in _suspects(xs, table)]
        if not fewer:
            break
        costs = [column_cost(one, table) for one in fewer]
        best = min(range(len(costs)), key=lambda i: costs[i])
        if costs[best] >= cost - _NEEDLESS:
            break
        xs, cost = fewer[best], costs[best]
    return xs


def _suspects(xs: Sequence[float], table: Sequence[Pieces]) -> list[int]:
    """The inner edges that cut a phrase or bound a column with hardly any text."""
    boxes = [piece.bbox for row in table for piece in row]
    held = Counter(slot(box, xs) for box in boxes)
    return [
        i
        for i in range(1, len(xs) - 1)
        if min(held[i - 1], held[i]) <= 1 or any(box.x1 < xs[i] < box.x2 for box in boxes)
    ]


def column_cost(xs: Sequence[float], table: Sequence[Pieces]) -> float:
    """What is wrong with these columns, in faults a row.

    Faults: a phrase or word cut although something stands beside it, two phrases far apart in one cell,
    a column without text of its own.
    """
    faults = 0.0
    used = [0] * (len(xs) - 1)
    for row in table:
        slots = [_slots(piece, xs) for piece in row]
        for index, (piece, (left, right)) in enumerate(zip(row, slots, strict=True)):
            if left == right:
                used[left] += 1
            elif _stands_beside(slots, index):
                faults += 1.0
            faults += _CUT_WORD * sum(_is_cut(word, x) for x in xs[1:-1] for word in piece.words)
        for (one, slot), (other, next_slot) in pairwise(zip(row, slots, strict=True)):
            gap = other.bbox.x1 - one.bbox.x2
            if slot[1] == next_slot[0]:
                values = slot[0] > 0 and _are_numbers(one.text, other.text)
                faults += 1.0 if values or gap > _WIDE_GAP * other.words[0].size else _TOGETHER
    lone = sum(rows <= 1 for rows in used)
    if len(table) < _MANY_ROWS or (2 * lone < len(used) and _are_all_named(table[0], xs)):
        lone = 0
    empty = used.count(0)
    return faults / max(1, len(table)) + _EMPTY_COLUMN * empty + _LONE_TEXT * (lone - empty)


def _are_all_named(row: Pieces, xs: Sequence[float]) -> bool:
    """Whether a row has a name for each column: a few may have nothing else."""
    slots = [_slots(piece, xs) for piece in row]
    names = not any(is_value(piece.text) for piece in row)
    return names and slots == [(i, i) for i in range(len(xs) - 1)]


def _slots(piece: TextLine, xs: Sequence[float]) -> tuple[int, int]:
    """The first and the last column that the phrase's words stand in."""
    return slot(piece.words[0].bbox, xs), slot(piece.words[-1].bbox, xs)


def slot(box: BBox, xs: Sequence[float]) -> int:
    """The column that holds most of the box, or is nearest to it."""
    shared = [min(box.x2, high) - max(box.x1, low) for low, high in pairwise(xs)]
    return max(range(len(shared)), key=lambda i: (shared[i], -i))


def _stands_beside(slots: Sequence[tuple[int, int]], index: int) -> bool:
    """Whether a phrase over several columns shares one of them, or has text in the next one."""
    left, right = slots[index]
    return any(i != index and s[0] <= right and left <= s[1] for i, s in enumerate(slots)) or len(slots) > 2


def _is_cut(word: Word, x: float) -> bool:
    margin = _OVERHANG * word.bbox.width
    return word.bbox.x1 + margin < x < word.bbox.x2 - margin


def gaps_between_columns(table: Sequence[Pieces], box: BBox) -> list[float]:
    """Column edges from the words alone: where nearly all rows leave room, one below the other."""
    several = [row for row in table if len(row) > 1]
    if not several:
        return [box.x1, box.x2]
    size = _median([piece.words[0].size for row in several for piece in row])
    most = _CROSSING * len(several)
    events = sorted(
        event for row in several for piece in row for event in ((piece.bbox.x1, 1), (piece.bbox.x2, -1))
    )
    edges, depth, start = [box.x1], 0, None
    for x, step in events:
        before, depth = depth, depth + step
        if before > most >= depth:
            start = x
        elif before <= most < depth and start is not None:
            if x - start >= _LEAST_GAP * size:
                edges.append(_clearest(start, x, [piece.bbox for row in table for piece in row]))
            start = None
    return [*edges, box.x2]


def _clearest(start: float, end: float, boxes: Sequence[BBox]) -> float:
    """Where between ``start`` and ``end`` a line cuts the fewest boxes; the middle if that is as good."""
    near = [box for box in boxes if box.x1 < end and start < box.x2]
    places = sorted({start, end, *(x for box in near for x in (box.x1, box.x2) if start < x < end)})
    middles = [(start + end) / 2, *((low + high) / 2 for low, high in pairwise(places))]
    return min(middles, key=lambda x: sum(box.x1 < x < box.x2 for box in near))


def extents(table: Sequence[Pieces], xs: Sequence[float]) -> list[tuple[float, float]]:
    """From where to where the text of each column stands; the column's edges where there is none."""
    found: list[tuple[float, float] | None] = [None] * (len(xs) - 1)
    for row in table:
        for piece in row:
            left, right = _slots(piece, xs)
            if left == right:
                start, end = found[left] or (piece.bbox.x1, piece.bbox.x2)
                found[left] = min(start, piece.bbox.x1), max(end, piece.bbox.x2)
    return [text or edges for text, edges in zip(found, pairwise(xs), strict=True)]


def _median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]
