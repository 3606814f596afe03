"""Reading order: a recursive XY-cut that keeps columns together (after Nagy and Seth 1984, Meunier 2005).

The page is cut at its horizontal white gaps into bands. Bands that share a vertical gutter are read
together, column by column; a band that crosses the gutter (a heading over all columns) ends them.
"""

from __future__ import annotations

from collections.abc import Sequence

from schemas.geometry import BBox

# Boxes may overlap by this share of their height or width before they count as side by side.
_SLACK = 0.08
_MOST_SLACK = 6.0
# The least width of a gutter, as a share of the width of what it divides.
_GUTTER = 0.008


def reading_order(boxes: Sequence[BBox], *, right_to_left: bool = False) -> list[int]:
    """The indices of ``boxes`` in reading order."""
    cores = [_core(box) for box in boxes]
    return _sort(list(range(len(boxes))), cores, right_to_left)


def _core(box: BBox) -> BBox:
    x, y = min(_SLACK * box.width, _MOST_SLACK), min(_SLACK * box.height, _MOST_SLACK)
    return BBox(box.x1 + x, box.y1 + y, box.x2 - x, box.y2 - y)


def _sort(indices: list[int], boxes: Sequence[BBox], right_to_left: bool) -> list[int]:
    if len(indices) < 2:
        return indices
    ordered: list[int] = []
    runs = _runs(_bands(indices, boxes), boxes)
    for run in runs:
        columns = _columns(run, boxes)
        if len(columns) > 1:
            for column in reversed(columns) if right_to_left else columns:
                ordered += _sort(column, boxes, right_to_left)
        elif len(runs) > 1:
            ordered += _sort(run, boxes, right_to_left)
        else:
            ordered += _around_widest(run, boxes, right_to_left)
    return ordered


def _bands(indices: list[int], boxes: Sequence[BBox]) -> list[list[int]]:
    """Groups separated by white that runs across the whole set, top to bottom."""
    return _groups(indices, [(boxes[i].y1, boxes[i].y2) for i in indices], 0.0)


def _columns(indices: list[int], boxes: Sequence[BBox]) -> list[list[int]]:
    """Groups separated by white that runs down the whole set, left to right."""
    width = max(boxes[i].x2 for i in indices) - min(boxes[i].x1 for i in indices)
    return _groups(indices, [(boxes[i].x1, boxes[i].x2) for i in indices], _GUTTER * width)


def _groups(indices: list[int], spans: list[tuple[float, float]], gap: float) -> list[list[int]]:
    groups: list[list[int]] = []
    reach = float("-inf")
    for (start, end), index in sorted(zip(spans, indices, strict=True)):
        if not groups or start > reach + gap:
            groups.append([])
        groups[-1].append(index)
        reach = max(reach, end)
    return groups


def _runs(bands: list[list[int]], boxes: Sequence[BBox]) -> list[list[int]]:
    """Neighbouring bands put together as long as one gutter runs through all of them."""
    runs: list[list[int]] = []
    for band in bands:
        if runs and len(_columns(runs[-1] + band, boxes)) > 1 and _share_columns(runs[-1], band, boxes):
            runs[-1] = runs[-1] + band
        else:
            runs.append(band)
    return runs


def _share_columns(run: list[int], band: list[int], boxes: Sequence[BBox]) -> bool:
    """Whether run or band has columns itself: two boxes one below the other and apart are no columns."""
    return len(_columns(run, boxes)) > 1 or len(_columns(band, boxes)) > 1


def _around_widest(run: list[int], boxes: Sequence[BBox], right_to_left: bool) -> list[int]:
    """Interlocked boxes: what lies above the widest one, that one, what lies below."""
    widest = max(run, key=lambda i: (boxes[i].width, -boxes[i].y1))
    middle = boxes[widest].center[1]
    above = [i for i in run if i != widest and boxes[i].center[1] < middle]
    below = [i for i in run if i != widest and boxes[i].center[1] >= middle]
    return [*_sort(above, boxes, right_to_left), widest, *_sort(below, boxes, right_to_left)]
