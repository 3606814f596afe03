"""The print beside a field: which words of the page name it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from schemas.geometry import BBox, union_of
from schemas.reading import TextLine, Word

# Words further apart than this (line heights) are phrases of their own.
_APART = 1.0
# Two boxes are level from this share of the lower one's height on; they may overlap so far (line heights).
_LEVEL, _OVERLAP = 0.5, 0.4
# A label above or below its field does not begin further left of it than this (line heights).
_INDENT = 2.0
# A label goes on in the next line when that is as close and as well aligned as this (line heights); only
# fields so near make it theirs. The longest label has so many lines.
_LEADING, _ALIGNED, _OWN, _MOST_LINES = 0.6, 0.6, 12.0, 4
# A label at the left of its field is no wider than this (line heights).
_LONGEST = 32.0
# Print over a field goes on beside a gap as wide as this (line heights).
_NUMBERED = 3.0
# A line shorter than this (line heights) was not broken for want of room.
_WRAPPED = 6.0

COLONS = (":", "：")
"""What a label ends in."""
_NUMBER = re.compile(r"^\(?\d{0,3}[a-z]?[.)]?$|^[•▪◦–-]$", re.IGNORECASE)
_ENDS = (*COLONS, ".", "?", "!", "。", "？", "！", "▶", "►")

Boxes = NDArray[np.float64]


class Side(IntEnum):
    """Where a label stands as seen from its field."""

    LEFT = 0
    RIGHT = 1
    ABOVE = 2
    BELOW = 3


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand together, in one or several lines."""

    words: list[Word]
    bbox: BBox

    @classmethod
    def of(cls, words: list[Word]) -> Phrase:
        """The phrase that some words make (at least one)."""
        return cls(words, union_of([word.bbox for word in words]))

    @property
    def text(self) -> str:
        """The words without the colon or star that a label ends in."""
        return self.printed.rstrip(":：*∗ ")

    @property
    def printed(self) -> str:
        """The words as they stand there, those of several lines with a space between."""
        text = self.words[0].text
        for before, word in pairwise(self.words):
            text += " " * (word.space_before or word.bbox.y1 > before.bbox.center[1]) + word.text
        return text


class Print:
    """The phrases of a page and the fields among them, to ask for the nearest."""

    def __init__(self, lines: Sequence[TextLine], fields: Sequence[BBox]) -> None:
        self._fields = _array(fields)
        level = (line for line in lines if not line.quarter_turns)
        phrases = (phrase for line in level for phrase in self._cut(line))
        self._phrases = [phrase for phrase in phrases if any(char.isalnum() for char in phrase.text)]
        self._boxes = _array([phrase.bbox for phrase in self._phrases])
        self._begins = np.array([_begin(phrase) for phrase in self._phrases], dtype=np.float64)

    def beside(self, box: BBox, side: Side, reach: float) -> tuple[Phrase | None, float]:
        """The nearest phrase at one side of a field, at most ``reach`` line heights away, and its gap.

        None, and an infinite gap, where there is none, or another field stands before it.
        """
        boxes = self._boxes
        if not len(boxes):
            return None, np.inf
        heights = np.maximum(boxes[:, 3] - boxes[:, 1], 0.1)
        gaps = _gaps(boxes, box, side) / heights
        if side is Side.LEFT:  # a line of a paragraph that ends before a field does not name it
            gaps[boxes[:, 2] - boxes[:, 0] > _LONGEST * heights] = np.inf
        fits = (gaps >= -_OVERLAP) & (gaps <= reach) & _faces(boxes, heights, box, side)
        if not fits.any():
            return None, np.inf
        gaps[~fits] = np.inf
        nearest = int(np.lexsort((boxes[:, 0], boxes[:, 1], np.round(gaps, 1)))[0])
        if self._is_between(box, self._phrases[nearest].bbox, side):
            return None, np.inf
        if side in {Side.ABOVE, Side.BELOW}:
            return self._row(nearest, np.flatnonzero(fits), box, side), max(0.0, float(gaps[nearest]))
        return self._whole(nearest, box, side), max(0.0, float(gaps[nearest]))

    def _cut(self, line: TextLine) -> list[Phrase]:
        """A line parted at wide gaps and at the fields in it."""
        if not line.words:
            return []
        phrases, part = [], [line.words[0]]
        for before, word in pairwise(line.words):
            gap = word.bbox.x1 - before.bbox.x2
            height = max(before.bbox.height, word.bbox.height, 0.1)
            if gap > _APART * height or (gap > 0 and self._parts(before.bbox, word.bbox)):
                phrases.append(Phrase.of(part))
                part = []
            part.append(word)
        return [*phrases, Phrase.of(part)]

    def _parts(self, left: BBox, right: BBox) -> bool:
        """Whether a field stands in the gap between two words."""
        fields, (x, y) = self._fields, ((left.x2 + right.x1) / 2, left.center[1])
        inside = (fields[:, 0] <= x) & (x <= fields[:, 2]) & (fields[:, 1] <= y) & (y <= fields[:, 3])
        return bool(inside.any())

    def _is_between(self, box: BBox, phrase: BBox, side: Side) -> bool:
        """Whether the middle of another field lies in the space that parts a field from a phrase."""
        if side in {Side.LEFT, Side.RIGHT}:
            first, last = (phrase.x2, box.x1) if side is Side.LEFT else (box.x2, phrase.x1)
            space = BBox(first, max(box.y1, phrase.y1), last, min(box.y2, phrase.y2))
        else:
            first, last = (phrase.y2, box.y1) if side is Side.ABOVE else (box.y2, phrase.y1)
            space = BBox(max(box.x1, phrase.x1), first, min(box.x2, phrase.x2), last)
        fields = self._fields
        across = np.minimum(fields[:, 2], space.x2) - np.maximum(fields[:, 0], space.x1)
        down = np.minimum(fields[:, 3], space.y2) - np.maximum(fields[:, 1], space.y1)
        wide = fields[:, 2] - fields[:, 0], fields[:, 3] - fields[:, 1]
        along, thick = (across, wide[0]) if side in {Side.LEFT, Side.RIGHT} else (down, wide[1])
        return bool(((across > 0) & (down > 0) & (along >= 0.5 * thick)).any())

    def _row(self, index: int, fits: NDArray[np.intp], box: BBox, side: Side) -> Phrase:
        """A phrase over or under a field with what goes on beside it: a number, and the label it counts."""
        first = row = self._phrases[index]
        height = max(first.bbox.height, 0.1)
        for i in sorted(map(int, fits), key=lambda i: self._boxes[i, 0]):
            other = self._phrases[i]
            gap = other.bbox.x1 - row.bbox.x2
            level = abs(other.bbox.center[1] - first.bbox.center[1]) < _LEVEL * height
            if level and 0 < gap <= _NUMBERED * height:
                row = Phrase.of(row.words + other.words)
        return self._whole(index, box, side) if row is first else row

    def _whole(self, index: int, box: BBox, side: Side) -> Phrase:
        """A phrase with the lines of the same label that come before and after it."""
        lines = [index]
        directions = {Side.ABOVE: (-1,), Side.BELOW: (1,), Side.RIGHT: (1,), Side.LEFT: (-1, 1)}[side]
        for direction in directions:
            while len(lines) < _MOST_LINES:
                found = self._next_line(lines[0] if direction < 0 else lines[-1], box, side, direction)
                if found is None:
                    break
                lines.insert(0 if direction < 0 else len(lines), found)
        return Phrase.of([word for line in lines for word in self._phrases[line].words])

    def _next_line(self, index: int, box: BBox, side: Side, direction: int) -> int | None:
        boxes, this = self._boxes, self._phrases[index].bbox
        height = max(this.height, 0.1)
        gaps = boxes[:, 1] - this.y2 if direction > 0 else this.y1 - boxes[:, 3]
        # A label's second line may begin under its number, or under the word after that.
        first = self._begins[index] if direction > 0 else self._begins
        hanging = np.abs((boxes[:, 0] if direction > 0 else this.x1) - first)
        aligned = np.minimum(np.abs(boxes[:, 0] - this.x1), hanging) <= _ALIGNED * height
        like = np.abs(boxes[:, 3] - boxes[:, 1] - height) <= _OVERLAP * height
        fits = aligned & like & (gaps >= -_OVERLAP * height) & (gaps <= _LEADING * height)
        if side is Side.ABOVE:
            fits &= boxes[:, 2] <= box.x2 + height
        fits[index] = False
        found = np.flatnonzero(fits)
        if len(found) != 1 or self._has_own_field(self._phrases[int(found[0])].bbox, box, side):
            return None
        other = self._phrases[int(found[0])]
        upper, lower = (self._phrases[index], other) if direction > 0 else (other, self._phrases[index])
        short = upper.bbox.width < _WRAPPED * height and side is not Side.ABOVE
        if side is Side.LEFT:  # the next word had no room before the field
            short &= upper.bbox.x2 + lower.words[0].bbox.width < box.x1
        return None if short or upper.printed.endswith(_ENDS) else int(found[0])

    def _has_own_field(self, phrase: BBox, box: BBox, side: Side) -> bool:
        """Whether a line stands beside a field other than the one that a label is looked for.

        Where labels stand left of their fields, a field left of one is another's.
        """
        fields, reach = self._fields, _OWN * max(phrase.height, 0.1)
        near = (fields[:, 0] <= phrase.x2 + reach) & (fields[:, 2] >= phrase.x1 - reach)
        if side is Side.LEFT:
            near &= fields[:, 2] > phrase.x1
        level = np.minimum(fields[:, 3], phrase.y2) - np.maximum(fields[:, 1], phrase.y1)
        near &= level >= _LEVEL * np.minimum(fields[:, 3] - fields[:, 1], max(phrase.height, 0.1))
        return bool((near & (np.abs(fields - np.array(box)).max(axis=1) > 0)).any())


def _begin(phrase: Phrase) -> float:
    """Where the text of a phrase begins, past the number that it is counted by."""
    words = phrase.words
    counted = len(words) > 1 and _NUMBER.match(words[0].text)
    return words[1].bbox.x1 if counted else phrase.bbox.x1


def _array(boxes: Sequence[BBox]) -> Boxes:
    return np.array(boxes, dtype=np.float64).reshape(-1, 4)


def _gaps(boxes: Boxes, box: BBox, side: Side) -> Boxes:
    match side:
        case Side.LEFT:
            return box.x1 - boxes[:, 2]
        case Side.RIGHT:
            return boxes[:, 0] - box.x2
        case Side.ABOVE:
            return box.y1 - boxes[:, 3]
        case Side.BELOW:
            return boxes[:, 1] - box.y2


def _faces(boxes: Boxes, heights: Boxes, box: BBox, side: Side) -> NDArray[np.bool_]:
    """Which phrases are level with a field, or begin over or under it."""
    if side in {Side.LEFT, Side.RIGHT}:
        shared = np.minimum(boxes[:, 3], box.y2) - np.maximum(boxes[:, 1], box.y1)
        level: NDArray[np.bool_] = shared >= _LEVEL * np.minimum(heights, max(box.height, 0.1))
        return level
    shared = np.minimum(boxes[:, 2], box.x2) - np.maximum(boxes[:, 0], box.x1)
    begins: NDArray[np.bool_] = (shared > 0) & (boxes[:, 0] >= box.x1 - _INDENT * heights)
    return begins
