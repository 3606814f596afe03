"""Struck words, one by one: which of them were found, and how much else was taken for struck."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.scores.regions import PageRegion
from benchmarks.scores.tally import Tally

STRUCK_WORD = "struck word"
"""The label of a word in a struck passage."""


def score_struck(true: Sequence[PageRegion], found: Sequence[PageRegion]) -> Tally:
    """How many of the struck words were found: their middle lies in a word taken for struck.

    A word that is read as several, or several as one, counts as what is on the page.
    """
    hit = sum(any(_holds(other, word) for other in found) for word in true)
    return Tally(hit, len(true), hit + _wrong(true, found))


def score_unstruck(unstruck: int, true: Sequence[PageRegion], found: Sequence[PageRegion]) -> Tally:
    """How many of the words that are not struck were left in the text."""
    return Tally(max(0, unstruck - _wrong(true, found)), unstruck, unstruck)


def _wrong(true: Sequence[PageRegion], found: Sequence[PageRegion]) -> int:
    """How many words were taken for struck and share their middle with none that is."""
    return sum(not any(_holds(word, other) or _holds(other, word) for word in true) for other in found)


def _holds(one: PageRegion, other: PageRegion) -> bool:
    return one.page == other.page and one.box.holds(*other.box.center)
