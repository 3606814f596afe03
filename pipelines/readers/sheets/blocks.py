"""The blocks of a sheet: filled cells that no empty row or column parts."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import groupby, pairwise

from pipelines.readers.sheets.model import COVERED, Cell, Row

# Blocks in blocks: rows cut, then columns, then rows…; what is still not cut then stays whole.
_DEEPEST = 24
# Rows that are all parted by as many empty ones are one table, set wide.
_LEAST_SPACED = 3
# A table of fewer columns has no sections.
_LEAST_SECTIONED = 3

Block = list[Row]


def blocks(rows: Block) -> Iterator[Block]:
    """The blocks from top to bottom, and from left to right where they stand side by side."""
    waiting = [(rows, 0)]
    while waiting:
        block, depth = waiting.pop()
        parts = _cut(block) if depth < _DEEPEST else [block]
        if len(parts) == 1:
            yield block
        else:
            waiting.extend((part, depth + 1) for part in reversed(parts))


def _cut(block: Block) -> list[Block]:
    """The parts of a block, cut one way; the block alone if there is nothing to cut."""
    for cut in (_at_empty_rows, _at_empty_columns, _at_corners):
        parts = cut(block)
        if len(parts) != 1:
            return parts
    return [block]


def _at_empty_rows(block: Block) -> list[Block]:
    bands = _split(block, [i for i, (a, b) in enumerate(pairwise(block), 1) if b.number > a.number + 1])
    if len(bands) >= _LEAST_SPACED:
        bands = _spaced_joined(bands)
    parts: list[Block] = []
    header: list[Cell] = []
    used: set[int] = set()
    for band in bands:
        if parts and band[0].number == parts[-1][-1].number + 2 and _goes_on(header, used, band):
            parts[-1].extend(band)
        else:
            parts.append(list(band))
            header, used = _first_full(band), _used(band)
    return parts


def _spaced_joined(bands: list[Block]) -> list[Block]:
    """The bands, those of one row each that stand at equal distances with the same columns as one."""
    joined: list[Block] = []
    for layout, run in groupby(bands, key=_spaced_layout):
        found = list(run)
        gaps = {b[0].number - a[0].number for a, b in pairwise(found)}
        if layout and len(found) >= _LEAST_SPACED and len(gaps) == 1:
            joined.append([row for band in found for row in band])
        else:
            joined.extend(found)
    return joined


def _goes_on(header: list[Cell], used: set[int], below: Block) -> bool:
    """Whether a band is another section of the table above, which has this header and these columns.

    A table with a header of its own is none.
    """
    values = _first_full(below)
    if len(used) < _LEAST_SECTIONED or len(header) * 2 <= len(used) or not values:
        return False
    starts_anew = any(cell.value for cell in header) or not any(cell.value for cell in values)
    return not starts_anew and _used(below) <= used


def _used(block: Block) -> set[int]:
    return {column for columns in {row.columns for row in block} for column in columns}


def _first_full(block: Block) -> list[Cell]:
    """The cells of the first row that has several."""
    found = ([cell for cell in row.cells if cell is not COVERED] for row in block)
    return next((cells for cells in found if len(cells) > 1), [])


def _spaced_layout(band: Block) -> tuple[int, ...]:
    """The columns of a band that is one row of several cells."""
    return band[0].columns if len(band) == 1 and len(band[0].columns) > 1 else ()


def _at_empty_columns(block: Block) -> list[Block]:
    layouts = {row.columns for row in block}
    used = sorted(_used(block))
    starts = [b for a, b in pairwise(used) if b > a + 1]
    if not starts:
        return [block]
    if len(starts) + 1 == len(used) >= _LEAST_SPACED and len(layouts) == 1:
        gaps = {b - a for a, b in pairwise(used)}
        if len(gaps) == 1:
            return [block]
    parts: list[Block] = [[] for _ in range(len(starts) + 1)]
    for row in block:
        ends = [bisect_left(row.columns, start) for start in starts]
        for part, (first, end) in zip(parts, pairwise([0, *ends, len(row.columns)]), strict=True):
            if first < end:
                part.append(Row(row.number, row.columns[first:end], row.cells[first:end]))
    return parts


def _at_corners(block: Block) -> list[Block]:
    """Cut between rows where all above lies left of all below, or right of it: they touch by a corner."""
    lowest = [row.columns[0] for row in block]
    highest = [row.columns[-1] for row in block]
    low_below, high_below = lowest[:], highest[:]
    for i in range(len(block) - 2, -1, -1):
        low_below[i] = min(low_below[i], low_below[i + 1])
        high_below[i] = max(high_below[i], high_below[i + 1])
    cuts = []
    low, high = lowest[0], highest[0]
    for i in range(1, len(block)):
        if high < low_below[i] or high_below[i] < low:
            cuts.append(i)
        low, high = min(low, lowest[i]), max(high, highest[i])
    return _split(block, cuts)


def _split(block: Block, cuts: list[int]) -> list[Block]:
    return [block[a:b] for a, b in pairwise([0, *cuts, len(block)]) if a < b]
