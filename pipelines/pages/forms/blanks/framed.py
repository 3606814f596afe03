"""Frames and shaded boxes to write in."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.pages.forms.blanks.cells import Cells
from pipelines.pages.forms.blanks.labelled import is_sure, labelled
from pipelines.pages.forms.blanks.places import (
    Boxes,
    Drawing,
    Ground,
    Place,
    box_array,
    has_room,
    inset,
    overlaps,
    rows_in,
)
from pipelines.pages.forms.blanks.strips import strips
from pipelines.pages.forms.flat.sheet import Sheet
from schemas.geometry import BBox

# So many frames with a label and room are a form, if they are this share of those with text; so are as many
# boxes open at a side whose labels are surely such.
_LEAST, _SHARE = 3, 0.3
# A page with more frames is a drawing; each is held against all others.
_MOST = 800
# A shaded box that is higher (text heights) is no field.
_HIGHEST = 14.0
# Two boxes are one when they share so much.
_SAME = 0.4
# A frame holds another that is smaller than this share of it, when so much of that lies in it.
_SMALLER, _INSIDE = 0.8, 0.9


def framed(sheet: Sheet, ground: Ground, used: Sequence[BBox], shades: Sequence[BBox]) -> list[Place]:
    """The frames of a sheet that have room; ``used`` are those of combs and boxes to tick.

    One that holds ``shades`` is drawn around fields.
    """
    frames = [frame for frame in sheet.drawn.frames if not any(frame.iou(box) > _SAME for box in used)]
    if len(frames) > _MOST:
        return []
    others = box_array([*frames, *shades])
    frames = [frame for frame in frames if not _holds_others(frame, others)]
    held = {frame: sheet.inside(frame) for frame in frames}
    cells = Cells(held, sheet.pieces, ground.text)
    with_text = [frame for frame in frames if held[frame]]
    asking = [frame for frame in with_text if not cells.names_another(frame)]
    found = [place for frame in asking for place in labelled(frame, held[frame], ground)]
    if len(found) < max(_LEAST, _SHARE * len(with_text)):
        found = [place for place in found if place.label and is_sure(place.label)]
    taken = {id(word) for place in found if place.label for word in place.label.words}
    empty = [frame for frame in frames if not held[frame] and has_room(frame, ground)]
    return found + [cells.place(frame, taken) for frame in empty if not cells.is_corner(frame)]


def open_framed(sheet: Sheet, ground: Ground, titles: Sequence[BBox]) -> list[Place]:
    """The boxes open at a side that have room below their label, which is none of the ``titles``."""
    groups = []
    for strip in strips(sheet, ground):
        held = [piece for piece in sheet.pieces if strip.holds(*piece.bbox.center)]
        titled = any(title.holds(*piece.bbox.center) for title in titles for piece in held)
        if not titled and (places := labelled(strip, held, ground, below_only=True)):
            groups.append(places)
    sure = [places for places in groups if any(p.label and is_sure(p.label) for p in places)]
    return [place for places in (groups if len(sure) >= _LEAST else sure) for place in places]


def shaded(boxes: Sequence[BBox], ground: Ground, used: Sequence[BBox]) -> list[Place]:
    """The shaded boxes that nothing stands in."""
    low = [box for box in boxes if box.height < _HIGHEST * ground.text and has_room(box, ground)]
    free = [box for box in low if not any(box.iou(other) > _SAME for other in used)]
    return [Place(inset(box), Drawing.SHADE, rows=rows_in(box, ground.text)) for box in free]


def _holds_others(frame: BBox, others: Boxes) -> bool:
    """Whether clearly smaller boxes lie in a frame."""
    areas = (others[:, 2] - others[:, 0]) * (others[:, 3] - others[:, 1])
    return bool((overlaps(frame, others[areas < _SMALLER * frame.area]) > _INSIDE).any())
