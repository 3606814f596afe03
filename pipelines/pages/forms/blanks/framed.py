"""Frames to write in: with their label inside, beside or above, or as the cells of a table."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.pages.forms.blanks.places import Drawing, Ground, Place
from pipelines.pages.forms.blanks.strips import strips
from pipelines.pages.forms.flat.labels import is_name
from pipelines.pages.forms.flat.pieces import Piece
from pipelines.pages.forms.flat.sheet import Sheet
from pipelines.pages.forms.flat.words import has_head
from schemas.geometry import BBox, union_of

# All in heights of the page's text. The least room to write in; a label stands so near to its frame's corner.
_HIGH, _WIDE, _AT_TOP, _AT_LEFT = 0.65, 2.0, 1.2, 2.0
# A frame with more words holds a text.
_MOST_WORDS = 40
# The boxes of official forms are numbered: ``1 Wages``, ``12a Code``, ``b. Employer``.
_NUMBERED = re.compile(r"^\(?(?:\d{1,2}[a-z]?|[a-z])[.)]?$")
# So many frames with a label and room are a form, if they are this share of those with text.
_LEAST, _SHARE = 3, 0.3
# Cells touch when their edges are so near (text heights), and are of one row or column from this share on.
_TOUCH, _SHARED = 0.7, 0.7
# A table has no more frames than this; each is held against all others.
_MOST = 800
# A place with room for so many lines (text heights) takes several.
_LINES = 1.6
# A shaded box that is higher (text heights) is no field.
_HIGHEST = 14.0


def framed(sheet: Sheet, ground: Ground, used: Sequence[BBox], shades: Sequence[BBox]) -> list[Place]:
    """The frames of a sheet that have room; ``used`` are those of combs and boxes to tick.

    One that holds ``shades`` is drawn around fields.
    """
    frames = [frame for frame in sheet.drawn.frames if not any(frame.iou(box) > 0.4 for box in used)]
    if len(frames) > _MOST:
        return []
    frames = [frame for frame in frames if not _holds_others(frame, [*frames, *shades])]
    held = {frame: sheet.inside(frame) for frame in frames}
    cells = _Cells(held, ground.text)
    asking = [frame for frame in frames if held[frame] and not cells.names_another(frame)]
    labelled = [place for frame in asking if (place := _labelled(frame, held[frame], ground))]
    sure = [place for place in labelled if place.label and _is_sure(place.label)]
    with_text = sum(bool(pieces) for pieces in held.values())
    if len(labelled) >= max(_LEAST, _SHARE * with_text):
        sure = labelled
    empty = [frame for frame in frames if not held[frame] and _has_room(frame, ground)]
    return sure + [cells.place(frame) for frame in empty]


def open_framed(sheet: Sheet, ground: Ground) -> list[Place]:
    """The boxes open at a side that have room below their label."""
    found = []
    for strip in strips(sheet.drawn, ground):
        held = [piece for piece in sheet.pieces if strip.holds(*piece.bbox.center)]
        place = _labelled(strip, held, ground, below_only=True) if held else None
        if place and place.label and _is_sure(place.label):
            found.append(place)
    return found


def shaded(boxes: Sequence[BBox], ground: Ground, used: Sequence[BBox]) -> list[Place]:
    """The shaded boxes that nothing stands in."""
    found = []
    for box in boxes:
        plausible = box.height < _HIGHEST * ground.text and not any(box.iou(other) > 0.4 for other in used)
        if plausible and _has_room(box, ground):
            found.append(Place(_inset(box), Drawing.SHADE, rows=_rows(box, ground.text)))
    return found


def _holds_others(frame: BBox, frames: Sequence[BBox]) -> bool:
    return any(other.area < 0.8 * frame.area and other.inside(frame) > 0.9 for other in frames)


def _has_room(box: BBox, ground: Ground) -> bool:
    large = box.height > _HIGH * ground.text and box.width > _WIDE * ground.text
    return large and ground.is_free(_inset(box))


def _inset(box: BBox) -> BBox:
    edge = min(1.0, 0.1 * box.height)
    return BBox(box.x1 + edge, box.y1 + edge, box.x2 - edge, box.y2 - edge)


def _rows(box: BBox, text: float) -> int:
    return max(1, int(box.height / (_LINES * text)))


def _is_sure(label: Piece) -> bool:
    words = label.text.split()
    return label.asks or has_head(label.text) or (len(words) > 1 and bool(_NUMBERED.match(words[0])))


def _labelled(
    frame: BBox, held: Sequence[Piece], ground: Ground, *, below_only: bool = False
) -> Place | None:
    """The room below the label of a frame, or right of it."""
    text = ground.text
    label = min(held, key=lambda piece: (piece.bbox.y1 + 0.3 * piece.bbox.x1, piece.bbox.x1))
    at_left = label.bbox.x1 - frame.x1 < _AT_LEFT * text
    words = sum(len(piece.words) for piece in held)
    if not at_left or words > _MOST_WORDS or not any(map(str.isalpha, label.text)):
        return None
    extent = union_of([piece.bbox for piece in held])
    gap = 0.1 * text
    below = BBox(frame.x1 + 0.2 * text, extent.y2 + gap, frame.x2 - 0.2 * text, frame.y2 - gap)
    end = max(piece.bbox.x2 for piece in held if piece.bbox.y2 > extent.y2 - 0.5 * text)
    top = max(frame.y1, extent.y2 - 1.3 * text)
    right = BBox(end + 0.3 * text, top + gap, frame.x2 - gap, frame.y2 - gap)
    at_top = label.bbox.y1 - frame.y1 < _AT_TOP * text
    whole = _whole(held)
    if at_top and _has_room(below, ground) and (not label.asks or below.height > 1.6 * text):
        return Place(below, Drawing.FRAME, whole, rows=_rows(below, text))
    if below_only:
        return None
    if _has_room(right, ground) and right.width > 2 * _WIDE * text and (label.asks or is_name(label)):
        return Place(right, Drawing.FRAME, whole)
    return None


def _whole(held: Sequence[Piece]) -> Piece:
    words = [word for piece in held for word in piece.words]
    return Piece(" ".join(piece.text for piece in held), union_of([p.bbox for p in held]), words)


class _Cells:
    """Frames that touch one another, as the cells of tables."""

    def __init__(self, held: dict[BBox, list[Piece]], text: float) -> None:
        self._held = held
        self._text = text

    def names_another(self, frame: BBox) -> bool:
        """Whether the cell right of one, or below it, is empty: its text is the label of that."""
        beside = [other for other in self._held if other is not frame and not self._held[other]]
        near = _TOUCH * self._text
        return any(
            (abs(other.x1 - frame.x2) < near and _share(frame, other, across=True) > _SHARED)
            or (abs(other.y1 - frame.y2) < near and _share(frame, other, across=False) > _SHARED)
            for other in beside
        )

    def place(self, frame: BBox) -> Place:
        """An empty frame, named by the first text to its left and above it, with empty cells between."""
        left, steps = self._first(frame, across=True)
        above, rows = self._first(frame, across=False)
        room = _inset(frame)
        place = Place(room, Drawing.FRAME, rows=_rows(room, self._text))
        row, column = (_whole(found).text if found else "" for found in (left, above))
        if row and column and rows and steps:
            place.names, place.context = [column], [row]
            place.names.append(f"{row} {column}")
        elif row:
            place.names = [row]
        elif column:
            place.names, place.context = (
                [column],
                [f"row {rows}"] if rows > 1 or self._is_followed(frame) else [],
            )
        return place

    def _first(self, frame: BBox, *, across: bool) -> tuple[list[Piece], int]:
        """The text of the nearest cell that has one, to the left or above, and how many steps away it is."""
        here, steps = frame, 0
        while steps < _MOST:
            beside = self._beside(here, across=across)
            if beside is None:
                return [], steps
            steps += 1
            if self._held[beside]:
                return self._held[beside], steps
            here = beside
        return [], steps

    def _beside(self, frame: BBox, *, across: bool) -> BBox | None:
        near = _TOUCH * self._text
        found = [
            other
            for other in self._held
            if other is not frame
            and abs((frame.x1 - other.x2) if across else (frame.y1 - other.y2)) < near
            and _share(frame, other, across=across) > _SHARED
        ]
        return max(found, key=lambda other: _share(frame, other, across=across), default=None)

    def _is_followed(self, frame: BBox) -> bool:
        """Whether an empty cell of the same column is right below."""
        near = _TOUCH * self._text
        return any(
            abs(other.y1 - frame.y2) < near and _share(frame, other, across=False) > _SHARED and not held
            for other, held in self._held.items()
        )


def _share(one: BBox, other: BBox, *, across: bool) -> float:
    """The share of the smaller of two frames that is level with the other, or over it."""
    if across:
        return (min(one.y2, other.y2) - max(one.y1, other.y1)) / max(min(one.height, other.height), 1e-6)
    return (min(one.x2, other.x2) - max(one.x1, other.x1)) / max(min(one.width, other.width), 1e-6)
