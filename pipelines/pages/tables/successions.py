"""Tables that stand one below the other and were taken for one: the next begins where its title stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from pipelines.pages.captions import label_kind
from pipelines.pages.tables.columns import Pieces, phrase_rows
from pipelines.pages.tables.frames import cut_between
from pipelines.pages.tables.values import is_value
from schemas.geometry import BBox, union_of
from schemas.reading import Region, RegionKind, TextLine

# Above a title there is more room than between rows: so many times theirs.
_ROOM = 1.3
# The names of columns stand at the same places, to within this (line heights).
_SAME_PLACE = 0.5
# So many names make a header; a header of two rows may have them in both.
_NAMES, _HEAD_ROWS = 2, 2
# A header in bold stands out where no more than this share of the rows is bold.
_BOLD = 0.5
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
# "(continued)" stands behind a name where the first table began on another page; or a unit.
_REMARK = re.compile(r"\s*\([^()]*\)$")


def parted(region: Region, lines: Sequence[TextLine]) -> Iterator[Region]:
    """The region of a table whose lines are not drawn, cut above each title or header of another table in it.

    There is more room above it than rows have. A title is a line alone with the names of the columns below:
    the same again but for years, any that stand out, or any if it has a table's label. It is left to be text.
    """
    rows = phrase_rows(lines)
    cuts = list(_cuts(rows))
    if not cuts:
        yield region
        return
    starts = [0, *(end for _, end in cuts)]
    ends = [*(start for start, _ in cuts), len(rows)]
    for start, end in zip(starts, ends, strict=True):
        if start < end:
            top = cut_between([rows[start - 1]], [rows[start]]) if start else region.bbox.y1
            bottom = cut_between([rows[end - 1]], [rows[end]]) if end < len(rows) else region.bbox.y2
            yield replace(region, bbox=BBox(region.bbox.x1, top, region.bbox.x2, bottom), grid=None)
    for start, end in cuts:
        if start < end:
            yield Region(RegionKind.CAPTION, union_of([piece.bbox for piece in rows[start]]))


def _cuts(rows: Sequence[Pieces]) -> Iterator[tuple[int, int]]:
    """Where one table ends and the next begins: the rows between the two are its title, or none."""
    head = next((i for i, row in enumerate(rows) if len(row) > 1), None)
    if head is None:
        return
    gaps = [_gap(above, below) for above, below in pairwise(rows)]
    usual = max(median(gaps), 0.0) if gaps else 0.0
    is_plain = sum(map(_is_bold, rows)) <= _BOLD * len(rows)
    for i in range(head + 1, len(rows) - 1):
        names = i if len(rows[i]) > 1 else i + 1
        labelled = names > i and label_kind(rows[i][0].text) is RegionKind.TABLE
        # Without a label, names that nothing stands below are a last row.
        names_rows = labelled or names + 1 < len(rows)
        if gaps[i - 1] <= _ROOM * usual or not names_rows or len(rows[names]) < _NAMES:
            continue
        again = i > head + 1 and _is_again(rows, head, names)
        if labelled or again or (is_plain and _are_names(rows[names]) and not _are_names(rows[i - 1])):
            yield i, names


def _gap(above: Pieces, below: Pieces) -> float:
    return min(piece.bbox.y1 for piece in below) - max(piece.bbox.y2 for piece in above)


def _is_again(rows: Sequence[Pieces], head: int, at: int) -> bool:
    """Whether the rows of a header stand again, but for years; several of their texts are words or years."""
    names = 0
    for one, other in zip(rows[head : head + _HEAD_ROWS], rows[at:], strict=False):
        if not _are_same(one, other):
            return False
        names += sum(any(map(str.isalpha, piece.text)) for piece in one)
        names += any(_YEAR.search(piece.text) for piece in one)
        if names >= _NAMES:
            return True
    return False


def _are_same(names: Pieces, others: Pieces) -> bool:
    """Whether two rows say the same at the same places, but for years, what is cut short and remarks."""
    return len(names) == len(others) and all(
        _is_same(one.text, other.text) and abs(one.bbox.x1 - other.bbox.x1) < _SAME_PLACE * one.bbox.height
        for one, other in zip(names, others, strict=True)
    )


def _is_same(name: str, other: str) -> bool:
    one, two = (_YEAR.sub("0", _REMARK.sub("", text)) for text in (name, other))
    return one == two or any(a.endswith(".") and b.startswith(a[:-1]) for a, b in ((one, two), (two, one)))


def _are_names(row: Pieces) -> bool:
    """Whether a row in bold has nothing but names of columns: words and years."""
    return _is_bold(row) and not any(is_value(piece.text) for piece in row)


def _is_bold(row: Pieces) -> bool:
    return all(word.bold for piece in row for word in piece.words)
