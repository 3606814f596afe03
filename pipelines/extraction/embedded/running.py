"""Words one after another as one text whose places lead back to them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate

from pipelines.extraction.embedded.rows import Sheet
from pipelines.extraction.evidence import Evidence, PlacedWord


class RunningText:
    """The words of a document one after another, and the text that they make."""

    def __init__(self, words: Sequence[PlacedWord]) -> None:
        self.words = tuple(words)
        self.text = " ".join(word.text for word in self.words)
        self._starts = [0, *accumulate(len(word.text) + 1 for word in self.words)][:-1]

    def words_of(self, begin: int, end: int) -> tuple[PlacedWord, ...]:
        """The words that a stretch of the text touches."""
        return self.words[self.index(begin) : bisect_left(self._starts, end)]

    def index(self, at: int) -> int:
        """The index of the word at a place of the text."""
        return max(0, bisect_right(self._starts, at) - 1)

    def start(self, index: int) -> int:
        """The place of a word in the text."""
        return self._starts[index]


def running_text(evidence: Evidence, pages: Sequence[Sheet]) -> RunningText:
    """All words in reading order; of pages without geometry those of the typewriter."""
    placed = {sheet.page for sheet in pages if sheet.placed}
    words = [word for block in evidence.blocks if block.page in placed for word in block.words]
    typed_pages = (sheet for sheet in pages if not sheet.placed)
    return RunningText(words + [word for sheet in typed_pages for row in sheet.rows for word in row.words])
