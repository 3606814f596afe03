"""Pages whose every word has a box and a class: are the classes, the headings and the order found?

The data is of DocBank's form (Li et al. 2020, arXiv 2006.01038); the three scores and their mean are ours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from rapidfuzz.distance import Indel, LCSseq

from benchmarks.scores.markdown import bare
from benchmarks.scores.regions import PageRegion
from benchmarks.scores.tally import Tally
from schemas.geometry import BBox

HEADING = "heading"
_HEADINGS_ALIKE = 0.8
"""Two headings are the same from this similarity of their letters and digits on."""
_NEXT_LINE = 1.8
"""Lines of one heading stand no further apart, in heights of a word, and are of one font."""
_IN_ORDER = frozenset({HEADING, "text", "list_item"})
"""Words of these have one right place; tables, formulas and what floats may be read anywhere."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word, its box in shares of the page, and the classes of region that may rightly hold it.

    ``drawn`` marks an object without text (a picture): its box counts, its name is no word.
    """

    text: str
    box: BBox
    labels: frozenset[str]
    font: str = ""
    drawn: bool = False


@dataclass(frozen=True, slots=True)
class TokenScore:
    """Three similarities from 0 to 1; None where the page has nothing to say of one."""

    classes: float | None
    headings: float | None
    order: float | None

    @property
    def mean(self) -> float | None:
        """The mean of those that are known."""
        known = [value for value in (self.classes, self.headings, self.order) if value is not None]
        return sum(known) / len(known) if known else None


def score_classes(tokens: Sequence[Token], found: Sequence[PageRegion]) -> float | None:
    """The share of characters whose token has its centre in a region of one of its classes.

    Where regions overlap, the smallest around the centre holds the token. None without tokens.
    """
    right = total = 0
    for token in tokens:
        total += len(token.text)
        holder = _holder(token.box, found)
        right += len(token.text) if holder and holder.label in token.labels else 0
    return right / total if total else None


def _holder(box: BBox, regions: Iterable[PageRegion]) -> PageRegion | None:
    around = (region for region in regions if region.box.holds(*box.center))
    return min(around, key=lambda region: region.box.area, default=None)


def headings(tokens: Sequence[Token]) -> list[str]:
    """The headings among tokens in reading order: runs of heading words, parted where a new one begins."""
    found: list[list[Token]] = []
    for is_heading, run in groupby(tokens, key=lambda token: HEADING in token.labels):
        last = None
        for token in run if is_heading else ():
            if last is None or _begins_another(last, token):
                found.append([])
            found[-1].append(token)
            last = token
    return [" ".join(token.text for token in heading) for heading in found]


def _begins_another(last: Token, token: Token) -> bool:
    down = abs(token.box.center[1] - last.box.center[1])
    height = max(last.box.height, token.box.height)
    return down > _NEXT_LINE * height or (down > height / 2 and token.font != last.font)


def score_headings(true: Sequence[str], found: Sequence[str]) -> Tally:
    """How many headings were found: one to one, the most alike first; letters and digits only."""
    sides = [[text for heading in side if (text := bare(heading).lower())] for side in (true, found)]
    likeness = {
        (i, j): Indel.normalized_similarity(a, b)
        for i, a in enumerate(sides[0])
        for j, b in enumerate(sides[1])
    }
    free: tuple[set[int], set[int]] = (set(range(len(sides[0]))), set(range(len(sides[1]))))
    hits = 0
    for (i, j), alike in sorted(likeness.items(), key=lambda item: (-item[1], item[0])):
        if alike >= _HEADINGS_ALIKE and i in free[0] and j in free[1]:
            free[0].remove(i)
            free[1].remove(j)
            hits += 1
    return Tally(hits, len(sides[0]), len(sides[1]))


def score_token_order(tokens: Sequence[Token], found: Sequence[str]) -> float | None:
    """Of the running words that both sides have, the share that stands in the same order; None without any.

    The longest common subsequence over the words shared: 1 - their edit distance by insertions and
    deletions. Tokens are in reading order; what else ``found`` holds costs nothing. 0 where none is shared.
    """
    sides = ([token.text for token in tokens if not token.drawn and token.labels & _IN_ORDER], found)
    true, read = ([plain for word in side if (plain := bare(word).lower())] for side in sides)
    if not true:
        return None
    shared = (Counter(true) & Counter(read)).total()
    return float(LCSseq.similarity(true, read)) / shared if shared else 0.0
