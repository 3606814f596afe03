"""Tables put together from their pieces: were the right pieces joined, and is the whole right?

Found pieces are known by their words: each is the true piece on its page that it shares the most with.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from benchmarks.scores.rows import row_teds
from benchmarks.scores.tally import Tally
from benchmarks.scores.teds import teds, tree


@dataclass(frozen=True, slots=True)
class TruePiece:
    """A part of a table on a page (or in a column of it), and runs of words that stand nowhere else."""

    page: int
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class TrueTable:
    """A whole table as HTML, in each accepted reading, with its pieces in order: often just one."""

    readings: tuple[str, ...]
    pieces: tuple[TruePiece, ...]


@dataclass(frozen=True, slots=True)
class FoundPiece:
    """A table of a page that was read, by its text."""

    page: int
    text: str


@dataclass(frozen=True, slots=True)
class FoundTable:
    """A table put together: its HTML, and the tables of pages that it was made from."""

    html: str
    pieces: tuple[FoundPiece, ...]


LONGEST_RUN = 4


def runs(words: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Every run of a few words, written together (French numbers have spaces), with where it begins."""
    for start in range(len(words)):
        for end in range(start + 1, min(start + LONGEST_RUN, len(words)) + 1):
            yield start, "".join(words[start:end])


Owner = tuple[int, int]
"""A true piece: its table, and which piece of it."""
_NOBODY: Owner = (-1, -1)
_LARGE = 250_000
"""Nodes times nodes; above this tables are compared row by row."""


def score_merges(true: Sequence[TrueTable], found: Sequence[FoundTable]) -> dict[str, Tally]:
    """``joints right``: of the joints made, those between pieces of one table, in order (a precision).

    ``joints found``: of the joints between consecutive pieces, those made (a recall). ``merges``: tables of
    exactly the right pieces. ``merged tables``: TEDS of the wholes.
    """
    owners = [[_owner(true, piece) for piece in table.pieces] for table in found]
    made = [pair for chain in owners for pair in pairwise(_distinct(chain))]
    right = [(a, b) for a, b in made if a[0] == b[0] != _NOBODY[0] and a[1] < b[1]]
    wanted = {((t, p), (t, p + 1)) for t, table in enumerate(true) for p in range(len(table.pieces) - 1)}
    hit = len(wanted & set(made))
    several = [(t, table) for t, table in enumerate(true) if len(table.pieces) > 1]
    groups = {tuple((t, p) for p in range(len(table.pieces))) for t, table in several}
    exact = len(groups & {tuple(_distinct(chain)) for chain in owners})
    return {
        "joints right": Tally(len(right), len(made), len(made)),
        "joints found": Tally(hit, len(wanted), len(wanted)),
        "merges": Tally(exact, len(several), len(found)),
        "merged tables": _wholes([(t, table) for t, table in several], found, owners),
    }


def _owner(true: Sequence[TrueTable], piece: FoundPiece) -> Owner:
    words = {run for _, run in runs(piece.text.split())}
    shared = {
        (t, p): len(one.keys & words)
        for t, table in enumerate(true)
        for p, one in enumerate(table.pieces)
        if one.page == piece.page
    }
    best = max(shared, key=lambda owner: shared[owner], default=_NOBODY)
    return best if shared.get(best) else _NOBODY


def _distinct(chain: Sequence[Owner]) -> list[Owner]:
    """Without repetitions: a piece that was read as two tables and joined is itself again."""
    return [one for i, one in enumerate(chain) if not i or one != chain[i - 1] or one == _NOBODY]


def _wholes(
    true: Sequence[tuple[int, TrueTable]], found: Sequence[FoundTable], owners: Sequence[Sequence[Owner]]
) -> Tally:
    """TEDS of each true table with the found one that holds the most of its pieces."""
    free = dict(enumerate(owners))
    total = 0.0
    for t, table in true:
        shares = {i: sum(owner[0] == t for owner in chain) for i, chain in free.items()}
        best = max(shares, key=lambda i: shares[i], default=None)
        if best is not None and shares[best]:
            del free[best]
            total += max(table_similarity(reading, found[best].html) for reading in table.readings)
    return Tally(total, len(true), len(found))


def table_similarity(true: str, found: str) -> float:
    """TEDS; of large tables by rows, which is never more."""
    a, b = tree(true), tree(found)
    return teds(true, found) if a.size * b.size < _LARGE else row_teds(a, b)
