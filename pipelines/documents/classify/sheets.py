"""A page as the classes see it: its lines, those at its head first, and what is on it besides text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipelines.documents.classify.sights import Sight, seen
from pipelines.extraction.evidence import Block, Evidence
from schemas.fragments import FragmentType

_HEADINGS = frozenset({FragmentType.TITLE, FragmentType.SECTION_HEADER})
_FIRST_LINES = 10
"""Lines at the top of a page that may be its heading though nothing marks them as one."""
_MOST_LINES, _MOST_LETTERS = 600, 300
"""What is read of a page, and of a line."""
_SHORT = 9
"""Words of a line that is a heading or a label, not a sentence."""
_WINDOW = 60
_MOST_WINDOWS = 12
"""The text is held against the classes in so many pieces of so many words."""
_MARKS = re.compile(r"<[^<>]{0,200}>|[|#*`]+|(?<=\s)-{3,}|^-{3,}|\\(?=[|*_#])")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page. ``rank``: 1 for a heading, less for what stands further down or in a sentence."""

    text: str
    rank: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page with so many words. ``starts``: its first fragment is a title or heading."""

    page: int
    lines: tuple[Line, ...] = ()
    sights: Counter[Sight] = field(default_factory=Counter)
    starts: bool = False

    words: int = 0

    def windows(self) -> list[str]:
        """The text in pieces, the head of the page first, evenly taken where it is long."""
        head = " ".join(line.text for line in self.lines if line.rank >= _RANKS.heading)
        words = [word for line in self.lines for word in line.text.split()]
        starts = range(0, len(words), _WINDOW)
        step = -(-len(starts) // _MOST_WINDOWS) or 1
        pieces = [" ".join(words[at : at + _WINDOW]) for at in starts[::step]]
        return [piece for piece in (head[:_MOST_LETTERS], *pieces) if piece.strip()]


@dataclass(frozen=True, slots=True)
class _Ranks:
    heading: float = 1.0
    first: float = 0.85
    short: float = 0.6
    long: float = 0.3


_RANKS = _Ranks()


def sheets(evidence: Evidence) -> list[Sheet]:
    """The pages of a document."""
    by_page: dict[int, list[Block]] = {page: [] for page in evidence.pages}
    for block in evidence.blocks:
        by_page[block.page].append(block)
    return [_sheet(page, blocks) for page, blocks in by_page.items()]


def _sheet(page: int, blocks: Sequence[Block]) -> Sheet:
    lines = tuple(_lines(blocks))
    told = [block for block in blocks if block.text.strip()]
    starts = bool(told) and told[0].fragment.fragment_type in _HEADINGS
    words = sum(len(line.text.split()) for line in lines)
    return Sheet(page, lines, seen(blocks, words), starts, words)


def _lines(blocks: Sequence[Block]) -> Iterator[Line]:
    count = 0
    for block in blocks:
        is_heading = block.fragment.fragment_type in _HEADINGS
        for text in _texts(block):
            if count == _MOST_LINES:
                return
            is_short = len(text.split()) <= _SHORT
            first = _RANKS.first if count < _FIRST_LINES else _RANKS.short
            yield Line(text, _RANKS.heading if is_heading else first if is_short else _RANKS.long)
            count += 1


def _texts(block: Block) -> Iterator[str]:
    """The lines of a fragment, each cell of a table as one, without Markdown's marks."""
    is_table = block.text.lstrip().startswith("|")
    for line in block.text.splitlines():
        for cell in line.replace("<br/>", "|").split("|") if is_table else [line]:
            text = " ".join(_MARKS.sub(" ", cell).split())
            if any(map(str.isalnum, text)):
                yield text[:_MOST_LETTERS]
