"""Whether two pieces that follow each other are of one table: what speaks for it, and what against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from pipelines.documents.merge_tables.between import Gap
from pipelines.documents.merge_tables.breaks import breaks_row, repeats_label
from pipelines.documents.merge_tables.columns import Pairing
from pipelines.documents.merge_tables.heads import Head, Relation
from pipelines.documents.merge_tables.pieces import Piece
from pipelines.documents.merge_tables.standing import Standing
from pipelines.documents.merge_tables.words import Kind, letters, names_total

MERGED, EVEN = 4.0, 1.5
"""From the first sum on two pieces are one table; between the two the evidence is even."""

# What each sign adds, about the logarithm (base e) of how much oftener it is seen within one table.
_REPEATED, _ABSENT, _UNSURE = 3.0, 3.0, 0.5
_CONTINUED, _CAPTIONED = 4.0, 1.5
_FULL, _ROOM = 1.5, -4.0
_AT_TOP, _LOWER = 0.5, -2.5
_ALIGNED, _ASKEW, _LACKING = 1.5, -1.0, -3.0
_SAME_KINDS, _OTHER_KINDS = 1.0, -3.0
_TOTAL, _SUBTOTAL = -4.0, -0.5
_COUNTS_ON, _COUNTS_ANEW = 4.0, -6.0
_BROKEN_ROW, _LABEL = 2.0, 4.0

_LEAST_FIT = 0.6
"""Pieces that share a smaller part of their columns are not compared any further."""
_WELL_ALIGNED, _LEAST_ALIGNED = 0.75, 0.4
_NEXT_ROWS = 1.6
"""At a page's end there is no room for the next row: less than so many times its height."""
_LITTLE = 0.04
"""A share of the page's height that is no room."""
_SOME_KINDS, _FEW_KINDS = 0.7, 0.35
_LEAST_COUNTED = 2


@dataclass(frozen=True, slots=True)
class Link:
    """What two neighbouring pieces are to each other.

    ``score``: the sum of the signs; None: surely two tables. ``broken``: a row goes on over the gap;
    ``labels``: so many rows below the second's names only say a label of the first again.
    """

    gap: Gap
    pairing: Pairing
    head: Head
    score: float | None
    broken: bool = False
    labels: int = 0

    @property
    def repeats(self) -> bool:
        """Whether the second piece says the names of the columns again."""
        return self.head.relation is Relation.REPEATED

    @property
    def first_row(self) -> int:
        """The second piece's first row that is a row of the whole."""
        return self.head.rows + self.labels


def link(
    first: Standing, second: Standing, gap: Gap, pairing: Pairing, head: Head, *, room: float | None
) -> Link:
    """The link of two pieces; ``room`` is what is free below the first (page units), None if unknown."""
    if gap.blocked or pairing.fit < _LEAST_FIT or head.relation is Relation.OTHER:
        return Link(gap, pairing, head, None)
    if gap.top is not None and (head.relation is not Relation.ABSENT or head.rows):
        return Link(gap, pairing, head, None)  # a title, not a row
    broken = (
        gap.label is None and gap.top is None and breaks_row(first.piece, second.piece, head.rows, pairing)
    )
    score = (
        {Relation.REPEATED: _REPEATED, Relation.ABSENT: _ABSENT}.get(head.relation, _UNSURE)
        + _CONTINUED * gap.continued
        + _CAPTIONED * gap.captioned
        + _by_place(first, second, head, room, continued=gap.continued)
        + _by_columns(pairing)
        + _by_kinds(first.piece, second.piece, head, pairing)
        + _by_total(first.piece, second.piece, head)
        + _by_numbering(first.piece, second.piece, head, pairing)
        + _BROKEN_ROW * broken
    )
    labels = 0 if broken else int(repeats_label(first.piece, second.piece, head.rows))
    return Link(gap, pairing, head, score + _LABEL * labels, broken, labels)


def _by_place(first: Standing, second: Standing, head: Head, room: float | None, *, continued: bool) -> float:
    """The first ends where nothing more could stand, the second begins where the page does."""
    if room is None or first.height is None or second.piece.box is None:
        return 0.0
    pitch = _pitch(first.piece) or _pitch(second.piece)
    own = second.piece.row_box(min(head.rows, second.piece.rows - 1))
    # Between two rows there is room that no row's text fills.
    needed = max(_NEXT_ROWS * pitch, (own.height if own else 0.0) + pitch, _LITTLE * first.height)
    score = _FULL if room <= needed else _ROOM * (0.5 if continued else 1.0)
    if second.above is not None and first.piece.page != second.piece.page:
        top = min([second.piece.box.y1, *(f.bbox.y1 for f in second.before if f.bbox is not None)])
        score += _AT_TOP if top - second.above <= max(2 * pitch, _LITTLE * first.height) else _LOWER
    return score


def _pitch(piece: Piece) -> float:
    """How far a row stands below the one above, as a rule."""
    tops = [box.y1 for row in range(min(piece.rows, 40)) if (box := piece.row_box(row))]
    steps = [below - above for above, below in pairwise(tops) if below > above]
    return median(steps) if steps else 0.0


def _by_columns(pairing: Pairing) -> float:
    score = _LACKING * (1 - pairing.fit) * 2
    if pairing.aligned is None:
        return score
    if pairing.aligned >= _WELL_ALIGNED:
        return score + _ALIGNED
    return score + (_ASKEW if pairing.aligned < _LEAST_ALIGNED else 0.0)


def _by_kinds(first: Piece, second: Piece, head: Head, pairing: Pairing) -> float:
    """The columns hold the same kinds of value: numbers, dates, texts."""
    above, below = first.kinds(min(first.head, first.rows - 1)), second.kinds(min(head.rows, second.rows - 1))
    shared = []
    for j, place in enumerate(pairing.of):
        if place is None:
            continue
        one, other = above[place].copy(), below[j].copy()
        del one[Kind.EMPTY], other[Kind.EMPTY]
        if one and other:
            n, m = one.total(), other.total()
            shared.append(sum(min(one[kind] / n, other[kind] / m) for kind in one))
    if not shared:
        return 0.0
    alike = sum(shared) / len(shared)
    return _SAME_KINDS if alike >= _SOME_KINDS else _OTHER_KINDS if alike < _FEW_KINDS else 0.0


def _by_total(first: Piece, second: Piece, head: Head) -> float:
    """The first ends with a sum; where it has others above, they are parts of a longer list.

    So it is where the rows are in groups with labels, and the second begins with a label.
    """
    rows = range(first.head, first.rows)
    sums = [row for row in rows if _is_total(first, row)]
    if not sums or sums[-1] != first.rows - 1:
        return 0.0
    # A label below the names may have been read as one of them.
    labelled = any(_is_label(first, row) for row in range(1, first.rows))
    grouped = labelled and _is_label(second, head.rows)
    only = len(sums) == 1 and not grouped
    if head.relation is Relation.REPEATED:
        return _TOTAL if only else _TOTAL / 2
    return _TOTAL / 2 if only else _SUBTOTAL


def _is_total(piece: Piece, row: int) -> bool:
    label = next((text for text in piece.texts(row) if text), "")
    return names_total(label)


def _is_label(piece: Piece, row: int) -> bool:
    """Whether a row says only one thing, at its beginning."""
    texts = piece.texts(row) if row < piece.rows else []
    return bool(texts and texts[0]) and not any(texts[1:])


def _by_numbering(first: Piece, second: Piece, head: Head, pairing: Pairing) -> float:
    """Rows that are counted are counted on, or begin at one again."""
    place = pairing.of[0] if pairing.of else None
    if place is None:
        return 0.0
    above = _numbers(first, place, range(first.head, first.rows))
    below = _numbers(second, 0, range(head.rows, second.rows))
    if not below or len(above) < _LEAST_COUNTED or not _counts(above) or not _counts(below):
        return 0.0
    if below[0] in (above[-1], above[-1] + 1):
        return _COUNTS_ON
    return _COUNTS_ANEW if below[0] == above[0] == 1 or below[0] == 1 else 0.0


def _numbers(piece: Piece, column: int, rows: Sequence[int]) -> list[int]:
    """The numbers that a column counts its rows with."""
    texts = (letters(piece.texts(row)[column]) for row in rows)
    return [int(text) for text in texts if text.isdecimal() and len(text) < 6]


def _counts(numbers: Sequence[int]) -> bool:
    steps = [after - before for before, after in pairwise(numbers)]
    return sum(step == 1 for step in steps) >= 0.8 * len(steps)
