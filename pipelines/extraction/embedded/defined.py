"""Parties that a contract gives a name of their own: X, of …, (the "Lender"); X – nachfolgend „Mieter“."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from pipelines.extraction.answers import Answer, Method, Node
from pipelines.extraction.embedded.lexicon import Phrase, is_listed, phrase
from pipelines.extraction.embedded.running import RunningText
from pipelines.extraction.embedded.solve import Path
from pipelines.extraction.evidence import PlacedWord
from pipelines.extraction.targets import ArrayOf, Field, ObjectOf, Scalar
from pipelines.extraction.values.kinds import Kind, kind_of
from pipelines.extraction.values.names import is_company, names_in
from pipelines.extraction.values.spans import spans
from pipelines.extraction.values.typed import typed

_CALLED = (
    r"hereinafter|hereafter|collectively|nachfolgend|nachstehend|im Folgenden|ci-après|dénommée?|en adelante|"
    r"di seguito|hierna"
)
_ARTICLE = r"(?:(?i:the|der|die|das|la|le|el|il|de)\s)?"
_QUOTED = regex.compile(
    rf"(?:(?:[(–—-]|{_CALLED})[^()“”„«»\".;]{{0,60}}?[“”„«\"]\s?{_ARTICLE}(?P<role>[^“”„«»\"]{{2,40}}?)"
    rf"|(?:{_CALLED})\s{_ARTICLE}(?P<role>\p{{Lu}}\p{{L}}{{2,30}}))\s?[”“»\"]"
)
"""The second way: OCR takes a quotation mark that opens for commas, or for nothing."""
_STRETCH = 600
"""Letters before the name of a role in which its party is told."""
_OPENS = regex.compile(
    r"\b(?i:between|among|zwischen|entre|soussignés|tra|tussen)\b(?:\s(?:the|der|dem|den|les|il))?[\s:]"
)
_STARTS = regex.compile(
    r"^(?:(?i:and|und|et|y|e|en|zwischen|between|the|der|die|das|la|le|el|frau|herrn?|madame|monsieur|mme|señora?|"
    r"mrs?|ms|firma|société|party|parties)\b\.?[\s:]*)+"
)
_COMMA = regex.compile(r",")
_AND = regex.compile(r"\s(?:and|und|et|y|e|en)\s")
_NO_NAME = regex.compile(
    r"(?i)\b(?:agreement|contract|vertrag|contrat|contrato|effective|date|lease|premises|term|section|article|"
    r"january|february|march|april|may|june|july|august|september|october|november|december)\b"
)
_OF_PARTIES = frozenset("party person name company seller customer signature".split())
_OF_NAMES = frozenset({"name", "party", "person", "company", "full", "legal"})
_SURE = 0.85
_IS_AT = regex.compile(
    r"(?i)\b(?:at|(?:re)?sid(?:es|ing) (?:in|at)|situ[ée]e? (?:au|à)?|wohnhaft(?: in)?|Sitz in|domicilio en|"
    r"sede in)\s"
    r"(?P<address>[^()“”„«»\";]{0,60}\d[^()“”„«»\";]{0,80})"
)
_ADDRESS_ENDS = regex.compile(
    r"(?i),?\s(?:represented|acting|registered|being|whose|and|représentée?|immatriculée?|vertreten|geboren|born|"
    r"rappresentat[ao]|representad[ao]|ci-après|hereinafter)\b"
)
_BIRTH = regex.compile(r"(?i)\b(?:born|geb\.|geboren|née?|nacid[oa]|nat[oa])\b")


@dataclass(frozen=True, slots=True)
class Defined:
    """A party of a contract: its role, and where the text has its names and what it tells of it."""

    role: str
    role_at: tuple[int, int]
    names: tuple[tuple[int, int], ...]
    told: tuple[int, int]


def defined_parties(running: RunningText) -> list[Defined]:
    """Those that a contract introduces with a name in quotation marks, in their order."""
    found: list[Defined] = []
    last = 0
    for role in _QUOTED.finditer(running.text):
        begin = max(last, role.start() - _STRETCH)
        last = role.end()
        stretch = running.text[begin : role.start()]
        opening = max((one.end() for one in _OPENS.finditer(stretch)), default=0)
        begin += opening
        names = tuple(_names(stretch[opening:], begin))
        if names:
            found.append(Defined(role["role"], role.span("role"), names, (names[-1][1], role.start())))
    return found


def _names(stretch: str, at: int) -> Iterator[tuple[int, int]]:
    """The first name of a stretch, and those that "and" joins to it."""
    for begin, end in names_in(stretch):
        name = stretch[begin:end]
        if skipped := _STARTS.match(name):
            begin += skipped.end()
            name = stretch[begin:end]
        if sum(map(str.isalpha, name)) < 3 or _NO_NAME.search(name) or not name[:1].isupper():
            continue
        end = begin + _name_end(name)
        name = stretch[begin:end]
        if is_company(name):
            yield at + begin, at + end
            return
        for part in _split(name):
            yield at + begin + part[0], at + begin + part[1]
        return


def _name_end(name: str) -> int:
    """Where a name ends: at the comma that no legal form follows; an address may go on behind it."""
    for comma in _COMMA.finditer(name):
        following = _COMMA.search(name, comma.end())
        if not is_company(name[: following.start() if following else len(name)]):
            return comma.start()
        if is_company(name[: comma.start()]):
            return comma.start()
    return len(name)


def _split(name: str) -> Iterator[tuple[int, int]]:
    """Where people stand in "Ann Lee and Bo Ray"; "Lee and Ray" is one name."""
    begin = 0
    for link in _AND.finditer(name):
        if len(name[begin : link.start()].split()) > 1 and len(name[link.end() :].split()) > 1:
            yield begin, link.start()
            begin = link.end()
    yield begin, len(name)


def defined_answers(fields: Sequence[Field], running: RunningText) -> dict[Path, Node]:
    """The answers of fields that ask for a party by its role, for where it is, or for all parties."""
    parties = defined_parties(running)
    answers: dict[Path, Node] = {}
    for one in fields if parties else ():
        if node := _of_field(one, parties, running):
            answers[one.path] = node
    return answers


def _of_field(one: Field, parties: Sequence[Defined], running: RunningText) -> Node:
    if isinstance(one.target, ArrayOf) and isinstance(one.target.items, ObjectOf):
        if not _names_of(one) or not {c.name for c in phrase(one.name)} <= {"party"}:
            return None
        fields = one.target.items.fields
        return [_item(party, fields, running) for party in parties if _is_party(party)]
    party = next((party for party in parties if _is_of(one, party)), None)
    if party is None:
        return None
    if isinstance(one.target, ArrayOf) and isinstance(one.target.items, Scalar):
        known = [_answer(running, name, one, one.target.items) for name in party.names]
        return [answer for answer in known if answer]
    return _value(one, party, running)


def _is_party(party: Defined) -> bool:
    """Whether the name of its own is one of a role on papers, or a part of its name."""
    return any(is_listed(concept) and concept.weight >= 1 for concept in phrase(party.role))


def _names_of(one: Field) -> Phrase:
    return phrase(f"{one.name} {one.title}")


def _is_of(one: Field, party: Defined) -> bool:
    """Whether a field's name, or the name of the object that it is in, is the party's role."""
    role = {concept.name for concept in phrase(party.role) if concept.weight >= 1} - _OF_NAMES
    own = {concept.name for concept in _names_of(one)}
    above = {concept.name for concept in phrase(one.above[-1])} if one.above else set()
    if not role:
        return False
    if role <= own:
        return own <= role | _OF_NAMES | {"address"}
    return role <= above and above <= role | _OF_NAMES


def _value(one: Field, party: Defined, running: RunningText) -> Answer | None:
    """The name, or what is told behind it: where it is, when it was born, its number."""
    if not isinstance(one.target, Scalar):
        return None
    kind = kind_of(one)
    own = {concept.name for concept in _names_of(one)}
    role = {concept.name for concept in phrase(party.role)}
    if kind in (Kind.NAME, Kind.TEXT):
        is_name = own <= role | _OF_NAMES
        return _answer(running, (party.names[0][0], party.names[-1][1]), one, one.target) if is_name else None
    if kind is Kind.ADDRESS or (kind is Kind.DATE and "birth" in own):
        begin, end = party.told
        if kind is Kind.DATE and not _BIRTH.search(running.text, begin, end):
            return None
        if kind is Kind.ADDRESS and (said := _IS_AT.search(running.text, begin, end)):
            begin, end = said.span("address")
            if ends := _ADDRESS_ENDS.search(running.text, begin, end):
                end = ends.start()
            return _answer(running, (begin, end), one, one.target)
        words = running.words_of(begin, end)
        for span in spans(words, kind)[:1]:
            return _typed(span.text, words[span.first : span.last + 1], one, one.target)
    return None


def _item(party: Defined, fields: Sequence[Field], running: RunningText) -> Node:
    """A party as an item of an array of parties."""
    item: dict[str, Node] = {}
    for one in fields:
        item[one.name] = None
        if not isinstance(one.target, Scalar):
            continue
        told = {concept.name for concept in _names_of(one)}
        if told & {"role", "type"} and kind_of(one) in (Kind.TEXT, Kind.NAME):
            item[one.name] = _answer(running, party.role_at, one, one.target)
        elif kind_of(one) is Kind.ADDRESS or told <= _OF_NAMES:
            item[one.name] = _value(one, party, running)
    return item


def _answer(running: RunningText, place: tuple[int, int], one: Field, target: Scalar) -> Answer | None:
    begin, end = place
    return _typed(running.text[begin:end], running.words_of(begin, end), one, target)


def _typed(text: str, words: Sequence[PlacedWord], one: Field, target: Scalar) -> Answer | None:
    value = typed(text.strip(" ,;:"), target, kind_of(one))
    return None if value is None else Answer(value, Method.PROSE, tuple(words), _SURE)
