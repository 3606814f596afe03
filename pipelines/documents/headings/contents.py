"""The entries of a document's tables of contents: names, levels and printed page numbers."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipelines.documents.headings.numbering import is_decimal, readings
from pipelines.pages.paragraphs import row_text, rows
from pipelines.work import PageRecord
from schemas.fragments import FragmentType
from schemas.reading import TextLine

# An entry: its name, dots or room, a page's number.
_ENTRY = re.compile(r"^(?P<name>.*?\S)\s*(?:[.·•…_‥⋯。\s]{2,}|\s)(?P<page>\d{1,4}|[ivxlcIVXLC]{1,7})$")
_LEADERS = re.compile(r"(?:[.·•…_‥⋯]\s?){3,}$")
# An entry has no more rows.
_MOST_ROWS = 4
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
    right: bool = False


def entries(records: Sequence[PageRecord]) -> list[Entry]:
    """The entries of all tables of contents, in order; what several rows hold is one entry."""
    found: list[tuple[_Row, int | None]] = []
    open_rows: list[_Row] = []
    for row in _rows(records):
        if open_rows and (readings(row.text) or len(open_rows) == _MOST_ROWS):
            open_rows.clear()  # they were no beginning of this
        open_rows.append(row)
        entry = _ENTRY.match(" ".join(one.text.strip() for one in open_rows))
        if entry is None:
            continue
        name = _LEADERS.sub("", entry["name"]).strip()
        page = int(entry["page"]) if entry["page"].isdecimal() else None
        found.append((replace(open_rows[0], text=name), page))
        open_rows.clear()
        if len(found) == _MOST_ENTRIES:
            break
    levels = _levels(_with_own_starts([row for row, _ in found]))
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
            start = min((line.bbox.x1 for line in lines), default=0.0)
            right = record.size is not None and 2 * start > record.size.width
            for row in rows(lines):
                yield _Row(row_text(row), row[0].bbox.x1, _height(row), place, right)


def _with_own_starts(rows: Sequence[_Row]) -> list[_Row]:
    """The rows, each beginning so far in from where its column does."""
    edges = {right: min((r.start for r in rows if r.right == right), default=0.0) for right in (False, True)}
    return [replace(row, start=row.start - edges[row.right]) for row in rows]


def _height(row: Sequence[TextLine]) -> float:
    return max(line.bbox.height for line in row)


def _levels(rows: Sequence[_Row]) -> list[int | None]:
    """By how many counts their numbers have; where these are no decimals, or few have one, by indentation."""
    numbers = [found[0] for row in rows if (found := readings(row.text))]
    depths = {number.depth for number in numbers}
    if 2 * len(numbers) > len(rows) and len(depths) > 1 and all(map(is_decimal, numbers)):
        return [found[0].depth - 1 if (found := readings(row.text)) else None for row in rows]
    steps: list[float] = []
    tolerance = _INDENT * max((row.height for row in rows), default=0.0)
    for start in sorted({row.start for row in rows}):
        if not steps or start - steps[-1] > tolerance:
            steps.append(start)
    if len(steps) == 1:
        return [None] * len(rows)
    return [bisect_right(steps, row.start) - 1 for row in rows]
