"""Filled schemas: are the values right, and do their citations hold them and little else?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.scores.alike import Kind, Value, nearly, plain, same
from benchmarks.scores.regions import PageRegion
from benchmarks.scores.tally import Tally, pool
from schemas.geometry import BBox

_LONGEST_VALUE = 60
"""Words; a value's own words are not looked for among more."""
_AT = 0.5
"""A cited box is at a place if so much of it lies there."""


@dataclass(frozen=True, slots=True)
class FieldTruth:
    """What a field holds: no ``values`` where the document does not say, several for an array.

    ``name`` is a path where the field is in an object, or in the objects of an array (``items.price``).
    ``places`` is where the values stand, as far as it is known.
    """

    name: str
    kind: Kind = Kind.TEXT
    values: tuple[str, ...] = ()
    places: tuple[PageRegion, ...] = ()


@dataclass(frozen=True, slots=True)
class CitedWord:
    """A word in a cited box, in shares of the page."""

    text: str
    box: BBox


@dataclass(frozen=True, slots=True)
class Citation:
    """A cited box in shares of its page, and the words whose centres lie in it, in reading order."""

    page: int
    box: BBox
    words: tuple[CitedWord, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A value with its citations; ``shared``: they are those of all values of an array.

    A document without geometry has no places: its values are not ``citable``.
    """

    value: Value
    citations: tuple[Citation, ...] = ()
    shared: bool = False
    citable: bool = True


@dataclass(frozen=True, slots=True)
class Filled:
    """What an engine put into a field: one value, several in an array, none where it found nothing."""

    name: str
    values: tuple[Found, ...] = ()


def score_extraction(truth: Sequence[FieldTruth], filled: Mapping[str, Filled]) -> dict[str, Tally]:
    """Pooled counts: right values exactly and nearly, of each field; citations.

    A value of a field that the document says nothing of is an invention. Only fields of the truth count.

    - ``exact``, ``fuzzy``: see ``alike.same``, ``alike.nearly``; values of arrays in any order;
    - ``citations``: of the values with citations, those whose words stand in the cited boxes;
    - ``cited``: of the right values, those with a citation that does;
    - ``tight``: how much of such boxes the value's own words cover (1 at most);
    - ``placed``: of right and cited values whose place is known, those cited there.
    """
    exact: dict[str, Tally] = {}
    fuzzy: dict[str, Tally] = {}
    cited = _Cited()
    for field in truth:
        found = filled.get(field.name, Filled(field.name)).values
        pairs = _pairs(field, [one.value for one in found])
        exact[field.name] = Tally(sum(sure for *_, sure in pairs), len(field.values), len(found))
        fuzzy[field.name] = Tally(len(pairs), len(field.values), len(found))
        right = {j for _, j, sure in pairs if sure}
        for j, one in enumerate(found):
            cited.add(field, one, right=j in right)
    counted = {"exact": pool(exact.values()), "fuzzy": pool(fuzzy.values())} | cited.tallies()
    return counted | {f"exact: {name}": tally for name, tally in exact.items()}


def _pairs(field: FieldTruth, found: Sequence[Value]) -> list[tuple[int, int, bool]]:
    """Which true value which found one is, one to one: those that are the same before those nearly so."""
    pairs: list[tuple[int, int, bool]] = []
    open_true, open_found = list(range(len(field.values))), list(range(len(found)))
    for alike in (same, nearly):
        for i in list(open_true):
            j = next((j for j in open_found if alike(field.kind, field.values[i], found[j])), None)
            if j is not None:
                pairs.append((i, j, alike is same))
                open_true.remove(i)
                open_found.remove(j)
    return pairs


class _Cited:
    """Counts of citations, value by value."""

    def __init__(self) -> None:
        self.with_citation = self.proved = self.right = self.right_proved = 0
        self.cover = 0.0
        self.known = self.there = 0

    def add(self, field: FieldTruth, found: Found, *, right: bool) -> None:
        if field.kind is Kind.BOOLEAN or not found.citable:  # a box to tick has no words
            return
        self.with_citation += bool(found.citations)
        self.right += right
        own = next(_own_words(field.kind, found), None)
        if own is None:
            return
        self.proved += 1
        self.right_proved += right
        boxes, words = own
        cited = sum(citation.box.area for citation in boxes)
        self.cover += min(1.0, sum(word.box.area for word in words) / cited) if cited else 0.0
        if right and field.places:
            self.known += 1
            self.there += all(any(_is_at(citation, place) for place in field.places) for citation in boxes)

    def tallies(self) -> dict[str, Tally]:
        return {
            "citations": Tally(self.proved, self.with_citation, self.with_citation),
            "cited": Tally(self.right_proved, self.right, self.right),
            "tight": Tally(self.cover, self.proved, self.proved),
            "placed": Tally(self.there, self.known, self.known),
        }


def _is_at(citation: Citation, place: PageRegion) -> bool:
    """Whether the smaller of the two lies in the other for the most part."""
    return (
        citation.page == place.page
        and max(citation.box.inside(place.box), place.box.inside(citation.box)) >= _AT
    )


def _own_words(kind: Kind, found: Found) -> Iterator[tuple[Sequence[Citation], Sequence[CitedWord]]]:
    """The value's boxes, and of their words the fewest in a row that say it; of shared boxes the fewest."""
    count = len(found.citations)
    for many in range(1 if found.shared else count, count + 1):
        for first in range(count - many + 1):
            boxes = found.citations[first : first + many]
            words = [word for citation in boxes for word in citation.words]
            if run := _saying(kind, found.value, words):
                yield boxes, run


def _saying(kind: Kind, value: Value, words: Sequence[CitedWord]) -> Sequence[CitedWord]:
    """The shortest run of words that is the value, or else holds it: it may be part of a word."""
    ways: tuple[Callable[[str], bool], ...] = (
        lambda text: same(kind, str(value), text),
        lambda text: plain(str(value)) in plain(text),
    )
    for says in ways:
        for many in range(1, min(len(words), _LONGEST_VALUE) + 1):
            for first in range(len(words) - many + 1):
                run = words[first : first + many]
                if says(" ".join(word.text for word in run)):
                    return run
    return ()
