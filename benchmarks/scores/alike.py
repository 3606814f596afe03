"""When two values of a field say the same: what is printed, what is meant, and nearly so.

Letter case, punctuation and spaces never count. Dates, numbers, lengths of time and names of states are
compared by what they mean, each as its kind says.
"""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from dateutil import parser
from rapidfuzz.distance import Levenshtein

_NEARLY = 0.8
"""Texts that differ in at most one character of five are nearly the same."""

Value = str | int | float | bool


class Kind(StrEnum):
    """What a field's values are; it says how they are compared."""

    TEXT = "text"
    NUMBER = "number"
    """``1,234.50``, ``1.234,50 EUR`` and 1234.5 are the same."""
    DATE = "date"
    """The same day, where a day and a month may be meant in either order."""
    BOOLEAN = "boolean"
    CURRENCY = "currency"
    """An ISO 4217 code, or the sign that stands for it beside amounts."""
    PARTY = "party"
    """A person or company: ``&`` is *and*, forms of companies count by their short forms."""
    PLACE = "place"
    """A state or country, with or without *State of*, *Commonwealth of* or *the*."""
    TERM = "term"
    """A length of time: a number, in digits or as a word, and its unit."""


def same(kind: Kind, true: str, found: Value) -> bool:
    """Whether a found value is the true one; what makes no sense as its kind is compared as text."""
    if kind is Kind.NUMBER and not isinstance(found, str):
        return Decimal(str(found)) in numbers(true)
    meaning = _MEANING.get(kind, _nothing)
    meant = meaning(true), meaning(str(found))
    if all(meant) and kind not in _TEXTS:
        return bool(meant[0] & meant[1])
    return plain(true) == plain(str(found)) or bool(meant[0] & meant[1])


def nearly(kind: Kind, true: str, found: Value) -> bool:
    """Whether it is the true one but for a few characters, where values are texts."""
    if same(kind, true, found):
        return True
    texts = plain(true), plain(str(found))
    return kind in _TEXTS and Levenshtein.normalized_similarity(*texts) >= _NEARLY


def plain(text: str) -> str:
    """The letters and digits, in lower case."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def numbers(text: str) -> set[Decimal]:
    """The number that a text is: the last point or comma parts the decimals unless three digits follow."""
    digits = re.sub(r"[^\d.,]", "", text).strip(".,")
    whole, mark, rest = digits, "", ""
    if found := re.search(r"[.,](?=\d*$)", digits):
        whole, mark, rest = digits[: found.start()], found[0], digits[found.end() :]
    if len(rest) == 3 and whole.strip("0") and (mark in whole or not set(whole) & set(".,")):
        whole, rest = whole + rest, ""
    try:
        value = Decimal(f"{re.sub('[.,]', '', whole) or 0}.{rest or 0}")
    except InvalidOperation:
        return set()
    negative = re.search(r"^\W*[-−]|^\W*\(.*\)\W*$|-\s*$", text)
    return {-value if negative else value} if digits else set()


class _Names(parser.parserinfo):  # type: ignore[misc]
    """Months in English, German, French, Spanish, Italian, Portuguese and Dutch."""

    MONTHS = [  # noqa: RUF012
        ("jan", "january", "januar", "janvier", "enero", "gennaio", "janeiro", "januari"),
        ("feb", "february", "februar", "février", "febrero", "febbraio", "fevereiro", "februari"),
        ("mar", "march", "märz", "mars", "marzo", "março", "maart", "mrz"),
        ("apr", "april", "avril", "abril", "aprile"),
        ("may", "mai", "mayo", "maggio", "maio", "mei"),
        ("jun", "june", "juni", "juin", "junio", "giugno", "junho"),
        ("jul", "july", "juli", "juillet", "julio", "luglio", "julho"),
        ("aug", "august", "août", "agosto", "augustus"),
        ("sep", "sept", "september", "septembre", "septiembre", "settembre", "setembro"),
        ("oct", "october", "oktober", "octobre", "octubre", "ottobre", "outubro", "okt"),
        ("nov", "november", "novembre", "noviembre", "novembro"),
        ("dec", "december", "dezember", "décembre", "diciembre", "dicembre", "dezembro", "dez"),
    ]


def dates(text: str) -> set[date]:
    """The days that a text may mean: one, or two where day and month may change places.

    After a year the month comes before the day; *1st day of May* is one, too.
    """
    text = re.sub(r"(?i)\b(day|of)\b|(?<=\d)(st|nd|rd|th)\b|\b(st|nd|rd|th)\b", " ", text)
    year_first = re.match(r"\D*\d{4}", text) is not None
    found = set()
    for day_first in (False,) if year_first else (False, True):
        with contextlib.suppress(ValueError, OverflowError):
            found.add(parser.parse(text, _Names(), dayfirst=day_first, yearfirst=year_first).date())
    return found


_COMPANY_FORMS = {"incorporated": "inc", "limited": "ltd", "company": "co", "corporation": "corp"}
_PLACE_WORDS = frozenset("the state commonwealth of laws law".split())
_COUNTS = {
    word: count
    for count, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty".split(),
        start=1,
    )
} | {"a": 1, "an": 1, "thirty": 30, "sixty": 60, "ninety": 90, "twenty-four": 24, "thirty-six": 36}


def _parties(text: str) -> set[str]:
    words = re.findall(r"[^\W_]+", text.replace("&", " and ").casefold().replace(".", ""))
    return {"".join(_COMPANY_FORMS.get(word, word) for word in words)}


def _places(text: str) -> set[str]:
    return {"".join(word for word in re.findall(r"[^\W_]+", text.casefold()) if word not in _PLACE_WORDS)}


def _terms(text: str) -> set[tuple[int, str]]:
    unit = re.search(r"(day|week|month|year)s?\b", text.casefold())
    if unit is None:
        return set()
    before = text[: unit.start()].casefold()
    digits = re.findall(r"\d+", before)
    words = [_COUNTS[word] for word in re.findall(r"[a-z-]+", before) if word in _COUNTS]
    counts = [int(digits[-1])] if digits else words[-1:]
    return {(count, unit[1]) for count in counts}


_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "₹": "INR", "Rs": "INR", "zł": "PLN", "¥": "JPY"}


def _currencies(text: str) -> set[str]:
    """The codes in a text, and those of its signs."""
    return set(re.findall(r"\b[A-Z]{3}\b", text)) | {code for sign, code in _SIGNS.items() if sign in text}


def _nothing(_text: str) -> set[object]:
    return set()


def _booleans(text: str) -> set[bool]:
    return {"true": {True}, "selected": {True}, "false": {False}, "unselected": {False}}.get(
        plain(text), set()
    )


_MEANING: dict[Kind, Callable[[str], set[object]]] = {
    Kind.NUMBER: lambda text: set(numbers(text)),
    Kind.DATE: lambda text: set(dates(text)),
    Kind.BOOLEAN: lambda text: set(_booleans(text)),
    Kind.CURRENCY: lambda text: set(_currencies(text)),
    Kind.PARTY: lambda text: set(_parties(text)),
    Kind.PLACE: lambda text: set(_places(text)),
    Kind.TERM: lambda text: set(_terms(text)),
}
_TEXTS = frozenset({Kind.TEXT, Kind.PARTY, Kind.PLACE})
