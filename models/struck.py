"""Struck words on a picture: strokes through the middle of their letters, or crossed over them.

Between the letters of a word there is paper, and inside most of them. A straight line through the middle of a
word on which no paper shows is a stroke; letters above and below it tell it from underlines and from rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from models.base import Image
from models.runtime import Runtime
from schemas.geometry import BBox

# Ink is this much darker (grey levels) than paper; a stroke, thin or coloured, has that share of its
# darkness, but for a share of its way (specks), and stands out so much from what is so far above and below
# (shares of the height); letters have more.
_CONTRAST, _INKED, _SPECKS, _LETTER = 40.0, 0.25, 0.04, 0.5
_RIDGE, _RIDGE_HEIGHT = 0.2, 0.14
# Words less high (pixels) cannot be told.
_LEAST_HEIGHT = 8
# A stroke begins and ends in this part of the word's box (shares of its height, from the top), crosses its
# middle in that part, and leans by no more; so many of the darkest are looked at.
_ENDS, _MIDDLE, _LEAN, _MOST_LINES = (0.22, 0.82), (0.36, 0.68), 0.45, 8
# Its way may waver (shares of the height).
_WAVERS = 0.04
# It is drawn where all but few columns are dark, to so far from its middle at most (shares of the height);
# within that of it letters stand above and below in this share of the columns.
_DRAWN, _THICK, _FAR, _LETTERS = 0.9, 0.15, 0.2, 0.3
# A crossing runs between corners of the box: so far from its ends.
_CORNER = (0.0, 0.08, 0.16, 0.24)
# A word narrower than this may be a letter that has such a stroke itself (H, e, t, X): then the stroke must
# reach out of it so far, or the word beside it, within that, be struck.
_NARROW, _OUT, _NEXT = 0.9, 0.1, 0.7
# A stroke that goes on so far where no word stands rules a table or a form.
_RULE = 1.2


class _Crossing(NamedTuple):
    """A line through a word: surely no letter's own, and how many pixels it goes on before and after."""

    sure: bool
    before: int
    after: int


class StruckWords:
    """Looks for strokes through words. Safe to call from any thread."""

    def __init__(self, _runtime: Runtime) -> None:
        """Needs no model."""

    def struck(self, image: Image, words: Sequence[BBox]) -> list[bool]:
        """Of each word (boxes in pixels, in writing order) of an upright picture, whether it is struck."""
        gray = image.mean(axis=2, dtype=np.float32)
        found = [_crossing(gray, box) for box in words]
        struck, doubted = [False] * len(words), set[int]()
        for chain in _chains(found, words):
            first, last = found[chain[0]], found[chain[-1]]
            if (
                first is None
                or last is None
                or max(first.before, last.after) > _RULE * words[chain[0]].height
            ):
                continue
            if len(chain) > 1 or first.sure:
                for i in chain:
                    struck[i] = True
            else:
                doubted.update(chain)
        steps = [(i, i + 1) for i in range(len(words) - 1)]
        for i, j in [*steps, *((j, i) for i, j in reversed(steps))]:
            struck[j] |= struck[i] and j in doubted and _gap(words[i], words[j]) is not None
        return struck


def _chains(found: Sequence[_Crossing | None], words: Sequence[BBox]) -> Iterator[list[int]]:
    """The crossed words, those together over which one line goes."""
    chain: list[int] = []
    for i, crossing in enumerate(found):
        last = found[chain[-1]] if chain else None
        if crossing is not None and last is not None and chain[-1] == i - 1:
            gap = _gap(words[i - 1], words[i])
            if gap is not None and last.after >= gap:
                chain.append(i)
                continue
        if chain:
            yield chain
        chain = [i] if crossing is not None else []
    if chain:
        yield chain


def _gap(one: BBox, other: BBox) -> float | None:
    """How far two words of a line are apart; None where they are not side by side."""
    height = min(one.height, other.height)
    level = min(one.y2, other.y2) - max(one.y1, other.y1) > 0.5 * height
    gap = max(one.x1, other.x1) - min(one.x2, other.x2)
    return gap if level and gap < _NEXT * height else None


def _crossing(gray: NDArray[np.float32], box: BBox) -> _Crossing | None:
    """The line that goes through a word, or lines that cross over it; None if none do."""
    look = _Look.at(gray, box) if box.height >= _LEAST_HEIGHT and box.width > 0 else None
    if look is None:
        return None
    wide = look.right - look.left >= _NARROW * box.height
    for line in look.lines():
        out = min(look.reach(line, *look.letters(line)))
        return _Crossing(wide or out >= _OUT * box.height, *look.reach(line, look.left, look.right - 1))
    return _Crossing(wide, 0, 0) if look.is_crossed() else None


class _Line(NamedTuple):
    """A straight line: its height at column 0, and how much it falls a column."""

    start: float
    slope: float

    def rows(self, columns: NDArray[np.int64]) -> NDArray[np.int64]:
        """The row of the line in each column."""
        return np.asarray(np.rint(self.start + self.slope * columns), dtype=np.int64)


class _Look:
    """The part of a picture about a word: how dark it is, 0 (paper) to 1 (ink), where its ink is."""

    def __init__(self, dark: NDArray[np.float32], box: BBox) -> None:
        self._dark = dark
        self._box = box
        wavers = max(1, round(_WAVERS * box.height))
        far = max(2, round(_RIDGE_HEIGHT * box.height))
        around = cv2.copyMakeBorder(dark, far, far, 0, 0, cv2.BORDER_CONSTANT, value=0)
        ridge = dark - np.maximum(around[: -2 * far], around[2 * far :])
        inked = (dark >= _LETTER) | ((dark >= _INKED) & (ridge >= _RIDGE))
        self._stroked = cv2.dilate(inked.astype(np.uint8), np.ones((2 * wavers + 1, 1), np.uint8)) > 0
        x1, x2 = max(0, int(box.x1)), int(np.ceil(box.x2))
        inked = self._zone(0.0, 1.0)[:, x1:x2].max(axis=0) > _LETTER
        columns = np.flatnonzero(inked) + x1
        self.left, self.right = (int(columns[0]), int(columns[-1]) + 1) if len(columns) else (x1, x1)

    @classmethod
    def at(cls, gray: NDArray[np.float32], box: BBox) -> _Look | None:
        """The look at a word with room around it; None where nothing is to be seen."""
        across, down = 2 * _RULE * box.height, 0.3 * box.height
        x1, y1 = max(0, int(box.x1 - across)), max(0, int(box.y1 - down))
        part = gray[y1 : int(box.y2 + down), x1 : int(box.x2 + across)]
        if not part.size:
            return None
        ink, paper = np.percentile(part, (2, 90))
        if paper - ink < _CONTRAST:
            return None
        return cls(np.clip((paper - part) / (paper - ink), 0, 1), box.shifted(-x1, -y1))

    def _row(self, share: float) -> int:
        """The row at a share of the word's height, from its top."""
        return min(max(0, round(self._box.y1 + share * self._box.height)), len(self._dark) - 1)

    def _zone(self, upper: float, lower: float) -> NDArray[np.float32]:
        return self._dark[self._row(upper) : self._row(lower) + 1]

    def lines(self) -> Iterator[_Line]:
        """The lines through the word on which no paper shows, letters on both sides; the darkest first."""
        columns = np.arange(self.left, self.right)
        zone = self._zone(*_ENDS)
        if len(columns) < 2 or np.quantile(zone[:, columns].max(axis=0), _SPECKS) < _INKED:
            return
        heights = np.arange(self._row(_ENDS[0]), self._row(_ENDS[1]) + 1)
        first, last = (ends.ravel() for ends in np.meshgrid(heights, heights))
        middle = (first + last) / 2
        good = (self._row(_MIDDLE[0]) <= middle) & (middle <= self._row(_MIDDLE[1]))
        good &= np.abs(first - last) <= _LEAN * self._box.height
        slopes = (last - first)[good] / (len(columns) - 1)
        starts = first[good] - slopes * self.left
        ways = np.rint(starts[:, None] + slopes[:, None] * columns).astype(np.int64)
        inked = self._stroked[ways, columns].mean(axis=1) >= 1 - _SPECKS
        darkness = self._dark[ways, columns].mean(axis=1)
        for i in [i for i in np.argsort(-darkness) if inked[i]][:_MOST_LINES]:
            line = _Line(float(starts[i]), float(slopes[i]))
            above, below = self._beside(line, columns)
            if min(above.mean(), below.mean()) >= _LETTERS:
                yield line

    def _beside(self, line: _Line, columns: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """In which columns letters stand above a line, and below it, next to where it is drawn."""
        found = []
        for sign in (-1, 1):
            steps = sign * np.arange(round((_THICK + _FAR) * self._box.height) + 1)[:, None]
            rows = np.clip(line.rows(columns) + steps, 0, len(self._dark) - 1)
            ink = self._dark[rows, columns] > _LETTER
            drawn = int((ink.mean(axis=1) < _DRAWN).argmax())
            near = min(drawn + 1, round(_THICK * self._box.height))
            found.append(ink[near : near + round(_FAR * self._box.height)].any(axis=0))
        return found[0], found[1]

    def letters(self, line: _Line) -> tuple[int, int]:
        """The first and the last column in which letters stand beside a line through the word."""
        columns = np.arange(self.left, self.right)
        above, below = self._beside(line, columns)
        beside = columns[above | below]
        return int(beside[0]), int(beside[-1])

    def reach(self, line: _Line, first: int, last: int) -> tuple[int, int]:
        """How many columns a line goes on, without paper, before one column and after another."""
        columns = np.arange(self._dark.shape[1])
        rows = np.clip(line.rows(columns), 0, len(self._dark) - 1)
        paper = ~self._stroked[rows, columns]
        before, after = paper[:first][::-1], paper[last + 1 :]
        return (
            int(before.argmax()) if before.any() else len(before),
            int(after.argmax()) if after.any() else len(after),
        )

    def is_crossed(self) -> bool:
        """Whether two lines without paper run from corner to corner."""
        columns = np.arange(self.left, self.right)
        if len(columns) < 2:
            return False
        share = np.linspace(0, 1, len(columns))
        tops = np.array([self._row(corner) for corner in _CORNER])
        bottoms = np.array([self._row(1 - corner) for corner in _CORNER])
        ends = np.array(list(product(tops, bottoms)))
        return all(
            bool((self._stroked[self._ways(starts, stops, share), columns].mean(axis=1) >= 1 - _SPECKS).any())
            for starts, stops in ((ends[:, 0], ends[:, 1]), (ends[:, 1], ends[:, 0]))
        )

    @staticmethod
    def _ways(
        starts: NDArray[np.int64], stops: NDArray[np.int64], share: NDArray[np.float64]
    ) -> NDArray[np.int64]:
        return np.rint(starts[:, None] + (stops - starts)[:, None] * share).astype(np.int64)
