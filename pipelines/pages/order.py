"""Reading order: a recursive XY-cut that keeps columns together (after Nagy and Seth 1984, Meunier 2005).

The page is cut at its horizontal white gaps into bands. Bands that share a vertical gutter are read
together, column by column; a band that crosses the gutter (a heading over all columns) ends them, and so
does one below much white that begins all of its columns with headings: sections side by side.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from schemas.geometry import BBox

# Boxes may overlap by this share of their height or width before they count as side by side.
_SLACK = 0.08
_MOST_SLACK = 6.0
# The least width of a gutter, as a share of the width of what it divides.
_GUTTER = 0.008
# White above sections that stand side by side, in heights of their headings.
_APART = 2.5


def reading_order(
    boxes: Sequence[BBox], *, right_to_left: bool = False, headings: Collection[int] = ()
) -> list[int]:
    """The indices of ``boxes`` in reading order; ``headings`` are indices of those that begin a section."""
    cut = _Cut([_core(box) for box in boxes], frozenset(headings), right_to_left)
    return cut.sorted(list(range(len(boxes))))


def _core(box: BBox) -> BBox:
    x, y = min(_SLACK * box.width, _MOST_SLACK), min(_SLACK * box.height, _MOST_SLACK)
    return BBox(box.x1 + x, box.y1 + y, box.x2 - x, box.y2 - y)


@dataclass(frozen=True, slots=True)
class _Cut:
    boxes: Sequence[BBox]
    headings: frozenset[int]
    right_to_left: bool

    def sorted(self, indices: list[int]) -> list[int]:
        if len(indices) < 2:
            return indices
        ordered: list[int] = []
        runs = self._runs(self._bands(indices))
        for run in runs:
            columns = self._columns(run)
            if len(columns) > 1:
                for column in reversed(columns) if self.right_to_left else columns:
                    ordered += self.sorted(column)
            elif len(runs) > 1:
                ordered += self.sorted(run)
            else:
                ordered += self._around_widest(run)
        return ordered

    def _bands(self, indices: list[int]) -> list[list[int]]:
        """Groups separated by white that runs across the whole set, top to bottom."""
        return _groups(indices, [(self.boxes[i].y1, self.boxes[i].y2) for i in indices], 0.0)

    def _columns(self, indices: list[int]) -> list[list[int]]:
        """Groups separated by white that runs down the whole set, left to right."""
        width = max(self.boxes[i].x2 for i in indices) - min(self.boxes[i].x1 for i in indices)
        return _groups(indices, [(self.boxes[i].x1, self.boxes[i].x2) for i in indices], _GUTTER * width)

    def _runs(self, bands: list[list[int]]) -> list[list[int]]:
        """Neighbouring bands put together as long as one gutter runs through all of them."""
        runs: list[list[int]] = []
        for band in bands:
            if runs and self._goes_on(runs[-1], band):
                runs[-1] = runs[-1] + band
            else:
                runs.append(band)
        return runs

    def _goes_on(self, run: list[int], band: list[int]) -> bool:
        """Whether a gutter runs through both and one has columns itself: two boxes apart are no columns."""
        columns = self._columns(band)
        firsts = [self._first(column) for column in columns]
        if len(columns) > 1 and self.headings.issuperset(firsts):
            white = min(self.boxes[i].y1 for i in band) - max(self.boxes[i].y2 for i in run)
            if white > _APART * max(self.boxes[i].height for i in firsts):
                return False
        return len(self._columns(run + band)) > 1 and max(len(self._columns(run)), len(columns)) > 1

    def _first(self, column: list[int]) -> int:
        return min(column, key=lambda i: self.boxes[i].y1)

    def _around_widest(self, run: list[int]) -> list[int]:
        """Interlocked boxes: what lies above the widest one, that one, what lies below."""
        widest = max(run, key=lambda i: (self.boxes[i].width, -self.boxes[i].y1))
        middle = self.boxes[widest].center[1]
        above = [i for i in run if i != widest and self.boxes[i].center[1] < middle]
        below = [i for i in run if i != widest and self.boxes[i].center[1] >= middle]
        return [*self.sorted(above), widest, *self.sorted(below)]


def _groups(indices: list[int], spans: list[tuple[float, float]], gap: float) -> list[list[int]]:
    groups: list[list[int]] = []
    reach = float("-inf")
    for (start, end), index in sorted(zip(spans, indices, strict=True)):
        if not groups or start > reach + gap:
            groups.append([])
        groups[-1].append(index)
        reach = max(reach, end)
    return groups
