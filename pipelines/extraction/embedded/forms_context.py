"""What stands around a field of a form and says more of it than its name: its part, lines, an address."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipelines.extraction.embedded.forms_items import FormItem, owner_of
from pipelines.extraction.embedded.forms_loose import Loose
from pipelines.extraction.embedded.forms_names import core
from pipelines.extraction.embedded.lexicon import phrase
from pipelines.extraction.evidence import PlacedWord
from schemas.geometry import BBox, union_of

_STREET = {"address", "street"}
_TOWN = {"city", "zip", "state", "country", "province"}
# The parts of an address follow its first within so many fields, and so many of its heights below.
_PARTS, _ROWS = 4, 4.5
# A name with the print around it has so many words at most: more is a text.
_LONGEST = 16


def in_context(items: Sequence[FormItem], loose: Loose) -> Iterator[FormItem]:
    """The items with the name of their part of the form, other names, and what may go on with them."""
    owner, street = "", ""
    since = 0
    for i, item in enumerate(items):
        concepts = _concepts(item.name)
        owner = owner_of(item.name) or owner
        also = list(_completed(item, loose))
        since += 1
        if concepts & _STREET and not item.is_tick:
            street, since = _with_owner(owner, item.name), 0
            also.append(street)
        elif concepts & _TOWN and street and since <= _PARTS:
            also.append(f"{street} {core(item.name)}")
        place = _place(item)
        yield replace(
            item,
            part=loose.part_of(item.page, place) if place else "",
            also=tuple(also),
            below=_below(items, i, loose),
        )


def _concepts(name: str) -> set[str]:
    return {concept.name for concept in phrase(core(name))}


def _with_owner(owner: str, name: str) -> str:
    return core(name) if owner_of(name) else f"{owner} {core(name)}".strip()


def _place(item: FormItem) -> BBox | None:
    return union_of([word.bbox for word in item.label]) if item.label else item.bbox


def _completed(item: FormItem, loose: Loose) -> Iterator[str]:
    """The name with the lines of print around it; of a blank in a sentence what comes before and after it."""
    if not item.is_interactive or item.bbox is None:
        return
    if item.label:
        above, below = loose.above(item.label), loose.below(item.label)
        if 0 < len(above) + len(below) <= _LONGEST:
            yield " ".join([*(word.text for word in above), item.name, *(word.text for word in below)])
    if not item.is_tick and (over := loose.over(item.page, item.bbox)):
        yield over
    if not item.name:
        yield loose.around(item.page, item.bbox)


def _below(items: Sequence[FormItem], at: int, loose: Loose) -> tuple[PlacedWord, ...]:
    """The words that an address goes on with: the lines right below, or the fields for town and country."""
    item = items[at]
    concepts = _concepts(item.name)
    if item.is_tick or not concepts & _STREET:
        return ()
    found = () if item.is_interactive else loose.below(item.words)
    if concepts & _TOWN:
        return found
    for other in items[at + 1 : at + 1 + _PARTS]:
        concepts = _concepts(other.name)
        if other.is_tick or concepts & _STREET or not concepts & _TOWN or not _is_next(items[at], other):
            break
        found += other.words
    return found


def _is_next(item: FormItem, other: FormItem) -> bool:
    """Whether a field is in one of the few rows below another."""
    if item.bbox is None or other.bbox is None or item.page != other.page:
        return False
    return 0 <= other.bbox.y1 - item.bbox.y1 < _ROWS * item.bbox.height
