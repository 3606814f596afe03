"""A text as the JSON value of a field, and when two values are the same."""

from __future__ import annotations

import datetime
from collections.abc import Hashable
from decimal import Decimal

import regex

from pipelines.extraction.answers import Value
from pipelines.extraction.targets import Scalar
from pipelines.extraction.values.choices import choice_of, truth
from pipelines.extraction.values.contacts import dialled, emails, urls
from pipelines.extraction.values.conventions import UNKNOWN, Conventions
from pipelines.extraction.values.currencies import code_of
from pipelines.extraction.values.dates import compact, dates
from pipelines.extraction.values.durations import Duration, durations
from pipelines.extraction.values.kinds import Kind
from pipelines.extraction.values.numbers import BOUNDS, Number, numbers
from pipelines.extraction.values.words import bare, tidy

# Longer texts are no numbers, dates or choices: they are not looked through for one.
_LONGEST = 300
# Marks that a value in a row of text may carry and that are not its own.
_LOOSE = " \t\n,;:|"
# What is only such marks says that there is nothing.
_NOTHING = _LOOSE + "-–—−_."
_STUCK = regex.compile(r"(?<=\d)(?=\p{L})|(?<=\p{L})(?=\d)|#")
_ISO_LENGTH = regex.compile(r"PT?(\d{1,6}(?:\.\d{1,3})?)([YMWDH])")
_DAY_AND_MONTH = regex.compile(r"\d{2}\.\d{2}\.")
_LARGEST = Decimal("1e300")


def typed(text: str, target: Scalar, kind: Kind, conventions: Conventions = UNKNOWN) -> Value | None:
    """A whole text as the field's value; None if it is none.

    Numbers are read with their separators; ``date`` and ``date-time`` become ISO 8601, ``duration`` too;
    of an enum the choice that is meant, of a currency its code. Any other string is the text as printed, in
    one line.
    """
    plain = tidy(text)
    if not plain:
        return None
    if target.choices:
        return _choice(plain, target) if len(plain) <= _LONGEST else None
    if target.kind == "boolean":
        return truth(plain)
    if target.kind in {"number", "integer"}:
        return _json_number(plain, target, kind, conventions)
    return _string(plain, target, kind, conventions)


def same(a: Value, b: Value, target: Scalar, kind: Kind) -> bool:
    """Whether two values, or texts of values, mean the same in a field (see ``meanings``)."""
    return str(a) == str(b) or bool(meanings(a, target, kind) & meanings(b, target, kind))


def meanings(value: Value, target: Scalar, kind: Kind) -> frozenset[Hashable]:
    """All that a value, or the text of one, may mean in a field: values with one in common are the same.

    Numbers and dates have all readings of their separators and orders; text is without case, marks and
    spaces.
    """
    if isinstance(value, bool) or target.kind == "boolean":
        meant: Hashable = _truth(value)
        return frozenset() if meant is None else frozenset({meant})
    if target.choices:
        meant = _choice(str(value)[:_LONGEST], target)
        return frozenset() if meant is None else frozenset({meant})
    if target.kind in {"number", "integer"}:
        return frozenset(_amounts(value, kind))
    text = str(value)
    letters = frozenset({bare(text)} - {""})
    return letters if len(text) > _LONGEST else letters | _by_shape(text, kind)


def _by_shape(text: str, kind: Kind) -> frozenset[Hashable]:
    match kind:
        case Kind.DATE:
            return frozenset(_days(text))
        case Kind.MONEY | Kind.NUMBER | Kind.INTEGER | Kind.PERCENT:
            return frozenset(_amounts(text, kind))
        case Kind.DURATION:
            return frozenset(_lengths(text))
        case Kind.CURRENCY:
            return frozenset({code_of(text) or ""} - {""})
        case Kind.PHONE:
            return frozenset({dialled(text)} - {""})
    return frozenset()


def _string(text: str, target: Scalar, kind: Kind, conventions: Conventions) -> str | None:
    if len(text) > _LONGEST:
        return text if not target.format else None
    match target.format:
        case "date" | "date-time":
            return _iso(text, conventions, timed=target.format == "date-time")
        case "duration":
            found = [duration.iso for duration in durations(text)]
            return found[0] if len(found) == 1 else text if text.startswith("P") else None
        case "email" | "idn-email":
            return _only([text[a:b] for a, b in emails(text)])
        case "uri" | "url" | "iri":
            return _only([text[a:b] for a, b in urls(text)])
    if kind is Kind.CURRENCY:
        return code_of(text) or text
    return text.strip(_LOOSE) if text.strip(_NOTHING) else None


def _choice(text: str, target: Scalar) -> Value | None:
    """The choice meant; a currency's sign means its code."""
    chosen = choice_of(text, target.choices)
    code = code_of(text) if chosen is None else None
    return code if code in target.choices else chosen


def _only(found: list[str]) -> str | None:
    return "".join(found[0].split()) if len(found) == 1 else None


def _iso(text: str, conventions: Conventions, *, timed: bool) -> str | None:
    """The only date in the text."""
    found = [date for date in dates(text, conventions) if date.days]
    days = {date.days for date in found}
    day = found[0].days[0] if len(days) == 1 else next(iter(compact(text, conventions)), None)
    if day is None:
        return None
    time = next((date.time for date in found if date.time), "00:00:00")
    return f"{day.isoformat()}T{time}" if timed else day.isoformat()


def _json_number(text: str, target: Scalar, kind: Kind, conventions: Conventions) -> int | float | None:
    """The only number in the text, with what may stand beside it: a unit, a currency, a word."""
    if len(text) > _LONGEST or text.startswith(BOUNDS) or _DAY_AND_MONTH.fullmatch(text):
        return None
    values = {number.readings[0] for number in _numbers(text, conventions)}
    if kind is Kind.DURATION:
        values = {Decimal(str(duration.amount)) for duration in durations(text)} or values
    value = values.pop() if len(values) == 1 else None
    if value is None or not -_LARGEST < value < _LARGEST:
        return None
    if value == value.to_integral_value() and (target.kind == "integer" or value.as_tuple().exponent == 0):
        return int(value)
    return None if target.kind == "integer" else float(value)


def _numbers(text: str, conventions: Conventions = UNKNOWN) -> list[Number]:
    """The numbers in a short text; if there are none, those that letters stick to (5kg, No12)."""
    return list(numbers(text, conventions)) or list(numbers(_STUCK.sub(" ", text), conventions))


def _truth(value: Value) -> bool | None:
    return value if isinstance(value, bool) else truth(str(value)[:_LONGEST])


def _amounts(value: Value, kind: Kind) -> set[Decimal]:
    """All that a number may mean; of a text that holds several, none."""
    if isinstance(value, int | float):
        return _with_share(Decimal(str(value)), kind) if abs(value) < float(_LARGEST) else set()
    found = _numbers(str(value)[:_LONGEST])
    if len({number.readings for number in found}) != 1:
        return set()
    return {one for reading in found[0].readings for one in _with_share(reading, kind)}


def _with_share(number: Decimal, kind: Kind) -> set[Decimal]:
    """A percentage may be given as a share of one."""
    return {number, number / 100} if kind is Kind.PERCENT else {number}


def _days(text: str) -> set[datetime.date]:
    found = [day for date in dates(text) for day in date.days]
    return set(found or compact(text))


def _lengths(text: str) -> set[float]:
    iso = _ISO_LENGTH.fullmatch(text)
    if iso:
        return {round(Duration(0, 0, float(iso[1]), iso[2]).days)}
    return {round(duration.days) for duration in durations(text)}
