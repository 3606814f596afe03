"""Heading levels over the whole document: a heading has the same level on every page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from pipelines.work import PageRecord
from schemas.fragments import FragmentType, HeaderContent, PageFragment, Source

# Sizes that differ by less than this share are one class.
_SAME_SIZE = 0.12
_DEEPEST = 5
_NUMBERING = re.compile(r"^\d{1,2}(?:\.\d{1,2})+\.?\s")


def with_levels(records: Sequence[PageRecord]) -> list[PageRecord]:
    """The records, section headings with levels by numbering and by font size over all pages.

    Sizes of scanned pages are measured on pixels and not comparable with a font's: the two are ranked
    apart. Records without geometry keep the levels they came with.
    """
    found: dict[tuple[int, int], int] = {}
    for source in (Source.DIGITAL, Source.OCR):
        places = [
            (r, f)
            for r, record in enumerate(records)
            for f, fragment in enumerate(record.fragments)
            if _is_heading(fragment, source)
        ]
        sizes = [_size(records[r], records[r].fragments[f]) for r, f in places]
        texts = [records[r].fragments[f].content.content for r, f in places]
        found |= dict(zip(places, _levels(sizes, texts), strict=True))
    return [
        replace(record, fragments=[_with_level(f, found.get((r, i))) for i, f in enumerate(record.fragments)])
        for r, record in enumerate(records)
    ]


def _levels(sizes: Sequence[float], texts: Sequence[str]) -> list[int]:
    """``2.3.1 …`` has the level of its numbering; the others follow the classes of their sizes."""
    classes = _classes(sizes)
    found = []
    for size, text in zip(sizes, texts, strict=True):
        numbering = _NUMBERING.match(text)
        level = numbering[0].rstrip(". ").count(".") + 1 if numbering else classes[size]
        found.append(min(level, _DEEPEST))
    return found


def _classes(sizes: Sequence[float]) -> dict[float, int]:
    """The level of each size: 1 for the largest and those about as large, and so on."""
    found: dict[float, int] = {}
    level, largest = 0, float("inf")
    for size in sorted(set(sizes), reverse=True):
        if size < largest * (1 - _SAME_SIZE) or not found:
            level, largest = level + 1, size
        found[size] = level
    return found


def _is_heading(fragment: PageFragment, source: Source) -> bool:
    return (
        fragment.fragment_type is FragmentType.SECTION_HEADER
        and fragment.source is source
        and fragment.bbox is not None
    )


def _size(record: PageRecord, fragment: PageFragment) -> float:
    """The usual font size of the words in the fragment's box, in page units; 0 if none are known."""
    if fragment.bbox is None:
        return 0.0
    box = fragment.bbox.bbox()
    sizes = [w.size for line in record.lines for w in line.words if w.bbox.inside(box) > 0.5]
    return median(sizes) if sizes else 0.0


def _with_level(fragment: PageFragment, level: int | None) -> PageFragment:
    if level is None or not isinstance(fragment.content, HeaderContent):
        return fragment
    return fragment.model_copy(update={"content": fragment.content.model_copy(update={"level": level})})
