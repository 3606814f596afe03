"""Statements of prose: sentences that say what things are, or what is to be done with a field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import regex

from pipelines.editing.statements.cues import begins, by_cues, by_name
from pipelines.editing.statements.denials import by_truth
from pipelines.editing.statements.labels import Labels
from pipelines.editing.statements.orders import Order, cut, going_on, obeyed, valued
from pipelines.editing.statements.pairs import (
    Pair,
    beside,
    by_of,
    by_sign,
    by_verb,
    is_introduction,
    label_end,
)
from pipelines.editing.statements.quotes import Masked
from pipelines.editing.statements.statement import Statement
from pipelines.editing.words import is_somebody_else, meaning

ABBREVIATED = (
    r"\p{Lu}|Mr|Mrs|Ms|Dr|Prof|St|Ave|Rd|Apt|Blvd|Ste|\p{L}*[Ss]tr|[Nn]o|[Nn]r|[Tt]el|[Aa]pprox|ca|vgl|Inc|Ltd|Co|Corp"
    r"|Jr|Sr|e\.g|i\.e"
)
"""What a point follows that ends no sentence."""
SENTENCE = regex.compile(
    rf"(?<!\b(?:{ABBREVIATED})[.])(?<=[.!?;\n])\s+(?=[\p{{Lu}}\p{{N}}\ue000\p{{Lo}}])|(?<=[。！？])"
)
_TELLING = frozenset(
    "description note text reason details explain comment happened message statement remark information"
    " describe instructions circumstances explanation summary history".split()
)
_TAIL = regex.compile(r";\s+|,\s+(?=\p{Ll}|\d(?!\d{3}\b))")
"""After a value something else is said: "C1234567, issued on"; not the year of a date."""
_RELATIVE = regex.compile(r"(?i:his|her|my|their|our)\s+\p{Ll}+\s+(?=\p{Lu})")
_NEXT = regex.compile(
    r"[,;]\s+(?:and\s+|but\s+|und\s+|et\s+|y\s+)?|[.!]\s+|\s+(?:and|but|und|aber|et|mais|y|pero)\s+|\s+(?=who\s)"
)
_END = regex.compile(r"(?<![.\s]\p{L}|\b(?:Inc|Ltd|Co|Corp|Jr|Sr|St|Ave|Rd))[.!。]+$|[,;]+$")
_FIGURES = regex.compile(r"\d+")
_LONGEST_IDLE = 8
"""Words of a clause that only speaks of filling in."""
_AHEAD = 200
"""So many letters of what follows tell whether something new begins."""
_PRONOUN = regex.compile(
    r"(?i)\b(?:(?P<she>she|her)|(?P<he>he|his)|(?P<they>they|their)|(?P<it>its?)|(?P<i>I|my))\b"
)


@dataclass(frozen=True, slots=True)
class _Subject:
    """Whom a sentence is about: a word for somebody else than the form's own person, or nothing.

    ``pronoun`` is the form's own person's where that somebody was named: "her husband".
    """

    path: tuple[str, ...] = ()
    pronoun: str = ""


def of_prose(text: Masked, path: tuple[str, ...], labels: Labels) -> Iterator[Statement]:
    """What the sentences of a paragraph say; ``path``: the headings that it stands under."""
    about = _Subject()
    for sentence in cut(text, SENTENCE):
        about = _about(sentence.plain, about)
        clause_about = about
        clauses = list(_clauses(sentence, labels))
        for clause, order in clauses:
            found = list(_of_clause(clause, order, labels))
            if order is None and len(clauses) > 1 and clause is clauses[0][0]:
                found += by_name(clause)
            if order is not None:
                yield from (replace(one, path=path) for one in found)
                continue
            other = next((word for one in found if one.sure == 1 for word in _others(one.label)), "")
            if other:  # what follows is about them, until somebody else is spoken of
                clause_about = _Subject((other,))
                about = _Subject((other,), _pronoun(sentence.plain))
            own = () if other else clause_about.path
            yield from (replace(one, path=(*path, *own)) for one in found)


def _about(sentence: str, before: _Subject) -> _Subject:
    """About whom the sentence before was, if this one does not begin with the form's own person's pronoun."""
    begins_so = _PRONOUN.match(sentence)
    if (
        not before.path
        or begins_so is None
        or begins_so.lastgroup == before.pronoun
        or begins_so.lastgroup == "i"
    ):
        return _Subject()
    return before


def _pronoun(sentence: str) -> str:
    found = _PRONOUN.search(sentence[:_AHEAD])
    return (found.lastgroup or "") if found else ""


def _others(label: str) -> list[str]:
    return [word.name for word in meaning(label) if is_somebody_else(word)]


def _clauses(sentence: Masked, labels: Labels) -> Iterator[tuple[Masked, Order | None]]:
    """The parts of a sentence that each say something, with the order in force.

    It is cut only before what begins something new.
    """
    begin, order = 0, Order.of(sentence)
    open_until = _label_end(sentence, order, labels)
    inside = _inside_brackets(sentence.plain)
    for found in _NEXT.finditer(sentence.plain):
        if found.end() <= open_until or inside[found.start()]:
            continue
        rest = sentence.part(found.end(), found.end() + _AHEAD)
        following = Order.of(rest)
        goes_on = following is None and bool(going_on(order, rest, labels))
        if following is None and not goes_on and not _begins(rest, labels):
            continue
        yield sentence.part(begin, found.start()), order
        begin = found.end()
        order = following or (order if goes_on else None)
        open_until = begin + _label_end(sentence.part(begin, begin + _AHEAD), following, labels)
    yield sentence.part(begin), order


def _label_end(clause: Masked, order: Order | None, labels: Labels) -> int:
    """How far into a clause nothing else begins: over the label that it, or its order, begins with."""
    if order is None:
        return label_end(clause, labels)
    return order.begin + label_end(order.rest, labels)


def _begins(rest: Masked, labels: Labels) -> bool:
    """Whether a new statement begins here."""
    if begins(rest.plain):
        return True
    if (pair := by_sign(rest)) and labels.knows(pair[0]):
        return True
    return by_verb(rest, labels) is not None or beside(rest, labels) is not None


def _inside_brackets(plain: str) -> list[bool]:
    """Of each letter, whether it stands in brackets."""
    inside, depth = [], 0
    for letter in plain:
        inside.append(depth > 0)
        depth += (letter in "([") - (letter in ")]" and depth > 0)
    return inside


def holds_sentences(label: str) -> bool:
    """Whether what a label names may be several sentences: a description, a reason."""
    return any(word.name in _TELLING for word in meaning(label))


def without_stop(text: Masked) -> Masked:
    """A text without the mark that ends its sentence."""
    end = _END.search(text.plain)
    return text.part(0, end.start()) if end else text


def _of_clause(clause: Masked, order: Order | None, labels: Labels) -> Iterator[Statement]:
    """What a clause says: an order, a label and a value, a turn of phrase; or only that something is so."""
    clause = without_stop(clause)
    own = Order.of(clause)
    found = list(obeyed(own, clause.text, labels)) if own else going_on(order, clause, labels)
    if found:
        yield from found
    elif (signed := by_sign(clause)) and is_introduction(signed[0]) and not labels.knows(signed[0]):
        yield from _of_clause(signed[1], None, labels) if signed[1].text else ()
    elif pair := _pair(clause, labels):
        yield from _valued(*pair, clause, labels)
    else:
        yield from _told(clause, labels)


def _pair(clause: Masked, labels: Labels) -> Pair | None:
    """The label and the value that a clause is made of."""
    signed = by_sign(clause)
    if signed and signed[1].text:
        return signed
    pair = by_verb(clause, labels)
    return pair or (None if begins(clause.plain) else beside(clause, labels))


def _valued(label: str, value: Masked, clause: Masked, labels: Labels) -> Iterator[Statement]:
    """A label and its value; and what is said after a comma that is no part of it."""
    tail = None if holds_sentences(label) or _is_address(label) else _TAIL.search(value.plain)
    first = value.part(0, tail.start()) if tail else value
    if relative := _RELATIVE.match(first.plain):
        first = first.part(relative.end())
    yield valued(label, first, clause.text if tail is None else f"{label}: {first.text}")
    if tail:
        yield from _told(value.part(tail.end()), labels)


def _told(clause: Masked, labels: Labels) -> Iterator[Statement]:
    """What turns of phrase say; and the clause as something that is so, to be missed if it says more."""
    told = list(by_cues(clause))
    if not told and (pair := by_of(clause, labels)):
        told = [valued(*pair, clause.text)]
    yield from told
    if len(clause.plain) > 2:
        placed = {figures for one in told for figures in _FIGURES.findall(str(one.value))}
        all_said = bool(told) and placed.issuperset(_FIGURES.findall(clause.text))
        is_idle = all_said or (not told and _is_idle(clause.text))
        for part, is_so in by_truth(clause):
            yield Statement("", is_so, part.text, loose=is_idle)


def _is_idle(text: str) -> bool:
    """Whether a clause only speaks of filling in: "please complete this application"."""
    return is_introduction(text) and len(text.split()) <= _LONGEST_IDLE and not _FIGURES.search(text)


def _is_address(label: str) -> bool:
    return any(word.name == "address" for word in meaning(label))
