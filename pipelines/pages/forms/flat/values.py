"""What stands in the field of a label: to its right, below it, in its frame, on its line."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pipelines.pages.forms.flat.pieces import Piece
from pipelines.pages.forms.flat.sheet import Sheet
from schemas.geometry import BBox, union_of

# A value begins at most this share of the page's width after its label, and goes on after so many heights.
_FAR, _ON = 0.4, 5.0
# The next row of a value is at most so many text heights below, a value below its label so many.
_LEADING, _BELOW = 1.1, 1.6


def values(sheet: Sheet, labels: Sequence[Piece]) -> list[tuple[Piece, list[Piece]]]:
    """Each label with its value's pieces, none where the field is empty; no piece is in two values."""
    names = {id(label) for label in labels}
    taken: set[int] = set()
    found: dict[int, list[Piece]] = {}
    for label in labels:
        value = [p for p in _right(sheet, label, names) if id(p) not in taken]
        if value:
            found[id(label)] = value
            taken |= {id(p) for p in value}
    for label in labels:
        if id(label) in found:
            more = _following(sheet, label, found[id(label)], names | taken)
            found[id(label)] += more
        else:
            found[id(label)] = more = _below(sheet, label, names | taken)
        taken |= {id(p) for p in more}
    return [(label, found[id(label)]) for label in labels]


def _right(sheet: Sheet, label: Piece, names: Collection[int]) -> list[Piece]:
    """What follows the label on its row, up to the next label."""
    found: list[Piece] = []
    end = label.bbox.x2
    for piece in sheet.right_of(label):
        gap = piece.bbox.x1 - end
        if id(piece) in names or gap > (_ON * label.height if found else _FAR * sheet.width):
            break
        if sheet.frame(piece) != sheet.frame(label) and not found and not label.asks:
            break
        found.append(piece)
        end = piece.bbox.x2
    return found


def _following(sheet: Sheet, label: Piece, value: Sequence[Piece], taken: Collection[int]) -> list[Piece]:
    """The rows of a value below its first."""
    found: list[Piece] = []
    last = union_of([p.bbox for p in value])
    left = value[0].bbox.x1
    frame = sheet.frame(value[0])
    for piece in sorted(sheet.pieces, key=lambda p: p.bbox.y1):
        gap = piece.bbox.y1 - last.y2
        if gap < -0.5 * piece.height or piece.bbox.center[1] < last.y2:
            continue
        if gap > _LEADING * piece.height:
            break
        if id(piece) in taken or sheet.frame(piece) != frame:
            continue
        if any(id(p) in taken for p in sheet.left_of(piece)):
            continue
        height = value[0].height
        if abs(piece.bbox.x1 - left) < 1.5 * height:
            found.append(piece)
            last = piece.bbox
    return found


def _below(sheet: Sheet, label: Piece, taken: Collection[int]) -> list[Piece]:
    """What stands below a label: the rest of its frame, or the text right under it."""
    frame = sheet.frame(label)
    if frame is not None and sheet.line_after(label) is None:
        return [
            p
            for p in sheet.inside(frame)
            if p is not label and id(p) not in taken and p.bbox.center[1] > label.bbox.center[1]
        ]
    found: list[Piece] = []
    last: BBox = label.bbox
    if sheet.line_after(label) is not None:
        return []
    for piece in sorted(sheet.pieces, key=lambda p: p.bbox.y1):
        gap = piece.bbox.y1 - last.y2
        if piece.bbox.center[1] < last.y2 or gap < -0.5 * piece.height:
            continue
        if gap > (_LEADING if found else _BELOW) * label.height:
            break
        if id(piece) in taken or sheet.frame(piece) != frame:
            continue
        if piece.bbox.x1 - label.bbox.x1 > -label.height and piece.bbox.x1 < label.bbox.x2:
            found.append(piece)
            last = piece.bbox
    return found
