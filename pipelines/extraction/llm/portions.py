"""Passages in portions that a language model can take at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby

from pipelines.extraction.llm.passages import BYTES_PER_TOKEN, Passage
from schemas.fragments import FragmentType

_PICTURE_TOKENS = 2500
"""Of a page as large as they are sent: servers count some 800 to 2500."""
_HEADER_LINES = 2
"""Of a Markdown table: the names of its columns, and the rule below."""
_MOST_CUTS = 4
"""How often a portion is halved that turns out to be too long."""


@dataclass(frozen=True, slots=True)
class Portion:
    """Passages that are asked about together.

    ``place`` is the portion's in the document, to sort by; ``cuts``: how often it was halved.
    """

    passages: tuple[Passage, ...]
    place: tuple[int, ...]
    cuts: int = 0

    @property
    def pages(self) -> list[int]:
        """The pages that it is of."""
        return sorted({one.page for one in self.passages})

    def halves(self) -> list[Portion]:
        """The portion as two; none where it has been cut enough, or cannot be."""
        if self.cuts == _MOST_CUTS:
            return []
        half = -(-_size(self.passages) // 2)
        room = half + max(_frame(one)[1] for one in self.passages)
        pieces = [piece for one in self.passages for piece in _pieces(one, room)]
        sizes = accumulate(one.tokens for one in pieces)
        middle = max(1, bisect_right(list(sizes), room))
        cut = [pieces[:middle], pieces[middle:]] if len(pieces) > 1 else []
        return [Portion(tuple(half), (*self.place, i), self.cuts + 1) for i, half in enumerate(cut)]


def portions(found: Sequence[Passage], room: int) -> list[Portion]:
    """Portions of at most ``room`` tokens, cut between pages rather than within them.

    A page that is too long is cut between its passages, a passage between lines, a table's header repeated.
    """
    cut: list[list[Passage]] = []
    used = 0
    for _, each in groupby(found, lambda one: one.page):
        page = list(each)
        units = [page] if _size(page) <= room else [[piece] for one in page for piece in _pieces(one, room)]
        for unit in units:
            size = _size(unit)
            if not cut or used + size > room:
                cut.append([])
                used = 0
            cut[-1] += unit
            used += size
    return _placed(cut)


def picture_portions(pages: Sequence[Passage], room: int) -> list[Portion]:
    """The same of pages as pictures."""
    each = max(1, room // _PICTURE_TOKENS)
    return _placed([pages[first : first + each] for first in range(0, len(pages), each)])


def _placed(cut: Iterable[Sequence[Passage]]) -> list[Portion]:
    return [Portion(tuple(passages), (passages[0].page, place)) for place, passages in enumerate(cut)]


def _size(portion: Iterable[Passage]) -> int:
    return sum(one.tokens for one in portion)


def _pieces(passage: Passage, room: int) -> list[Passage]:
    """A passage in pieces of at most ``room`` tokens; each piece of a table has its header."""
    if passage.tokens <= room:
        return [passage]
    header, taken = _frame(passage)
    lines = passage.text.split("\n")[len(header) :]
    most = max(1, room - taken) * BYTES_PER_TOKEN
    texts = _packed([part for line in lines for part in _cut(line, most)], most)
    return [replace(passage, text="\n".join([*header, text])) for text in texts if text.strip()]


def _frame(passage: Passage) -> tuple[list[str], int]:
    """The lines that each piece of a passage has, and the tokens that a piece takes with nothing else."""
    header = passage.text.split("\n")[:_HEADER_LINES] if passage.kind == FragmentType.TABLE else []
    return header, replace(passage, text="\n".join(header)).tokens


def _packed(lines: Iterable[str], most: int) -> Iterator[str]:
    """Lines joined again, up to so many bytes."""
    held: list[str] = []
    size = 0
    for line in lines:
        length = len(line.encode("utf-8", "replace")) + 1
        if held and size + length > most:
            yield "\n".join(held)
            held, size = [], 0
        held.append(line)
        size += length
    if held:
        yield "\n".join(held)


def _cut(line: str, most: int) -> list[str]:
    """A line in pieces of at most so many bytes: of 4 a letter, to be sure."""
    if len(line.encode("utf-8", "replace")) <= most:
        return [line]
    letters = max(1, most // 4)
    return [line[first : first + letters] for first in range(0, len(line), letters)]
