"""The texts that say what boxes to tick mean: beside them, above or below, at the edges of a grid."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

from pipelines.pages.forms.flat.marks import Tick
from pipelines.pages.forms.flat.pieces import Piece, part
from pipelines.pages.forms.flat.sheet import are_level
from schemas.geometry import BBox

# A label is at most so far (heights of the box) from its box; that of a box known to be one so far beside it,
# or so far above or below.
_NEAR, _FAR, _OVER = 2.5, 12.0, 1.2
# A gap of this (heights) parts a box's label from what comes before.
_PARTED = 0.8
# Texts at the left are the labels of a row's boxes only if they stand so much nearer than those at the right.
_MUCH_NEARER = 0.6
# The rows of a grid are named at most so far to the left, its columns so far above the first row (heights).
_ROW_NAME, _COLUMN_NAME = 40.0, 3.0
# What is farther off than usual is no label if it has more words or letters than these.
_MOST_WORDS, _MOST_LETTERS = 10, 60
# Text is set flush right within so much of a box's width.
_FLUSH = 0.5
# Boxes stand clear of a text so many of its heights off it;
# so many that do are boxes, or fewer that are alike.
_CLEAR, _SEVERAL = 0.3, 4

Option = tuple[Tick, Piece | None]


def options(ticks: Sequence[Tick], pieces: Sequence[Piece]) -> list[Option]:
    """The boxes to tick with the text that says what they mean, None where there is none.

    A box that stands alone and has no text near is left out: it may be a letter or a speck.
    """
    if _end_proofs(ticks, pieces):
        return []
    texts = [piece for piece in pieces if any(char.isalpha() for char in piece.text)]
    rows = _rows(ticks)
    named = _in_grids(rows, texts)
    rows = [[tick for tick in row if not _is_in(tick, named)] for row in rows]
    named += [pair for row in rows for group in _groups(row, texts) for pair in _beside(group, texts)]
    bare = _likely([tick for tick in ticks if not _is_in(tick, named)], named, pieces)
    return [*named, *_around(bare, named, ticks, texts)]


def _end_proofs(ticks: Sequence[Tick], pieces: Sequence[Piece]) -> bool:
    """Whether the boxes are what ends proofs: empty squares, all in line with the end of the text."""
    end = max((piece.bbox.x2 for piece in pieces), default=0.0)
    return all(not t.checked and not t.round and abs(t.bbox.x2 - end) < _FLUSH * t.bbox.width for t in ticks)


def _is_in(tick: Tick, found: Iterable[tuple[Tick, Piece]]) -> bool:
    return any(tick is other for other, _ in found)


def _rows(ticks: Sequence[Tick]) -> list[list[Tick]]:
    """The boxes that are level, each row from the left, top to bottom."""
    rows = []
    left = sorted(ticks, key=lambda tick: (tick.bbox.y1, tick.bbox.x1))
    while left:
        row = [tick for tick in left if are_level(tick.bbox, left[0].bbox)]
        left = [tick for tick in left if not any(tick is one for one in row)]
        rows.append(sorted(row, key=lambda tick: tick.bbox.x1))
    return rows


# --------------------------------------------------------------------------- grids


def _in_grids(rows: Sequence[Sequence[Tick]], pieces: Sequence[Piece]) -> list[tuple[Tick, Piece]]:
    """The boxes of rows without a text between, below one another: named ``row: column``."""
    dense = [row for row in rows if len(row) > 1 and not _between(row[0], row[-1], pieces)]
    found = []
    for row in dense:
        below = [other for other in dense if other is not row and _are_stacked(row, other)]
        title = _at_left(row[0].bbox, pieces, _ROW_NAME) if below else None
        if title is None:
            continue
        top = min([row, *below], key=lambda one: one[0].bbox.y1)
        for tick, first in zip(row, top, strict=True):
            head = _over(first.bbox, pieces, _COLUMN_NAME, above=True)
            if head is not None:
                name = f"{title.text.rstrip(' :：')}: {head.text}"
                found.append((tick, Piece(name, title.bbox, title.words + head.words)))
    return found


def _are_stacked(row: Sequence[Tick], other: Sequence[Tick]) -> bool:
    return len(row) == len(other) and all(
        one.is_like(two) and abs(one.bbox.center[0] - two.bbox.center[0]) < 0.5 * one.bbox.width
        for one, two in zip(row, other, strict=True)
    )


def _between(left: Tick, right: Tick, pieces: Sequence[Piece]) -> list[Piece]:
    """The texts between two boxes of a row."""
    start, end = left.bbox.center[0], right.bbox.center[0]
    return [p for p in pieces if start < p.bbox.center[0] < end and are_level(p.bbox, left.bbox)]


# --------------------------------------------------------------------------- beside


def _groups(row: Sequence[Tick], pieces: Sequence[Piece]) -> Iterator[list[Tick]]:
    """The boxes of a row that have one text between each other: where there are two, others begin."""
    group = list(row[:1])
    for before, tick in pairwise(row):
        if len(_between(before, tick, pieces)) > 1:
            yield group
            group = []
        group.append(tick)
    yield group


def _beside(row: Sequence[Tick], pieces: Sequence[Piece]) -> list[tuple[Tick, Piece]]:
    """Boxes of a row with their texts, all at the right, as is usual, or all at the left."""
    after = [(tick, piece) for tick in row if (piece := _at_right(tick.bbox, pieces, _NEAR))]
    before = [(tick, piece) for tick in row if (piece := _at_left(tick.bbox, pieces, _NEAR))]
    if len(after) != len(before):
        return max(after, before, key=len)
    return before if sum(map(_gap, before)) < sum(map(_gap, after)) * _MUCH_NEARER else after


def _gap(pair: tuple[Tick, Piece]) -> float:
    tick, piece = pair
    return max(0.0, piece.bbox.x1 - tick.bbox.x2, tick.bbox.x1 - piece.bbox.x2)


def _at_right(box: BBox, pieces: Sequence[Piece], reach: float) -> Piece | None:
    return _nearest(box, pieces, reach, lambda piece: piece.bbox.x1 - box.x2)


def _at_left(box: BBox, pieces: Sequence[Piece], reach: float) -> Piece | None:
    nearest = _nearest(box, pieces, reach, lambda piece: box.x1 - piece.bbox.x2)
    return nearest and _last_words(nearest)


def _nearest(box: BBox, pieces: Sequence[Piece], reach: float, gap: Callable[[Piece], float]) -> Piece | None:
    far = reach * max(box.height, box.width)
    near = [p for p in pieces if -0.3 * box.width <= gap(p) < far and are_level(p.bbox, box)]
    return min(near, key=gap, default=None)


def _last_words(piece: Piece) -> Piece:
    """The end of a text, after its last wide gap: what stands before a box may follow a question."""
    words = piece.words
    for i in range(len(words) - 1, 0, -1):
        if words[i].bbox.x1 - words[i - 1].bbox.x2 > _PARTED * piece.height:
            return part(piece, i, len(words))
    return piece


# --------------------------------------------------------------------------- around


def _likely(bare: Sequence[Tick], named: Sequence[tuple[Tick, Piece]], pieces: Sequence[Piece]) -> list[Tick]:
    """The boxes among those without a text: several that stand clear of all text, and all of their kind.

    Where all that stand clear are marked they are bullets.
    """
    clear = [t for t in bare if not any(_touch(t.bbox, p.bbox, _CLEAR * p.height) for p in pieces)]
    if len(clear) < _SEVERAL:
        clear = [t for t in clear if any(t is not other and t.is_like(other) for other in clear)]
    if all(tick.checked for tick in clear):
        clear = []
    sure = [tick for tick, _ in named] + clear
    return [tick for tick in bare if any(tick.is_like(other) for other in sure)]


def _touch(one: BBox, other: BBox, clear: float) -> bool:
    return max(one.x1, other.x1) - min(one.x2, other.x2) < clear and (
        max(one.y1, other.y1) - min(one.y2, other.y2) < clear
    )


def _around(
    bare: Sequence[Tick], named: Sequence[tuple[Tick, Piece]], ticks: Sequence[Tick], pieces: Sequence[Piece]
) -> Iterator[Option]:
    """Boxes with the text above or below them, or farther beside: one that names no other box."""
    taken = {id(word) for _, piece in named for word in piece.words}
    short = [p for p in pieces if len(p.words) <= _MOST_WORDS and len(p.text) <= _MOST_LETTERS]
    for tick in bare:
        free = [piece for piece in short if not any(id(word) in taken for word in piece.words)]
        box = tick.bbox
        over = [p for above in (True, False) if (p := _over(box, free, _OVER, above=above))]
        label = min(over, key=lambda p: max(p.bbox.y1 - box.y2, box.y1 - p.bbox.y2), default=None)
        label = label or _far_beside(tick, free, ticks)
        if label is not None:
            taken |= {id(word) for word in label.words}
        yield tick, label


def _over(box: BBox, pieces: Sequence[Piece], reach: float, *, above: bool) -> Piece | None:
    """The nearest text above a box, or below it."""

    def gap(piece: Piece) -> float:
        return box.y1 - piece.bbox.y2 if above else piece.bbox.y1 - box.y2

    over = [p for p in pieces if p.bbox.x1 < box.x2 and p.bbox.x2 > box.x1]
    near = [piece for piece in over if -0.3 * box.height < gap(piece) < reach * box.height]
    return min(near, key=gap, default=None)


def _far_beside(tick: Tick, pieces: Sequence[Piece], ticks: Sequence[Tick]) -> Piece | None:
    """The nearest text of the row, if no other box stands between."""
    sides = [side(tick.bbox, pieces, _FAR) for side in (_at_left, _at_right)]
    found = [(tick, piece) for piece in sides if piece is not None]
    for _, piece in sorted(found, key=_gap):
        way = tick.bbox.union(piece.bbox)
        others = (t for t in ticks if t is not tick and are_level(t.bbox, tick.bbox))
        if not any(way.x1 < other.bbox.center[0] < way.x2 for other in others):
            return piece
    return None
