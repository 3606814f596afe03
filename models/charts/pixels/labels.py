"""The texts of a chart, each a label of its own, on a sheet that has the values going up.

Bars that go across are bars that go up on a turned picture. A ``Sheet`` is a chart turned so: its ``c``
(category) axis is the picture's x, its ``v`` (value) axis grows against the picture's y; for bars that go
across, ``c`` is y and ``v`` is x.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

import numpy as np
from numpy.typing import NDArray

from models.charts.axes import number_of
from schemas.geometry import BBox
from schemas.reading import TextLine, Word

_MOST = 600
"""Texts of one chart that are looked at."""
_GAP = 1.2
"""Words farther apart (line heights) are labels of their own."""
_LETTER = 0.3
"""The least width of letters on average, as a share of a line's height."""
_RUN_TOGETHER = re.compile(r"[-−]?\d[\d.,]*\s?%|[-−]?\d+[.,]\d+")
"""Numbers that stand so near to each other that they were read as one."""
_TICK = re.compile(r"(\d)\s?[-–—|_]$")
"""The tick itself, read as a sign after its number."""


@dataclass(frozen=True, slots=True)
class Label:
    """A text; its box is in pixels of the picture, ``size`` the height of its letters.

    ``turned``: it is written upwards or downwards; ``slanted``: it leans, and the box is around it all.
    ``number`` is the number it is, by itself (a decimal point is a point).
    """

    text: str
    box: BBox
    size: float
    number: float | None
    turned: bool = False
    slanted: bool = False
    words: tuple[Word, ...] = ()

    def cut(self, pieces: int) -> list[Label]:
        """The label in so many pieces, cut where its words stand farthest apart."""
        gaps = [right.bbox.x1 - left.bbox.x2 for left, right in pairwise(self.words)]
        if pieces < 2 or pieces > len(self.words):
            return [self]
        widest = sorted(range(len(gaps)), key=lambda i: -gaps[i])[: pieces - 1]
        ends = [0, *(i + 1 for i in sorted(widest)), len(self.words)]
        return [_label(list(self.words[start:end])) for start, end in pairwise(ends)]


@dataclass(frozen=True, slots=True)
class Span:
    """Where something lies on a sheet: ``c0 <= c1`` and ``v0 <= v1``."""

    c0: float
    c1: float
    v0: float
    v1: float

    @property
    def c(self) -> float:
        """The middle along the categories."""
        return (self.c0 + self.c1) / 2

    @property
    def v(self) -> float:
        """The middle along the values."""
        return (self.v0 + self.v1) / 2


@dataclass(frozen=True, slots=True)
class Sheet:
    """``index`` is ``[c, v]``: the paint's, turned. ``upright``: values grow upwards, not to the right."""

    index: NDArray[np.int8]
    upright: bool
    height: int

    @classmethod
    def of(cls, index: NDArray[np.int8], *, upright: bool) -> Sheet:
        """The sheet of a picture whose values grow upwards, or to the right."""
        turned = index[::-1].T if upright else index
        return cls(np.ascontiguousarray(turned), upright, index.shape[0])

    def span(self, box: BBox) -> Span:
        """Where a box of the picture lies."""
        if self.upright:
            return Span(box.x1, box.x2, self.height - box.y2, self.height - box.y1)
        return Span(box.y1, box.y2, box.x1, box.x2)

    def box(self, span: Span) -> BBox:
        """Where that is on the picture."""
        if self.upright:
            return BBox(span.c0, self.height - span.v1, span.c1, self.height - span.v0)
        return BBox(span.v0, span.c0, span.v1, span.c1)


def labels_of(lines: Sequence[TextLine]) -> list[Label]:
    """The labels of a chart's text lines: lines are cut where words stand apart, or are numbers each."""
    level = [line.bbox.height for line in lines if not line.quarter_turns % 2 and _is_level(line)]
    size = float(median(level)) if level else 0.0
    found: list[Label] = []
    for line in lines[:_MOST]:
        if line.quarter_turns % 2:
            found.append(Label(line.text, line.bbox, line.bbox.width, number_of(line.text), turned=True))
        elif _leans(line, size):
            found.append(Label(line.text, line.bbox, size, number_of(line.text), slanted=True))
        else:
            found += [label for part in _apart(line) for label in _numbers(part)]
    return [label for label in found if label.text.strip()]


def _is_level(line: TextLine) -> bool:
    """Whether a line's box is as long as its text needs it to be, if it is as high as its letters."""
    return line.bbox.width >= _LETTER * len(line.text) * line.bbox.height


def _leans(line: TextLine, size: float) -> bool:
    """Whether a line is written aslant: its box is far higher than a line, and not so wide as its text."""
    return len(line.text) > 2 and line.bbox.height > 1.5 * size and not _is_level(line)


def _apart(line: TextLine) -> list[list[Word]]:
    parts: list[list[Word]] = []
    for word in line.words:
        if parts and word.bbox.x1 - parts[-1][-1].bbox.x2 <= _GAP * line.bbox.height:
            parts[-1].append(word)
        else:
            parts.append([word])
    return parts


def _numbers(words: list[Word]) -> list[Label]:
    """A part of a line as one label, or as several if it is nothing but numbers, of different marks."""
    whole = _label(words)
    if whole.number is not None:
        return [whole]
    each = [number_of(word.text) for word in words]
    if len(words) > 1 and None not in each:
        return [_label([word]) for word in words]
    chunks = list(_RUN_TOGETHER.finditer(whole.text))
    if len(chunks) < 2 or "".join(chunk[0] for chunk in chunks).replace(" ", "") != whole.text.replace(
        " ", ""
    ):
        return [whole]
    return [_cut(whole, chunk) for chunk in chunks]


def _label(words: list[Word]) -> Label:
    text = "".join((" " if word.space_before and i else "") + word.text for i, word in enumerate(words))
    box = words[0].bbox
    for word in words[1:]:
        box = box.union(word.bbox)
    text = _TICK.sub(r"\1", text)
    return Label(text, box, box.height, number_of(text), words=tuple(words))


def _cut(label: Label, chunk: re.Match[str]) -> Label:
    width = label.box.width / len(label.text)
    left, right = (label.box.x1 + width * end for end in chunk.span())
    box = label.box._replace(x1=left, x2=right)
    return replace(label, text=chunk[0], box=box, number=number_of(chunk[0]))
