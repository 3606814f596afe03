"""The entries of a document's tables of contents: names, levels and printed page numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipelines.documents.headings.numbering import readings
from pipelines.pages.paragraphs import row_text, rows
from pipelines.work import PageRecord
from schemas.fragments import FragmentType
from schemas.reading import TextLine

# An entry: its name, dots or room, a page's number.
_ENTRY = re.compile(r"^(?P<name>.*?\S)\s*(?:[.·•…_‥⋯。\s]{2,}|\s)(?P<page>\d{1,4}|[ivxlcIVXLC]{1,7})$")
_LEADERS = re.compile(r"(?:[.·•…_‥⋯]\s?){3,}$")
# Entries that begin this far apart (line heights) are indented differently.
_INDENT = 0.5
# Tables of contents are read so far; what looks like a longer one is an index.
_MOST_ENTRIES = 5000


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry and the index of its record; ``level`` is 0-based, None where nothing tells it apart."""

    name: str
    level: int | None
    page: int | None
    record: int


@dataclass(slots=True)
class _Row:
    text: str
    start: float
    height: float
    record: int


def entries(records: Sequence[PageRecord]) -> list[Entry]:
    """The entries of all tables of contents, in order; what several rows hold is one entry."""
    found: list[tuple[_Row, int | None]] = []
    open_row: _Row | None = None
    for row in _rows(records):
        text = row.text.strip()
        entry = _ENTRY.match(text)
        if open_row is not None:
            row = replace(open_row, text=f"{open_row.text} {text}")
            entry = _ENTRY.match(row.text)
        if entry is None:
            open_row = row if open_row is None else None  # a name has two rows at most
            continue
        open_row = None
        name = _LEADERS.sub("", entry["name"]).strip()
        page = int(entry["page"]) if entry["page"].isdecimal() else None
        found.append((replace(row, text=name), page))
        if len(found) == _MOST_ENTRIES:
            break
    levels = _levels([row for row, _ in found])
    return [
        Entry(row.text, level, page, row.record) for (row, page), level in zip(found, levels, strict=True)
    ]


def _rows(records: Sequence[PageRecord]) -> Iterator[_Row]:
    for place, record in enumerate(records):
        for fragment in record.fragments:
            if fragment.fragment_type is not FragmentType.DOCUMENT_INDEX or fragment.bbox is None:
                continue
            box = fragment.bbox.bbox()
            lines = [line for line in record.lines if line.bbox.inside(box) > 0.5]
            for row in rows(lines):
                yield _Row(row_text(row), row[0].bbox.x1, _height(row), place)


def _height(row: Sequence[TextLine]) -> float:
    return max(line.bbox.height for line in row)


def _levels(rows: Sequence[_Row]) -> list[int | None]:
    """By indentation; where all entries begin alike, by how many counts their numbers have."""
    starts = sorted({row.start for row in rows})
    steps: list[float] = []
    tolerance = _INDENT * max((row.height for row in rows), default=0.0)
    for start in starts:
        if not steps or start - steps[-1] > tolerance:
            steps.append(start)
    if len(steps) > 1:
        return [max(i for i, step in enumerate(steps) if step <= row.start) for row in rows]
    depths = [found[0].depth - 1 if (found := readings(row.text)) else None for row in rows]
    return depths if len({depth for depth in depths if depth is not None}) > 1 else [None] * len(rows)
