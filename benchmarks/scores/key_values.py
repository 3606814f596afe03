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
    False where it is one of ``BOXES``, None of a field of which it cannot be said what shows in its place (a
    list of choices, say): nothing found there counts, for or against.
    """

    kind: str
    value: str | bool | None
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
        [one for one in side if not one.is_box and one.value is not None and _plain(str(one.value))]
        for side in (true, found)
    )
    return _score(left, right, _alike)


def score_filled_in(true: Sequence[KeyValue], found: Sequence[KeyValue]) -> Tally:
    """As ``score_values``, of what stands in the fields alone: ``true`` has every field, empty ones too.

    A value at an empty field is an invention. Not counted are values at a place of which it cannot be said
    what shows, and printed pairs at no field's place (a footer's ``Created: 2020``), which are no mistake of
    whoever reads a picture; ``score_values`` counts all of these as inventions.
    """
    fields = [one for one in true if not one.is_box]
    values = [one for one in found if not one.is_box and _plain(str(one.value))]
    here = [(fields[i], values[j]) for i, j in match(fields, values)]
    claimed = {id(value) for _, value in here}
    doubled = [v for v in values if id(v) not in claimed and any(_at(v, f) for f in fields)]
    judged = sum(field.value is not None for field, _ in here)
    judged += sum(all(f.value is not None for f in fields if _at(v, f)) for v in doubled)
    asked = sum(bool(one.value) and bool(_plain(str(one.value))) for one in fields)
    return Tally(sum(_alike(f, v) for f, v in here if f.value), asked, judged)


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
            if a.box and b.box and _at(a, b):
                near.append((-a.box.iou(b.box), i, j))
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, j in sorted(near):
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return list(pairs.items())


def _at(a: KeyValue, b: KeyValue) -> bool:
    """Whether two are at one place."""
    return bool(a.box and b.box and a.page == b.page and _covered(a.box, b.box) >= _SAME_PLACE)


def _covered(a: BBox, b: BBox) -> float:
    """The share of the smaller box that lies in the other."""
    return max(a.inside(b), b.inside(a))


def _alike(a: KeyValue, b: KeyValue) -> float:
    similarity = float(Levenshtein.normalized_similarity(_plain(str(a.value)), _plain(str(b.value))))
    return similarity if similarity >= _LEAST_ALIKE else 0.0


def _same(a: str | bool | None, b: str | bool | None) -> bool:
    return _plain(a) == _plain(b) if isinstance(a, str) and isinstance(b, str) else a == b


def _plain(value: str) -> str:
    """A text without its blanks (combs spread letters, OCR joins words) and without regard to case."""
    return "".join(value.split()).casefold()
