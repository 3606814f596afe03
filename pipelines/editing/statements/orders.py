"""What is to be done with a field: "set X to Y", "tick X", "put Y in X", "leave X empty"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import regex

from pipelines.editing.statements.labels import Labels
from pipelines.editing.statements.pairs import beside, by_sign, by_verb, cleaned
from pipelines.editing.statements.quotes import Masked
from pipelines.editing.statements.statement import Statement

_SET = frozenset("set change update make".split())
_PUT = frozenset("put enter write type insert add use fill complete".split())
_TICK = frozenset("tick check mark select choose pick cross".split())
_UNTICK = frozenset("untick uncheck deselect unselect".split())
_CLEAR = frozenset("clear empty erase delete remove".split())
_LEAVE = frozenset("leave keep".split())
_SKIP = frozenset("skip ignore".split())
_VERBS = "|".join(sorted(_SET | _PUT | _TICK | _UNTICK | _CLEAR | _LEAVE | _SKIP))
_POLITE = "please|then|also|and|kindly|finally|next|now|you should|make sure to|be sure to"

_ORDER = regex.compile(
    rf"(?i)(?:(?:for|in|under|at|as)\s+(?P<where>[^,;]{{1,160}}),\s+)?(?:(?:{_POLITE})\s+)*(?P<not>(?:do\s+not|don['’]t|never|not)\s+)?"
    rf"(?P<verb>{_VERBS})(?:\s+(?:in|out|off))?\s+(?P<rest>\S.*)",
    regex.DOTALL,
)
_TO = regex.compile(
    r"(?P<label>.{1,160}?)(?:\s+(?:to\s+be|to|as|with|=|equal to)|\s*[:=])\s+(?P<value>\S.*)", regex.DOTALL
)
_ELLIPSIS = regex.compile(r"(?P<label>[^,;:=]{1,100}?)\s+(?:to|as|=)\s+(?P<value>\S.*)", regex.DOTALL)
_WITH = regex.compile(r"(?P<label>.{1,160}?)\s+(?:with|as)\s+(?P<value>\S.*)", regex.DOTALL)
_INTO = regex.compile(r"(?i)\s+(?P<link>in|into|for|as|under|at|on|to)\s+")
_LIST = regex.compile(r"[,;]\s+(?:and\s+)?|\s+and\s+")
_BOX = regex.compile(
    r"(?i)(?:the\s+)?(?:(?:check\s?box|box|option|answer|choice|radio button|button)(?:es)?\s+)?"
    r"(?:(?:for|of|next to|beside|labell?ed|marked|called|named|that says|saying)\s+)?"
)
_STATE = regex.compile(r"(?i)(?P<not>not\s+|un)?(?:checked|ticked|selected|marked)\.?")
_NOTHING = regex.compile(
    r"(?i)(?:to\s+be\s+)?(?:left\s+|leave\s+(?:it\s+)?|keep\s+(?:it\s+)?)?(?:empty|blank|unfilled|leer|vide|vac[ií]o)\.?"
)
_NO_VALUE = regex.compile(r"(?i)nothing|nichts|rien|nada")
_DENIED = regex.compile(r"(?:not|nicht|pas|non)\s+[\p{Lu}\p{N}]")
"""What something is said not to be is not to be read there: "not 555-0100"; "not known" is a value."""
_LEFT_EMPTY = regex.compile(r"(?i)\s+(?:empty|blank|unfilled|out|open|leer|vide)\.?$")
_LEFT_SO = regex.compile(r"(?i)\s+(?P<not>un|not\s+)?(?:checked|ticked|selected|marked)\.?$")
_SECTION = regex.compile(r"(?i)\s+(?:sections?|parts?|fields|areas?|pages?|boxes|lines|abschnitt|teil)$")


@dataclass(frozen=True, slots=True)
class Order:
    """A verb, whether it is denied, what it is about; and where, if that goes before: "for X, choose Y".

    ``begin`` is where in its clause the verb stands.
    """

    verb: str
    is_denied: bool
    rest: Masked
    where: str = ""
    begin: int = 0

    @classmethod
    def of(cls, clause: Masked) -> Order | None:
        """The order that a clause gives; None where it gives none."""
        found = _ORDER.match(clause.plain)
        if found is None:
            return None
        where = cleaned(clause.part(*found.span("where"))) if found["where"] else ""
        rest = clause.part(found.start("rest"))
        return cls(found["verb"].lower(), found["not"] is not None, rest, where, found.start("verb"))


def going_on(order: Order | None, clause: Masked, labels: Labels) -> list[Statement]:
    """What a clause says that goes on with an order, without a verb: "Last name to Doe"."""
    if order is None or order.is_denied:
        return []
    if order.verb in _SET and (found := _ELLIPSIS.match(clause.plain)):
        label = cleaned(clause.part(*found.span("label")))
        if label[:1].isalpha() and (labels.names(label) or (labels.knows(label) and not _LIST.search(label))):
            return list(_set_to(clause, clause.text))
    if order.verb in _PUT:
        return [one for one in _putting(order, clause, clause.text, labels) if labels.names(one.label)]
    return []


def _set_to(rest: Masked, said: str) -> Iterator[Statement]:
    """A label, and what it is set to."""
    if found := _TO.fullmatch(rest.plain):
        yield valued(cleaned(rest.part(*found.span("label"))), rest.part(found.start("value")), said)


def obeyed(order: Order, said: str, labels: Labels) -> Iterator[Statement]:
    """What is to stand where by an order; nothing where it is none about a form."""
    if order.where and not order.is_denied and order.verb in _TICK | _PUT | _SET:
        box = _BOX.match(order.rest.plain)
        yield valued(order.where, order.rest.part(box.end() if box else 0), said)
    elif order.verb in _TICK or order.verb in _UNTICK:
        yield from _ticking(order.rest, said, order.is_denied is (order.verb in _UNTICK), labels)
    elif order.verb in _LEAVE or order.verb in _CLEAR or order.verb in _SKIP or order.is_denied:
        yield from _leaving(order, said)
    elif order.verb in _SET:
        yield from _set_to(order.rest, said)
    else:
        yield from _putting(order, order.rest, said, labels)


def valued(label: str, value: Masked, said: str) -> Statement:
    """What something is said to be: a value, nothing, ticked or not."""
    if state := _STATE.fullmatch(value.plain):
        return Statement(label, not state["not"], said)
    if _DENIED.match(value.plain):
        return Statement("", False, said)
    return Statement(label, "" if leaves_empty(value.plain) else value.value.strip(), said)


def leaves_empty(value: str) -> bool:
    """Whether a value says that there is to be none: "leave blank"."""
    return _NOTHING.fullmatch(value) is not None


def _ticking(rest: Masked, said: str, is_set: bool, labels: Labels) -> Iterator[Statement]:
    """Boxes; or an answer and its question: "Yes" for a question, Canada as the country."""
    box = _BOX.match(rest.plain)
    thing = rest.part(box.end() if box else 0)
    for link in _INTO.finditer(thing.plain):
        first, last = cleaned(thing.part(0, link.start())), cleaned(thing.part(link.end()))
        if link["link"].lower() == "as" and labels.knows(first):
            first, last = last, first
        if labels.knows(last):
            yield Statement(last, first, said) if is_set else Statement(first, False, said)
            return
    things = [cleaned(one) for one in cut(thing, _LIST)]
    if labels.knows(cleaned(thing)) or not all(map(labels.knows, things)):
        things = [cleaned(thing)]
    for one in things:
        yield Statement(one, is_set, said)


def _leaving(order: Order, said: str) -> Iterator[Statement]:
    rest = order.rest
    if state := _LEFT_SO.search(rest.plain):
        yield Statement(cleaned(rest.part(0, state.start())), state["not"] is None, said)
        return
    if empty := _LEFT_EMPTY.search(rest.plain):
        rest = rest.part(0, empty.start())
    elif order.verb not in _CLEAR:
        return
    section = _SECTION.search(rest.plain)
    for one in cut(rest.part(0, section.start()) if section else rest, _LIST):
        yield Statement(cleaned(one), "", said, loose=section is not None)


def _putting(order: Order, rest: Masked, said: str, labels: Labels) -> Iterator[Statement]:
    """A value, then where it goes; or where, then the value."""
    for link in _INTO.finditer(rest.plain):
        label = cleaned(rest.part(link.end()))
        if labels.knows(label):
            value = rest.part(0, link.start())
            yield Statement(label, "" if _NO_VALUE.fullmatch(value.plain) else value.value, said)
            return
    pair = by_sign(rest) or by_verb(rest, labels) or beside(rest, labels)
    if pair and labels.knows(pair[0]):
        yield valued(*pair, said)
    elif order.verb == "fill" and (found := _WITH.fullmatch(rest.plain)):
        label = cleaned(rest.part(*found.span("label")))
        if labels.knows(label):
            yield Statement(label, rest.part(found.start("value")).value, said)


def cut(text: Masked, at: regex.Pattern[str]) -> Iterator[Masked]:
    """The parts of a text between matches of a pattern, without empty ones."""
    begin = 0
    for found in at.finditer(text.plain):
        if text.plain[begin : found.start()].strip():
            yield text.part(begin, found.start())
        begin = found.end()
    if text.plain[begin:].strip():
        yield text.part(begin)
