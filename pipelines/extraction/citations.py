"""Words as the boxes that are cited for a value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pipelines.extraction.evidence import PlacedWord
from schemas.geometry import Box, union_of

# A gap wider than so many heights of a line is not the value's: the box ends before it.
_WIDE = 3.0


def citations(words: Sequence[PlacedWord]) -> list[dict[str, Any]]:
    """One box for each line of words: ``{page_number, x1, y1, x2, y2}`` in page units."""
    return [
        {"page_number": line[0].page, **Box.of(union_of([word.bbox for word in line])).model_dump()}
        for line in _lines(words)
    ]


def _lines(words: Sequence[PlacedWord]) -> Iterator[list[PlacedWord]]:
    line: list[PlacedWord] = []
    for word in words:
        if line and not _goes_on(line[-1], word):
            yield line
            line = []
        line.append(word)
    if line:
        yield line


def _goes_on(before: PlacedWord, word: PlacedWord) -> bool:
    """Whether a word stands on the line of the one before, to either side, and not far away."""
    a, b = before.bbox, word.bbox
    same_line = before.page == word.page and (a.y1 <= b.center[1] <= a.y2 or b.y1 <= a.center[1] <= b.y2)
    gap = max(b.x1 - a.x2, a.x1 - b.x2)
    return same_line and gap <= _WIDE * min(a.height, b.height)
