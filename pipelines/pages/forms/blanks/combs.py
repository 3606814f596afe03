"""Combs: rows of small frames, each for one character."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from pipelines.pages.forms.blanks.places import Drawing, Ground, Place, in_reading_order
from schemas.geometry import BBox, union_of

# The cells of a comb are at least so many, as high and wide as this (heights of the page's text), and no
# wider than this share of their height.
_LEAST, _LOW, _HIGH, _NARROW = 3, 0.8, 3.5, 1.6
# They are alike within this share, and so close (share of their width); groups of a comb are so close.
_ALIKE, _CLOSE, _GROUP = 0.18, 0.4, 2.0


def combs(frames: Sequence[BBox], ground: Ground) -> tuple[list[Place], list[BBox]]:
    """The combs among small boxes, and the boxes that they are made of."""
    text = ground.text
    small = [f for f in frames if _LOW * text < f.height < _HIGH * text and f.width < _NARROW * f.height]
    small = [f for f in small if ground.is_free(_middle(f))]
    rows: list[list[BBox]] = []
    for i in in_reading_order(small):
        frame = small[i]
        if rows and _is_next(rows[-1][-1], frame):
            rows[-1].append(frame)
        else:
            rows.append([frame])
    rows = _groups([row for row in rows if len(row) > 1])
    rows = [row for row in rows if not _is_of_grid(row, rows)]
    places = [Place(union_of(row), Drawing.COMB, parts=row) for row in rows]
    return places, [frame for row in rows for frame in row]


def _middle(frame: BBox) -> BBox:
    """A frame without its edges, where a stroke may stand."""
    across, down = 0.2 * frame.width, 0.2 * frame.height
    return BBox(frame.x1 + across, frame.y1 + down, frame.x2 - across, frame.y2 - down)


def _groups(rows: Sequence[list[BBox]]) -> list[list[BBox]]:
    """Rows of cells; those that go on beside each other after a little room, as in 000-00-0000, as one."""
    found: list[list[BBox]] = []
    for row in rows:
        if found and _is_next(found[-1][-1], row[0], _GROUP):
            found[-1] = found[-1] + row
        else:
            found.append(row)
    return [row for row in found if len(row) >= _LEAST]


def _is_next(one: BBox, other: BBox, most: float = _CLOSE) -> bool:
    level = abs(one.center[1] - other.center[1]) < _ALIKE * one.height
    alike = abs(one.width - other.width) < _ALIKE * one.width and (
        abs(one.height - other.height) < _ALIKE * one.height
    )
    return level and alike and -_ALIKE * one.width < other.x1 - one.x2 < most * one.width


def _is_of_grid(row: Sequence[BBox], rows: Sequence[Sequence[BBox]]) -> bool:
    """Whether a row stands right on another of as many cells: squared paper, a calendar."""
    height = median(frame.height for frame in row)
    return any(
        len(other) == len(row)
        and 0 < abs(other[0].y1 - row[0].y1) < 1.2 * height
        and abs(other[0].x1 - row[0].x1) < 0.5 * row[0].width
        for other in rows
        if other is not row
    )
