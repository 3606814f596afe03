"""Room after a label that ends in a colon: nothing is drawn there, and nothing stands there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipelines.pages.forms.blanks.places import Drawing, Ground, Place
from pipelines.pages.forms.flat.labels import is_name
from pipelines.pages.forms.flat.pieces import Piece
from pipelines.pages.forms.flat.sheet import Sheet
from schemas.geometry import BBox

# In heights of the page's text: the least room, and the most that one label has.
_LEAST, _MOST = 4.0, 30.0
# So much stays clear before the next label.
_CLEAR = 0.8
# A label that introduces what stands below has it so close (its heights), and no more to the right than this.
_BELOW, _INDENT = 1.0, 3.0
# A place so close below a label (its heights) is headed by it.
_HEADED = 2.0


def gaps(sheet: Sheet, ground: Ground, others: Sequence[BBox]) -> Iterator[Place]:
    """The labels of a sheet that nothing follows, with the room after them.

    A label that stands alone on its row, right above one of the ``others`` (places, boxes to tick), heads it.
    """
    for piece in sheet.pieces:
        if (
            piece.asks
            and is_name(piece)
            and not _introduces(sheet, piece)
            and not _heads(sheet, piece, others)
        ):
            room = _room(sheet, piece, ground)
            if room.width > _LEAST * ground.text:
                yield Place(room, Drawing.GAP, piece)


def _room(sheet: Sheet, piece: Piece, ground: Ground) -> BBox:
    box, text = piece.bbox, ground.text
    start = box.x2 + 0.3 * text
    frame = sheet.frame(piece)
    end = min(start + _MOST * text, frame.x2 if frame else sheet.right)
    band = BBox(start, box.y1, max(start, end), box.y2)
    free = ground.free(band)
    if not free or free[0].x1 > start + 0.1:
        return BBox(start, box.y1, start, box.y2)
    if free[0].x2 < end:  # what stands there is the value, if it is no other label
        right = sheet.right_of(piece)
        if right and not right[0].asks:
            return BBox(start, box.y1, start, box.y2)
        end = free[0].x2 - _CLEAR * text
    return BBox(start, box.y1 - 0.1 * text, max(start, end), box.y2 + 0.1 * text)


def _heads(sheet: Sheet, piece: Piece, others: Sequence[BBox]) -> bool:
    if sheet.row(piece):
        return False
    reach = piece.bbox.y2 + _HEADED * piece.height
    return any(piece.bbox.center[1] < box.y1 < reach and box.x2 > piece.bbox.x1 for box in others)


def _introduces(sheet: Sheet, piece: Piece) -> bool:
    """Whether a text that asks for nothing follows right below a label that stands alone on its row."""
    if any(other.bbox.x1 > piece.bbox.x2 for other in sheet.row(piece)):
        return False
    below = sheet.under(piece)
    if not below:
        return False
    first = below[0]
    close = first.bbox.y1 - piece.bbox.y2 < _BELOW * piece.height
    begins = abs(first.bbox.x1 - piece.bbox.x1) < _INDENT * piece.height
    return close and begins and not first.asks and first.blank is None
