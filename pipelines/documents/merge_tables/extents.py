"""From where to where texts and columns reach across a page."""

from __future__ import annotations

from collections.abc import Sequence

Extent = tuple[float, float]
"""From where to where, in page units."""


def nearest(extent: Extent, columns: Sequence[Extent | None], options: Sequence[int]) -> int:
    """The one of some columns in which a text of this extent stands, or to which it is nearest."""

    def nearness(place: int) -> tuple[float, float]:
        column = columns[place]
        if column is None:
            return 0.0, float("-inf")
        ends = abs(column[0] - extent[0]), abs(column[1] - extent[1])
        return shared(column, extent), -min(ends)

    return max(options, key=nearness)


def shared(one: Extent, other: Extent) -> float:
    """The share of the narrower one that both have, 0 to 1."""
    both = min(one[1], other[1]) - max(one[0], other[0])
    return max(0.0, both) / max(min(one[1] - one[0], other[1] - other[0]), 1e-6)
