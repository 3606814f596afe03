"""Where two tables stand to each other on their pages, and how much room the first one left below it."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.documents.merge_tables.between import is_footnote, is_said_again
from pipelines.documents.merge_tables.standing import Standing, is_running
from pipelines.documents.merge_tables.words import is_note
from schemas.fragments import PageFragment
from schemas.geometry import BBox

_LOW = 0.8
"""A page's body reaches down at least this far (share of its height): short documents do not show it."""
_COLUMN = 1.5
"""What is wider than so many times a table stands over its column, not in it."""
_SLACK = 2.0


def room_below(first: Standing, second: Standing, lead: Sequence[str] = ()) -> float | None:
    """The free height below the first piece, in page units; 0 where nothing is known.

    ``lead`` are the captions and headings of the table: one may be said again below it. None where the second
    cannot follow: it stands neither on the next page nor in the next column.
    """
    one, other = first.piece, second.piece
    if one.page == other.page:
        return _room_in_column(first, second, lead)
    if other.page != one.page + 1:
        return None
    if one.box is None or first.below is None or first.height is None:
        return 0.0
    end = max(first.below, _LOW * first.height)
    below = [f.bbox.y1 for f in first.after if f.bbox and not is_running(f, first.height)]
    below += [f.bbox.y1 for f in _footnotes(first) if f.bbox]  # of all columns: they may be below all
    return min([end, *(y for y in below if y >= one.box.y2 - _SLACK)]) - one.box.y2


def _room_in_column(first: Standing, second: Standing, lead: Sequence[str]) -> float | None:
    """The same for a table in the next column of the page, which begins where that column does."""
    one, other = first.piece.box, second.piece.box
    if one is None or other is None:
        return None
    beside = other.x1 >= one.x2 - _SLACK or other.x2 <= one.x1 + _SLACK
    if not beside or other.y1 >= one.y2:
        return None
    said = [f for f in first.body if is_said_again(f, first, lead) or is_note(f.content.content)]
    ends = [*_footnotes(first), *said]
    apart = {id(end) for end in ends}
    body = [f.bbox.bbox() for f in first.body if f.bbox and id(f) not in apart]
    if any(_is_below(box, one, other) for box in body):
        return None
    lowest = max(box.y2 for box in [one, other, *body])
    boxes = [end.bbox.bbox() for end in ends if end.bbox]
    tops = [box.y1 for box in boxes if _is_below(box, one, other)]
    return max(0.0, min([lowest, max(other.y2, one.y2), *tops]) - one.y2)


def _is_below(box: BBox, table: BBox, beside: BBox) -> bool:
    """Whether a box stands below a table in its column."""
    return _is_in_column(box, table, beside) and box.y1 >= table.y2 - _SLACK


def above_in_column(first: Standing, second: Standing) -> list[PageFragment]:
    """What stands above a table in its column of the page, and was read before the table on its left."""
    one, other = first.piece.box, second.piece.box
    if first.piece.page != second.piece.page or one is None or other is None:
        return []
    own = {id(fragment) for fragment in second.before}
    return [
        f
        for f in second.body
        if f.bbox
        and id(f) not in own
        and f.bbox.y2 <= other.y1 + _SLACK
        and _is_in_column(f.bbox.bbox(), other, one)
    ]


def _footnotes(standing: Standing) -> Sequence[PageFragment]:
    """The notes at the foot of a piece's page, below it or beside."""
    found: list[PageFragment] = []
    noted = False
    for place, fragment in enumerate(standing.body):
        noted = noted and _is_lower(fragment, standing.body[place - 1])
        noted = is_footnote(fragment, standing, after_another=noted)
        found += [fragment] if noted else []
    return found


def _is_lower(one: PageFragment, other: PageFragment) -> bool:
    return one.bbox is not None and other.bbox is not None and one.bbox.y1 > other.bbox.y1


def _is_in_column(box: BBox, table: BBox, beside: BBox) -> bool:
    """Whether a box stands in a table's column, and not over that of the table ``beside``, too."""
    if _shared(box, beside) > 0 or box.width > _COLUMN * table.width:
        return False
    return _shared(box, table) > 0


def _shared(one: BBox, other: BBox) -> float:
    return min(one.x2, other.x2) - max(one.x1, other.x1)
