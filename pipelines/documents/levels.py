"""Heading levels over the whole document: headings that look alike have the same level on every page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from statistics import median

from pipelines.documents.headings.outline import with_outline
from pipelines.work import PageRecord
from schemas.fragments import FragmentType, HeaderContent, PageFragment, Source
from schemas.reading import Word

# Sizes that differ by less than this share are one class; lines of a scan differ by their letters alone.
_SAME_SIZE, _SAME_ON_SCANS = 0.12, 0.3
_DEEPEST = 5
_NUMBERING = re.compile(r"^(?:\d{1,2}(?:\.\d{1,2})*\.?|§\s?\d+)\s")


class _Style(IntEnum):
    """How a heading is set: of headings of one size, the earlier style stands higher."""

    CAPITALS = 0
    BOLD = 1
    PLAIN = 2
    ITALIC = 3


@dataclass(frozen=True, slots=True)
class _Look:
    text: str
    size: float
    style: _Style

    @property
    def depth(self) -> int:
        """The parts of its number: 2 for ``3.1``; 0 without one."""
        numbering = _NUMBERING.match(self.text)
        return numbering[0].strip(". ").count(".") + 1 if numbering else 0


def with_levels(records: Sequence[PageRecord], *, across: bool = False) -> list[PageRecord]:
    """The records, section headings with levels by numbering, font size and style over all pages.

    Sizes of scanned pages are measured on pixels and not comparable with a font's: the two are ranked
    apart. Records without geometry keep the levels they came with. ``across``: the whole document decides
    which texts are headings, and how deep they stand.
    """
    if across:
        return with_outline(records)
    found: dict[tuple[int, int], int] = {}
    for source, same_size in ((Source.DIGITAL, _SAME_SIZE), (Source.OCR, _SAME_ON_SCANS)):
        places = [
            (r, f)
            for r, record in enumerate(records)
            for f, fragment in enumerate(record.fragments)
            if _is_heading(fragment, source)
        ]
        looks = [_look(records[r], records[r].fragments[f]) for r, f in places]
        found |= dict(zip(places, _levels(looks, same_size), strict=True))
    return [
        replace(record, fragments=[_with_level(f, found.get((r, i))) for i, f in enumerate(record.fragments)])
        for r, record in enumerate(records)
    ]


def _levels(looks: Sequence[_Look], same_size: float) -> list[int]:
    """Looks are ranked; ``2.3`` and ``2.3.1`` stand one and two levels below where ``2`` stands."""
    ranks = _ranks(looks, same_size)
    chapters = [ranks[look.size, look.style] for look in looks if look.depth == 1]
    top = median(chapters) if chapters else 1
    levels = [
        round(top) + look.depth - 1 if look.depth > 1 else ranks[look.size, look.style] for look in looks
    ]
    return [min(level, _DEEPEST) for level in levels]


def _ranks(looks: Sequence[_Look], same_size: float) -> dict[tuple[float, _Style], int]:
    """The level of each look: 1 for the largest and those about as large, in the order of their styles."""
    found: dict[tuple[float, _Style], int] = {}
    rest = sorted({(look.size, look.style) for look in looks}, key=lambda look: -look[0])
    level = 0
    while rest:
        alike = [look for look in rest if look[0] >= rest[0][0] * (1 - same_size)]
        rest = rest[len(alike) :]
        for style in sorted({style for _, style in alike}):
            level += 1
            found |= {look: level for look in alike if look[1] is style}
    return found


def _is_heading(fragment: PageFragment, source: Source) -> bool:
    return (
        fragment.fragment_type is FragmentType.SECTION_HEADER
        and fragment.source is source
        and fragment.bbox is not None
    )


def _look(record: PageRecord, fragment: PageFragment) -> _Look:
    """The usual size (page units) and style of the words in the fragment's box; size 0 if there are none."""
    box = fragment.bbox.bbox() if fragment.bbox else None
    words = [w for line in record.lines for w in line.words if box and w.bbox.inside(box) > 0.5]
    size = median(w.size for w in words) if words else 0.0
    return _Look(fragment.content.content, size, _style(words))


def _style(words: Sequence[Word]) -> _Style:
    letters = "".join(char for word in words for char in word.text if char.isalpha())
    cased = [char for char in letters if char.isupper() or char.islower()]
    if len(cased) > 1 and all(char.isupper() for char in cased):
        return _Style.CAPITALS
    if 2 * sum(word.bold for word in words) > len(words):
        return _Style.BOLD
    return _Style.ITALIC if 2 * sum(word.italic for word in words) > len(words) else _Style.PLAIN


def _with_level(fragment: PageFragment, level: int | None) -> PageFragment:
    if level is None or not isinstance(fragment.content, HeaderContent):
        return fragment
    return fragment.model_copy(update={"content": fragment.content.model_copy(update={"level": level})})
