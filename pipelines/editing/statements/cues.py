"""The usual turns of phrase by which people say who somebody is: "born on", "living at", "works as"."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from pipelines.editing.statements.quotes import Masked
from pipelines.editing.statements.statement import Statement
from pipelines.extraction.values.contacts import emails, ibans
from pipelines.extraction.values.names import is_company

_CAPITALISED = r"\p{Lu}[\p{L}\p{M}.'’-]*"
_PARTICLE = "van|von|der|den|de|del|della|di|da|la|le|ten|bin|al"
_NAME = rf"{_CAPITALISED}(?:\s+(?:(?:{_PARTICLE})\s+){{0,3}}{_CAPITALISED}){{1,4}}"
_IS_NAMED = (
    "(?:taxpayer|applicant|claimant|declarant) is|for|on behalf of|I am|I['’]m|I am called|my name is|named"
    "|this is|name is|ich bin|ich heiße"
    "|je m['’]appelle|je suis|me llamo|soy|mi chiamo|sono|ik ben"
)
_BORN = "born|geboren|née?|nacid[oa]|nat[oa]|nascid[oa]"
_LIVES = "liv(?:es?|ing)|resid(?:es?|ing)|domiciled|wohnhaft|wohn(?:e|t)|habit(?:e|ant)|viv[oe]|viviendo"
_WORKS = "works?|working|worked|employed"
_AT = "at|for|by|with"
_CUES = tuple(
    (regex.compile(pattern, regex.DOTALL), label)
    for pattern, label in (
        (rf"\b(?i:{_IS_NAMED})\s+(?P<value>{_NAME})", "full name"),
        (r"(?i:doing business as|trading as|d/b/a|dba)\s+(?P<value>\p{Lu}[^,;]{1,80})", "business name"),
        (
            rf"\b(?i:{_BORN})(?i:\s+(?:on|am|le|el|il))?\s+(?i:the\s+)?(?P<value>[\d\p{{L}}][\p{{L}}\d\s.,/’'-]{{3,40}}?)"
            r"(?=\s+(?:in|at|near|and|à|en|zu|aus)\s|[,;.]?\s*$|[,;]\s)",
            "date of birth",
        ),
        (
            rf"\b(?i:{_BORN})\b.{{0,40}}?\s(?:in|à|en|a)\s+(?P<value>\p{{Lu}}[\p{{L}} .'-]{{1,40}})",
            "place of birth",
        ),
        (rf"\b(?i:{_LIVES})\s+(?:at|in|on|à|en|a)\s+(?P<value>[\d\p{{Lu}}\ue000].*\d.*)", "address"),
        (
            rf"\b(?i:{_WORKS})\s+(?:as\s.{{1,60}}?\s)?(?:{_AT})\s+(?P<value>\p{{Lu}}.{{1,80}}?)(?=\s+as\s|[,;]|$)",
            "employer",
        ),
        (
            rf"\b(?i:{_WORKS})(?:\s+(?:{_AT})\s.{{1,60}}?)?\s+as\s+(?:an?\s+|the\s+)?(?P<value>\p{{L}}.{{1,60}}?)"
            rf"(?=\s+(?:{_AT})\s|[,;]|$)",
            "occupation",
        ),
        (
            r"\b(?i:reach|call|phone|ring|text|contact)\b.{0,40}?(?P<value>\+?\(?\d[\d\s().-]{6,20}\d)",
            "phone",
        ),
        (r"\b(?i:de nationalité|de nacionalidad|di nazionalità)\s+(?P<value>\p{L}+)", "nationality"),
        (r"\b(?i:aged?)\s+(?P<value>\d{1,3})\b", "age"),
        (r"\b(?P<value>\d{1,3})(?:\s+years?\s+old|[- ]year[- ]old)", "age"),
    )
)
_SHAPES = (("email", emails), ("iban", ibans))
_BEGINS = regex.compile(
    rf"(?i)(?:who\s+)?(?:(?:was|is|has\s+been)\s+)?(?:{_BORN}|{_LIVES}|{_WORKS}|aged|doing|trading"
    r"|(?:I|he|she|they|we|it|nobody|no one)(?:\s|['’](?:m|s|re|ve|d)\b))"
)
_ONLY_NAME = regex.compile(_NAME)
_SURE = 0.9
_AROUND = " \t\n,;.!"


def begins(text: str) -> bool:
    """Whether a clause begins with such a turn of phrase, or with whom it is about."""
    return _BEGINS.match(text) is not None


def by_cues(clause: Masked) -> Iterator[Statement]:
    """What turns of phrase say, and what is known by its shape alone."""
    for pattern, label in _CUES:
        if found := pattern.search(clause.plain):
            value = clause.part(*found.span("value")).value.strip(_AROUND)
            yield Statement(label, value, clause.text, sure=_SURE)
    for label, places in _SHAPES:
        for begin, end in places(clause.text):
            yield Statement(label, clause.text[begin:end], clause.text, sure=_SURE)


def is_name(text: str) -> bool:
    """Whether a text looks like the name of a person: capitalised words, the last name first or last."""
    last, comma, first = text.partition(", ")
    whole = f"{first} {last}" if comma else text
    return _ONLY_NAME.fullmatch(whole) is not None and not is_company(text)


def by_name(clause: Masked) -> Iterator[Statement]:
    """The name of a person that is all of a clause, where a sentence begins with whom it is about."""
    if _ONLY_NAME.fullmatch(clause.plain) and not is_company(clause.text):
        yield Statement("full name", clause.text, clause.text, sure=_SURE)
