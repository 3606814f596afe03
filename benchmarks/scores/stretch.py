"""Where a text stands in a longer one, near enough."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def end_distances(wanted: str, text: str, *, substitutions: bool = False) -> NDArray[np.int64]:
    """The edits from ``wanted`` to the best stretch that ends at each place of ``text``.

    Shape ``(len(text) + 1,)``. Insertions and deletions cost 1 each; a substitution costs 1 if
    ``substitutions``, else the two of them.
    Sellers, *The theory and computation of evolutionary distances: pattern recognition* (1980).
    """
    pattern, letters = (
        np.frombuffer(t.encode("utf-32-le", "surrogatepass"), np.uint32) for t in (wanted, text)
    )
    index = np.arange(len(letters) + 1)
    row = np.zeros(len(letters) + 1, np.int64)
    for i, letter in enumerate(pattern, start=1):
        unlike = np.minimum(row[:-1], row[1:]) + 1 if substitutions else row[1:] + 1
        below = np.where(letters == letter, row[:-1], unlike)
        row = np.minimum.accumulate(np.concatenate(([i], below)) - index) + index
    return row


def starts(wanted: str, text: str, most_edits: int) -> list[int]:
    """The places of ``text`` at which a stretch begins that ``most_edits`` or fewer turn into ``wanted``."""
    distances = end_distances(wanted[::-1], text[::-1], substitutions=True)[::-1]
    return [int(place) for place in np.flatnonzero(distances <= most_edits)]
