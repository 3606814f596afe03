"""Where two tables stand to each other on their pages, and how much room the first one left below it."""

from __future__ import annotations

from pipelines.documents.merge_tables.standing import Standing, is_running
from schemas.geometry import BBox

_LOW = 0.8
"""A page's body reaches down at least this far (share of its height): short documents do not show it."""
_COLUMN = 1.5
"""What is wider than so many times a table stands over its column, not in it."""
_SLACK = 2.0


def room_below(first: Standing, second: Standing) -> float | None:
    """The free height below the first piece, in page units; 0 where nothing is known.

    None where the second cannot follow: it stands neither on the next page nor in the next column.
    """
    one, other = first.piece, second.piece
    if one.page == other.page:
        return _room_in_column(first, second)
    if other.page != one.page + 1:
        return None
    if one.box is None or first.below is None or first.height is None:
        return 0.0
    end = max(first.below, _LOW * first.height)
    below = [f.bbox.y1 for f in first.after if f.bbox and not is_running(f, first.height)]
    return min([end, *(y for y in below if y >= one.box.y2 - _SLACK)]) - one.box.y2


def _room_in_column(first: Standing, second: Standing) -> float | None:
    """The same for a table in the next column of the page, which begins where that column does."""
    one, other = first.piece.box, second.piece.box
    if one is None or other is None:
        return None
    beside = other.x1 >= one.x2 - _SLACK or other.x2 <= one.x1 + _SLACK
    if not beside or other.y1 >= one.y2 or _begins_lower(other, second):
        return None
    in_column = [box.y2 for box in first.boxes if _is_in_column(box, one) and box.y1 >= one.y2 - _SLACK]
    if in_column:
        return None
    lowest = max(box.y2 for box in [one, other, *first.boxes])
    return max(0.0, min(lowest, max(other.y2, one.y2)) - one.y2)


def _begins_lower(box: BBox, standing: Standing) -> bool:
    """Whether something else stands above a table in its column."""
    own = [f.bbox.bbox() for f in standing.before if f.bbox]
    return any(
        _is_in_column(other, box) and other.y2 <= box.y1 + _SLACK and other not in own
        for other in standing.boxes
    )


def _is_in_column(box: BBox, table: BBox) -> bool:
    shared = min(box.x2, table.x2) - max(box.x1, table.x1)
    return shared > 0 and box.width <= _COLUMN * table.width
