"""Passages in portions that a language model can take at once."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby

from pipelines.extraction.llm.passages import Passage
from pipelines.tokens import BYTES_PER_TOKEN
from schemas.fragments import FragmentType

_HEADER_LINES = 2
"""Of a Markdown table: the names of its columns, and the rule below."""
_HEADER_SHARE = 0.5
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
        cut = [half for half in _halved(self.passages) if half]
        parts = [Portion(tuple(half), (*self.place, i), self.cuts + 1) for i, half in enumerate(cut)]
        return parts if len(parts) > 1 else []


def portions(found: Sequence[Passage], room: int) -> list[Portion]:
    """Portions of at most ``room`` tokens, cut between pages rather than within them.

    A page that is too long is cut between its passages, a passage between lines, a table's header repeated.
    """
    cut: list[list[Passage]] = []
    left = 0
    for _, each in groupby(found, lambda one: one.page):
        page = list(each)
        for unit in [page] if _size(page) <= room else [[one] for one in page]:
            whole = _size(unit) <= room
            for piece in [unit] if whole else [[piece] for piece in _pieces(unit[0], room, left)]:
                size = _size(piece)
                if not cut or size > left:
                    cut.append([])
                    left = room
                cut[-1] += piece
                left -= size
    return _placed(cut)


def _placed(cut: Iterable[Sequence[Passage]]) -> list[Portion]:
    return [Portion(tuple(passages), (passages[0].page, place)) for place, passages in enumerate(cut)]


def _size(portion: Iterable[Passage]) -> int:
    return sum(one.tokens for one in portion)


def _halved(found: Sequence[Passage]) -> tuple[list[Passage], list[Passage]]:
    """Two parts of about the same size: cut between passages, or in one that is too large for that."""
    before = [0, *accumulate(one.tokens for one in found)]
    half = before[-1] / 2
    place = min(range(len(before)), key=lambda i: abs(before[i] - half))
    if abs(before[place] - half) <= half / 2:
        return [*found[:place]], [*found[place:]]
    large = bisect_right(before, half) - 1
    room = math.ceil(half - before[large])
    room += _bare_size(found[large], _header(found[large], room))
    first, *rest = _pieces(found[large], room, room)
    return [*found[:large], first], [*rest, *found[large + 1 :]]


def _pieces(passage: Passage, room: int, left: int) -> list[Passage]:
    """A passage in pieces of at most ``room`` tokens, the first of ``left`` where that is enough for a line.

    Each piece of a table has its header.
    """
    if passage.tokens <= room:
        return [passage]
    header = _header(passage, room)
    taken = _bare_size(passage, header)
    lines = passage.text.split("\n")[len(header) :]
    most, first = (max(1, space - taken) * BYTES_PER_TOKEN for space in (room, left))
    texts = _packed([part for line in lines for part in _cut(line, most)], most, first)
    pieces = [replace(passage, text="\n".join([*header, text])) for text in texts if text.strip()]
    return pieces or [passage]


def _header(passage: Passage, room: int) -> list[str]:
    """The lines that each piece of a table has, unless they would fill it."""
    header = passage.text.split("\n")[:_HEADER_LINES] if passage.kind == FragmentType.TABLE else []
    return header if _bare_size(passage, header) <= _HEADER_SHARE * room else []


def _bare_size(passage: Passage, header: Sequence[str]) -> int:
    """The tokens that a piece of a passage takes with nothing but its header."""
    return replace(passage, text="\n".join(header)).tokens


def _packed(lines: Iterable[str], most: int, first: int) -> Iterator[str]:
    """Lines joined again, up to so many bytes; the ``first`` may be fewer."""
    held: list[str] = []
    size = most - first
    for line in lines:
        length = len(line.encode("utf-8", "replace")) + 1
        if size + length > most:
            if held:
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
