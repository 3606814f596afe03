"""Whether a piece repeats the names of the columns, goes on without them, or has names of its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from pipelines.documents.merge_tables.columns import Pairing
from pipelines.documents.merge_tables.pieces import Piece
from pipelines.documents.merge_tables.words import Kind, is_note, kind_of, letters, likeness, without_mark

_MOST_ROWS = 6
"""Rows of names at most."""
_ALIKE, _SAME = 0.8, 0.95
"""Names are repeated from this likeness on; from the higher where nothing marks them as names."""
_USUAL = 0.25
"""A kind of value is usual in a column that has it in this share of its filled cells."""
_BOLD = 0.6
"""Rows are set in bold from this share of their words on."""
_NAME_ROWS_LOOKED_AT = 3
_NUMBERS = re.compile(r"\d+")


class Relation(Enum):
    """What the top of the second piece is to the first."""

    REPEATED = "repeated"
    ABSENT = "absent"
    OTHER = "other"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Head:
    """``rows`` at the top of the second piece are no rows of the whole; ``named`` of the first are names."""

    relation: Relation
    rows: int = 0
    named: int = 0


def head_of(
    start: Piece, last: Piece, piece: Piece, to_start: Sequence[int | None], pairing: Pairing
) -> Head:
    """The head of ``piece``, beside that of the table's ``start`` and the body of its ``last`` piece.

    ``to_start`` are the columns of the start that those of the piece are, ``pairing`` those of the last one.
    """
    first = _notes_above(piece)
    best, rows, named = 0.0, 0, 0
    for own in _spans(start):
        floor = _ALIKE if own[0] < start.head else _SAME
        for count in range(1, min(_MOST_ROWS, piece.rows - first) + 1):
            alike = _likeness(start, own, piece, (first, first + count), to_start)
            if alike >= floor and alike > best + 1e-9:
                best, rows, named = alike, count, own[1]
    if best:
        extra = _same_rows(start, named, piece, first + rows, to_start)
        return Head(Relation.REPEATED, first + rows + extra, named + extra)
    return Head(_without_repetition(start, last, piece, first, pairing), first, start.head)


def _spans(start: Piece) -> Iterator[tuple[int, int]]:
    """From which row to before which the names may stand: the head, or as many rows as there may be.

    The head is tried without titles that were taken for its first rows, and labels for its last ones, too.
    """
    alone = [sum(bool(cell.text) for cell in row) == 1 for row in start.by_row[: start.head]]
    first = alone.index(False) if False in alone else start.head
    if first == start.head:
        yield from ((first, last) for last in range(first + 1, min(first + _MOST_ROWS, start.rows)))
        return
    last = start.head
    while alone[last - 1]:
        last -= 1
    for end in range(last, start.head + 1):
        yield from dict.fromkeys([(0, end), (first, end)])


def _likeness(
    start: Piece, own: tuple[int, int], piece: Piece, rows: tuple[int, int], to_start: Sequence[int | None]
) -> float:
    """How alike rows of the start, from one to before another, and some of the piece are, as names."""
    size = own[1]
    words, others = start.words(*own), piece.words(*rows)
    names = piece.names(*rows)
    if _numbers(words) == _numbers(others):
        # The columns may be told apart otherwise here than there: then the words still follow each other.
        return max(_alike(start.names(*own), names, to_start), likeness(words, others))
    lowest = start.lowest_names(size)
    if size > 1 and _numbers(" ".join(lowest)) == _numbers(others):  # without those over several columns
        return _alike(lowest, names, to_start)
    return 0.0  # another year, another table


def _numbers(text: str) -> list[str]:
    return _NUMBERS.findall(without_mark(text)[0])


def _notes_above(piece: Piece) -> int:
    """How many rows at the top say only that the table goes on."""
    for number, row in enumerate(piece.by_row):
        filled = [cell.text for cell in row if cell.text]
        if number + 1 >= piece.rows or len(filled) != 1 or not is_note(filled[0]):
            return number
    return 0


def _alike(names: Sequence[str], others: Sequence[str], to_start: Sequence[int | None]) -> float:
    """How alike the names of the columns are, each weighing as much as it is long, the short ones more."""
    total = weight = 0.0
    seen = set()
    for j, other in enumerate(others):
        place = to_start[j]
        own = names[place] if place is not None else ""
        if place in seen and not other:
            continue
        seen.add(place)
        if own or other:
            heavy = max(len(letters(own)), len(letters(other)), 1) ** 0.5
            total, weight = total + heavy * likeness(own, other), weight + heavy
    for place in set(range(len(names))) - seen:
        heavy = len(letters(names[place])) ** 0.5
        weight += heavy
    return total / weight if weight else 0.0


def _same_rows(start: Piece, named: int, piece: Piece, row: int, to_start: Sequence[int | None]) -> int:
    """How many more rows below the names are the same in both, and hold no numbers."""
    count = 0
    while named + count < start.rows and row + count < piece.rows - 1 and count < _MOST_ROWS:
        own, other = start.texts(named + count), piece.texts(row + count)
        pairs = [(own[p] if p is not None else "", text) for p, text in zip(to_start, other, strict=True)]
        filled = [(a, b) for a, b in pairs if a or b]
        valued = any(kind_of(b) in (Kind.NUMBER, Kind.DATE, Kind.CODE) for _, b in filled)
        if len(filled) < 2 or valued or any(letters(a) != letters(b) for a, b in filled):
            break
        count += 1
    return count


def _without_repetition(start: Piece, last: Piece, piece: Piece, first: int, pairing: Pairing) -> Relation:
    """Whether the first rows are of the body, by what the columns hold, and by how they are set."""
    body = last.kinds(min(last.head, last.rows - 1))
    own = piece.kinds(first + 1)
    for row in range(first, min(first + _NAME_ROWS_LOOKED_AT, piece.rows)):
        texts = piece.texts(row)
        if sum(map(bool, texts)) < 2:
            continue  # a heading among the rows says nothing
        for_body = for_names = 0
        for j, text in enumerate(texts):
            place = pairing.of[j]
            usual = _usual(body[place]) if place is not None else set()
            kind = kind_of(text)
            if kind is Kind.EMPTY or not usual:
                continue
            if kind in usual and usual != {Kind.TEXT}:
                for_body += kind is not Kind.TEXT
            elif kind in (Kind.TEXT, Kind.YEAR) and Kind.TEXT not in usual and _usual(own[j]) <= usual:
                for_names += 1
        if for_body or for_names:
            return Relation.ABSENT if for_body >= for_names else Relation.OTHER
        return _by_looks(start, piece, row)
    return Relation.UNSURE


def _usual(kinds: Counter[Kind]) -> set[Kind]:
    """The kinds of value that are usual in a column."""
    filled = sum(kinds.values()) - kinds[Kind.EMPTY]
    return {kind for kind, n in kinds.items() if kind is not Kind.EMPTY and n >= _USUAL * filled}


def _by_looks(start: Piece, piece: Piece, row: int) -> Relation:
    """Whether the first row is set like the names of the first piece, or like the rows below them."""
    if not start.head or len(start.bold) <= start.head or len(piece.bold) <= row + 1:
        return Relation.UNSURE
    names, body, own, below = start.bold[0], start.bold[start.head], piece.bold[row], piece.bold[row + 1]
    if None in (names, body, own, below):
        return Relation.UNSURE
    if _is_bold(names) and not _is_bold(body):
        if not _is_bold(own):
            return Relation.ABSENT
        return Relation.OTHER if not _is_bold(below) else Relation.UNSURE
    return Relation.UNSURE


def _is_bold(share: float | None) -> bool:
    return share is not None and share >= _BOLD
