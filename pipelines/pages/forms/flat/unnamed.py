"""Fields that nothing names: frames that stand alone, with what was filled in."""

from __future__ import annotations

from collections.abc import Collection

from pipelines.pages.forms.flat.pieces import Piece
from pipelines.pages.forms.flat.sheet import Sheet
from schemas.geometry import BBox

# A frame that stands alone may be a text set in a box; so many of them, and this share of all frames, are
# fields.
_LEAST, _SHARE = 4, 0.8
# A frame stands alone when nothing else is drawn within this many text heights of it, nor in it.
_CLEAR = 1.0
# A field has no more rows than this.
_MOST_ROWS = 10
# A drawing has more frames than a form; each is held against all others.
_MOST_FRAMES = 500


def unnamed(sheet: Sheet, taken: Collection[int]) -> list[list[Piece]]:
    """What stands in each frame of its own, row by row; ``taken`` are the words of other fields."""
    frames = _alone(sheet)
    if len(frames) < max(_LEAST, _SHARE * len(sheet.drawn.frames)):
        return []
    held = (sheet.inside(frame) for frame in frames)
    return [pieces for pieces in held if _is_value(pieces, taken)]


def _alone(sheet: Sheet) -> list[BBox]:
    """The frames that are no cells: none touches another, lies in it or holds it."""
    frames = sheet.drawn.frames
    if not sheet.pieces or len(frames) > _MOST_FRAMES:
        return []
    heights = sorted(piece.height for piece in sheet.pieces)
    clear = _CLEAR * heights[len(heights) // 2]
    return [frame for frame in frames if not any(o != frame and _touch(frame, o, clear) for o in frames)]


def _touch(one: BBox, other: BBox, clear: float) -> bool:
    return max(one.x1, other.x1) - min(one.x2, other.x2) < clear and (
        max(one.y1, other.y1) - min(one.y2, other.y2) < clear
    )


def _is_value(held: list[Piece], taken: Collection[int]) -> bool:
    """Whether all that a frame holds is free, asks for nothing and is as long as a field's value."""
    free = not any(id(word) in taken for piece in held for word in piece.words)
    return 0 < len(held) <= _MOST_ROWS and free and not any(piece.asks or piece.blank for piece in held)
