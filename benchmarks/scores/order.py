"""Text and reading order of a page, block by block.

Follows the end-to-end scores of OmniDocBench (Ouyang et al. 2024, arXiv 2412.07626): the blocks of the truth
are found again in the reading; the text score is the edit distance over the matched pairs, the order
score the edit distance between the two sequences of blocks. Blocks are found as the best stretch of the whole
reading, the longest block first, so that an engine may split and join paragraphs as it likes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from benchmarks.scores.markdown import bare, without_tables

_ALIKE = 60.0
"""Least partial ratio (percent) for a block to count as found."""
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
    rest = bare(without_tables(found))
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
    best = fuzz.partial_ratio_alignment(wanted, rest, score_cutoff=_ALIKE)
    if best is None or len(rest) < len(wanted) / 2:
        return None, rest
    # A block longer than what is left is sought the other way round: all of ``rest`` is the stretch.
    start, end = (best.dest_start, best.dest_end) if len(wanted) <= len(rest) else (0, len(rest))
    stretch = rest[start:end]
    for edit in Levenshtein.opcodes(wanted, stretch):
        if edit.tag == "insert" and edit.dest_start == 0:
            start += edit.dest_end
        elif edit.tag == "insert" and edit.dest_end == len(stretch):
            end -= edit.dest_end - edit.dest_start
    stretch = rest[start:end]
    match = _Match(start, Levenshtein.distance(wanted, stretch), max(len(wanted), len(stretch)))
    return match, rest[:start] + _USED * (end - start) + rest[end:]


def _order(scored: Sequence[int], matches: dict[int, _Match]) -> float | None:
    true = [i for i in scored if i in matches]
    if len(true) < 2:
        return None if len(scored) < 2 else 1.0
    found = sorted(true, key=lambda i: matches[i].position)
    return float(Levenshtein.normalized_distance(true, found))
