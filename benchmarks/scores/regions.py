"""Regions of pages: boxes of a class, found where they are and in the order in which they are read.

The classes are those of DocLayNet (Pfitzmann et al. 2022, arXiv 2206.01062), with ``title`` and
``section_header`` as one, ``heading`` (which heading is the title is the annotators' habit), and with
``key_value_region`` and ``document_index``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from benchmarks.scores.tally import Tally
from schemas.geometry import BBox

LABELS = frozenset(
    "text heading list_item table picture formula caption footnote page_header page_footer "
    "key_value_region document_index".split()
)

_ALIKE = 0.5
"""Two boxes are the same region from this intersection over union on."""


@dataclass(frozen=True, slots=True)
class PageRegion:
    """A box of one class. The box is in shares of the page's width and height; ``page`` counts from 1.

    ``score`` is how sure an engine is of it, 0 to 1, where it says so.
    """

    label: str
    box: BBox
    page: int = 1
    text: str = ""
    score: float | None = None


Pair = tuple[int, int]


def match(true: Sequence[PageRegion], found: Sequence[PageRegion], *, by_class: bool = True) -> list[Pair]:
    """Pairs (index in ``true``, index in ``found``), one to one, the largest overlap first."""
    overlaps = [
        (a.box.iou(b.box), i, j)
        for i, a in enumerate(true)
        for j, b in enumerate(found)
        if a.page == b.page and (a.label == b.label or not by_class)
    ]
    pairs: list[Pair] = []
    taken: tuple[set[int], set[int]] = (set(), set())
    for overlap, i, j in sorted(overlaps, key=lambda o: (-o[0], o[1:])):
        if overlap >= _ALIKE and i not in taken[0] and j not in taken[1]:
            taken[0].add(i)
            taken[1].add(j)
            pairs.append((i, j))
    return pairs


def score_regions(true: Sequence[PageRegion], found: Sequence[PageRegion], *, by_class: bool = True) -> Tally:
    """How many regions match; with ``by_class`` their classes must agree."""
    return Tally(len(match(true, found, by_class=by_class)), len(true), len(found))


def by_label(true: Sequence[PageRegion], found: Sequence[PageRegion]) -> dict[str, Tally]:
    """The matches of each class that either side has."""
    pairs = match(true, found)
    return {
        label: Tally(
            sum(true[i].label == label for i, _ in pairs),
            sum(region.label == label for region in true),
            sum(region.label == label for region in found),
        )
        for label in sorted({region.label for region in (*true, *found)})
    }


def score_order(true: Sequence[PageRegion], found: Sequence[PageRegion]) -> float | None:
    """1 - edit distance of the two orders of the regions that match, whatever their class.

    Both sides are in reading order. None where the truth has fewer than two regions; 0 where fewer than
    two match: who finds nothing has no order either.
    """
    if len(true) < 2:
        return None
    pairs = match(true, found, by_class=False)
    if len(pairs) < 2:
        return 0.0
    wanted, read = ([i for i, _ in sorted(pairs, key=lambda pair: pair[side])] for side in (0, 1))
    return 1.0 - float(Levenshtein.normalized_distance(wanted, read))
