"""Names, addresses and dates: what is said as a whole or in parts, to blanks for the whole or for parts."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

import regex

from pipelines.editing.compound import ADDRESS, DATE, FAMILIES, NAME, Family, Parts, joined, split_town
from pipelines.editing.date_formats import date_in
from pipelines.editing.fit import fit
from pipelines.editing.places import Place, Said
from pipelines.editing.placing import Desk, ambiguous
from pipelines.editing.slots import Roles, Slot, roles_of, slots_for
from pipelines.editing.statements.statement import Statement
from pipelines.editing.words import in_order, is_somebody_else, meaning
from pipelines.extraction.embedded.lexicon import Phrase
from schemas.reading import FieldKind

_INITIAL = regex.compile(r"(?i)\binit|\bm\.?\s?i\b")


def place_families(statements: Sequence[Statement], desk: Desk) -> list[Statement]:
    """Places what is said of names, addresses and dates; returns the statements that are left."""
    left = list(statements)
    for family in FAMILIES:
        done: set[int] = set()
        for group in _groups(left, family):
            desk.check()
            done |= _Sharing(family, group, desk).place()
        left = [one for one in left if id(one) not in done]
    return left


def _groups(statements: Sequence[Statement], family: Family) -> list[list[Statement]]:
    """The statements about parts of one value: of one person, under one heading, of one row."""
    groups: dict[tuple[frozenset[str], Phrase, Phrase, int], list[Statement]] = defaultdict(list)
    for one in statements:
        if not isinstance(one.value, str) or not one.value or not _concerns(one, family):
            continue
        own = frozenset(word for word in meaning(one.label) if word.name not in family.concepts)
        above = frozenset(word for word in meaning(" ".join(one.path)) if word.name not in family.concepts)
        others = frozenset(word for word in own if is_somebody_else(word))
        groups[frozenset(w.name for w in own - others), own, above, one.row].append(one)
    return list(groups.values())


def _concerns(one: Statement, family: Family) -> bool:
    """Whether a statement is about such a value; about a date, whether it tells one."""
    if family is DATE:
        return isinstance(one.value, str) and any(map(str.isdigit, one.value[:40]))
    return any(word.name in family.concepts for word in meaning(one.label))


class _Sharing:
    """One value and the blanks that its parts go to."""

    def __init__(self, family: Family, group: Sequence[Statement], desk: Desk) -> None:
        self._family = family
        self._group = group
        self._desk = desk
        self._slots = self._found()
        self._parts: Parts = {}
        self._sources: dict[str, Statement] = {}
        self._stated: dict[Roles, Statement] = {}

    def place(self) -> set[int]:
        """Writes what goes somewhere; the ``id`` of each statement that is dealt with."""
        for one in self._group:
            roles = roles_of(meaning(one.label), self._family)
            self._stated.setdefault(roles, one)
            if len(roles) == 1:
                self._take({next(iter(roles)): str(one.value)}, one)
        if self._family is NAME:
            self._slots = [self._as_last(slot) for slot in self._slots]
        taken = frozenset().union(*(slot.roles for slot in self._slots))
        if self._family is NAME and {"first", "last"} <= taken:
            self._slots = [slot for slot in self._slots if slot.roles or not self._is_after(slot)]
        words = frozenset().union(*(meaning(one.label) for one in self._group))
        in_parts = self._parts or any(word.name in self._family.parts for word in words)
        if not taken and not (self._slots and in_parts):
            return set()  # the whole to the whole: no matter of parts
        done = self._apart(taken)
        for slot in self._slots:
            done |= self._fill(slot, taken)
        return done

    def _found(self) -> list[Slot]:
        one = self._group[0]
        if self._family is DATE and date_in(str(one.value), self._desk.conventions) is None:
            return []
        return slots_for(Said.of(one.label, one.path), one.row, self._family, self._desk.places)

    def _as_last(self, slot: Slot) -> Slot:
        """A blank for the name beside one for the first name only takes the last one: "Nom", "Prénom".

        Not where it is called by the very words that are said: those are for the person to choose.
        """
        taken = [other.roles for other in self._slots]
        is_last = not slot.roles and frozenset({"first"}) in taken and not any("last" in one for one in taken)
        whole = self._stated.get(frozenset())
        if not is_last or not slot.places or (whole and whole.sure == 1 and self._names(whole, slot)):
            return slot
        return replace(slot, roles=frozenset({"last"}))

    def _names(self, one: Statement, slot: Slot) -> bool:
        named = self._desk.places.named(Said.of(one.label, one.path))
        return any(place in named for place in slot.places)

    def _is_after(self, whole: Slot) -> bool:
        """Whether a blank for the whole follows those for parts: it is somebody else's, or to be signed."""
        orders = [place.order for slot in self._slots if slot.roles for place in slot.places]
        return bool(orders and whole.places) and whole.places[0].order > max(orders)

    def _apart(self, taken: Roles) -> set[int]:
        """What is said as a whole, or as several parts, is taken apart as far as blanks want its parts."""
        done: set[int] = set()
        slots = {slot.roles for slot in self._slots if slot.places}
        for roles, one in self._stated.items():
            if len(roles) == 1 or (roles in slots and (roles or self._family is NAME)):
                continue
            parts = self._split(str(one.value), roles)
            lost = [name for name in parts if name not in taken and self._family.heirs.get(name) not in taken]
            is_rest = any(not slot.roles for slot in self._slots)
            if self._family.main in lost and not is_rest:  # the rest without it would be misleading
                done.add(id(one))
            else:
                self._take({name: text for name, text in parts.items() if name not in self._parts}, one)
            if not parts and frozenset() not in slots and not self._is_one_part(one, slots):
                self._desk.report(one.said, f"It could not be taken apart for the fields {self._wanted()}.")
                done.add(id(one))
            elif lost and parts and not is_rest:
                missing = ", ".join(lost)
                self._desk.report(one.said, f"No field of the form takes this part of it: {missing}.")
        return done

    def _is_one_part(self, one: Statement, slots: set[Roles]) -> bool:
        return self._as_street(one, slots) or self._as_called(one)

    def _as_called(self, one: Statement) -> bool:
        """A name of one word is the last one where its blank is called so: "Nom (nom de famille)"."""
        last = [slot for slot in self._slots if slot.roles == {"last"} and slot.places]
        own = {called.words for slot in last for place in slot.places for called in place.names}
        if self._family is not NAME or "last" in self._parts or Said.of(one.label).words not in own:
            return False
        self._take({"last": str(one.value)}, one)
        return True

    def _as_street(self, one: Statement, slots: set[Roles]) -> bool:
        """An address of one line that says no town is a street."""
        if self._family is not ADDRESS or frozenset({"street"}) not in slots or "street" in self._parts:
            return False
        self._take({"street": str(one.value)}, one)
        return True

    def _fill(self, slot: Slot, taken: Roles) -> set[int]:
        own = self._stated.get(slot.roles)
        text, sources = self._text(slot, taken, own)
        if not text:
            return set()
        done = {id(one) for one in sources}
        said = "; ".join(dict.fromkeys(one.said for one in sources))
        if not slot.places:
            self._desk.report(said, ambiguous(slot.rivals))
            return done
        for place in slot.places:
            fits = [fit(place, form, self._desk.conventions) for form in self._forms(slot, place, text)]
            found = next((one for one in fits if not one.problem), fits[0])
            if found.problem:
                self._desk.report(said, found.problem)
            else:
                self._desk.write(found, said, slot.likeness * min(one.sure for one in sources))
        return done

    def _text(self, slot: Slot, taken: Roles, own: Statement | None) -> tuple[str, list[Statement]]:
        """What a slot holds, and what says so: the very words, or the parts that go there."""
        is_all = self._family is NAME or not any(self._sources.get(part) is own for part in taken)
        heir_of = self._family.heirs
        extra = {part for part in heir_of if part not in taken and part in self._parts}
        heirs = {heir_of[part] for part in extra}
        if own is not None and (slot.roles or is_all or not self._parts) and heirs.isdisjoint(slot.roles):
            return str(own.value), [own]
        wanted = slot.roles or frozenset(self._family.parts) - (frozenset() if is_all else taken)
        wanted |= {part for part in extra if heir_of[part] in wanted}
        order = [part for part in _order(self._family, slot.name) if part in wanted and part in self._parts]
        leading = next((part for part in self._family.parts if part in slot.roles), "")
        if not ({leading} if leading else {"first", "last", "street"}) & set(order):
            return "", []
        parts = {name: self._parts[name] for name in order}
        if order == ["middle"] and _INITIAL.search(slot.name):
            parts["middle"] = parts["middle"][:1]
        sources = list({id(self._sources[name]): self._sources[name] for name in parts}.values())
        return joined(self._family, parts, order), sources

    def _forms(self, slot: Slot, place: Place, text: str) -> list[str]:
        """The ways in which a part may be written, the likeliest first."""
        if self._family is not DATE or not text.isdecimal():
            return [text]
        number, longest = int(text), place.blank.longest
        if "year" in slot.roles:
            return [text[-2:]] if 0 < longest < 4 else [text]
        forms = [text.zfill(2), str(number)] if longest or place.blank.kind is not FieldKind.TEXT else [text]
        if "month" in slot.roles and place.blank.kind is FieldKind.DROPDOWN:
            forms += _month_names(number)
        return forms

    def _split(self, value: str, roles: Roles) -> Parts:
        if self._family is ADDRESS and roles:
            return {name: text for name, text in split_town(value).items() if name in roles}
        parts = self._family.split(value, self._desk.conventions)
        if self._family is NAME and roles and "last" not in roles:
            first, _, rest = value.partition(" ")
            return {"first": first, "middle": rest} if rest else {"first": first}
        return parts

    def _take(self, parts: Mapping[str, str], one: Statement) -> None:
        self._parts.update(parts)
        self._sources.update(dict.fromkeys(parts, one))

    def _wanted(self) -> str:
        names = [repr(slot.places[0].told) for slot in self._slots if slot.places and slot.roles]
        return " and ".join(names[:3])


def _order(family: Family, label: str) -> list[str]:
    """The family's parts in the order in which a label names them, then the others."""
    named = [word.name for word in in_order(label) if word.name in family.parts]
    return list(dict.fromkeys([*named, *family.parts]))


def _month_names(number: int) -> list[str]:
    return [calendar.month_name[number], calendar.month_abbr[number]]
