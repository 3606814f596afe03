"""Text and reading order of a page, block by block.

Follows the end-to-end scores of OmniDocBench (Ouyang et al. 2024, arXiv 2412.07626): the blocks of the truth
are found again in the reading; the text score is the edit distance over the matched pairs, the order
score the edit distance between the two sequences of blocks. Formulas count by their characters. Blocks are
found as the best stretch of the whole reading, the longest block first, so that an engine may split and join
paragraphs as it likes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from benchmarks.scores.formulas import without_latex
from benchmarks.scores.markdown import bare, with_tables_as
from benchmarks.scores.stretch import end_distances

_UNLIKE = 0.5
"""A block counts as found up to this distance, as a share of its length."""
_USED = "\0"


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the truth, in reading order. What is not ``scored`` (cells, captions) may be left out."""

    text: str
    scored: bool = True


@dataclass(frozen=True, slots=True)
class BlockScore:
    """Edit distances from 0 (alike) to 1; ``order`` is None where the truth has fewer than two blocks."""

    text: float
    order: float | None
    missed: int


@dataclass(frozen=True, slots=True)
class _Match:
    position: int
    distance: int
    length: int


def score_blocks(blocks: Sequence[Block], found: str) -> BlockScore:
    """Compares a page's blocks with the Markdown read from it; tables of the reading are left out."""
    rest = bare(without_latex(with_tables_as(found, lambda _table: "")))
    wanted = [bare(block.text) for block in blocks]
    matches: dict[int, _Match] = {}
    for i in sorted(range(len(blocks)), key=lambda i: (not blocks[i].scored, -len(wanted[i]))):
        match, rest = _take(wanted[i], rest)
        if match:
            matches[i] = match
    scored = [i for i, block in enumerate(blocks) if block.scored and wanted[i]]
    hits = [i for i in scored if i in matches]
    lost = sum(len(wanted[i]) for i in scored if i not in matches)
    astray = max(lost, len(rest) - rest.count(_USED))
    length = sum(matches[i].length for i in hits) + astray
    distance = sum(matches[i].distance for i in hits) + astray
    return BlockScore(distance / length if length else 0.0, _order(scored, matches), len(scored) - len(hits))


def _take(wanted: str, rest: str) -> tuple[_Match | None, str]:
    """The best stretch of ``rest`` for a block, and ``rest`` with that stretch used up."""
    if not wanted or not rest:
        return None, rest
    start, end = _fit(wanted, rest)
    distance = Levenshtein.distance(wanted, rest[start:end])
    if distance > _UNLIKE * len(wanted):
        return None, rest
    match = _Match(start, distance, max(len(wanted), end - start))
    return match, rest[:start] + _USED * (end - start) + rest[end:]


def _fit(wanted: str, text: str) -> tuple[int, int]:
    """Start and end of the stretch of ``text`` that the fewest insertions and deletions turn into ``wanted``.

    Searched once forward for the end and once backward for the start. No substitutions: with them, what is
    missing from a block would be made up from its neighbours.
    """
    end = int(end_distances(wanted, text).argmin())
    return end - int(end_distances(wanted[::-1], text[:end][::-1]).argmin()), end


def _order(scored: Sequence[int], matches: dict[int, _Match]) -> float | None:
    true = [i for i in scored if i in matches]
    if len(true) < 2:
        return None if len(scored) < 2 else 1.0
    found = sorted(true, key=lambda i: matches[i].position)
    return float(Levenshtein.normalized_distance(true, found))
