"""The texts of a document that are headings, or could be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipelines.documents.headings.looks import Look, PageLooks
from pipelines.documents.headings.names import key
from pipelines.documents.headings.numbering import Numbering, readings
from pipelines.work import PageRecord
from schemas.fragments import FragmentType, HeaderContent, PageFragment

HEADINGS = frozenset({FragmentType.TITLE, FragmentType.SECTION_HEADER})
"""The kinds that are headings."""

_COULD_BE = HEADINGS | {FragmentType.TEXT, FragmentType.LIST_ITEM, FragmentType.PAGE_HEADER}
# Headings are no longer than this (characters), nor higher than this many of their lines.
_LONGEST, _MOST_LINES = 200, 3.6
_MARKUP = re.compile(r"\*\*|__|(?<!\w)[*_]|[*_](?!\w)|</?(?:b|i|u|sup|sub|del|ins)>|`")


@dataclass(slots=True)
class Candidate:
    """A text that is a heading or could be: where it is, what it says, how it is set.

    ``number`` is what it counts once that is known, ``told`` its 0-based level by a bookmark or a table of
    contents; ``named``: one of them tells its name.
    """

    record: int
    fragment: int
    text: str
    kind: FragmentType
    look: Look
    y: float
    readings: list[Numbering] = field(default_factory=list)
    number: Numbering | None = None
    named: bool = False
    told: int | None = None

    @property
    def place(self) -> tuple[int, int]:
        """The indices of its record, and of the fragment there."""
        return self.record, self.fragment

    @property
    def is_heading(self) -> bool:
        """Whether it is one so far."""
        return self.kind in HEADINGS

    @property
    def keys(self) -> list[str]:
        """Its name to compare, with its number and without."""
        return [key(self.text), *(key(reading.rest) for reading in self.readings[:1])]


def candidates(records: Sequence[PageRecord]) -> list[Candidate]:
    """The candidates of all pages, in order; those without a box have a look of no size."""
    return [one for place, record in enumerate(records) for one in _of_page(place, record)]


def _of_page(place: int, record: PageRecord) -> Iterator[Candidate]:
    looks = PageLooks(record)
    for i, fragment in enumerate(record.fragments):
        is_heading = isinstance(fragment.content, HeaderContent)
        if not is_heading and not _could_be(fragment):
            continue
        text = plain(fragment.content.content)
        look = looks.of(fragment)
        if not is_heading and fragment.bbox and fragment.bbox.bbox().height > _MOST_LINES * max(look.size, 1):
            continue
        y = fragment.bbox.y1 if fragment.bbox else 0.0
        yield Candidate(place, i, text, fragment.fragment_type, look, y, readings(text))


def _could_be(fragment: PageFragment) -> bool:
    text = fragment.content.content
    is_short = 1 < len(text) <= _LONGEST and any(char.isalpha() for char in text)
    return fragment.fragment_type in _COULD_BE and is_short and fragment.bbox is not None


def plain(text: str) -> str:
    """A fragment's Markdown without its marks, on one line."""
    return " ".join(_MARKUP.sub("", text).split())
