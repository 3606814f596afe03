"""The headings of a document by all that the document says of them, on whatever page it does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from pipelines.documents.headings import kinds
from pipelines.documents.headings.candidates import Candidate, candidates
from pipelines.documents.headings.contents import entries
from pipelines.documents.headings.depths import levels
from pipelines.documents.headings.joins import joined
from pipelines.documents.headings.looks import body_look
from pipelines.documents.headings.rulers import ruler_for
from pipelines.documents.headings.sequence import count
from pipelines.documents.headings.told import tell, told_names
from pipelines.work import PageRecord
from schemas.fragments import FragmentType, HeaderContent, PageFragment, TextContent
from schemas.geometry import Box, union_of


def with_outline(records: Sequence[PageRecord]) -> list[PageRecord]:
    """The records with headings found, dropped, joined and levelled over all pages."""
    listed = entries(records)
    ruler = ruler_for(records)
    found = joined(records, candidates(records, ruler), told_names(records, listed))
    tell(records, found, listed)
    bodies = {scanned: body_look(records, ruler, scanned=scanned) for scanned in (False, True)}
    _settle(records, found, bodies)
    depth = levels([one for one in found if one.kind is FragmentType.SECTION_HEADER])
    changes = _changes(records, found, depth)
    return [
        replace(record, fragments=_changed(record.fragments, changes[i])) if i in changes else record
        for i, record in enumerate(records)
    ]


def _settle(records: Sequence[PageRecord], found: Sequence[Candidate], bodies: kinds.Bodies) -> None:
    """Finds out what each candidate is; the document has one title."""
    for one in found:
        if one.kind is FragmentType.TITLE:
            one.kind = FragmentType.SECTION_HEADER
    count(found)
    kinds.drop(records, found, bodies)
    kinds.add(found, bodies)
    count(found)
    kinds.name_title(records, found, bodies)


def _changes(
    records: Sequence[PageRecord], found: Sequence[Candidate], depth: dict[tuple[int, int], int]
) -> dict[int, dict[int, PageFragment | None]]:
    """By record and place there what a fragment becomes, None where it goes."""
    changes: defaultdict[int, dict[int, PageFragment | None]] = defaultdict(dict)
    for one in found:
        fragment = records[one.record].fragments[one.fragment]
        made = _as(fragment, one, depth.get(one.place, 0))
        if made is not fragment:
            changes[one.record][one.fragment] = made
        for piece in one.pieces:
            changes[piece.record][piece.fragment] = None
    return changes


def _changed(
    fragments: Sequence[PageFragment], changes: dict[int, PageFragment | None]
) -> list[PageFragment]:
    made = (changes.get(i, fragment) for i, fragment in enumerate(fragments))
    return [fragment for fragment in made if fragment is not None]


def _as(fragment: PageFragment, one: Candidate, level: int) -> PageFragment:
    """The fragment as what it was found to be; with pieces it reaches over those of its page."""
    is_header = isinstance(fragment.content, HeaderContent)
    if not one.is_heading and not is_header and one.kind is fragment.fragment_type:
        return fragment
    text = fragment.content.content if is_header and not one.pieces else one.text
    content = HeaderContent(content=text, level=level) if one.is_heading else TextContent(content=text)
    update: dict[str, object] = {"fragment_type": one.kind, "content": content}
    beside = [piece.box for piece in one.pieces if piece.record == one.record and piece.box]
    if fragment.bbox and beside:
        update["bbox"] = Box.of(union_of([fragment.bbox.bbox(), *beside]))
    return fragment.model_copy(update=update)
