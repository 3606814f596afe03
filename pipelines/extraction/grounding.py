"""Where values stand in a document: the fewest words that say each, found by letters and by meaning."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import regex

from pipelines.extraction.answers import Value
from pipelines.extraction.evidence import Block, Evidence, PlacedField, PlacedWord
from pipelines.extraction.targets import Scalar
from pipelines.extraction.values.kinds import Kind
from pipelines.extraction.values.spans import Row, places
from pipelines.extraction.values.typed import meanings
from pipelines.extraction.values.words import bare

# Of a value that stands at more places than this, the first ones are looked at.
_MOST_PLACES = 200
# Letters that are found and are not whole words: after so many the search for a value ends.
_MOST_TRIES = 20_000

_TOKEN = regex.compile(r"[\p{L}\p{N}\p{M}]+")
_AMOUNTS = frozenset({Kind.MONEY, Kind.NUMBER, Kind.INTEGER, Kind.PERCENT})
_SHAPED = frozenset({Kind.DATE, Kind.DURATION, Kind.PHONE, Kind.CURRENCY})
_NUMBER = Scalar("number")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: its words (none in a format without geometry) and its fragment."""

    words: tuple[PlacedWord, ...]
    ref_id: str = ""


@dataclass(slots=True)
class _Unit:
    """A text that is looked through as a whole: a fragment, a form's field, the words of an answer."""

    text: str
    ref_id: str = ""
    row: Row | None = None
    words: Sequence[PlacedWord] = ()

    def place(self, begin: int, end: int) -> Place:
        if self.row is None:
            return Place((), self.ref_id)
        span = self.row.span((begin, end))
        return Place(tuple(self.words[span.first : span.last + 1]), self.ref_id)


@dataclass(slots=True)
class _Letters:
    """All letters and figures of the units, without anything between; tokens are whole words of them."""

    text: str
    starts: list[int] = field(default_factory=list)
    at: list[tuple[int, int, int]] = field(default_factory=list)
    """For each token its unit and where it stands in the unit's text."""


class Ground:
    """A document's words, to look values up in; what is looked for by meaning is indexed when first asked."""

    def __init__(self, units: Sequence[_Unit]) -> None:
        self._units = units
        self._letters = _letters(units)
        self._meant: dict[Kind, dict[Hashable, list[Place]]] = {}

    @classmethod
    def of(cls, evidence: Evidence) -> Ground:
        """All fragments in reading order, and the values of form fields."""
        return cls([*map(_of_block, evidence.blocks), *(_of_field(one) for one in evidence.fields)])

    @classmethod
    def of_words(cls, words: Sequence[PlacedWord]) -> Ground:
        """Some words only."""
        return cls([_of_words(words)] if words else [])

    def places(self, value: Value, target: Scalar, kind: Kind) -> list[Place]:
        """Where a value stands, in reading order: as it is written, else where the same is meant."""
        numeric = target.kind in {"number", "integer"}
        if isinstance(value, bool):
            return []
        if not numeric and (found := list(self._verbatim(str(value)))):
            return found
        if (numeric or kind in _AMOUNTS or kind in _SHAPED) and (
            found := self._by_meaning(value, target, kind)
        ):
            return found
        return list(self._verbatim(str(value))) if numeric and len(str(value)) > 2 else []

    def _verbatim(self, value: str) -> Iterator[Place]:
        """Where the letters of a value stand as whole words, whatever is between them."""
        wanted, letters = bare(value), self._letters
        if not wanted:
            return
        at, found = -1, 0
        for _ in range(_MOST_TRIES):
            at = letters.text.find(wanted, at + 1)
            if at < 0 or found == _MOST_PLACES:
                return
            first, end = bisect_left(letters.starts, at), bisect_left(letters.starts, at + len(wanted))
            begins = first < len(letters.starts) and letters.starts[first] == at
            ends = at + len(wanted) == (
                letters.starts[end] if end < len(letters.starts) else len(letters.text)
            )
            if begins and ends:
                found += 1
                yield self._tokens(first, end)

    def _tokens(self, first: int, end: int) -> Place:
        """The place of some tokens; it may run over fragments."""
        pieces: dict[int, tuple[int, int]] = {}
        for unit, start, stop in self._letters.at[first:end]:
            pieces[unit] = (pieces.get(unit, (start, stop))[0], stop)
        found = [self._units[unit].place(*span) for unit, span in pieces.items()]
        return Place(tuple(word for place in found for word in place.words), found[0].ref_id)

    def _by_meaning(self, value: Value, target: Scalar, kind: Kind) -> list[Place]:
        index = self._index(Kind.NUMBER if kind not in _SHAPED else kind)
        keys = _keys(value, target, kind)
        return [place for key in keys for place in index.get(key, ())][:_MOST_PLACES]

    def _index(self, kind: Kind) -> dict[Hashable, list[Place]]:
        """The values of a kind by what they mean."""
        if kind not in self._meant:
            index: dict[Hashable, list[Place]] = defaultdict(list)
            target = _NUMBER if kind is Kind.NUMBER else Scalar()
            for unit in self._units:
                for begin, end in places(unit.text, kind):
                    place = unit.place(begin, end)
                    for key in _keys(unit.text[begin:end], target, kind):
                        if len(index[key]) < _MOST_PLACES:
                            index[key].append(place)
            self._meant[kind] = index
        return self._meant[kind]


def _keys(value: Value, target: Scalar, kind: Kind) -> set[Hashable]:
    """What a value may mean, numbers without their sign: brackets and columns say it, too."""
    keys: set[Hashable] = set()
    for meant in meanings(value, target, kind):
        keys.add(abs(meant) if isinstance(meant, Decimal) else meant)
        if kind is Kind.PERCENT and isinstance(meant, Decimal):
            keys.add(abs(meant) * 100)
    return keys


def _of_block(block: Block) -> _Unit:
    return _of_words(block.words, block.ref_id) if block.words else _Unit(block.text, block.ref_id)


def _of_words(words: Sequence[PlacedWord], ref_id: str = "") -> _Unit:
    row = Row(words)
    return _Unit(row.text, ref_id, row, words)


def _of_field(one: PlacedField) -> _Unit:
    value = one.field.value
    if one.field.bbox is None or not value:
        return _Unit(value)
    return _of_words([PlacedWord(value, one.page, one.field.bbox)])


def _letters(units: Sequence[_Unit]) -> _Letters:
    found = _Letters("")
    pieces = []
    length = 0
    for number, unit in enumerate(units):
        for token in _TOKEN.finditer(unit.text):
            letters = bare(token[0])
            if letters:
                found.starts.append(length)
                found.at.append((number, token.start(), token.end()))
                pieces.append(letters)
                length += len(letters)
    found.text = "".join(pieces)
    return found
