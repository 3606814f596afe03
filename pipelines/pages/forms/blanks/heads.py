"""The heads of columns and rows that fields stand in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from pipelines.pages.forms.beside import Phrase, Print, Side
from schemas.geometry import BBox

# How far heads stand from the first field of their column or row (line heights).
_HEAD, _ROW = 2.5, 25.0
# Fields of a table are level by this share of the higher one's height; they overlap at most, and are apart at
# most, by these of the lower one's.
_LEVEL, _TOUCH, _APART = 0.9, 0.3, 1.2
# Print so near before a field (line heights) goes on in it.
_CLOSE = 2.0
# No page has more fields that stand in rows and columns: each is held against all others.
_MOST = 2_000


class Heads:
    """The heads of the columns and rows that fields stand in."""

    def __init__(self, page: Print, fields: Sequence[tuple[str, BBox]], labels: Mapping[str, Phrase]) -> None:
        """``fields`` are places by the ids of their blanks, ``labels`` what names those that need no head."""
        self._page = page
        shown = fields[:_MOST]
        self._ids = {name: i for i, (name, _) in enumerate(shown)}
        self._boxes = [box for _, box in shown]
        array = np.array(self._boxes, dtype=np.float64).reshape(-1, 4)
        own = [labels[name].bbox if name in labels else None for name, _ in shown]
        under = [
            label is not None and label.y2 <= box.center[1]
            for label, (_, box) in zip(own, shown, strict=True)
        ]
        after = [
            label is not None and label.x2 <= box.center[0]
            for label, (_, box) in zip(own, shown, strict=True)
        ]
        self._tops, self._in_column = _firsts(array[:, [1, 0, 3, 2]], under)
        self._lefts, self._in_row = _firsts(array, after)

    def in_table(self, name: str) -> bool:
        """Whether other fields stand both in a field's column and in its row."""
        i = self._ids.get(name)
        return i is not None and self._in_column[i] and self._in_row[i]

    def beside(self, name: str) -> Phrase | None:
        """What stands close before a field, even if it names a box to tick or is of a sentence."""
        i = self._ids.get(name)
        return None if i is None else self._page.beside(self._boxes[i], Side.LEFT, _CLOSE)[0]

    def of(self, name: str) -> tuple[Phrase | None, Phrase | None]:
        """What stands over the column and left of the row that a field is in, past the other fields there."""
        i, column, row = self._ids.get(name), None, None
        if i is None:
            return None, None
        if self._in_column[i]:
            column = self._page.beside(self._boxes[self._tops[i]], Side.ABOVE, _HEAD)[0]
        if self._in_row[i]:
            row = self._page.beside(self._boxes[self._lefts[i]], Side.LEFT, _ROW)[0]
        return column, row


def _firsts(boxes: NDArray[np.float64], begins: Sequence[bool]) -> tuple[list[int], list[bool]]:
    """Of each box the first of its row, in which boxes nearly touch, and whether it has others.

    Those that ``begins`` tells of are no others' followers.
    """
    firsts, in_row = list(range(len(boxes))), [False] * len(boxes)
    tops, bottoms = boxes[:, 1], boxes[:, 3]
    heights = np.maximum(bottoms - tops, 0.1)
    for i in np.argsort(boxes[:, 0], kind="stable"):
        box = boxes[i]
        shared = np.minimum(bottoms, box[3]) - np.maximum(tops, box[1])
        gaps = box[0] - boxes[:, 2]
        apart = np.minimum(heights, heights[i])
        lower = np.maximum(heights, heights[i])
        fits = (shared >= _LEVEL * lower) & (gaps >= -_TOUCH * apart) & (gaps <= _APART * apart)
        fits &= boxes[:, 0] < box[0]
        if fits.any() and not begins[i]:
            before = int(np.flatnonzero(fits)[np.argmin(gaps[fits])])
            firsts[i] = firsts[before]
            in_row[i] = in_row[before] = True
    return firsts, in_row
