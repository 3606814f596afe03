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

# Ink is this much darker (levels of some colour) than paper; letters have so much of that darkness, a stroke,
# thin or pale, less where it stands out from what is so far above and below (shares of the word's height).
_CONTRAST, _LETTER, _FAINT, _RIDGE, _RIDGE_HEIGHT = 40.0, 0.5, 0.25, 0.2, 0.14
# On this share of a stroke's way ink shows. It is no letters if all but so little of it is as dark as these.
_INKED, _SPECKS = 0.9, 0.05
# In words less high (pixels) letters touch, and their own strokes make lines.
_LEAST_HEIGHT = 18
# What is so thin (shares of the height) and so far from the word is none of its letters.
_THIN, _APART = 0.15, 0.2
# A stroke begins and ends in this part of the word's box (shares of its height, from the top), crosses its
# middle in that part, and leans by no more; so many of the best are looked at.
_ENDS, _MIDDLE, _LEAN, _SLOPE, _MOST_LINES = (0.22, 0.82), (0.38, 0.66), 0.45, 0.25, 100
# It is drawn where most columns are dark, to so far from its middle at most (shares of the height);
# within that of it letters stand above and below in this share of the columns.
_DRAWN, _THICK, _FAR, _LETTERS = 0.75, 0.15, 0.2, 0.3
# Its way may waver (shares of the height): then more of it shows ink, and is darker, in words so long.
_WAVERS, _WAVY_INKED, _WAVY_DARK, _LONG = 0.04, 0.98, 0.8, 2.0
# A crossing runs between corners of the box, so far from its ends, and is this dark nearly all the way.
_CORNER, _CROSSED = (0.0, 0.08, 0.16, 0.24, 0.32), 0.6
# A word narrower than this may be a letter that has such a stroke itself (H, e, t, X): then the stroke must
# reach out of it so far, or the word beside it, within that, be struck.
_NARROW, _OUT, _NEXT = 0.9, 0.15, 0.7
# A stroke that goes on so far where no word stands rules a table or a form.
_RULE = 1.2


class _Crossing(NamedTuple):
    """A line through a word: surely a stroke, not letters; how many pixels it goes on before and after."""

    sure: bool
    before: int
    after: int


class StruckWords:
    """Looks for strokes through words. Safe to call from any thread."""

    def __init__(self, _runtime: Runtime) -> None:
        """Needs no model."""

    def struck(self, image: Image, words: Sequence[BBox]) -> list[bool]:
        """Of each word (boxes in pixels, in writing order) of an upright picture, whether it is struck."""
        found = [_crossing(image, box) for box in words]
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


def _rules(chain: Sequence[int], found: Sequence[_Crossing | None], words: Sequence[BBox]) -> bool:
    """Whether the line over some words goes on far where none stands."""
    first, last = found[chain[0]], found[chain[-1]]
    far = _RULE * words[chain[0]].height
    before = first is not None and first.before > far
    after = last is not None and last.after > far
    return (before and not _is_beside(chain[0] - 1, chain[0], words)) or (
        after and not _is_beside(chain[-1] + 1, chain[-1], words)
    )


def _is_beside(one: int, other: int, words: Sequence[BBox]) -> bool:
    return 0 <= one < len(words) and _gap(words[one], words[other]) is not None


def _gap(one: BBox, other: BBox) -> float | None:
    """How far two words of a line are apart; None where they are not side by side."""
    height = min(one.height, other.height)
    level = min(one.y2, other.y2) - max(one.y1, other.y1) > 0.5 * height
    gap = max(one.x1, other.x1) - min(one.x2, other.x2)
    return gap if level and gap < _NEXT * height else None


def _crossing(image: Image, box: BBox) -> _Crossing | None:
    """The line that goes through a word, or lines that cross over it; None if none do."""
    look = _Look.at(image, box) if box.height >= _LEAST_HEIGHT and box.width > 0 else None
    if look is None:
        return None
    wide = look.right - look.left >= _NARROW * box.height
    line = look.straight()
    if line is None and look.is_crossed():
        return _Crossing(wide, 0, 0)
    if line is None and wide:
        line = look.wavy()
    if line is None:
        return None
    out = min(look.reach(line, *look.letters(line)))
    sure = line.is_dark and (wide or out >= _OUT * box.height)
    return _Crossing(sure, *look.reach(line, look.left, look.right - 1))


def _without_rules(inked: NDArray[np.int64], height: float) -> tuple[int, int]:
    """From the first to the last column of a word; thin things apart from it are rules beside it."""
    parts = np.split(inked, np.flatnonzero(np.diff(inked) > _APART * height) + 1) if len(inked) else []
    wide = [part for part in parts if part[-1] - part[0] > _THIN * height] or parts
    return (int(wide[0][0]), int(wide[-1][-1]) + 1) if wide else (0, 0)


class _Line(NamedTuple):
    """A straight line: its height at column 0, its fall a column, and whether no paper shows on it."""

    start: float
    slope: float
    is_dark: bool

    def rows(self, columns: NDArray[np.int64]) -> NDArray[np.int64]:
        """The row of the line in each column."""
        return np.asarray(np.rint(self.start + self.slope * columns), dtype=np.int64)


class _Look:
    """The part of a picture about a word: how dark it is, 0 (paper) to 1 (ink), where its ink is."""

    def __init__(self, dark: NDArray[np.float32], box: BBox) -> None:
        self._dark = dark
        self._box = box
        far = max(2, round(_RIDGE_HEIGHT * box.height))
        around = cv2.copyMakeBorder(dark, far, far, 0, 0, cv2.BORDER_CONSTANT, value=0)
        ridge = dark - np.maximum(around[: -2 * far], around[2 * far :])
        self._inked = (dark >= _LETTER) | ((dark >= _FAINT) & (ridge >= _RIDGE))
        wavers = np.ones((2 * max(1, round(_WAVERS * box.height)) + 1, 1), np.uint8)
        self._near = cv2.dilate(self._inked.astype(np.uint8), wavers) > 0
        self._nearest = np.asarray(cv2.dilate(dark, wavers), dtype=np.float32)
        x1, x2 = max(0, int(box.x1)), int(np.ceil(box.x2))
        inked = dark[self._row(_ENDS[0]) : self._row(_ENDS[1]) + 1, x1:x2].max(axis=0) > _LETTER
        self.left, self.right = _without_rules(np.flatnonzero(inked) + x1, box.height)

    @classmethod
    def at(cls, image: Image, box: BBox) -> _Look | None:
        """The look at a word with room around it; None where nothing is to be seen, or light on dark.

        Darkness is that of the colour in which it shows most: strokes are often red or blue.
        """
        across, down = 2 * _RULE * box.height, 0.3 * box.height
        x1, y1 = max(0, int(box.x1 - across)), max(0, int(box.y1 - down))
        part = image[y1 : int(box.y2 + down), x1 : int(box.x2 + across)].astype(np.float32)
        if not part.size:
            return None
        ink, paper = np.percentile(part, (2, 90), axis=(0, 1))
        seen = paper - ink >= _CONTRAST
        if not seen.any():
            return None
        dark = ((paper - part)[:, :, seen] / (paper - ink)[seen]).max(axis=2)
        inner = box.shifted(-x1, -y1)
        word = dark[max(0, int(inner.y1)) : int(inner.y2) + 1, max(0, int(inner.x1)) : int(inner.x2) + 1]
        if np.median(word) > _LETTER:
            return None  # light letters on a dark ground
        return cls(np.clip(dark, 0, 1).astype(np.float32), inner)

    def _row(self, share: float) -> int:
        """The row at a share of the word's height, from its top."""
        return min(max(0, round(self._box.y1 + share * self._box.height)), len(self._dark) - 1)

    def straight(self) -> _Line | None:
        """The line through the word that is surely no letters'; else one that ink shows on; None without."""
        return self._line(self._inked, self._dark, _INKED, _LETTER)

    def wavy(self) -> _Line | None:
        """The line through the word that a stroke follows which is not quite straight; None without one."""
        long = self.right - self.left >= _LONG * self._box.height
        return self._line(self._near, self._nearest, _WAVY_INKED, _WAVY_DARK if long else np.inf)

    def _line(
        self, inked: NDArray[np.bool_], dark: NDArray[np.float32], least: float, darkest: float
    ) -> _Line | None:
        """The darkest line of which this share at ``least`` is ``inked``."""
        columns = np.arange(self.left, self.right)
        rows = slice(self._row(_ENDS[0]), self._row(_ENDS[1]) + 1)
        if len(columns) < 2 or inked[rows, columns].any(axis=0).mean() < least:
            return None
        heights = np.arange(rows.start, rows.stop)
        first, last = (ends.ravel() for ends in np.meshgrid(heights, heights))
        middle = (first + last) / 2
        good = (self._row(_MIDDLE[0]) <= middle) & (middle <= self._row(_MIDDLE[1]))
        good &= np.abs(first - last) <= min(_LEAN * self._box.height, _SLOPE * len(columns))
        slopes = (last - first)[good] / (len(columns) - 1)
        starts = first[good] - slopes * self.left
        ways = np.rint(starts[:, None] + slopes[:, None] * columns).astype(np.int64)
        seen = np.flatnonzero(inked[ways, columns].mean(axis=1) >= least)
        lightest = np.quantile(dark[ways[seen], columns], _SPECKS, axis=1)
        for i in np.argsort(-lightest)[:_MOST_LINES]:
            line = _Line(float(starts[seen[i]]), float(slopes[seen[i]]), bool(lightest[i] >= darkest))
            above, below = self._beside(line, columns)
            if min(above.mean(), below.mean()) >= _LETTERS:
                return line
        return None

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
        paper = ~self._near[rows, columns]
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
            bool(
                (
                    np.quantile(self._nearest[self._ways(starts, stops, share), columns], _SPECKS, axis=1)
                    >= _CROSSED
                ).any()
            )
            for starts, stops in ((ends[:, 0], ends[:, 1]), (ends[:, 1], ends[:, 0]))
        )

    @staticmethod
    def _ways(
        starts: NDArray[np.int64], stops: NDArray[np.int64], share: NDArray[np.float64]
    ) -> NDArray[np.int64]:
        return np.rint(starts[:, None] + (stops - starts)[:, None] * share).astype(np.int64)
