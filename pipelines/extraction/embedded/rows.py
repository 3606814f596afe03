"""Words of a page as a person's eye sorts them: rows across all fragments, cut where a gap is wide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from statistics import median

from pipelines.extraction.embedded.typewriter import typewritten
from pipelines.extraction.evidence import Block, Evidence, PlacedWord
from schemas.geometry import BBox, union_of

_WIDE_GAP = 1.0
"""A gap that parts a row, in heights of its words: between words of a sentence it is a third."""
_PARTERS = frozenset("|·•∙‧")
"""Marks that stand between the pieces of a line, as in "Main St 1 · Springfield · Tel. 555"."""
_SAME_LINE = 0.5
_OPEN_ROWS = 8
"""Rows that are looked at for a word's place: more end near one another only if text lies on text."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a row that stand together and belong to one fragment; ``block`` is its index."""

    words: tuple[PlacedWord, ...]
    block: int

    @property
    def bbox(self) -> BBox:
        """Around its words."""
        return union_of([word.bbox for word in self.words])

    @property
    def text(self) -> str:
        """Its words with spaces between."""
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True)
class Row:
    """Pieces on one line across the page, from left to right."""

    pieces: tuple[Piece, ...]

    @cached_property
    def words(self) -> tuple[PlacedWord, ...]:
        """All words of the row."""
        return tuple(word for piece in self.pieces for word in piece.words)

    @cached_property
    def bbox(self) -> BBox:
        """Around the row."""
        return union_of([piece.bbox for piece in self.pieces])

    @cached_property
    def height(self) -> float:
        """The usual height of its words."""
        return median(word.bbox.height for word in self.words)

    @property
    def text(self) -> str:
        """Its words with spaces between."""
        return " ".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page by its rows, from the top down. Words that are not ``placed`` have boxes of a typewriter."""

    page: int
    rows: tuple[Row, ...]
    placed: bool


def sheets(evidence: Evidence) -> list[Sheet]:
    """The pages of a document that have words, in order; those without geometry as if typed."""
    by_page: dict[int, list[tuple[int, Block]]] = {}
    for index, block in enumerate(evidence.blocks):
        by_page.setdefault(block.page, []).append((index, block))
    made = [_sheet(page, blocks) for page, blocks in by_page.items()]
    return [sheet for sheet in made if sheet.rows]


def _sheet(page: int, blocks: Sequence[tuple[int, Block]]) -> Sheet:
    placed = any(block.words for _, block in blocks)
    if placed:
        words = [(word, index) for index, block in blocks for word in block.words]
    else:
        words = [(word, index) for index, word in typewritten(page, blocks)]
    return Sheet(page, tuple(rows_of(words)), placed)


def rows_of(words: Iterable[tuple[PlacedWord, int]]) -> list[Row]:
    """Rows of words, each with the index of its fragment, from the top down; near-linear."""
    lines = _lines([(word, block) for word, block in words if word.bbox.height > 0])
    rows = [Row(pieces) for line in lines if (pieces := tuple(_pieces(line)))]
    return sorted(rows, key=lambda row: (row.bbox.center[1], row.bbox.x1))


def _lines(words: list[tuple[PlacedWord, int]]) -> list[list[tuple[PlacedWord, int]]]:
    """From left to right each word goes on the line whose last word is most level with it.

    Lines are looked up by the height at which they end, so that lines of a page that leans are followed.
    """
    if not words:
        return []
    step = max(median(word.bbox.height for word, _ in words), 1e-3)
    ends: dict[int, list[list[tuple[PlacedWord, int]]]] = {}
    lines = []
    for word, block in sorted(words, key=lambda one: (one[0].bbox.x1, one[0].bbox.y1)):
        at = int(word.bbox.center[1] / step)
        near = [line for key in (at - 1, at, at + 1) for line in ends.get(key, ())[-_OPEN_ROWS:]]
        best = max(near, key=lambda line: _level(line[-1][0].bbox, word.bbox), default=None)
        if best is None or _level(best[-1][0].bbox, word.bbox) < _SAME_LINE:
            best = []
            lines.append(best)
        else:
            ends[int(best[-1][0].bbox.center[1] / step)].remove(best)
        best.append((word, block))
        ends.setdefault(at, []).append(best)
    return lines


def _level(last: BBox, box: BBox) -> float:
    """How much two boxes, the second to the right of the first, share of their height, 0 to 1."""
    low = min(last.height, box.height)
    if box.x1 < last.x2 - low:
        return 0.0
    return (min(last.y2, box.y2) - max(last.y1, box.y1)) / low if low else 0.0


def _pieces(line: Sequence[tuple[PlacedWord, int]]) -> Iterable[Piece]:
    piece = [line[0][0]]
    for (last, block), (word, next_block) in pairwise(line):
        gap = word.bbox.x1 - last.bbox.x2
        wide = gap > _WIDE_GAP * min(last.bbox.height, word.bbox.height)
        if piece and (block != next_block or wide or word.text in _PARTERS):
            yield Piece(tuple(piece), block)
            piece = []
        if word.text not in _PARTERS:
            piece.append(word)
    if piece:
        yield Piece(tuple(piece), line[-1][1])
