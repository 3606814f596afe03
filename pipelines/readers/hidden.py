"""What readers leave out because it does not show: counted, never passed on."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.instructions import speaks_to_a_model
from schemas.geometry import BBox
from schemas.reading import HiddenReason, HiddenText

_LEAST = 4
"""Fewer characters than this for one reason are left-overs of no interest, unless none has an honest use."""
_MOST_KEPT = 50_000
"""Letters of one reason that are looked at for orders to a model."""


@dataclass(slots=True)
class _Total:
    characters: int = 0
    box: BBox | None = None
    said: list[str] = field(default_factory=list)
    length: int = 0


class HiddenTally:
    """Sums up text that does not show, by reason. Its words are held until it is known whom they speak to."""

    def __init__(self, least: int = _LEAST) -> None:
        """Of a reason with fewer characters than ``least`` nothing is told."""
        self._least = least
        self._totals: dict[HiddenReason, _Total] = {}

    def add(self, reason: HiddenReason, text: str, box: BBox | None = None) -> None:
        """Counts a piece of text; pieces that make a word together are given without blanks between them."""
        characters = sum(not char.isspace() for char in text)
        total = self._totals.setdefault(reason, _Total())
        if total.length < _MOST_KEPT:
            total.said.append(text)
            total.length += len(text)
        if characters:
            total.characters += characters
            if box is not None:
                total.box = box if total.box is None else total.box.union(box)

    def found(self) -> list[HiddenText]:
        """One entry a reason; crumbs are not told of."""
        return [
            HiddenText(reason, one.characters, one.box, speaks_to_a_model("".join(one.said), hidden=True))
            for reason, one in self._totals.items()
            if one.characters >= (1 if reason is HiddenReason.NO_LOOKS else self._least)
        ]
