"""The headings of a document by all that the document says of them, on whatever page it does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from pipelines.documents.headings import kinds
from pipelines.documents.headings.candidates import Candidate, candidates
from pipelines.documents.headings.depths import levels
from pipelines.documents.headings.looks import body_look
from pipelines.documents.headings.sequence import count
from pipelines.documents.headings.told import tell
from pipelines.work import PageRecord
from schemas.fragments import FragmentType, HeaderContent, PageFragment, TextContent


def with_outline(records: Sequence[PageRecord]) -> list[PageRecord]:
    """The records with headings found, dropped, joined and levelled over all pages."""
    found = candidates(records)
    tell(records, found)
    _settle(records, found)
    depth = levels([one for one in found if one.kind is FragmentType.SECTION_HEADER])
    changed: defaultdict[int, list[Candidate]] = defaultdict(list)
    for one in found:
        changed[one.record].append(one)
    return [
        replace(record, fragments=_changed(record.fragments, changed[i], depth)) if i in changed else record
        for i, record in enumerate(records)
    ]


def _settle(records: Sequence[PageRecord], found: Sequence[Candidate]) -> None:
    """Finds out what each candidate is; the document has one title."""
    for one in found:
        if one.kind is FragmentType.TITLE:
            one.kind = FragmentType.SECTION_HEADER
    bodies = {scanned: body_look(records, scanned=scanned) for scanned in {one.look.scanned for one in found}}
    count(found)
    kinds.drop(records, found, bodies)
    kinds.add(found, bodies)
    count(found)
    kinds.name_title(records, found, bodies)


def _changed(
    fragments: Sequence[PageFragment], found: Sequence[Candidate], depth: dict[tuple[int, int], int]
) -> list[PageFragment]:
    made = list(fragments)
    for one in found:
        made[one.fragment] = _as(made[one.fragment], one, depth.get(one.place, 0))
    return made


def _as(fragment: PageFragment, one: Candidate, level: int) -> PageFragment:
    """The fragment as what it was found to be."""
    is_header = isinstance(fragment.content, HeaderContent)
    if not one.is_heading and not is_header and one.kind is fragment.fragment_type:
        return fragment
    text = fragment.content.content
    content = (
        HeaderContent(content=text if is_header else one.text, level=level)
        if one.is_heading
        else TextContent(content=text)
    )
    return fragment.model_copy(update={"fragment_type": one.kind, "content": content})
