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
from schemas.geometry import BBox, union_of
from schemas.reading import Region, RegionKind, TextLine

# Above a title there is more room than between rows: so many times theirs.
_ROOM = 1.3
# The names of columns stand at the same places, to within this (line heights).
_SAME_PLACE = 0.5
_WORDS = 2
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def parted(region: Region, lines: Sequence[TextLine]) -> Iterator[Region]:
    """The region of a table whose lines are not drawn, cut above each title or header of another table in it.

    There is more room above it than rows have. A title is a line alone with the names of the columns below:
    the same again but for years, or any if it has a table's label. It is left to be text.
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
    for i in range(head + 2, len(rows) - 2):
        if gaps[i - 1] <= _ROOM * usual:
            continue
        if len(rows[i]) > 1:
            if _are_same(rows[head], rows[i]):
                yield i, i
        elif len(rows[i + 1]) > 1:
            labelled = label_kind(rows[i][0].text) is RegionKind.TABLE
            if labelled or _are_same(rows[head], rows[i + 1]):
                yield i, i + 1


def _gap(above: Pieces, below: Pieces) -> float:
    return min(piece.bbox.y1 for piece in below) - max(piece.bbox.y2 for piece in above)


def _are_same(names: Pieces, others: Pieces) -> bool:
    """Whether two rows say the same at the same places, but for years; several of their texts are words."""
    if len(names) != len(others) or sum(any(map(str.isalpha, one.text)) for one in names) < _WORDS:
        return False
    return all(
        _YEAR.sub("0", one.text) == _YEAR.sub("0", other.text)
        and abs(one.bbox.x1 - other.bbox.x1) < _SAME_PLACE * one.bbox.height
        for one, other in zip(names, others, strict=True)
    )
