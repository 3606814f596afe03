"""The room in a frame that has its labels inside: below each, or to the right of the only one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from pipelines.pages.forms.blanks.places import Drawing, Ground, Place, has_room, rows_in
from pipelines.pages.forms.flat.pieces import Piece
from pipelines.pages.forms.flat.sheet import are_level
from pipelines.pages.forms.flat.words import has_head
from schemas.geometry import BBox, union_of

# All in heights of the page's text. A label stands so near to its frame's corner; labels of one row are so
# far apart, the lines of one label so close.
_AT_TOP, _AT_LEFT, _APART, _CLOSE = 1.2, 5.0, 3.0, 0.5
# The room right of a label is so wide at least; below a label with a colon it is so high.
_WIDE, _HIGH = 4.0, 1.6
# Room keeps so clear of labels and of the frame's sides.
_GAP, _SIDE = 0.1, 0.2
# A row below a label is its value when it is set larger than this allows: its font's size, or its height.
_ALIKE, _SMALLER = 0.95, 0.85
# A frame with more words holds a text.
_MOST_WORDS = 40
# The boxes of official forms are numbered: ``1 Wages``, ``12a Code``, ``b. Employer``.
_NUMBERED = re.compile(r"^\(?(?:\d{1,2}[a-z]?|[a-z])[.)]?$")

Row = list[Piece]


def labelled(frame: BBox, held: Sequence[Piece], ground: Ground, *, below_only: bool = False) -> list[Place]:
    """The places in a frame that holds some texts; none where these are what was filled in."""
    signs = [piece.bbox for piece in held if _is_sign(piece.text)]
    held = [piece for piece in held if not _is_sign(piece.text)]
    words = sum(len(piece.words) for piece in held)
    if any(piece.blank for piece in held):  # there is a run to write on
        return []
    if words > _MOST_WORDS or not any(char.isalpha() for piece in held for char in piece.text):
        return []
    text = ground.text
    rows = _rows(held)
    at_left = rows[0][0].bbox.x1 - frame.x1 < _AT_LEFT * text
    at_top = min(piece.bbox.y1 for piece in rows[0]) - frame.y1 < _AT_TOP * text
    if not at_left:
        return []
    columns = _columns(frame, rows, text)
    if at_top:
        found = [place for column, own in columns for place in _below(column, own, signs, ground)]
        if len(columns) > 1 or found:
            return found
    right = None if below_only else _right(frame, held, ground)
    return [right] if right else []


def is_sure(label: Piece) -> bool:
    """Whether a text names a field by itself: it asks, is numbered, or says what most forms ask for."""
    words = label.text.split()
    return label.asks or has_head(label.text) or (len(words) > 1 and bool(_NUMBERED.match(words[0])))


def whole(held: Sequence[Piece]) -> Piece:
    """Several texts as one label."""
    words = [word for piece in held for word in piece.words]
    return Piece(" ".join(piece.text for piece in held), union_of([p.bbox for p in held]), words)


def _rows(held: Sequence[Piece]) -> list[Row]:
    rows: list[Row] = []
    for piece in sorted(held, key=lambda p: p.bbox.center[1]):
        if rows and are_level(rows[-1][0].bbox, piece.bbox):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda piece: piece.bbox.x1) for row in rows]


def _columns(frame: BBox, rows: Sequence[Row], text: float) -> list[tuple[BBox, list[Row]]]:
    """A frame in columns: where labels of its first row begin far apart, and nothing reaches over."""
    first = rows[0]
    starts = [
        b.bbox.x1
        for a, b in pairwise(first)
        if b.bbox.x1 - a.bbox.x2 > _APART * text and sum(map(str.isalpha, a.text)) > 1  # no mere number
    ]
    pieces = [piece for row in rows for piece in row]
    starts = [x for x in starts if not any(p.bbox.x1 < x - 1 and p.bbox.x2 > x for p in pieces)]
    edges = [frame.x1, *(x - _SIDE * text for x in starts), frame.x2]
    found = []
    for x1, x2 in pairwise(edges):
        own = [[p for p in row if x1 <= p.bbox.center[0] < x2] for row in rows]
        if own[0]:
            found.append((BBox(x1, frame.y1, x2, frame.y2), [row for row in own if row]))
    return found


def _below(frame: BBox, rows: Sequence[Row], signs: Sequence[BBox], ground: Ground) -> list[Place]:
    """The room below each label of a column, right of a currency's sign; none if one is filled in."""
    text, places = ground.text, []
    groups = _groups(rows, text)
    for group, after in zip(groups, [*groups[1:], None], strict=True):
        end = min(piece.bbox.y1 for piece in after[0]) if after else frame.y2
        label = whole([piece for row in group for piece in row])
        gap, side = _GAP * text, _SIDE * text
        room = BBox(frame.x1 + side, label.bbox.y2 + gap, frame.x2 - side, end - gap)
        start = max((sign.x2 + side for sign in signs if room.intersection(sign)), default=room.x1)
        room = BBox(start, *room[1:])
        low = group[0][0].asks and room.height < _HIGH * text
        if low or not has_room(room, ground) or _has_value(group):
            return []
        places.append(Place(room, Drawing.FRAME, label, rows=rows_in(room, text)))
    return places


def _groups(rows: Sequence[Row], text: float) -> list[list[Row]]:
    """Rows that follow closely, as labels of several lines."""
    groups = [[rows[0]]]
    for above, row in pairwise(rows):
        gap = min(piece.bbox.y1 for piece in row) - max(piece.bbox.y2 for piece in above)
        if gap < _CLOSE * text:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _has_value(group: Sequence[Row]) -> bool:
    """Whether a row below the first is set otherwise: it is what was filled in."""
    label = group[0][-1].words[-1]
    for row in group[1:]:
        other = row[0].words[0]
        if label.font and other.font:
            if label.font != other.font or label.bold != other.bold or label.size < _ALIKE * other.size:
                return True
        elif group[0][-1].height < _SMALLER * row[0].height:
            return True
    return False


def _is_sign(text: str) -> bool:
    return all(unicodedata.category(char) == "Sc" for char in text)


def _right(frame: BBox, held: Sequence[Piece], ground: Ground) -> Place | None:
    """The room after the last row, if its label surely is one."""
    label, text = whole(held), ground.text
    end = max(piece.bbox.x2 for piece in held if piece.bbox.y2 > label.bbox.y2 - 0.5 * text)
    top, gap = max(frame.y1, label.bbox.y2 - 1.3 * text), _GAP * text
    room = BBox(end + 0.3 * text, top + gap, frame.x2 - gap, frame.y2 - gap)
    wide = room.width > _WIDE * text and has_room(room, ground)
    return (
        Place(room, Drawing.FRAME, label) if wide and is_sure(label) and not _has_value(_rows(held)) else None
    )
