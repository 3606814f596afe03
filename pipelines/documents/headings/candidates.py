"""The texts of a document that are headings, or could be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipelines.documents.headings.looks import Look, PageLooks
from pipelines.documents.headings.names import key
from pipelines.documents.headings.numbering import Numbering, readings
from pipelines.documents.headings.rulers import Ruler
from pipelines.work import PageRecord
from schemas.fragments import FragmentType, HeaderContent, PageFragment
from schemas.geometry import BBox

HEADINGS = frozenset({FragmentType.TITLE, FragmentType.SECTION_HEADER})
"""The kinds that are headings."""

_COULD_BE = HEADINGS | {FragmentType.TEXT, FragmentType.LIST_ITEM, FragmentType.PAGE_HEADER}
# Headings are no longer than this (characters, rows); rows are this far apart (font sizes).
_LONGEST, _MOST_ROWS = 200, 5
# Of what was seen as a heading so much is looked at.
_LOOKED_AT = 1000
_LEADING = 1.2
# Running heads come first on their page; so many of the next texts may be above a text.
_HEADS = 8
_MARKUP = re.compile(r"\*\*|__|(?<!\w)[*_]|[*_](?!\w)|</?(?:b|i|u|sup|sub|del|ins)>|`")


@dataclass(slots=True)
class Candidate:
    """A text that is a heading or could be: where it is, what it says, how it is set.

    ``number`` is what it counts once that is known, ``told`` its 0-based level by a bookmark or a table of
    contents; ``named``: one of them tells its name. ``inset``: it begins further in than its column, as does
    what follows. ``at_head``: nothing but running lines is above it on its page. ``dropped``: it seemed a
    heading and is none. ``pieces`` are the other candidates that it goes on in; ``keys`` are its name to
    compare, with its number and without.
    """

    record: int
    fragment: int
    text: str
    kind: FragmentType
    look: Look
    rows: int = 1
    box: BBox | None = None
    inset: bool = False
    at_head: bool = False
    readings: list[Numbering] = field(default_factory=list)
    number: Numbering | None = None
    named: bool = False
    told: int | None = None
    dropped: bool = False
    pieces: list[Candidate] = field(default_factory=list)
    keys: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.keys = [key(self.text), *(key(reading.rest) for reading in self.readings[:1])]

    @property
    def place(self) -> tuple[int, int]:
        """The indices of its record, and of the fragment there."""
        return self.record, self.fragment

    @property
    def counts(self) -> bool:
        """Whether it surely begins with a number that counts something."""
        return any(not reading.guessed for reading in self.readings)

    @property
    def y(self) -> float:
        """How far down the page it begins, 0 where it has no box."""
        return self.box.y1 if self.box else 0.0

    def drop(self, kind: FragmentType) -> None:
        """It is no heading, whatever it looks like, but of this kind."""
        self.kind, self.number, self.dropped = kind, None, True

    @property
    def is_heading(self) -> bool:
        """Whether it is one so far."""
        return self.kind in HEADINGS


def candidates(records: Sequence[PageRecord], ruler: Ruler) -> list[Candidate]:
    """The candidates of all pages, in order; those without a box have a look of no size."""
    return [one for i, record in enumerate(records) for one in _of_page(i, record, PageLooks(record, ruler))]


def _of_page(place: int, record: PageRecord, looks: PageLooks) -> Iterator[Candidate]:
    for i, fragment in enumerate(record.fragments):
        is_heading = isinstance(fragment.content, HeaderContent)
        if not is_heading and not _could_be(fragment):
            continue
        look = looks.of(fragment)
        box = fragment.bbox.bbox() if fragment.bbox else None
        rows = round(box.height / (_LEADING * look.size)) if box and look.size else 1
        if not is_heading and rows > _MOST_ROWS:
            continue
        text = plain(fragment.content.content[:_LOOKED_AT])
        one = Candidate(place, i, text, fragment.fragment_type, look, rows=rows, readings=readings(text))
        if box is not None:
            one.box, one.inset = box, looks.is_inset(i)
            one.at_head = not any(_is_above(other, box.y1) for other in record.fragments[: i + _HEADS])
        yield one


def _is_above(fragment: PageFragment, y: float) -> bool:
    running = fragment.fragment_type in {FragmentType.PAGE_HEADER, FragmentType.PAGE_NUMBER}
    return not running and fragment.bbox is not None and fragment.bbox.y1 < y


def _could_be(fragment: PageFragment) -> bool:
    text = fragment.content.content
    is_short = 1 < len(text) <= _LONGEST and any(char.isalpha() for char in text)
    return fragment.fragment_type in _COULD_BE and is_short and fragment.bbox is not None


def plain(text: str) -> str:
    """A fragment's Markdown without its marks, on one line."""
    return " ".join(_MARKUP.sub("", text).split())
