"""Dates of forms in Word: how they are to look (ECMA-376 part 1 §17.16.4.1), and how they are stored."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

from pipelines.extraction.values.dates import dates

_PICTURE = re.compile(r"'[^']*'|([A-Za-z])\1*|.", re.DOTALL)
_FIGURES: dict[str, Callable[[datetime.date], str]] = {
    "d": lambda day: str(day.day),
    "dd": lambda day: f"{day.day:02}",
    "M": lambda day: str(day.month),
    "MM": lambda day: f"{day.month:02}",
    "yy": lambda day: f"{day.year % 100:02}",
    "yyyy": lambda day: f"{day.year:04}",
}


def format_of(picture: str) -> str:
    """A date picture in the words of ``Blank.format``: ``M/d/yyyy`` as ``m/d/yyyy``; empty with times."""
    pieces = [found[0] for found in _PICTURE.finditer(picture)]
    if any(piece[0] in "hHst" for piece in pieces):
        return ""
    return "".join(piece.strip("'") if piece[0] == "'" else piece.replace("M", "m") for piece in pieces)


def day_in(text: str, picture: str) -> datetime.date | None:
    """The day that a text is, its figures as in the picture; None if it is more, or may be several."""
    found = next(dates(text), None)
    if found is None or text[: found.start].strip() or text[found.time_end :].strip() or not found.days:
        return None
    if len(found.days) == 1:
        return found.days[0]
    return next((day for day in found.days if in_figures(day, picture) == text.strip()), None)


def in_figures(day: datetime.date, picture: str) -> str | None:
    """A day as a picture has it; None where the picture asks for words, whose language is not known."""
    pieces = [found[0] for found in _PICTURE.finditer(picture)]
    if not pieces or any(piece[0].isalpha() and piece not in _FIGURES for piece in pieces):
        return None
    return "".join(_FIGURES[piece](day) if piece in _FIGURES else piece.strip("'") for piece in pieces)
