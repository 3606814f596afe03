"""Where values stand in a document: the fewest words that say each, found by letters and by meaning."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain

import regex

from pipelines.extraction.answers import Value
from pipelines.extraction.evidence import Block, Evidence, PlacedField, PlacedWord
from pipelines.extraction.targets import Scalar
from pipelines.extraction.values.currencies import code_of
from pipelines.extraction.values.kinds import Kind
from pipelines.extraction.values.spans import Row, places
from pipelines.extraction.values.typed import meanings
from pipelines.extraction.values.words import bare
from schemas.fragments import TableContent
from schemas.geometry import BBox

# Of the places of a value so many are looked at: those that come nearest to where others were found.
_MOST_PLACES = 12
# Cells that begin above a word and are looked at for it: those of a few rows.
_MOST_CELLS = 100

_TOKEN = regex.compile(r"[\p{L}\p{N}\p{M}]+")
_AMOUNTS = frozenset({Kind.MONEY, Kind.NUMBER, Kind.INTEGER, Kind.PERCENT})
_SHAPED = frozenset({Kind.DATE, Kind.DURATION, Kind.PHONE, Kind.CURRENCY})
_NUMBER = Scalar("number")

Order = tuple[int, int]
"""How far on in the document something stands: the unit, and the offset in its text."""
_Stretch = list[tuple[int, int, int]]
"""Parts of units, each with where it begins and ends in the unit's text."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: its words (none in a format without geometry)."""

    words: tuple[PlacedWord, ...]
    order: Order


@dataclass(slots=True)
class _Unit:
    """A text that is looked through as a whole: a fragment, a form's field, the words of an answer."""

    text: str
    ref_id: str = ""
    row: Row | None = None
    words: Sequence[PlacedWord] = ()

    def words_at(self, begin: int, end: int) -> tuple[PlacedWord, ...]:
        if self.row is None:
            return ()
        span = self.row.span((begin, end))
        return tuple(self.words[span.first : span.last + 1])


@dataclass(slots=True)
class _Letters:
    """All letters and figures of the units, without anything between; tokens are whole words of them.

    Each token begins at ``starts`` of ``text`` and is a part of a unit.
    """

    text: str
    starts: list[int] = field(default_factory=list)
    parts: _Stretch = field(default_factory=list)


class Ground:
    """A document's words, to look values up in. Nothing is looked for twice."""

    def __init__(self, units: Sequence[_Unit]) -> None:
        self._units = units
        self._letters = _letters(units)
        self._written: dict[str, list[_Stretch]] = {}
        self._meant: dict[Kind, dict[Hashable, list[_Stretch]]] = {}

    @classmethod
    def of(cls, evidence: Evidence) -> Ground:
        """All fragments in reading order, and the values of form fields."""
        units = chain.from_iterable(map(_of_block, evidence.blocks))
        return cls([*units, *(_of_field(one) for one in evidence.fields)])

    @classmethod
    def of_words(cls, words: Sequence[PlacedWord]) -> Ground:
        """Some words only."""
        return cls([_of_words(words)] if words else [])

    def places(
        self, value: Value, target: Scalar, kind: Kind, *, said_at: Collection[str] = (), near: Order = (0, 0)
    ) -> list[Place]:
        """Where a value stands, in reading order: as it is written, else where the same is meant.

        Places in the fragments ``said_at`` go before all others; of many, those count that are nearest to
        ``near`` in the order of reading.
        """
        found = self._stretches(value, target, kind)
        if said_at:
            named = [stretch for stretch in found if self._units[stretch[0][0]].ref_id in said_at]
            found = named or found
        if len(found) > _MOST_PLACES:
            at = bisect_left(found, near, key=lambda stretch: stretch[0][:2])
            first = min(max(0, at - _MOST_PLACES // 2), len(found) - _MOST_PLACES)
            found = found[first : first + _MOST_PLACES]
        numeric = target.kind in {"number", "integer"}
        there = [self._place(stretch, bare_number=numeric) for stretch in found]
        return list({place.words or place.order: place for place in there}.values())

    def _stretches(self, value: Value, target: Scalar, kind: Kind) -> list[_Stretch]:
        numeric = target.kind in {"number", "integer"}
        if isinstance(value, bool):
            return []
        if not numeric and (found := self._verbatim(str(value))):
            return found
        if (numeric or kind in _AMOUNTS or kind in _SHAPED) and (
            found := self._by_meaning(value, target, kind)
        ):
            return found
        return self._verbatim(str(value)) if numeric and len(str(value)) > 2 else []

    def _verbatim(self, value: str) -> list[_Stretch]:
        """Where the letters of a value stand as whole words, whatever is between them."""
        wanted = bare(value)
        if wanted not in self._written:
            self._written[wanted] = list(_whole_words(self._letters, wanted)) if wanted else []
        return self._written[wanted]

    def _by_meaning(self, value: Value, target: Scalar, kind: Kind) -> list[_Stretch]:
        index = self._index(kind if kind in _SHAPED else Kind.NUMBER)
        found = [index[key] for key in _keys(value, target, kind) if key in index]
        return found[0] if len(found) == 1 else sorted(chain.from_iterable(found))

    def _index(self, kind: Kind) -> dict[Hashable, list[_Stretch]]:
        """The values of a kind by what they mean."""
        if kind not in self._meant:
            index: dict[Hashable, list[_Stretch]] = defaultdict(list)
            target = _NUMBER if kind is Kind.NUMBER else Scalar()
            for number, unit in enumerate(self._units):
                for begin, end in places(unit.text, kind):
                    for key in _keys(unit.text[begin:end], target, kind):
                        index[key].append([(number, begin, end)])
            self._meant[kind] = index
        return self._meant[kind]

    def _place(self, stretch: _Stretch, *, bare_number: bool) -> Place:
        """``bare_number``: the currency beside it is no part of the value."""
        words = [word for unit, begin, end in stretch for word in self._units[unit].words_at(begin, end)]
        while bare_number and len(words) > 1 and code_of(words[0].text):
            del words[0]
        while bare_number and len(words) > 1 and code_of(words[-1].text):
            del words[-1]
        return Place(tuple(words), stretch[0][:2])


def _whole_words(letters: _Letters, wanted: str) -> Iterator[_Stretch]:
    text, starts = letters.text, letters.starts
    at = text.find(wanted)
    while at >= 0:
        first, end = bisect_left(starts, at), bisect_left(starts, at + len(wanted))
        if first == len(starts):
            return
        after = starts[end] if end < len(starts) else len(text)
        if starts[first] == at and after == at + len(wanted):
            yield _joined(letters.parts[first:end])
        at = text.find(wanted, max(starts[first], at + 1))  # in the midst of a word nothing begins


def _joined(parts: _Stretch) -> _Stretch:
    """Tokens as one part for each unit that they are in."""
    spans: dict[int, tuple[int, int]] = {}
    for unit, begin, end in parts:
        spans[unit] = (spans.get(unit, (begin, end))[0], end)
    return [(unit, begin, end) for unit, (begin, end) in spans.items()]


def _keys(value: Value, target: Scalar, kind: Kind) -> set[Hashable]:
    """What a value may mean, numbers without their sign: brackets and columns say it, too."""
    keys: set[Hashable] = set()
    for meant in meanings(value, target, kind):
        keys.add(abs(meant) if isinstance(meant, Decimal) else meant)
        if kind is Kind.PERCENT and isinstance(meant, Decimal):
            keys.add(abs(meant) * 100)
    return keys


def _of_block(block: Block) -> Iterator[_Unit]:
    """A fragment, and cells of tables whose lines do not follow one another in it."""
    if not block.words:
        yield _Unit(block.text, block.ref_id)
        return
    yield _of_words(block.words, block.ref_id)
    content = block.fragment.content
    if isinstance(content, TableContent):
        for words in _torn_cells(block.words, [cell.bounding_box.bbox() for cell in content.cells]):
            yield _of_words(words, block.ref_id)


def _torn_cells(words: Sequence[PlacedWord], cells: Sequence[BBox]) -> Iterator[list[PlacedWord]]:
    """The words of each cell between whose words there are those of another."""
    from_top = sorted(cells, key=lambda cell: cell.y1)
    inside: dict[BBox, list[int]] = {}
    for i, word in enumerate(words):
        x, y = word.bbox.center
        above = bisect_right(from_top, y, key=lambda cell: cell.y1)
        near = reversed(from_top[max(0, above - _MOST_CELLS) : above])
        cell = next((cell for cell in near if cell.holds(x, y)), None)
        if cell is not None:
            inside.setdefault(cell, []).append(i)
    for own in inside.values():
        if own[-1] - own[0] >= len(own):
            yield [words[i] for i in own]


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
                found.parts.append((number, token.start(), token.end()))
                pieces.append(letters)
                length += len(letters)
    found.text = "".join(pieces)
    return found
