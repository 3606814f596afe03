"""Dates as forms want them: ``mm/dd/yyyy``, ``TT.MM.JJJJ``, ``d MMMM yyyy``."""

from __future__ import annotations

import calendar
import datetime
from dataclasses import replace

import regex

from pipelines.extraction.values.conventions import Conventions
from pipelines.extraction.values.dates import Date, compact, dates

_LONGEST = 100
"""Longer texts are no dates, and not looked through for one."""
_FOREIGN = (("a", {"a": "y", "j": "d", "g": "d"}), ("j", {"j": "y", "t": "d", "g": "d"}))
"""Letters of other languages (JJ/MM/AAAA, TT.MM.JJJJ), told apart by the letter of the year."""
_POINTED = regex.compile(r"\d\.\s?\d{1,2}\.")
"""Between points the day is first wherever dates are written so."""
_PART = regex.compile(r"d{1,4}|m{1,4}|y{2,4}")
_IN_NAME = regex.compile(
    r"(?i)(?<![\p{L}\p{N}])(?:([dmytjag])\1{0,3}(?:\s?[./-]\s?([dmytjag])\2{0,3}){1,2}|mmddyyyy|ddmmyyyy|yyyymmdd)(?![\p{L}\p{N}])"
)


def pattern_in(text: str) -> str:
    """The pattern of a date that a label shows, in the letters d, m and y; empty where it shows none."""
    found = _IN_NAME.search(text[:_LONGEST])
    return normal(found[0]) if found else ""


def normal(pattern: str) -> str:
    """A pattern in the letters d, m and y; empty where it is none of a date."""
    plain = regex.split(r"(?i)\s*h{1,2}[:.]m", pattern, maxsplit=1)[0].lower()
    for year, letters in _FOREIGN:
        if year in plain:
            plain = "".join(letters.get(letter, letter) for letter in plain)
            break
    parts = "".join(part[0] for part in _PART.findall(plain))
    return plain if {"m", "y"} <= set(parts) and len(parts) == len(set(parts)) else ""


def date_in(text: str, conventions: Conventions, pattern: str = "") -> datetime.date | None:
    """The date that a text is; None if it is none.

    Figures are read in the order of the pattern if nothing else tells how.
    """
    if len(text) > _LONGEST:
        return None
    if conventions.month_first is None and pattern and not _POINTED.search(text):
        conventions = replace(conventions, month_first=pattern.find("m") < pattern.find("d"))
    found = [one for one in dates(text, conventions) if one.days]
    if len(found) == 1 and _is_all(found[0], text):
        return found[0].days[0]
    return next(iter(compact(text.strip(), conventions)), None)


def written(day: datetime.date, pattern: str) -> str:
    """A date as a pattern has it; months and days of the week by their English names."""
    return _PART.sub(lambda part: _written(day, part[0]), pattern)


def _written(day: datetime.date, part: str) -> str:
    match part:
        case "d" | "m":
            return str(day.day if part == "d" else day.month)
        case "dd" | "mm":
            return f"{day.day if part == 'dd' else day.month:02}"
        case "ddd" | "dddd":
            name = calendar.day_name[day.weekday()]
        case "mmm" | "mmmm":
            name = calendar.month_name[day.month]
        case _:
            return f"{day.year % 100:02}" if part == "yy" else f"{day.year:04}"
    return name[:3] if len(part) == 3 else name


def _is_all(date: Date, text: str) -> bool:
    """Whether there is no more than a word beside a date: a day of the week, "on", "the"."""
    rest = text[: date.start] + text[date.time_end :]
    return len(regex.findall(r"[\p{L}\p{N}]+", rest)) <= 1
