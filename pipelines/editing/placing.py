"""Statements to places: one to one, and only where there is no doubt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from pipelines.editing.fit import Fit, fit
from pipelines.editing.places import EXACT, FLOOR, Place, Places, Said
from pipelines.editing.statements.statement import Statement
from pipelines.extraction.values.choices import truth
from pipelines.extraction.values.conventions import Conventions
from schemas.forms import Filling, Unplaced
from schemas.reading import FieldKind

MARGIN = 0.04
"""A place that means the label nearly as well might be meant as well."""
_OF_ANOTHER = 0.8
"""The likeness of the same words where they stand under what was not said: the name, of a spouse."""
_MOST_REPEATS = 3
_MOST_NEAR = 50
"""Places that are compared where so many could be meant."""
_NAMED = 3
"""Places that a reason names."""

NOTHING = "Nothing in the form is called that."


@dataclass(slots=True)
class Desk:
    """What is placed so far, and what has no place.

    ``fillings`` by blank; of two values for one blank the surer one is written, the other reported.
    """

    places: Places
    conventions: Conventions
    check: Callable[[], None]
    fillings: dict[str, Filling] = field(default_factory=dict)
    unplaced: list[Unplaced] = field(default_factory=list)
    _reported: set[tuple[str, str]] = field(default_factory=set)

    def place(self, statement: Statement) -> bool:
        """Writes what a statement with a label says where it means one place; tells where it does not."""
        self.check()
        said = Said.of(statement.label, statement.path)
        likely = list(self.likely(said))
        if not likely:
            return False
        best = max(likeness for _, likeness in likely)
        near = [place for place, likeness in likely if likeness > best - MARGIN]
        if cells := in_cells(near, statement.value):
            for place, text in cells:
                self.write(fit(place, text, self.conventions), statement.said, best * statement.sure)
            return True
        fits = [(place, fit(place, statement.value, self.conventions)) for place in near[:_MOST_NEAR]]
        good = [(place, found) for place, found in fits if not found.problem]
        if truth(str(statement.value)) is not None:  # a box is meant rather than a line beside it
            good = [one for one in good if one[0].blank.kind is not FieldKind.TEXT] or good
        chosen = one_of([place for place, _ in good], statement.row, self.places.repeats)
        for found in (found for place, found in good if place in chosen):
            self.write(found, statement.said, best * statement.sure)
        if not chosen:
            self.report(statement.said, ambiguous(place for place, _ in good) if good else fits[0][1].problem)
        return True

    def likely(self, said: Said) -> Iterator[tuple[Place, float]]:
        """The places that a label may mean; those hidden or for an office by their very names only."""
        exact = {id(place) for place in self.places.named(said)}
        for place in {
            id(one): one for one in (*self.places.named(said), *self.places.having(said.words))
        }.values():
            is_exact = id(place) in exact
            if not is_exact and (place.is_office or place.blank.hidden):
                continue
            likeness = self.places.likeness(said, place)
            if is_exact and (likeness or not said.above):
                is_other = not likeness and place.is_of_another(said) and not place.has_id(said)
                likeness = _OF_ANOTHER if is_other else EXACT
            if likeness >= FLOOR:
                yield place, likeness

    def write(self, found: Fit, said: str, likeness: float) -> None:
        """Keeps fillings, one for each blank."""
        for blank, value in found.values.items():
            before = self.fillings.get(blank)
            if before is not None and before.value == value:
                continue
            if before is not None and (before.confidence or 0.0) >= likeness:
                self.report(said, f"Something else is said to stand there: {before.said!r}.")
                continue
            if before is not None:
                self.report(before.said, f"Something else is said to stand there: {said!r}.")
            self.fillings[blank] = Filling(blank, value, said, round(likeness, 3))

    def report(self, said: str, reason: str) -> None:
        """Keeps what has no place; once for each thing said."""
        if (said, reason) not in self._reported:
            self._reported.add((said, reason))
            self.unplaced.append(Unplaced(said, reason))


def one_of(places: Sequence[Place], row: int, repeats: int = 0) -> list[Place]:
    """The place that is meant; none where it is open which.

    Several that are called the same on as many pages are all meant: the name at the top of each. Not where
    much is repeated (``repeats`` names on several pages): those are blocks for several things.
    """
    if len(places) < 2:
        return list(places)
    ordered = sorted(places, key=_position)
    if row and len(places) >= row and len({_called(place) for place in places}) == 1:
        return [ordered[row - 1]]
    pages = {place.blank.page for place in places}
    same = len(
        {(place.blank.names[0] if place.blank.names else "", tuple(place.blank.context)) for place in places}
    )
    is_heading = same == 1 and len(pages) == len(places) and repeats <= _MOST_REPEATS
    return list(places) if is_heading else []


def in_cells(places: Sequence[Place], value: str | bool) -> list[tuple[Place, str]]:
    """A number in the parts that several blanks of one name take: 123-45-6789 in boxes of 3, 2 and 4."""
    ordered = sorted(places, key=_position)
    sizes = [place.blank.longest for place in ordered]
    if (
        not isinstance(value, str)
        or len(places) < 2
        or min(sizes) < 1
        or len({_called(p) for p in places}) > 1
    ):
        return []
    figures = "".join(letter for letter in value if letter.isalnum())
    if len(figures) != sum(sizes) or not any(map(str.isdigit, figures)):
        return []
    ends = list(accumulate(sizes))
    return [(place, figures[end - size : end]) for place, size, end in zip(ordered, sizes, ends, strict=True)]


def ambiguous(places: Iterable[Place]) -> str:
    """Why nothing is written where several places could be meant."""
    told = list(dict.fromkeys(place.told for place in places))
    some = ", ".join(map(repr, told[:_NAMED])) + (", …" if len(told) > _NAMED else "")
    return f"Several fields could be meant: {some}."


def _position(place: Place) -> tuple[int, float, float, int]:
    box = place.blank.bbox
    return place.blank.page, box.y1 if box else 0.0, box.x1 if box else 0.0, place.order


def _called(place: Place) -> frozenset[str]:
    """What a place is called, without numbers."""
    first = place.names[0].words if place.names else frozenset()
    return frozenset(one.name for one in first if not one.name.isdecimal())
