"""Rows that a page end broke: the end of one piece and the beginning of the next are one row."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.documents.merge_tables.columns import Pairing
from pipelines.documents.merge_tables.pieces import Piece
from pipelines.documents.merge_tables.words import Kind, kind_of, letters, names_total, without_mark

_ENDS = ".!?。！？;；:："
_LONG = 12
"""Letters of a text that may have a next line."""
_LABELLED = 3
"""In so many rows at least it shows that all have labels."""
_VALUES = {Kind.NUMBER, Kind.DATE, Kind.YEAR, Kind.CODE}


def breaks_row(first: Piece, second: Piece, head: int, pairing: Pairing) -> bool:
    """Whether the last row of ``first`` goes on in the first row of ``second`` below its ``head`` rows.

    Then some text goes on in its column, and no column has a value, or a whole text, in both.
    """
    if first.rows <= first.head or head >= second.rows:
        return False
    above, below = first.texts(first.rows - 1), second.texts(head)
    if not any(below) or names_total(next(filter(None, below))):
        return False
    goes_on, is_rest = False, _lacks_label(first, below, pairing)
    for j, text in enumerate(below):
        place = pairing.of[j]
        if not text:
            continue
        own = above[place] if place is not None else ""
        if not own:
            return False
        if kind_of(own) in _VALUES or (kind_of(text) in _VALUES and not _is_open(own)):
            return False
        alone = sum(map(bool, below)) < sum(map(bool, above))
        if not is_rest and not _goes_on(own, text, alone=alone):
            return False
        goes_on = True
    return goes_on


def _lacks_label(first: Piece, below: Sequence[str], pairing: Pairing) -> bool:
    """Whether a row has no label where every row of the piece before has one."""
    place = pairing.of[0]
    rows = range(first.head, first.rows)
    if below[0] or place is None or len(rows) < _LABELLED:
        return False
    return all(first.texts(row)[place] for row in rows)


def _goes_on(text: str, rest: str, *, alone: bool) -> bool:
    """Whether a text goes on in another. ``alone``: the rest's row lacks what the row above has."""
    if _is_open(text):
        return True
    begins = next((char for char in rest if char.isalnum()), "")
    unfinished = text.rstrip()[-1] not in _ENDS and len(text) >= _LONG
    if begins.islower():
        return text.rstrip()[-1] not in _ENDS
    # Scripts without case, and figures or capitals within a sentence: only where the row is a remainder.
    return alone and unfinished


def _is_open(text: str) -> bool:
    """Whether a text ends where none can: with a hyphen, a comma, an opening bracket."""
    return text.rstrip()[-1:] in "-‐,，、(（/&" or text.count("(") > text.count(")")


def repeats_label(first: Piece, second: Piece, row: int) -> bool:
    """Whether a row of ``second`` is a label of ``first`` said again: "Revenue (continued)"."""
    filled = [text for text in second.texts(row) if text] if row < second.rows else []
    if len(filled) != 1:
        return False
    label, marked = without_mark(filled[0])
    if not marked:
        return False
    labels = {letters(text) for above in range(first.rows) for text in first.texts(above)[:2]}
    return not letters(label) or letters(label) in labels
