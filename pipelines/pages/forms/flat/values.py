"""What stands in the field of a label: to its right, below it, in its frame, on its line."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pipelines.pages.forms.flat.pieces import Piece
from pipelines.pages.forms.flat.sheet import Sheet
from schemas.geometry import BBox, union_of

# A value begins at most this share of the page's width after its label, and goes on after so many heights.
_FAR, _ON = 0.4, 2.5
# The next row of a value is at most so many text heights below, on ruled lines so many, a value below its
# label so many.
_LEADING, _LINED, _BELOW = 0.7, 1.3, 1.6

# A text of more words than this, or with so many in its first row below a label, is prose that the label
# introduces, unless it stands in a frame or on a line: there it has twice as many.
_MOST_WORDS, _MOST_IN_ROW = 30, 9
# A row of a value begins level with the first within so many text heights.
_INDENT = 1.5
# A row is full when less than this share of the width is left.
_ROOM = 0.12


def values(sheet: Sheet, labels: Sequence[Piece]) -> list[tuple[Piece, list[Piece]]]:
    """Each label with its value's pieces, none where the field is empty; no piece is in two values.

    Labels that introduce prose are left out.
    """
    names = {id(label) for label in labels}
    taken: set[int] = set()
    introducing: set[int] = set()
    found: dict[int, list[Piece]] = {}
    for label in labels:
        beside = _in_next_frame(sheet, label, names) or _right(sheet, label, names)
        value = [p for p in beside if id(p) not in taken]
        if value:
            found[id(label)] = value
            taken |= {id(p) for p in value}
    for label in labels:
        if id(label) in found:
            first = found[id(label)]
            more = _following(sheet, label, first, names | taken)
            if _is_long(sheet, first + more):
                more = []
                if _words(first) > _MOST_IN_ROW:
                    introducing.add(id(label))
            found[id(label)] = first + more
        else:
            found[id(label)] = more = _below(sheet, label, names | taken)
            if _is_prose(sheet, more):
                introducing.add(id(label))
                more = []
        taken |= {id(p) for p in more}
    return [(label, found[id(label)]) for label in labels if id(label) not in introducing]


def _is_prose(sheet: Sheet, value: Sequence[Piece]) -> bool:
    return _is_long(sheet, value) or (_words(value[:1]) > _MOST_IN_ROW and _is_free(sheet, value[0]))


def _is_long(sheet: Sheet, value: Sequence[Piece]) -> bool:
    count = _words(value)
    return count > 2 * _MOST_WORDS or (count > _MOST_WORDS and _is_free(sheet, value[0]))


def _words(value: Sequence[Piece]) -> int:
    return sum(len(piece.words) for piece in value)


def _is_free(sheet: Sheet, piece: Piece) -> bool:
    """Whether a text stands in no frame and on no line."""
    return sheet.frame(piece) is None and sheet.line_under(piece) is None


def _in_next_frame(sheet: Sheet, label: Piece, names: Collection[int]) -> list[Piece]:
    """What stands in the frame to the right of a label that is in none itself, with nothing between."""
    box = label.bbox
    frames = [
        frame
        for frame in sheet.drawn.frames
        if frame.x1 > box.center[0] and frame.y1 < box.center[1] < frame.y2 and sheet.frame(label) is None
    ]
    frame = min(frames, key=lambda one: one.x1, default=None)
    if frame is None or frame.x1 - box.x2 > _FAR * sheet.width:
        return []
    between = any(box.x2 <= p.bbox.x1 and p.bbox.x2 <= frame.x1 + p.height for p in sheet.row(label))
    held = sheet.inside(frame)
    return [] if between or any(id(piece) in names for piece in held) else held


def _right(sheet: Sheet, label: Piece, names: Collection[int]) -> list[Piece]:
    """What follows the label on its row, up to the next label."""
    found: list[Piece] = []
    end = label.bbox.x2
    for piece in sheet.right_of(label):
        gap = piece.bbox.x1 - end
        if not found and _is_hint(piece):
            end = piece.bbox.x2
            continue
        if id(piece) in names or gap > (_ON * label.height if found else _FAR * sheet.width):
            break
        if sheet.frame(piece) != sheet.frame(label) and not found and not label.asks:
            break
        found.append(piece)
        end = piece.bbox.x2
    return found


def _is_hint(piece: Piece) -> bool:
    """Whether a text only says what to write: all of it in brackets, letters more than figures."""
    text = piece.text
    letters, figures = sum(char.isalpha() for char in text), sum(char.isdigit() for char in text)
    return text.startswith("(") and text.endswith(")") and letters > figures and len(piece.words) > 1


def _following(sheet: Sheet, label: Piece, value: Sequence[Piece], taken: Collection[int]) -> list[Piece]:
    """The rows of a value below its first: under its begin, or under its label if the first row is full."""
    found: list[Piece] = []
    last = union_of([piece.bbox for piece in value])
    starts = [value[0].bbox.x1]
    if _is_full(sheet, value[-1]):
        starts.append(label.bbox.x1)
    for piece in _downwards(sheet, last):
        leading = _LINED if sheet.line_under(piece) or sheet.frame(piece) else _LEADING
        if piece.bbox.y1 - last.y2 > leading * min(piece.height, value[0].height):
            break
        if piece.asks or any(p.asks for p in sheet.row(piece) if p.bbox.x1 < piece.bbox.x1):
            break
        if _is_hint(piece):
            continue
        begins = any(abs(piece.bbox.x1 - start) < _INDENT * piece.height for start in starts)
        free = id(piece) not in taken and not any(
            id(p) in taken for p in sheet.row(piece) if p.bbox.x1 < piece.bbox.x1
        )
        if begins and free and sheet.are_stacked(value[0], piece):
            found.append(piece)
            last = piece.bbox
    return found


def _is_full(sheet: Sheet, piece: Piece) -> bool:
    """Whether a text reaches the end of its frame or line, or of most of the page."""
    around = sheet.frame(piece) or sheet.line_under(piece)
    end = around.x2 if around else sheet.right
    return end - piece.bbox.x2 < _ROOM * (end - sheet.left)


def _below(sheet: Sheet, label: Piece, taken: Collection[int]) -> list[Piece]:
    """What stands below a label: the rest of its frame, or the text right under it."""
    if sheet.line_after(label) is not None:
        return []
    found: list[Piece] = []
    last: BBox = label.bbox
    for piece in _downwards(sheet, last):
        if piece.bbox.y1 - last.y2 > (_LEADING if found else _BELOW) * label.height and not _share_frame(
            sheet, label, piece
        ):
            break
        if not found and _is_hint(piece):
            break
        under = piece.bbox.x1 > label.bbox.x1 - _INDENT * label.height and piece.bbox.x1 < label.bbox.x2
        if id(piece) in taken:
            if under:
                break
        elif (under or _share_frame(sheet, label, piece)) and sheet.are_stacked(label, piece):
            found.append(piece)
            last = piece.bbox
    return found


def _share_frame(sheet: Sheet, label: Piece, piece: Piece) -> bool:
    return sheet.frame(label) is not None and sheet.frame(label) == sheet.frame(piece)


def _downwards(sheet: Sheet, box: BBox) -> list[Piece]:
    """The pieces whose middle is below a box, top to bottom."""
    below = [p for p in sheet.pieces if p.bbox.center[1] > box.y2 and p.bbox.y1 > box.y2 - 0.5 * p.height]
    return sorted(below, key=lambda p: (p.bbox.y1, p.bbox.x1))
