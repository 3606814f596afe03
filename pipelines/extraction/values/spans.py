"""Where in a row of words values of a kind stand."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import regex

from pipelines.extraction.evidence import PlacedWord
from pipelines.extraction.values import addresses, contacts, names
from pipelines.extraction.values.choices import truth
from pipelines.extraction.values.dates import dates
from pipelines.extraction.values.durations import durations
from pipelines.extraction.values.kinds import Kind
from pipelines.extraction.values.numbers import BOUNDS, Number, numbers
from pipelines.extraction.values.words import names as names_of

_CODE = regex.compile(r"(?<![\p{L}\p{N}])[A-Z]{3}(?![\p{L}\p{N}])")
# A gap of more than this many heights of a word is no space within a value.
_WIDE = 0.75

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Span:
    """The words ``first`` to ``last`` (both included); ``text`` is the value in them, as printed."""

    first: int
    last: int
    text: str


def spans(words: Sequence[PlacedWord], kind: Kind) -> list[Span]:
    """Where values of a kind stand among words in reading order, from left to right, none over another.

    Any words may be given: a row, a paragraph, an address block; a value may run over lines. ``CHOICE``
    and ``TEXT`` have no shape: they stand nowhere, or everywhere.
    """
    if not words:
        return []
    if kind is Kind.BOOLEAN:
        return [Span(i, i, word.text) for i, word in enumerate(words) if truth(word.text) is not None]
    row = Row(words)
    if kind is Kind.TEXT:
        return [Span(0, len(words) - 1, row.text)]
    return [row.span(place) for place in places(row.text, kind)]


def places(text: str, kind: Kind) -> Iterator[Place]:
    """Where values of a kind stand in a text, as offsets; two spaces or a line's end part values."""
    if kind in {Kind.MONEY, Kind.NUMBER, Kind.INTEGER, Kind.PERCENT}:
        return _numeric(text, kind)
    finder = _FINDERS.get(kind)
    return iter(finder(text)) if finder else iter(())


def _numeric(text: str, kind: Kind) -> Iterator[Place]:
    taken = {date.start: date.time_end for date in dates(text) if date.days}
    by_place = {
        (number.start, number.end): number
        for number in numbers(text)
        if not text[max(0, number.start - 2) : number.start].rstrip().endswith(BOUNDS)
    }
    found = [by_place[place] for place in contacts.without(by_place, taken.items())]
    match kind:
        case Kind.MONEY:
            kept = [number for number in found if number.is_money] or [n for n in found if not n.percent]
        case Kind.PERCENT:
            kept = [number for number in found if number.percent]
        case Kind.INTEGER:
            kept = [number for number in found if _is_whole(number)]
        case _:
            kept = found
    return ((number.start, number.end) for number in kept)


def _is_whole(number: Number) -> bool:
    return any(reading == reading.to_integral_value() for reading in number.readings)


def _currencies(text: str) -> Iterator[Place]:
    """Marks of currencies beside amounts; where there are none, codes that stand alone."""
    beside = [number.currency_at for number in numbers(text) if number.currency]
    alone = (found.span() for found in _CODE.finditer(text) if found[0] in names_of("currency_codes"))
    return iter(beside or alone)


_FINDERS: dict[Kind, Callable[[str], Iterable[Place]]] = {
    Kind.DATE: lambda text: ((date.start, date.end) for date in dates(text) if date.days),
    Kind.DURATION: lambda text: ((one.start, one.end) for one in durations(text)),
    Kind.PHONE: contacts.phones,
    Kind.CURRENCY: _currencies,
    Kind.EMAIL: contacts.emails,
    Kind.URL: contacts.urls,
    Kind.IBAN: contacts.ibans,
    Kind.CODE: contacts.codes,
    Kind.NAME: names.names_in,
    Kind.ADDRESS: addresses.addresses,
}


class Row:
    """Words (at least one) as a text: wide gaps are two spaces, other lines follow a line's end."""

    def __init__(self, words: Sequence[PlacedWord]) -> None:
        pieces = [words[0].text]
        self._starts = [0]
        at = len(words[0].text)
        for before, word in pairwise(words):
            gap = _gap(before, word)
            pieces += (gap, word.text)
            self._starts.append(at + len(gap))
            at += len(gap) + len(word.text)
        self.text = "".join(pieces)

    def span(self, place: Place) -> Span:
        """The words that hold a stretch of the text."""
        begin, end = place
        first = bisect_right(self._starts, begin) - 1
        last = bisect_left(self._starts, end) - 1
        return Span(first, max(first, last), self.text[begin:end])


def _gap(before: PlacedWord, word: PlacedWord) -> str:
    a, b = before.bbox, word.bbox
    if before.page != word.page or b.center[1] > a.y2 or b.center[1] < a.y1:
        return "\n"
    return "  " if b.x1 - a.x2 > _WIDE * min(a.height, b.height) else " "
