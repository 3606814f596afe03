"""The blanks that share one value: a name, an address, a date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipelines.editing.compound import DATE, NAME, Family
from pipelines.editing.places import FLOOR, Called, Place, Places, Said
from pipelines.editing.placing import MARGIN, one_of
from pipelines.editing.words import meaning
from pipelines.extraction.embedded.lexicon import Phrase
from schemas.reading import FieldKind

Roles = frozenset[str]
"""The parts of a value that a blank takes, or a statement tells; none of the whole."""

_BESIDE = 0.8
"""The likeness of a blank that is meant by where it stands: "Last name", after "Spouse's first name"."""


@dataclass(slots=True)
class Slot:
    """The blanks for one part, or several: more than one where they are the same on several pages.

    ``rivals`` are all that could be meant; where it is open which, there are no ``places``.
    """

    roles: Roles
    places: list[Place]
    likeness: float
    rivals: list[Place] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What the likeliest of them is called."""
        return next(iter(self.places[0].blank.names), "") if self.places else ""


def slots_for(said: Said, row: int, family: Family, places: Places) -> list[Slot]:
    """The blanks for a value and its parts, each part once.

    Of several that could be meant it is the one that follows another of the value's own blanks.
    """
    concepts = frozenset().union(*(meaning(name) for name in family.concepts))
    known = [place for place in places.having(said.words | concepts) if _may_hold(place)]
    roles = {id(place): named for place in known if (named := _roles_of(place, family))}
    own = _by_roles(known, roles, said, family, places)
    found = [_slot(part, likely, row, places) for part, likely in own.items()]
    bare = Said(said.text, said.words & concepts, said.above & concepts, said.keys)
    anchors = [slot for slot in found if len(slot.places) == 1]
    if anchors:
        first = min(anchors, key=lambda slot: (-slot.likeness, slot.places[0].order))
        after = _after(first, [place for place in known if id(place) in roles], roles)
        near = _by_roles(after, roles, bare, family, places)
        for part, likely in near.items():
            slot = next((one for one in found if one.roles == part), None)
            if len(likely) == 1 and (slot is None or not slot.places):
                found = [one for one in found if one is not slot]
                found.append(Slot(part, [likely[0][1]], _BESIDE))
    return _on_one_page(found)


def roles_of(words: Phrase, family: Family) -> Roles:
    """The parts that words name; none where they name the whole besides: "Name, first name"."""
    named = frozenset(word.name for word in words if word.name in family.parts)
    is_whole = family is NAME and any(word.name in family.whole for word in words) and "last" not in named
    return frozenset() if is_whole else named


def _roles_of_name(name: Called, family: Family) -> Roles:
    """The parts that a name says; "Nom (nom de famille)" says that it is the last name."""
    named = roles_of(name.words, family)
    aside = frozenset(word.name for word in name.aside if word.name in family.parts)
    return aside if not named and aside == {"last"} else named


def _may_hold(place: Place) -> bool:
    blank = place.blank
    closed = place.boxes or place.is_office or blank.hidden or blank.read_only
    return not closed and blank.kind in (FieldKind.TEXT, FieldKind.DROPDOWN)


def _roles_of(place: Place, family: Family) -> list[Roles]:
    """What each name of a place says it takes; none where no name is of the family."""
    named = [name.words for name in place.names if any(word.name in family.concepts for word in name.words)]
    found = [roles_of(words, family) for words in named]
    return [roles for roles in found if roles or family is not DATE]


def _by_roles(
    known: Iterable[Place], roles: dict[int, list[Roles]], said: Said, family: Family, places: Places
) -> dict[Roles, list[tuple[float, Place]]]:
    """The places that may be meant, by the parts that the likeliest name of each takes."""
    found: dict[Roles, list[tuple[float, Place]]] = defaultdict(list)
    for place in known:
        if id(place) not in roles:
            continue
        ranked = [
            (_likeness(said, name, place, family, places), _roles_of_name(name, family))
            for name in place.names
            if any(word.name in family.concepts for word in name.words)
        ]
        ranked = [one for one in ranked if one[0] >= FLOOR and (one[1] or family is not DATE)]
        if ranked:
            likeness, part = max(ranked, key=lambda one: one[0])
            found[part].append((likeness, place))
    return found


def _likeness(said: Said, name: Called, place: Place, family: Family, places: Places) -> float:
    """That of a name; a little less of one that names the whole beside a part of it: "Name, first name"."""
    likeness = places.of_name(said, name, place, family.concepts)
    words = {word.name for word in name.words}
    both = words & family.whole and words & set(family.parts)
    return likeness - MARGIN if both and likeness else likeness


def _slot(part: Roles, likely: Sequence[tuple[float, Place]], row: int, places: Places) -> Slot:
    best = max(likeness for likeness, _ in likely)
    near = [place for likeness, place in likely if likeness > best - MARGIN]
    return Slot(part, one_of(near, row, places.repeats), best, near)


def _after(anchor: Slot, known: Sequence[Place], roles: dict[int, list[Roles]]) -> list[Place]:
    """The places of the family from a blank on, up to the next that begins such a value again."""
    begin = anchor.places[0].order
    again = [place.order for place in known if place.order > begin and anchor.roles in roles[id(place)]]
    end = min(again, default=None)
    return [place for place in known if place.order > begin and (end is None or place.order < end)]


def _on_one_page(found: Sequence[Slot]) -> list[Slot]:
    """The slots, without those whose parts others on the page of the most of them take."""
    pages = [place.blank.page for slot in found for place in slot.places]
    if not pages:
        return list(found)
    page = max(sorted(set(pages)), key=pages.count)
    here = [slot for slot in found if not slot.places or slot.places[0].blank.page == page]
    taken = frozenset().union(*(slot.roles for slot in here if slot.places))
    rest = [slot for slot in found if slot not in here]
    return here + [slot for slot in rest if not slot.roles or not slot.roles <= taken]
