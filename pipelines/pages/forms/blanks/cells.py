"""Frames that touch one another, as the cells of tables: which texts name the empty ones."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from pipelines.pages.forms.blanks.labelled import whole
from pipelines.pages.forms.blanks.places import Drawing, Place, inset, rows_in
from pipelines.pages.forms.flat.pieces import Piece
from schemas.geometry import BBox

# Cells touch when their edges are so near (text heights), and are of one row or column from this share on.
_TOUCH, _SHARED = 0.7, 0.7
# A column's head that stands in no cell is so close above the first one (text heights).
_HEAD = 0.8
# A label of its own ends so close before a frame (text heights).
_LABEL = 12.0


class Cells:
    """The frames of a page with what stands in each."""

    def __init__(self, held: Mapping[BBox, list[Piece]], pieces: Sequence[Piece], text: float) -> None:
        """``held`` are the texts in each frame, ``pieces`` all texts, ``text`` is the height of one."""
        self._held = held
        self._loose = [p for p in pieces if not any(frame.holds(*p.bbox.center) for frame in held)]
        self._text = text
        self._near: dict[tuple[BBox, bool], BBox | None] = {}

    def names_another(self, frame: BBox) -> bool:
        """Whether the next cell of its row or column is empty, and as high or wide."""
        empty = [other for other, held in self._held.items() if not held and other is not frame]
        return any(
            self._follows(frame, o, across=True) and self._are_even(frame, o, 1) for o in empty
        ) or any(self._follows(frame, o, across=False) and self._are_even(frame, o, 0) for o in empty)

    def is_corner(self, frame: BBox) -> bool:
        """Whether a cell is an empty corner, between the heads of columns and of rows."""
        beside = [
            [o for o in self._held if self._follows(frame, o, across=across)] for across in (True, False)
        ]
        return all(any(self._held[other] for other in others) for others in beside)

    def _are_even(self, frame: BBox, other: BBox, side: int) -> bool:
        """Whether two frames begin and end alike: from the left (0), or from the top (1)."""
        off = max(abs(frame[side] - other[side]), abs(frame[side + 2] - other[side + 2]))
        return off < _TOUCH * self._text

    def place(self, frame: BBox, taken: Container[int]) -> Place:
        """An empty frame, named by the first text to its left and above it, with empty cells between.

        Words (by identity) that are ``taken`` name a place of their own.
        """
        left, steps = self._first(frame, across=True)
        above, rows = self._first(frame, across=False)
        left, above = (found if found and not _has(found, taken) else None for found in (left, above))
        if above is None and steps:
            above = self._head(frame, rows)
        elif not steps and self._has_label(frame):  # no cell of the column above, but a field of its own
            above = None
        place = Place(inset(frame), Drawing.FRAME, rows=rows_in(inset(frame), self._text))
        row, column = (whole(found).text if found else "" for found in (left, above))
        if left and above:
            place.heads = (whole(left), whole(above))
            place.names, place.context = [column, f"{row} {column}"], [row]
        elif row or column:
            place.names = [row or column]
            place.context = [f"row {rows}"] if column and rows > 1 else []
        return place

    def _has_label(self, frame: BBox) -> bool:
        """Whether a text stands close before a frame, in no cell itself."""
        return any(
            -_TOUCH * self._text < frame.x1 - piece.bbox.x2 < _LABEL * self._text
            and frame.y1 < piece.bbox.center[1] < frame.y2
            for piece in self._loose
        )

    def _first(self, frame: BBox, *, across: bool) -> tuple[list[Piece] | None, int]:
        """The text of the nearest cell that has one, to the left or above; how many steps away it is."""
        here, steps = frame, 0
        while (beside := self._beside(here, across=across)) is not None:
            steps += 1
            if self._held[beside]:
                return self._held[beside], steps
            here = beside
        return None, steps

    def _head(self, frame: BBox, rows: int) -> list[Piece] | None:
        """The text right above the top cell of a column, in no cell itself: its lines were not seen."""
        top = frame
        for _ in range(rows):
            top = self._beside(top, across=False) or top
        return [
            piece
            for piece in self._loose
            if -_TOUCH * self._text < top.y1 - piece.bbox.y2 < _HEAD * self._text
            and min(piece.bbox.x2, top.x2) - max(piece.bbox.x1, top.x1) > _SHARED * piece.bbox.width
        ] or None

    def _beside(self, frame: BBox, *, across: bool) -> BBox | None:
        """The cell to the left of a frame (``across``), or above it."""
        if (frame, across) not in self._near:
            found = [o for o in self._held if o is not frame and self._follows(o, frame, across=across)]
            nearest = max(found, key=lambda other: _shared(frame, other, across=across), default=None)
            self._near[frame, across] = nearest
        return self._near[frame, across]

    def _follows(self, frame: BBox, other: BBox, *, across: bool) -> bool:
        """Whether another frame touches one at its right side (``across``), or below it."""
        gap = other.x1 - frame.x2 if across else other.y1 - frame.y2
        return abs(gap) < _TOUCH * self._text and _shared(frame, other, across=across) > _SHARED


def _has(pieces: Sequence[Piece], words: Container[int]) -> bool:
    return any(id(word) in words for piece in pieces for word in piece.words)


def _shared(one: BBox, other: BBox, *, across: bool) -> float:
    """The share of the smaller of two frames that is level with the other, or over it."""
    if across:
        shared, least = min(one.y2, other.y2) - max(one.y1, other.y1), min(one.height, other.height)
    else:
        shared, least = min(one.x2, other.x2) - max(one.x1, other.x1), min(one.width, other.width)
    return shared / max(least, 1e-6)
