"""The words of laid-out pages in one row, and what each belongs to."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise

from pipelines.readers.laid_out.alignment import tokens
from pipelines.readers.laid_out.document import LaidOutDocument, ShownWord
from schemas.geometry import BBox, union_of

_FREE = -1
_SAME_LINE = 0.5
# A word (a bullet, a mark) this far (heights of the line) before or after others belongs to them.
_NEAR = 3.0


class PageWords:
    """All words of a document, by index from its first page to its last; pages are 0-based.

    A word belongs to nothing until it is taken.
    """

    def __init__(self, document: LaidOutDocument) -> None:
        self._words: list[ShownWord] = []
        self._starts: list[int] = []
        for page in range(document.page_count):
            self._starts.append(len(self._words))
            self._words += document.words(page)
        self._owner = [_FREE] * len(self._words)

    def __len__(self) -> int:
        return len(self._words)

    @property
    def last_page(self) -> int:
        """The index of the last page."""
        return len(self._starts) - 1

    def page(self, word: int) -> int:
        """The page a word is on."""
        return bisect_right(self._starts, word) - 1

    def on_pages(self, first: int, last: int) -> range:
        """The words of some pages, both included."""
        return range(
            self._starts[first], self._starts[last + 1] if last < self.last_page else len(self._words)
        )

    def shown(self, words: Iterable[int]) -> list[ShownWord]:
        """The words themselves."""
        return [self._words[word] for word in words]

    def take(self, words: Iterable[int], owner: int) -> None:
        """Gives words to a fragment, whose index ``owner`` is."""
        for word in words:
            self._owner[word] = owner

    def is_free(self, word: int) -> bool:
        """Whether the word belongs to nothing yet."""
        return self._owner[word] == _FREE

    def are_free_for(self, words: Iterable[int], owner: int) -> bool:
        """Whether the words belong to nothing else."""
        return all(self._owner[word] in {_FREE, owner} for word in words)

    def free_tokens(self) -> list[tuple[str, int]]:
        """The tokens of all free words, each with its word."""
        free = (index for index, owner in enumerate(self._owner) if owner == _FREE)
        return [(token, index) for index in free for token in tokens(self._words[index].text)]

    def box(self, words: Iterable[int]) -> BBox:
        """The box around some words of one page."""
        return union_of([self._words[word].box for word in words])

    def box_with_neighbours(self, own: Sequence[int]) -> BBox:
        """The box around words, and what is free among them and beside them: bullets, marks, symbols."""
        box = self.box(own)
        for step, end in ((-1, own[0]), (1, own[-1])):
            word, other = end, end + step
            while self._is_free_beside(word, other):
                box = box.union(self._words[other].box)
                word, other = other, other + step
        for word, other in pairwise(own):
            for between in range(word + 1, other):
                inside = box.y1 <= self._words[between].box.center[1] <= box.y2
                if self.is_free(between) and inside:
                    box = box.union(self._words[between].box)
        return box

    def in_first_column(self, own: Sequence[int]) -> Sequence[int]:
        """The words up to where they go on far above: in the next column, as on a next page."""
        top = self._words[own[0]].box.y1
        for count, word in enumerate(own):
            box = self._words[word].box
            if box.y2 < top - box.height:
                return own[:count]
            top = min(top, box.y1)
        return own

    def _is_free_beside(self, word: int, other: int) -> bool:
        """Whether ``other`` belongs to nothing and stands on the line of ``word``, close to it."""
        inside = 0 <= other < len(self._words) and self.page(word) == self.page(other)
        if not inside or not self.is_free(other):
            return False
        one, two = self._words[word].box, self._words[other].box
        shared = min(one.y2, two.y2) - max(one.y1, two.y1)
        gap = max(one.x1, two.x1) - min(one.x2, two.x2)
        level = shared > _SAME_LINE * min(one.height, two.height)
        return level and gap < _NEAR * max(one.height, two.height)
