"""Frames and shaded boxes to write in."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.pages.forms.blanks.cells import Cells
from pipelines.pages.forms.blanks.labelled import is_sure, labelled
from pipelines.pages.forms.blanks.places import Drawing, Ground, Place, has_room, inset, rows_in
from pipelines.pages.forms.blanks.strips import strips
from pipelines.pages.forms.flat.sheet import Sheet
from schemas.geometry import BBox

# So many frames with a label and room are a form, if they are this share of those with text.
_LEAST, _SHARE = 3, 0.3
# A page with more frames is a drawing; each is held against all others.
_MOST = 800
# A shaded box that is higher (text heights) is no field.
_HIGHEST = 14.0
# Two boxes are one when they share so much.
_SAME = 0.4


def framed(sheet: Sheet, ground: Ground, used: Sequence[BBox], shades: Sequence[BBox]) -> list[Place]:
    """The frames of a sheet that have room; ``used`` are those of combs and boxes to tick.

    One that holds ``shades`` is drawn around fields.
    """
    frames = [frame for frame in sheet.drawn.frames if not any(frame.iou(box) > _SAME for box in used)]
    if len(frames) > _MOST:
        return []
    frames = [frame for frame in frames if not _holds_others(frame, [*frames, *shades])]
    held = {frame: sheet.inside(frame) for frame in frames}
    cells = Cells(held, sheet.pieces, ground.text)
    with_text = [frame for frame in frames if held[frame]]
    found = [
        place
        for frame in with_text
        for place in labelled(frame, held[frame], ground, below_only=cells.names_another(frame))
    ]
    if len(found) < max(_LEAST, _SHARE * len(with_text)):
        found = [place for place in found if place.label and is_sure(place.label)]
    taken = {id(word) for place in found if place.label for word in place.label.words}
    empty = [frame for frame in frames if not held[frame] and has_room(frame, ground)]
    return found + [cells.place(frame, taken) for frame in empty]


def open_framed(sheet: Sheet, ground: Ground, titles: Sequence[BBox]) -> list[Place]:
    """The boxes open at a side that have room below their label, which is none of the ``titles``."""
    found = []
    for strip in strips(sheet, ground):
        held = [piece for piece in sheet.pieces if strip.holds(*piece.bbox.center)]
        places = labelled(strip, held, ground, below_only=True)
        titled = any(title.holds(*piece.bbox.center) for title in titles for piece in held)
        if places and not titled and any(place.label and is_sure(place.label) for place in places):
            found += places
    return found


def shaded(boxes: Sequence[BBox], ground: Ground, used: Sequence[BBox]) -> list[Place]:
    """The shaded boxes that nothing stands in."""
    low = [box for box in boxes if box.height < _HIGHEST * ground.text and has_room(box, ground)]
    free = [box for box in low if not any(box.iou(other) > _SAME for other in used)]
    return [Place(inset(box), Drawing.SHADE, rows=rows_in(box, ground.text)) for box in free]


def _holds_others(frame: BBox, frames: Sequence[BBox]) -> bool:
    return any(other.area < 0.8 * frame.area and other.inside(frame) > 0.9 for other in frames)
