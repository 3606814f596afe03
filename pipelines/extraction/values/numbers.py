"""Numbers and amounts of money as they are printed: separators, signs and currencies of many places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

import regex

from pipelines.extraction.values.conventions import UNKNOWN, Conventions
from pipelines.extraction.values.currencies import marks
from pipelines.extraction.values.words import fold

# More digits than this are no quantity (and cost time to reckon with).
_MOST_DIGITS = 30
_TIMES = {
    10**3: "thousand tausend tsd mil mille mila duizend tusen thsd",
    10**6: "million millions millionen mio mln millones millon milioni milione miljoen miljoner mn",
    10**9: "billion billions milliarde milliarden mrd bn milliard milliards miliardi miljard",
}
_FACTORS = {word: factor for factor, words in _TIMES.items() for word in words.split()}

_SPACES = " \u00a0\u202f\u2009"
_DIGITS = regex.compile(
    rf"\d{{1,3}}(?:[{_SPACES}]\d{{3}})+(?:[.,]\d{{1,2}})?(?![\d.,]*\d)"  # 1 234 567,89
    r"|\d+(?:[.,'’٬٫·]\d+)*"
    r"|(?<![\p{L}\p{N}.,])[.,]\d+"
)
_MINUS = "-−–"
BOUNDS = ("<", ">", "≤", "≥")
"""Before a number they say that it is a limit, not the value."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text, from ``start`` to ``end`` (with its sign, its currency and what follows it).

    ``readings``: what it may be, the likeliest first. ``currency`` is the sign or code as printed;
    ``grouped``: it has separators of thousands or a decimal part of two digits, as amounts have.
    """

    start: int
    end: int
    readings: tuple[Decimal, ...]
    currency: str = ""
    currency_at: tuple[int, int] = (0, 0)
    percent: bool = False
    grouped: bool = False

    @property
    def is_money(self) -> bool:
        """Whether it is printed as an amount."""
        return not self.percent and (bool(self.currency) or self.grouped)


def numbers(text: str, conventions: Conventions = UNKNOWN) -> Iterator[Number]:
    """The numbers in a text, from left to right. Digits in words, dates, times and codes are none."""
    end = 0
    for digits in _DIGITS.finditer(text):
        before = _left().match(text, end, digits.start())
        after = _right().match(text, digits.end())
        if before is None or after is None or digits.end() - digits.start() > _MOST_DIGITS:
            continue
        values = readings(digits[0], conventions)
        if not values:
            continue
        number = _with_surroundings(digits, values, before, after)
        end = number.end
        yield number


def readings(digits: str, conventions: Conventions = UNKNOWN) -> tuple[Decimal, ...]:
    """What digits with separators may mean, the likeliest first; nothing if they are no number.

    Thousands may be set apart by points, commas, spaces or apostrophes, in threes, or as in India.
    """
    plain = _plain_digits(digits)
    marks = [mark for mark in plain if mark in ".,"]
    if not marks:
        return (Decimal(plain),)
    last = marks[-1]
    whole, _, fraction = plain.rpartition(last)
    if marks.count(last) > 1:
        return _whole(plain, last) if len(set(marks)) == 1 else ()
    if len(marks) > 1:
        return tuple(value + Decimal(f"0.{fraction}") for value in _whole(whole, marks[0]))
    as_decimal = Decimal(f"{whole or 0}.{fraction}")
    if len(fraction) != 3 or not 1 <= len(whole) <= 3 or whole.startswith("0"):
        return (as_decimal,)
    as_thousands = Decimal(whole + fraction)
    decimal = conventions.decimal or "."
    return (as_decimal, as_thousands) if last == decimal else (as_thousands, as_decimal)


def _plain_digits(digits: str) -> str:
    """ASCII digits, points and commas."""
    plain = "".join(str(int(c)) if c.isdecimal() else c for c in digits)
    for mark, meant in (("٫", "."), ("·", "."), ("٬", ","), ("’", ""), ("'", "")):
        plain = plain.replace(mark, meant)
    return "".join(c for c in plain if c not in _SPACES)


def _whole(digits: str, separator: str) -> tuple[Decimal, ...]:
    """Digits in groups: the last of three, those before it of three, or (in India) of two."""
    first, *groups = digits.split(separator)
    sizes = {len(group) for group in groups[:-1]}
    if not all(part.isdecimal() for part in (first, *groups)) or len(groups[-1]) != 3 or len(first) > 3:
        return ()
    return (Decimal("".join((first, *groups))),) if sizes in ({3}, {2}, set()) else ()


def _with_surroundings(
    digits: regex.Match[str], values: tuple[Decimal, ...], before: regex.Match[str], after: regex.Match[str]
) -> Number:
    beside = before if before["currency"] else after
    currency = beside["currency"] or ""
    bare = digits[0]
    grouped = any(not c.isdecimal() for c in bare) and (bare[-3:-2] in {".", ","} or bare[-3:].isdecimal())
    closed = before["open"] is not None and after["close"] is not None
    said = before["percented"] if after["percent"] else before["worded"]
    if closed and said is not None and not currency and not grouped:  # two (2), VAT (21%): no loss
        closed = False
    owed = (after["side"] or "").upper() == "DR"
    negative = closed or owed or any((before["minus"], before["inner"], after["minus"]))
    factor = _FACTORS.get(fold(after["times"] or ""), 1) * (-1 if negative else 1)
    return Number(
        start=before.start() + (before["open"] is not None and not closed),
        end=after.end() - (after["close"] is not None and not closed),
        readings=tuple(value * factor for value in values),
        currency=currency,
        currency_at=beside.span("currency") if currency else (0, 0),
        percent=after["percent"] is not None,
        grouped=grouped,
    )


@cache
def _left() -> regex.Pattern[str]:
    """What belongs to a number before its digits; no match where the digits are part of something else.

    It is matched from right to left.
    """
    return regex.compile(
        rf"(?r)(?<![\p{{L}}\p{{N}}_@#\\]|[\p{{L}}\p{{N}}][{_MINUS}]|\d[/.,:])"
        rf"(?P<worded>(?<=\p{{L}}\s))?(?P<percented>(?<=\p{{L}}\s{{1,2}}))?(?P<open>\()?(?P<minus>[{_MINUS}])?"
        rf"(?:(?P<currency>\L<currencies>|\p{{Sc}})[.:]?\s?)?(?P<inner>[{_MINUS}])?",
        currencies=marks(),
    )


@cache
def _right() -> regex.Pattern[str]:
    """What belongs to a number after its digits; no match where the digits are part of something else."""
    percent = r"[%٪％]|(?i:per\s?cent|percent|prozent|pour\s?cent|por\s?ciento|per\s?cento|pct)\b"
    factors = "|".join(sorted(_FACTORS, key=len, reverse=True))
    return regex.compile(
        rf"(?:[.,][-–—]{{1,2}}(?!\w))?(?:\s?(?P<percent>{percent}))?(?:\s(?P<times>(?i:{factors}))\b)?"
        rf"(?:\s?(?P<currency>\L<currencies>|\p{{Sc}})(?![\p{{L}}\p{{N}}]))?"
        rf"(?P<minus>[{_MINUS}](?!\w))?(?P<close>\))?"
        r"(?:\s?(?P<side>(?i:CR|DR)\b))?(?![\p{L}\p{N}_@]|[.,/:\-–]\d)",
        currencies=marks(),
    )
