"""Lines to write on: with a label before or above them, or a caption below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipelines.pages.forms.blanks.naming import is_signature
from pipelines.pages.forms.blanks.places import Drawing, Ground, Place, in_reading_order
from pipelines.pages.forms.flat.labels import is_name
from pipelines.pages.forms.flat.pieces import Piece
from pipelines.pages.forms.flat.sheet import Sheet
from pipelines.pages.forms.flat.words import has_head
from schemas.geometry import BBox

# All in heights of the page's text. A line shorter than this is a dash, one thicker a bar, though a line that
# leans is higher than it is thick; print closer over one is underlined.
_LEAST, _THICK, _UNDERLINED = 2.5, 0.6, 0.7
# What is written on a line is as high as this at most; there is less room where print is so close above.
_HIGH, _LOW = 1.2, 0.75
# A label ends so far before its line at most, a caption begins so far below; a label above is so far above.
_BEFORE, _BELOW, _ABOVE = 2.5, 1.0, 3.0
# One that asks may do so from a column of labels, with nothing between.
_COLUMN = 25.0
# A caption is of so many words at most, and wider than its line by so much at most.
_CAPTION, _WIDER = 16, 1.6
# Lines that go on below each other are so far apart at most, and begin and end so alike.
_NEXT, _ALIGNED = 3.2, 1.5
# A line is a frame's edge when it is so near to it, and along it by this share.
_NEAR, _ALONG = 0.35, 0.6
# A text beside a line reaches over its end by so much at most; the lines of a date are so close.
_OVER, _PART = 0.6, 1.2
# What points from a label to its line.
_POINTERS = ("▶", "►", "▸", "➤", "→", ">")
# A line as wide as this share of the print ends a part of the page, unless a label stands before it.
_ACROSS = 0.9


def ruled(sheet: Sheet, ground: Ground, titles: Sequence[BBox]) -> list[Place]:
    """The lines of a sheet that are to be written on, those that go on below one another as one place.

    What lies in ``titles`` is no caption, unless it is like one.
    """
    text = ground.text
    thin = [line for line in sheet.drawn.lines if line.width > _LEAST * text and line.height < _THICK * text]
    lines = [line for line in thin if not _is_edge(sheet, line, text)]
    lines = [lines[i] for i in in_reading_order(lines)]
    found: list[Place] = []
    for line in lines:
        for room in _rooms(sheet, line, ground):
            label = _label(sheet, room, line, text, titles)
            if label is None and (place := _goes_on(found, room, text)):
                place.take(room)
            elif label is None and (place := _is_next_part(found, room, ground)):
                place.parts = [*(place.parts or [place.bbox]), room]
                place.bbox = place.bbox.union(room)
            elif label := label or _above(sheet, room, line, text, [one.label for one in found]):
                found.append(Place(room, Drawing.LINE, label))
    return found


def _is_edge(sheet: Sheet, line: BBox, text: float) -> bool:
    """Whether a line is the top or the bottom of frames along most of it, or meets walls at both ends."""
    near, y = _NEAR * text, line.center[1]
    met = [wall for wall in sheet.drawn.walls if wall.y1 - near < y < wall.y2 + near]
    if all(any(abs(wall.center[0] - end) < near for wall in met) for end in (line.x1, line.x2)):
        return True
    frames = sheet.drawn.frames
    tops, bottoms = ([f for f in frames if abs(f[side] - y) < near] for side in (1, 3))
    for beside in (tops, bottoms):
        along = sum(max(0.0, min(f.x2, line.x2) - max(f.x1, line.x1)) for f in beside)
        if along > _ALONG * line.width:
            return True
    return False


def _rooms(sheet: Sheet, line: BBox, ground: Ground) -> Iterator[BBox]:
    """Where there is room over a line, between upright rules: as high as nothing stands in the way.

    What has a text on it is filled in or underlined, but for what follows a text that asks.
    """
    text, foot = ground.text, line.y1
    band = BBox(line.x1, foot - _UNDERLINED * text, line.x2, foot - 0.1 * text)
    for part in ground.free(band, of_walls=True):
        over = BBox(part.x1 + _OVER * text, part.y1, part.x2 - _OVER * text, part.y2)
        spans = [(part.x1, part.x2)]
        if ground.words_in(over):
            spans = list(_after_labels(sheet, over, part.x2))
        for x1, x2 in spans:
            inset = 0.15 * text
            room = BBox(x1 + inset, part.y1, x2 - inset, foot)
            if room.width > _LEAST * text:
                middle = BBox(room.x1 + _OVER * text, room.y1, room.x2 - _OVER * text, room.y2)
                top = ground.ceiling(middle, (_HIGH - _UNDERLINED) * text)
                yield BBox(room.x1, min(top, foot - _LOW * text), room.x2, foot)


def _after_labels(sheet: Sheet, band: BBox, end: float) -> Iterator[tuple[float, float]]:
    """From where to where there is room on a line with texts on it: from one that asks to the next."""
    on = [p for p in sheet.pieces if p.bbox.intersection(band)]
    on.sort(key=lambda piece: piece.bbox.x1)
    for piece, after in pairwise([*on, None]):
        if piece and _asks(piece) and (after is None or _asks(after)):
            yield piece.bbox.x2, after.bbox.x1 if after else end


def _asks(piece: Piece) -> bool:
    return piece.asks or piece.text.endswith(_POINTERS)


def _label(sheet: Sheet, room: BBox, line: BBox, text: float, titles: Sequence[BBox]) -> Piece | None:
    """The text before a room, or its caption."""
    before = _before(sheet, room, text)
    if before and not _asks(before) and any(box.holds(*before.bbox.center) for box in titles):
        before = None
    below = None if _is_walled(sheet, room, text) else _caption(sheet, line, room, text)
    if below and not _is_like_caption(below):
        across = line.width > _ACROSS * (sheet.right - sheet.left)
        if across or any(box.holds(*below.bbox.center) for box in titles):
            below = None
    return before if before and (_asks(before) or below is None) else below or before


def _is_next_part(found: Sequence[Place], room: BBox, ground: Ground) -> Place | None:
    """The place that a room goes on from on its level, nothing but a slash between: a date, a number."""
    if not found:
        return None
    last, text = found[-1].bbox, ground.text
    near = 0 <= room.x1 - last.x2 < _PART * text and abs(room.y2 - last.y2) < 0.4 * text
    return found[-1] if near and not ground.words_in(BBox(last.x2, room.y1, room.x1, room.y2)) else None


def _is_walled(sheet: Sheet, room: BBox, text: float) -> bool:
    """Whether an upright rule ends a room: what is below it stands in another cell of a table."""
    return any(
        wall.y1 < room.y2 - 0.3 * text
        and wall.y2 > room.y1
        and min(abs(wall.center[0] - room.x1), abs(wall.center[0] - room.x2)) < 0.5 * text
        for wall in sheet.drawn.walls
    )


def _is_like_caption(piece: Piece) -> bool:
    """Whether a text is one that stands below lines: in brackets, or of words that most forms ask with."""
    return piece.text.startswith("(") or has_head(piece.text) or is_signature([piece.text])


def _before(sheet: Sheet, room: BBox, text: float) -> Piece | None:
    row = [
        piece
        for piece in sheet.pieces
        if -0.5 * text < room.x1 - piece.bbox.x2 < _COLUMN * text
        and piece.bbox.y1 < room.y2 - 0.2 * text
        and abs(piece.bbox.y2 - room.y2) < 0.8 * text
    ]
    nearest = max(row, key=lambda piece: piece.bbox.x2, default=None)
    if nearest is None or room.x1 - nearest.bbox.x2 < _BEFORE * text:
        return nearest
    left, right, top, foot = nearest.bbox.x2, room.x1 - 0.5 * text, room.y2 - text, room.y2 + 0.5 * text
    is_parted = any(
        rule.x1 < right and rule.x2 > left and rule.y1 < foot and rule.y2 > top
        for rule in (*sheet.drawn.lines, *sheet.drawn.walls)
    )
    return nearest if _asks(nearest) and not is_parted else None


def _caption(sheet: Sheet, line: BBox, room: BBox, text: float) -> Piece | None:
    """The text right below a part of a line that is no wider than the line."""
    below = [
        piece
        for piece in sheet.pieces
        if -0.3 * text < piece.bbox.y1 - line.y2 < _BELOW * text
        and min(piece.bbox.x2, room.x2) - max(piece.bbox.x1, room.x1) > 0.5 * piece.bbox.width
        and len(piece.words) <= _CAPTION
        and piece.bbox.width < _WIDER * line.width
        and not piece.asks
        and sheet.line_after(piece) is None
        and (piece.text[:1].isupper() or _is_like_caption(piece))
        and not piece.text.endswith((".", ",", ";"))
    ]
    return min(below, key=lambda piece: (piece.bbox.y1, piece.bbox.x1), default=None)


def _above(sheet: Sheet, room: BBox, line: BBox, text: float, others: Sequence[Piece | None]) -> Piece | None:
    """A label over the begin of a room, and of no line before; over one across the page it asks."""
    across = line.width > _ACROSS * (sheet.right - sheet.left)
    over = [
        piece
        for piece in sheet.pieces
        if -0.2 * text <= room.y1 - piece.bbox.y2 < _ABOVE * text
        and abs(piece.bbox.x1 - room.x1) < _ALIGNED * text
        and is_name(piece)
        and (piece.asks or not across)
        and not any(piece is other for other in others)
    ]
    return max(over, key=lambda piece: piece.bbox.y2, default=None)


def _goes_on(found: Sequence[Place], room: BBox, text: float) -> Place | None:
    """The place above that a line goes on from: it ends alike, and begins alike or before."""
    for place in reversed(found):
        box = place.bbox
        below = room.y2 - box.y2
        ends = abs(box.x2 - room.x2) < _ALIGNED * text
        begins = room.x1 < box.x1 + _ALIGNED * text
        if 0 < below < _NEXT * text and ends and begins:
            return place
    return None
