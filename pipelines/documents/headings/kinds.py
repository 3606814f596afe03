"""Which candidates are headings: those that the document names, or that are set as its other headings are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.documents.headings.candidates import Candidate
from pipelines.documents.headings.looks import Look, body_look, by_size, compare, order
from pipelines.documents.headings.sequence import count
from pipelines.pages.captions import label_kind
from pipelines.work import PageRecord
from schemas.fragments import FragmentType
from schemas.reading import RegionKind

_ENDS_A_SENTENCE = re.compile(r"[.,;:!…。，；：]$")
_CAPTIONS = {RegionKind.TABLE: FragmentType.TABLE_CAPTION, RegionKind.PICTURE: FragmentType.FIGURE_CAPTION}
_FLOATS = {FragmentType.TABLE, FragmentType.FIGURE, FragmentType.CHART}


def settle(records: Sequence[PageRecord], found: Sequence[Candidate]) -> None:
    """Gives each candidate its kind; the title is that of the document."""
    for one in found:
        if one.kind is FragmentType.TITLE:
            one.kind = FragmentType.SECTION_HEADER
    count(found)
    body = {scanned: body_look(records, scanned=scanned) for scanned in {one.look.scanned for one in found}}
    _drop(records, found, body)
    _name_title(records, found, body)


def _drop(records: Sequence[PageRecord], found: Sequence[Candidate], body: dict[bool, Look]) -> None:
    for one in found:
        if not one.is_heading or one.named:
            continue
        label = label_kind(one.text)
        counts = one.number is not None and one.number.named
        if label and (not counts or _is_beside_float(records, one)):
            one.kind = _CAPTIONS[label]
        elif one.number is None and _ENDS_A_SENTENCE.search(one.text) and not _is_larger(one.look, body):
            one.kind = FragmentType.TEXT


def _is_beside_float(records: Sequence[PageRecord], one: Candidate) -> bool:
    fragments = records[one.record].fragments
    near = fragments[max(0, one.fragment - 2) : one.fragment + 3]
    return any(fragment.fragment_type in _FLOATS for fragment in near)


def _is_larger(look: Look, body: dict[bool, Look]) -> bool:
    return by_size(look, body[look.scanned]) < 0


def _name_title(records: Sequence[PageRecord], found: Sequence[Candidate], body: dict[bool, Look]) -> None:
    """The document's title: what stands on its first page and is set higher than every other heading."""
    headings = [one for one in found if one.is_heading]
    if not headings or records[0].number != 1:
        return
    first = headings[0].record
    on_first = [one for one in headings if one.record == first and one.number is None and one.look.size]
    if not on_first or first > 1:
        return
    best = min(on_first, key=lambda one: order(one.look))
    others = [one for one in headings if compare(one.look, best.look) <= 0 and one is not best]
    if not others and _is_larger(best.look, body):
        best.kind = FragmentType.TITLE
