"""Places to write at, before they are named; and the free ground on a page where they may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from statistics import median

import numpy as np
from numpy.typing import NDArray

from pipelines.pages.forms.flat.pieces import Piece
from schemas.geometry import BBox

# What text is high on a page without any (a share of the page's height).
_TEXT = 1 / 60
# The least room to write in, and what a line of writing takes (heights of the page's text).
_HIGH, _WIDE, _LINE = 0.65, 2.0, 1.6

Boxes = NDArray[np.float64]


class Drawing(Enum):
    """What makes a place one to write at."""

    TYPED = "a run of underscores or dots"
    LINE = "a line to write on"
    FRAME = "a frame, a cell of a table"
    SHADE = "a shaded box"
    COMB = "a row of small frames"
    GAP = "room after a colon"


@dataclass(slots=True, eq=False)
class Place:
    """Where something can be written, in units of the upright page: clear of print.

    ``label`` is the text that surely names it; others may be near. ``names`` go before that text, ``context``
    is the row and column of a table's cell, or the sentence that a blank stands in. ``rows`` are the lines of
    writing it has room for; ``parts`` are these lines, where they are drawn, or the cells of a comb;
    ``heads`` are the texts that name the row and the column of a cell.
    """

    bbox: BBox
    drawing: Drawing
    label: Piece | None = None
    names: list[str] = field(default_factory=list)
    context: list[str] = field(default_factory=list)
    rows: int = 1
    parts: list[BBox] = field(default_factory=list)
    heads: tuple[Piece, Piece] | None = None

    def take(self, line: BBox) -> None:
        """Adds a line that the writing runs on over."""
        self.parts = [*(self.parts or [self.bbox]), line]
        self.bbox, self.rows = self.bbox.union(line), self.rows + 1


class Ground:
    """Where nothing is printed: words, walls and boxes to tick take up the rest."""

    def __init__(
        self, words: Sequence[BBox], walls: Sequence[BBox], lines: Sequence[BBox], height: float
    ) -> None:
        """``lines`` are level ones, which only part what is over each other; ``height`` is the page's."""
        heights = [box.height for box in words if box.height > 0]
        self.text = median(heights) if heights else height * _TEXT
        self._words, self._walls = box_array(words), box_array(walls)
        self._taken = box_array([*words, *walls])
        self._over = box_array([*words, *walls, *lines])

    def free(self, band: BBox, *, of_walls: bool = False) -> list[BBox]:
        """The parts of a band, from the left, that nothing stands in; or only no wall."""
        all_taken = self._walls if of_walls else self._taken
        taken = all_taken[_meets(all_taken, band)]
        ends = sorted((max(x1, band.x1), min(x2, band.x2)) for x1, _, x2, _ in taken.tolist())
        found, start = [], band.x1
        for x1, x2 in [*ends, (band.x2, band.x2)]:
            if x1 > start:
                found.append(BBox(start, band.y1, x1, band.y2))
            start = max(start, x2)
        return found

    def is_free(self, box: BBox) -> bool:
        """Whether nothing stands in a box."""
        return not _meets(self._taken, box).any()

    def words_in(self, box: BBox) -> list[BBox]:
        """The words that stand in a box, or reach into it, from the left."""
        found = self._words[_meets(self._words, box)]
        return sorted(BBox(*word) for word in found.tolist())

    def ceiling(self, box: BBox, reach: float) -> float:
        """How far up a box can be stretched, ``reach`` at most: where the lowest thing above it ends."""
        over = self._over[_meets(self._over, BBox(box.x1, box.y1 - reach, box.x2, box.y1))]
        return float(over[:, 3].max()) if len(over) else box.y1 - reach


def _meets(taken: NDArray[np.float64], box: BBox) -> NDArray[np.bool_]:
    across = (taken[:, 0] < box.x2) & (taken[:, 2] > box.x1)
    found: NDArray[np.bool_] = across & (taken[:, 1] < box.y2) & (taken[:, 3] > box.y1)
    return found


def box_array(boxes: Sequence[BBox]) -> Boxes:
    """Boxes as an array ``(count, 4)``, to hold others against."""
    return np.array(boxes, dtype=np.float64).reshape(-1, 4)


def overlaps(box: BBox, boxes: Boxes) -> NDArray[np.float64]:
    """The share that a box and each of others have in common, of the smaller one."""
    across = np.minimum(boxes[:, 2], box.x2) - np.maximum(boxes[:, 0], box.x1)
    down = np.minimum(boxes[:, 3], box.y2) - np.maximum(boxes[:, 1], box.y1)
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    shared = np.maximum(across, 0.0) * np.maximum(down, 0.0)
    return np.asarray(shared / np.maximum(np.minimum(areas, box.area), 1e-6), np.float64)


def has_room(box: BBox, ground: Ground) -> bool:
    """Whether a box is free, and large enough to write in."""
    large = box.height > _HIGH * ground.text and box.width > _WIDE * ground.text
    return large and ground.is_free(inset(box))


def inset(box: BBox) -> BBox:
    """A box without its edges."""
    edge = min(1.0, 0.1 * box.height)
    return BBox(box.x1 + edge, box.y1 + edge, box.x2 - edge, box.y2 - edge)


def rows_in(box: BBox, text: float) -> int:
    """How many lines of writing a box has room for, where text is so high."""
    return max(1, int(box.height / (_LINE * text)))


def apart(places: Sequence[Place], most: float = 0.2) -> list[Place]:
    """The places, less those that share more than ``most`` of their area with one before them."""
    boxes = box_array([place.bbox for place in places])
    is_kept = np.zeros(len(places), bool)
    for i, place in enumerate(places):
        is_kept[i] = not (overlaps(place.bbox, boxes[:i][is_kept[:i]]) > most).any()
    return [place for place, kept in zip(places, is_kept, strict=True) if kept]


def in_reading_order(boxes: Sequence[BBox]) -> list[int]:
    """The indices of boxes row by row, each row from the left."""
    order = sorted(range(len(boxes)), key=lambda i: (boxes[i].center[1], boxes[i].x1))
    rows: list[list[int]] = []
    for i in order:
        if rows and boxes[i].center[1] < boxes[rows[-1][0]].y2 and _alike(boxes[i], boxes[rows[-1][0]]):
            rows[-1].append(i)
        else:
            rows.append([i])
    return [i for row in rows for i in sorted(row, key=lambda j: boxes[j].x1)]


def _alike(one: BBox, other: BBox) -> bool:
    """Whether two boxes are of one row: neither is far higher."""
    low, high = sorted((one.height, other.height))
    return high < 3 * max(low, 1.0)
