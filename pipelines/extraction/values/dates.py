"""Dates as they are printed, in figures and in words of many languages."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import regex

from pipelines.extraction.values.conventions import UNKNOWN, Conventions
from pipelines.extraction.values.words import fold, names

# A year of two digits up to here is of this century, after it of the last one.
_PIVOT = 69

_DAY, _MONTH, _YEAR = r"(?P<day>\d{1,2})", r"(?P<month>\p{L}{3,12})\.?", r"(?P<year>\d{4}|['’]?\d{2})"
_ORDINAL = r"(?:\s?(?i:st|nd|rd|th|er|º|ª|°)|\.)?"
_OF = r"(?i:day\s)?(?i:of\s|de\s|del\s|di\s|d['’]\s?)?"
# Between the parts: a sign, a space, or only the change from figures to letters.
_BETWEEN = rf"(?:\s?[-–/.,]\s?|\s{{1,2}}|(?<=\d)(?=\p{{L}})|(?<=\p{{L}})(?=\d)){_OF}"
_FIGURES = r"(?P<sign>\s?[-/.]\s?)"
_FORMS = (
    rf"(?P<year>\d{{4}}){_FIGURES}(?P<month>\d{{1,2}})(?P=sign){_DAY}",
    rf"(?P<first>\d{{1,2}}){_FIGURES}(?P<next>\d{{1,2}})(?P=sign)(?P<year>\d{{4}}|\d{{2}})",
    rf"{_DAY}{_ORDINAL}{_BETWEEN}{_MONTH},?{_BETWEEN}{_YEAR}",
    rf"{_MONTH}{_BETWEEN}{_DAY}{_ORDINAL},?{_BETWEEN}{_YEAR}",
    rf"(?P<year>\d{{4}}){_BETWEEN}{_MONTH}{_BETWEEN}{_DAY}{_ORDINAL}",
    r"(?P<year>\d{4})\s?[年년]\s?(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日일]",
    rf"{_MONTH},?(?:\s|[-/]|\sde\s)(?P<year>\d{{4}})",
)
# What a reader of pictures runs together or apart: signs that a space follows, a word or a time before.
_RUN_TOGETHER = (
    r"(?P<first>\d{1,2})\s?(?P<sign>[-/.])\s?(?P<next>\d{1,2})\s?(?P=sign)\s?(?P<year>(?:19|20)\d{2})"
)
_TIME = (
    r"(?P<time>(?:T|,?\s{1,2}(?:at\s|um\s|à\s)?|[-,;]?(?=\d{1,2}:\d{2}))(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})"
    r"(?:[:.](?P<second>\d{2})(?:[.,]\d{1,9})?)?(?:\s?(?P<half>[AaPp])\.?[Mm]\b\.?)?(?P<zone>Z|[+-]\d{2}:?\d{2})?)?"
)
_BEGIN, _END = r"(?<![\p{L}\p{N}]|\d[-/.,:])", r"(?![\p{L}\p{N}]|[-/.,:]\d)"


@dataclass(frozen=True, slots=True)
class Date:
    """A date in a text, from ``start`` to ``end``; a time of day that follows it is in ``time`` only.

    ``days``: what it may mean, the likeliest first; none for a month without a day. ``time`` is as in
    ISO 8601, empty where none is printed; ``time_end`` is where that ends.
    """

    start: int
    end: int
    days: tuple[datetime.date, ...]
    time: str
    time_end: int


def dates(text: str, conventions: Conventions = UNKNOWN) -> Iterator[Date]:
    """The dates in a text, from left to right, the longest where several begin."""
    found = (
        date for form in _forms() for match in form.finditer(text) if (date := _read(match, conventions))
    )
    end = 0
    for date in sorted(found, key=lambda date: (date.start, -date.end)):
        if date.start >= end:
            yield date
            end = date.end


def compact(text: str, conventions: Conventions = UNKNOWN) -> tuple[datetime.date, ...]:
    """What eight figures without signs mean as a date; nothing for any other text."""
    if len(text) != 8 or not text.isdecimal():
        return ()
    year_first = _valid([(int(text[:4]), int(text[4:6]), int(text[6:]))])
    return year_first or _either(int(text[4:]), int(text[:2]), int(text[2:4]), conventions)


@cache
def _forms() -> list[regex.Pattern[str]]:
    run_together = rf"(?:{_BEGIN}|(?<=\p{{L}}{{4}}|:\d{{2}})){_RUN_TOGETHER}{_TIME}{_END}"
    return [*(regex.compile(f"{_BEGIN}{form}{_TIME}{_END}") for form in _FORMS), regex.compile(run_together)]


def _read(match: regex.Match[str], conventions: Conventions) -> Date | None:
    parts = match.groupdict()
    year = _year(parts["year"])
    if "first" in parts:
        days = _either(year, int(parts["first"]), int(parts["next"]), conventions)
    else:
        months = _months(parts["month"])
        if not months:
            return None
        if "day" not in parts:
            return Date(match.start(), match.end("year"), (), "", match.end("year"))
        days = _valid((year, month, int(parts["day"])) for month in months)
    if not days:
        return None
    end = match.start("time") if parts["time"] else match.end()
    time = _time(parts) if parts["time"] else ""
    return Date(match.start(), end, days, time, match.end() if time else end)


def _months(text: str) -> Sequence[int]:
    """The months that a name may mean; in the languages of Europe one name can be that of two."""
    if text.isdecimal():
        return [int(text)]
    numbers: Sequence[int] = names("months").get(fold(text).strip("."), ())
    return numbers


def _year(text: str) -> int:
    year = int(text.strip("'’"))
    return year if len(text) == 4 else year + (2000 if year <= _PIVOT else 1900)


def _either(year: int, first: int, second: int, conventions: Conventions) -> tuple[datetime.date, ...]:
    """Day and month in the document's order; the other way round where only that is a date."""
    orders = [(year, second, first), (year, first, second)]
    return _valid(reversed(orders) if conventions.month_first else orders)


def _valid(candidates: Iterable[tuple[int, int, int]]) -> tuple[datetime.date, ...]:
    found: dict[datetime.date, None] = {}
    for year, month, day in candidates:
        try:
            found[datetime.date(year, month, day)] = None
        except ValueError:
            continue
    return tuple(found)


def _time(parts: dict[str, str | None]) -> str:
    """The time of day; empty if there is no such time."""
    hour, minute, second = (int(parts[name] or 0) for name in ("hour", "minute", "second"))
    if parts["half"]:
        hour = hour % 12 + (12 if parts["half"] in "Pp" else 0)
    if hour > 23 or minute > 59 or second > 59:
        return ""
    zone = parts["zone"] or ""
    if zone and zone != "Z" and ":" not in zone:
        zone = f"{zone[:3]}:{zone[3:]}"
    return f"{hour:02}:{minute:02}:{second:02}{zone}"
