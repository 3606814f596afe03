"""Things of one size in rows and columns: cards, which are read row by row, where text runs down columns."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.geometry import BBox, union_of

_LEAST_ROWS = _LEAST_COLUMNS = 2
# How far sizes may differ, as a share, and places, as a share of the size.
_ALIKE, _ALIGNED = 0.15, 0.25
# Lower things, for their width, are lines of a column.
_LEAST_ASPECT = 0.3

Rows = list[list[int]]


def cards_of(boxes: Sequence[BBox]) -> list[Rows]:
    """The grids among ``boxes``: for each its rows, from the top, of indices from left to right.

    What lies between the things of a grid would be torn from them: then it is none.
    """
    found: list[Rows] = []
    for alike in _of_one_size(boxes):
        rows = _rows(boxes, alike)
        if rows is not None:
            around = union_of([boxes[i] for i in alike])
            others = (box for i, box in enumerate(boxes) if i not in alike)
            if not any(around.holds(*box.center) for box in others):
                found.append(rows)
    return found


def _of_one_size(boxes: Sequence[BBox]) -> list[set[int]]:
    groups: list[list[int]] = []
    for index, box in enumerate(boxes):
        if box.height < _LEAST_ASPECT * box.width:
            continue
        same = next((group for group in groups if _is_alike(box, boxes[group[0]])), None)
        if same is None:
            groups.append([index])
        else:
            same.append(index)
    return [set(group) for group in groups]


def _is_alike(one: BBox, other: BBox) -> bool:
    return (
        abs(one.width - other.width) <= _ALIKE * other.width
        and abs(one.height - other.height) <= _ALIKE * other.height
    )


def _rows(boxes: Sequence[BBox], indices: set[int]) -> Rows | None:
    """The rows, if they all begin level and have the same columns."""
    rows: Rows = []
    for index in sorted(indices, key=lambda i: boxes[i].y1):
        top = boxes[rows[-1][0]] if rows else None
        if top is not None and boxes[index].y1 - top.y1 <= _ALIGNED * top.height:
            rows[-1].append(index)
        else:
            rows.append([index])
    for row in rows:
        row.sort(key=lambda i: boxes[i].x1)
    first = rows[0]
    if len(rows) < _LEAST_ROWS or len(first) < _LEAST_COLUMNS:
        return None
    level = all(
        len(row) == len(first)
        and all(
            abs(boxes[i].x1 - boxes[top].x1) <= _ALIGNED * boxes[top].width
            for i, top in zip(row, first, strict=True)
        )
        for row in rows
    )
    return rows if level else None
