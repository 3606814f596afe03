"""Dates and times: numbers of days, in the format of their cell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

Piece = tuple[str, str]
"""A token's kind and what it shows."""

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_DAY = 86_400
_DAYS_TO_1904 = 1462
# 31 December 9999.
_LAST_DAY = 2_958_465
# Days are counted as if 1900 had been a leap year: its 29 February is day 60.
_NO_DAY = 60
_EPOCH = date(1899, 12, 30)


class _Moment(NamedTuple):
    year: int
    month: int
    day: int
    weekday: int
    seconds: int
    fraction: str
    elapsed: int


def is_date_piece(piece: Piece) -> bool:
    """Whether a piece of a format makes it one of dates or times."""
    return piece[0] in {"date", "elapsed", "half"}


def serial(value: date | datetime | time | timedelta, *, from_1904: bool = False) -> float:
    """The number of days that stands for a date, a time of day or a duration."""
    if isinstance(value, timedelta):
        return value / timedelta(days=1)
    if isinstance(value, time):
        return (value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6) / _DAY
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001
    days = (moment.replace(tzinfo=None) - datetime(1899, 12, 30)) / timedelta(days=1)  # noqa: DTZ001
    return days - _DAYS_TO_1904 if from_1904 else days - (days < _NO_DAY + 1)


def date_text(pieces: Sequence[Piece], value: float, *, from_1904: bool) -> str | None:
    """A number of days in a format of dates or times; None for what is no date."""
    places = _fraction_places(pieces)
    moment = _moment(value, places, from_1904)
    counts = any(kind == "elapsed" for kind, _ in pieces)
    if moment is None or (value < 0 and not counts and not from_1904):
        return None
    sign = "-" if value < 0 and counts else ""
    twelve = any(kind == "half" for kind, _ in pieces)
    shown: list[str] = []
    in_fraction = False
    for index, (kind, text) in enumerate(pieces):
        if kind == "date":
            shown.append(_part(text.lower(), moment, twelve=twelve, minutes=_is_minutes(pieces, index)))
        elif kind == "elapsed":
            shown.append(str(_elapsed(text[0], moment)).rjust(len(text), "0"))
        elif kind == "half":
            shown.append(_half(text, moment))
        elif kind == "point" and places and index + 1 < len(pieces) and pieces[index + 1][0] == "digit":
            shown.append("." + moment.fraction)
            in_fraction = True
            continue
        elif kind == "digit" and in_fraction:
            continue
        else:
            shown.append(text)
        in_fraction = False
    return sign + "".join(shown)


def _moment(value: float, places: int, from_1904: bool) -> _Moment | None:
    if abs(value) > _LAST_DAY + 1:
        return None
    total = Decimal(repr(abs(value))) * _DAY
    rounded = total.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    elapsed = int(rounded)
    days, seconds = divmod(elapsed, _DAY)
    days += _DAYS_TO_1904 if from_1904 else 0
    if days > _LAST_DAY:
        return None
    fraction = f"{rounded % 1:f}".partition(".")[2]
    if not from_1904 and days == _NO_DAY:
        return _Moment(1900, 2, 29, 3, seconds, fraction, elapsed)
    if days == 0:
        return _Moment(1900, 1, 0, 6, seconds, fraction, elapsed)
    found = _EPOCH + timedelta(days=days + (days < _NO_DAY))
    # The week runs on through the day that never was.
    return _Moment(found.year, found.month, found.day, (days - 1) % 7, seconds, fraction, elapsed)


def _part(text: str, moment: _Moment, *, twelve: bool, minutes: bool) -> str:
    """What a run of one letter (``yyyy``, ``mm``…) shows."""
    width = len(text)
    match text[0]:
        case "y":
            return _year(moment.year, width)
        case "e":
            return f"{moment.year:04}"
        case "b":
            return _year(moment.year + 543, width)
        case "d":
            return (
                _DAYS[moment.weekday][: 3 if width == 3 else None] if width > 2 else f"{moment.day:0{width}}"
            )
        case "h":
            hour = moment.seconds // 3600
            return f"{(hour % 12 or 12) if twelve else hour:0{min(width, 2)}}"
        case "s":
            return f"{moment.seconds % 60:0{min(width, 2)}}"
        case "m":
            return f"{moment.seconds // 60 % 60:0{width}}" if minutes else _month(moment.month, width)
    return ""


def _year(year: int, width: int) -> str:
    return f"{year:04}" if width > 2 else f"{year % 100:02}"


def _month(month: int, width: int) -> str:
    if width < 3:
        return f"{month:0{width}}"
    name = _MONTHS[month - 1]
    return name[:1] if width == 5 else name[:3] if width == 3 else name


def _half(text: str, moment: _Moment) -> str:
    first, _, second = text.partition("/")
    return first if moment.seconds < _DAY // 2 else second


def _elapsed(unit: str, moment: _Moment) -> int:
    return moment.elapsed // {"h": 3600, "m": 60, "s": 1}[unit]


def _is_minutes(pieces: Sequence[Piece], index: int) -> bool:
    """``m`` is minutes right after hours and right before seconds; months everywhere else."""
    kind, text = pieces[index]
    if text[0] not in "mM" or len(text) > 2:
        return False
    times = [(i, t[0].lower()) for i, (k, t) in enumerate(pieces) if k in {"date", "elapsed"}]
    place = times.index((index, "m"))
    before = times[place - 1][1] if place else ""
    after = times[place + 1][1] if place + 1 < len(times) else ""
    return before == "h" or after == "s" or (before == "s" and kind == "date" and after == "")


def _fraction_places(pieces: Sequence[Piece]) -> int:
    """How many digits of the second are shown."""
    for index, (kind, _) in enumerate(pieces):
        if kind == "point":
            run = 0
            while index + 1 + run < len(pieces) and pieces[index + 1 + run][0] == "digit":
                run += 1
            if run:
                return min(run, 3)
    return 0
