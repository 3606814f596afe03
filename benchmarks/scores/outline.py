"""Headings with their levels: which were found, in order, and at the right depth."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from benchmarks.scores.markdown import bare, comparable, with_tables_as
from benchmarks.scores.tally import Tally

_HEADING = re.compile(r"^ {0,3}(#{1,6})\s+(.*?)\s*#*$")
_FENCE = re.compile(r"^ {0,3}(```|~~~)")
_ALIKE = 0.8
"""Texts less alike (1 - normalised edit distance) are not the same heading."""


@dataclass(frozen=True, slots=True)
class TrueHeading:
    """A heading of a document; level 0 is its title, None where it is not known.

    ``optional``: to find it or not is the same.
    """

    text: str
    level: int | None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class FoundHeading:
    """A heading of a reading: its level is one less than its marks."""

    text: str
    level: int


def headings_of(markdown: str) -> list[FoundHeading]:
    """The headings of a Markdown text in order; not those in tables and code, nor names of pictures."""
    found: list[FoundHeading] = []
    fence = ""
    for line in with_tables_as(comparable(markdown), lambda _table: "").splitlines():
        if mark := _FENCE.match(line):
            fence = "" if mark[1] == fence else fence or mark[1]
        elif not fence and (heading := _HEADING.match(line)) and bare(heading[2]):
            found.append(FoundHeading(heading[2], len(heading[1]) - 1))
    return found


def score_outline(true: Sequence[TrueHeading], found: Sequence[FoundHeading], *, levels: bool) -> Tally:
    """Headings found, each once and in order; with ``levels`` only those at their level count as found."""
    pairs = _aligned([_plain(one.text) for one in true], [_plain(one.text) for one in found])
    spared = {i: j for i, j in pairs if true[i].optional}
    right = [(i, j) for i, j in pairs if i not in spared and not (levels and true[i].level != found[j].level)]
    return Tally(len(right), sum(not one.optional for one in true), len(found) - len(spared))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", bare(text)).casefold()


def _aligned(true: Sequence[str], found: Sequence[str]) -> list[tuple[int, int]]:
    """The pairs of alike texts in the order of both, as alike in all as can be (dynamic programming)."""
    if not true or not found:
        return []
    alike = cdist(true, found, scorer=Levenshtein.normalized_similarity)
    alike = np.where(alike >= _ALIKE, alike, 0.0)
    best = np.zeros((len(true) + 1, len(found) + 1))
    for i in range(len(true)):
        with_i = best[i, :-1] + alike[i]
        best[i + 1, 1:] = np.maximum.accumulate(np.maximum(best[i, 1:], with_i))
    pairs: list[tuple[int, int]] = []
    i, j = len(true), len(found)
    while i and j:
        if best[i, j] == best[i - 1, j]:
            i -= 1
        elif best[i, j] == best[i, j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            pairs.append((i, j))
    return pairs[::-1]
