"""Keys and values by their text: FUNSD's entity linking, for an engine that reads the words itself.

FUNSD (Jaume, Ekenel, Thiran 2019, arXiv 1905.13538) scores the links between entities that are given. Here
the engine finds the entities, too, and reads them from a noisy scan: a pair is right when both its key and
its value are nearly those of one true pair. By text rather than by place, for that is what a caller gets.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from benchmarks.scores.key_values import KeyValue
from benchmarks.scores.tally import Tally

MARK = "x"
"""The value of a box that is ticked, however it is."""

# Texts are the same when this share of their letters and figures is.
_ALIKE = 0.8


class Pair(NamedTuple):
    """A key and its value, as ``plain`` makes them."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Pairs:
    """The pairs of a form. ``fields`` are asked for: each key with all of its value.

    ``tabular`` are keys that head rows and columns of tables, which are read as tables: they are neither
    asked for nor held against an engine that has them. ``links`` are all links from a key to an answer,
    tables too.
    """

    fields: tuple[Pair, ...]
    tabular: tuple[Pair, ...] = ()
    links: tuple[Pair, ...] = ()


def plain(text: str) -> str:
    """The letters and figures of a text, in small letters."""
    return "".join(char for char in text.casefold() if char.isalnum())


def pairs_of(found: Iterable[KeyValue]) -> list[Pair]:
    """The filled-in fields that an engine found: empty ones and boxes that are not ticked say nothing."""
    return [
        Pair(plain(one.name), MARK if one.value is True else plain(str(one.value)))
        for one in found
        if one.value and (one.value is True or plain(str(one.value)))
    ]


def score_pairs(true: Pairs, found: Sequence[Pair]) -> Tally:
    """How many fields are found with their values; those of tables are left out on both sides."""
    right = _matched(true.fields, found)
    others = [pair for i, pair in enumerate(found) if i not in right]
    wrong = [pair for pair in others if not any(_is_of(pair, cell) for cell in true.tabular)]
    return Tally(float(len(right)), len(true.fields), len(right) + len(wrong))


def score_links(true: Pairs, found: Sequence[Pair]) -> Tally:
    """How many links are found, tables too, each answer by itself."""
    return Tally(float(len(_matched(true.links, found))), len(true.links), len(found))


def _matched(true: Sequence[Pair], found: Sequence[Pair]) -> set[int]:
    """The indices of the found pairs that are true ones, one to one, in order."""
    taken: set[int] = set()
    for pair in true:
        same = (i for i, one in enumerate(found) if i not in taken and _are_same(pair, one))
        if (i := next(same, None)) is not None:
            taken.add(i)
    return taken


def _are_same(one: Pair, other: Pair) -> bool:
    return _are_alike(one.key, other.key) and _are_alike(one.value, other.value)


def _is_of(pair: Pair, cell: Pair) -> bool:
    """Whether a pair is made of a table's key or of its answer."""
    return _are_alike(pair.key, cell.key) or _are_alike(pair.value, cell.value)


def _are_alike(one: str, other: str) -> bool:
    return Levenshtein.normalized_similarity(one, other) >= _ALIKE
