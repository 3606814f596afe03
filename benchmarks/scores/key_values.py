"""Fields of forms: what was found at each place, and whether it is what stands there."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from benchmarks.scores.regions import PageRegion
from benchmarks.scores.tally import Tally
from schemas.geometry import BBox

FIELD = "field"
"""The label of a find that is one field; its text is the entry as the wire has it."""
BOXES = frozenset({"checkbox", "radio button"})
"""The kinds of field whose value is yes or no."""

# A found value often covers only the written part of its field: this share of the smaller box is enough.
_SAME_PLACE = 0.5
# A value with more edits than this is another value: the threshold of ANLS (Biten et al. 2019, arXiv
# 1905.13648), of which this is the F1.
_LEAST_ALIKE = 0.5


@dataclass(frozen=True, slots=True)
class KeyValue:
    """A field with its value; the box is in shares of the page's width and height, None if it has none.

    ``kind`` is one of the wire's: text, checkbox, radio button, dropdown, signature. ``value`` is True or
    False where it is one of ``BOXES``.
    """

    kind: str
    value: str | bool
    page: int = 1
    box: BBox | None = None
    name: str = ""

    @property
    def is_box(self) -> bool:
        """Whether the value is yes or no."""
        return self.kind in BOXES


def key_values(finds: Sequence[PageRegion]) -> list[KeyValue]:
    """The fields among what an engine found."""
    found = []
    for find in finds:
        if find.label == FIELD:
            entry = json.loads(find.text)
            value = entry["value"]
            value = "" if value is None else value if isinstance(value, bool) else str(value)
            found.append(KeyValue(entry["type"], value, find.page, find.box, entry["field_name"]))
    return found


def score_values(true: Sequence[KeyValue], found: Sequence[KeyValue]) -> Tally:
    """How alike the filled-in values are, each against the one at its place; boxes to tick are left out."""
    left, right = (
        [one for one in side if not one.is_box and _plain(str(one.value))] for side in (true, found)
    )
    return _score(left, right, _alike)


def score_states(true: Sequence[KeyValue], found: Sequence[KeyValue]) -> Tally:
    """How many boxes to tick are found and in the right state; others are inventions."""
    left, right = ([one for one in side if one.is_box] for side in (true, found))
    return _score(left, right, lambda a, b: float(a.value == b.value))


def score_fields(true: Sequence[KeyValue], found: Sequence[KeyValue]) -> Tally:
    """How many fields, empty ones too, are found with their kind and exactly their value."""
    return _score(true, found, lambda a, b: float(a.kind == b.kind and _same(a.value, b.value)))


def _score(
    true: Sequence[KeyValue], found: Sequence[KeyValue], alike: Callable[[KeyValue, KeyValue], float]
) -> Tally:
    total = sum(alike(true[i], found[j]) for i, j in match(true, found))
    return Tally(total, len(true), len(found))


def match(true: Sequence[KeyValue], found: Sequence[KeyValue]) -> list[tuple[int, int]]:
    """Pairs (index in ``true``, index in ``found``) at one place, one to one, those that fit best first."""
    near = []
    for i, a in enumerate(true):
        for j, b in enumerate(found):
            if a.box and b.box and a.page == b.page and _covered(a.box, b.box) >= _SAME_PLACE:
                near.append((-a.box.iou(b.box), i, j))
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, j in sorted(near):
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return list(pairs.items())


def _covered(a: BBox, b: BBox) -> float:
    """The share of the smaller box that lies in the other."""
    return max(a.inside(b), b.inside(a))


def _alike(a: KeyValue, b: KeyValue) -> float:
    similarity = float(Levenshtein.normalized_similarity(_plain(str(a.value)), _plain(str(b.value))))
    return similarity if similarity >= _LEAST_ALIKE else 0.0


def _same(a: str | bool, b: str | bool) -> bool:
    return a == b if isinstance(a, bool) or isinstance(b, bool) else _plain(a) == _plain(b)


def _plain(value: str) -> str:
    """A text without its blanks (combs spread letters, OCR joins words) and without regard to case."""
    return "".join(value.split()).casefold()
