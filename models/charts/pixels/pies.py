"""Pies and rings: slices by colour around a middle, and the texts in and around them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.charts.axes import number_of, plain
from models.charts.pixels.captions import captions_of
from models.charts.pixels.colours import Paint
from models.charts.pixels.labels import Label
from models.charts.pixels.legend import Legend, legend_of
from schemas.charts import Number, PieChart, Slice
from schemas.geometry import BBox

_BRIDGE = 7
"""The widest line between slices (pixels)."""
_LEAST = 0.05
"""The least share of the picture that a pie's bounds take."""
_TRIES, _ON = 200, 0.02
"""Circles that are tried, and how far from one its points lie (share of its radius)."""
_ROUND = 0.7
"""The share of the way around that must be on the circle."""
_BINS = 720
"""Directions that are looked at."""
_RIM = np.linspace(0.72, 0.94, 12)
"""Where (shares of the radius) a direction's colour is looked for: rings have it there, too."""
_SEEN = 0.75
"""The share of the directions whose colour must be known; what is hidden is its neighbours'."""
_THINNEST = 3
"""Directions; thinner slices are seams."""
_MOST = 40
"""Slices of a pie."""
_AGREES = 3.0
"""Percentage points by which a printed share may differ from its slice's angle."""
_NAMED = 0.6
"""The least share of the slices that must have a name."""
_LONGEST_NAME = 60
"""Characters: what is longer is text around a picture."""
_OWN_COLOUR = 0.5
"""The least share of the slices that have a colour of their own: a picture's colours come again and again."""
_NEAR = 0.7
"""How far from the rim a name stands (share of the radius)."""
_SHARE = re.compile(r"[(\[]?\s*(\d{1,3}(?:[.,]\d+)?)\s?%\s*[)\]]?")
_NUMBER_LAST = re.compile(r"^(.*?)[\s:,;(]+([-$€£¥]?\d[\d.,' ]*[a-zA-Z]{0,2})\)?$")


@dataclass(frozen=True, slots=True)
class _Disc:
    """A circle, in pixels of the picture."""

    x: float
    y: float
    radius: float

    @property
    def box(self) -> BBox:
        """Around it."""
        return BBox(self.x - self.radius, self.y - self.radius, self.x + self.radius, self.y + self.radius)

    def direction(self, x: float, y: float) -> float:
        """Of a point from the middle, in bins, clockwise from the top."""
        return (math.atan2(x - self.x, self.y - y) / (2 * math.pi) * _BINS) % _BINS

    def beyond(self, box: BBox) -> float:
        """How far a box is from the rim, in radii, negative inside."""
        x = min(max(self.x, box.x1), box.x2)
        y = min(max(self.y, box.y1), box.y2)
        return math.hypot(x - self.x, y - self.y) / self.radius - 1


@dataclass(frozen=True, slots=True)
class _Wedge:
    """A slice: its colour, where it starts (bins) and how many bins it has."""

    colour: int
    start: int
    size: int

    @property
    def share(self) -> float:
        """Of the whole, in percent."""
        return 100 * self.size / _BINS

    @property
    def middle(self) -> float:
        """Its middle direction."""
        return (self.start + self.size / 2) % _BINS

    def off(self, direction: float) -> float:
        """How far (bins) a direction is outside of it."""
        return max(0.0, _between(direction, self.middle) - self.size / 2)


def pie_chart(paint: Paint, index: NDArray[np.int8], labels: Sequence[Label]) -> PieChart | None:
    """The pie or ring that fills most of the picture; None if there is none, or its names can't be told."""
    disc = _disc(index)
    if disc is None:
        return None
    legend = _legend(paint, disc, labels)
    wedges = _wedges(_without(index, legend) if legend else index, disc)
    if not 2 <= len(wedges) <= _MOST:
        return None
    if legend and sum(wedge.colour in legend.names for wedge in wedges) < _NAMED * len(wedges):
        legend = None
    used = {id(label) for label in legend.labels} if legend else set()
    texts = _texts(disc, wedges, [label for label in labels if id(label) not in used])
    used |= {id(label) for blocks in texts for label in blocks}
    slices = [
        _slice(wedge, blocks, legend.names.get(wedge.colour) if legend else None, paint)
        for wedge, blocks in zip(wedges, texts, strict=True)
    ]
    named = sum(one.label is not None and len(one.label) <= _LONGEST_NAME for one in slices)
    if named < _NAMED * len(slices) or len({one.colour for one in wedges}) < _OWN_COLOUR * len(wedges):
        return None
    return PieChart(
        title=captions_of(labels, used, disc.box).title,
        legend_position=legend.side_of(disc.box) if legend else None,
        slices=slices,
    )


def _disc(index: NDArray[np.int8]) -> _Disc | None:
    """The circle around the largest thing of colours, if that is round; what covers it does not matter."""
    kernel = np.ones((_BRIDGE, _BRIDGE), np.uint8)
    areas = cv2.morphologyEx((index > 0).astype(np.uint8), cv2.MORPH_CLOSE, kernel)
    outlines, _ = cv2.findContours(areas, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outline = max(outlines, key=cv2.contourArea, default=None)
    if outline is None or cv2.contourArea(outline) < _LEAST * index.size:
        return None
    points = outline.reshape(-1, 2).astype(np.float64)
    points = points[:: max(1, len(points) // 2000)]
    best: tuple[float, _Disc] | None = None
    for three in np.random.default_rng(0).integers(0, len(points), (_TRIES, 3)):
        disc = _through(points[three])
        if disc is None or disc.radius > max(index.shape):
            continue
        off = np.abs(np.hypot(points[:, 0] - disc.x, points[:, 1] - disc.y) - disc.radius)
        on = points[off <= max(1.5, _ON * disc.radius)]
        directions = np.arctan2(on[:, 1] - disc.y, on[:, 0] - disc.x)
        around = len(np.unique((directions / (2 * np.pi) * 90).astype(int))) / 90
        if around >= _ROUND and (best is None or around > best[0]):
            best = around, disc
    return best[1] if best else None


def _through(points: NDArray[np.float64]) -> _Disc | None:
    """The circle through three points; None if they are on a line."""
    sides = 2 * (points[1:] - points[0])
    squares = (points[1:] ** 2).sum(axis=1) - (points[0] ** 2).sum()
    if abs(np.linalg.det(sides)) < 1:
        return None
    x, y = np.linalg.solve(sides, squares)
    return _Disc(float(x), float(y), float(np.hypot(points[0, 0] - x, points[0, 1] - y)))


def _wedges(index: NDArray[np.int8], disc: _Disc) -> list[_Wedge]:
    """The slices clockwise from the top; none if too much of the rim has no colour."""
    angles = (np.arange(_BINS) + 0.5) * 2 * np.pi / _BINS
    xs = np.round(disc.x + disc.radius * np.outer(_RIM, np.sin(angles))).astype(int)
    ys = np.round(disc.y - disc.radius * np.outer(_RIM, np.cos(angles))).astype(int)
    height, width = index.shape
    seen = index[np.clip(ys, 0, height - 1), np.clip(xs, 0, width - 1)]
    colours = np.array([_commonest(column) for column in seen.T])
    if (colours > 0).mean() < _SEEN:
        return []
    runs = [run for run in _runs(colours) if run.colour > 0 and run.size >= _THINNEST]
    # What lies between two slices is half the one's and half the other's.
    found: list[_Wedge] = []
    for i, run in enumerate(runs):
        before, after = runs[i - 1], runs[(i + 1) % len(runs)]
        left = (run.start - before.start - before.size) % _BINS
        right = (after.start - run.start - run.size) % _BINS
        found.append(
            _Wedge(run.colour, (run.start - left // 2) % _BINS, run.size + left // 2 + (right + 1) // 2)
        )
    return sorted(found, key=lambda wedge: wedge.middle) if len(found) > 1 else []


def _commonest(colours: NDArray[np.int8]) -> int:
    """The colour most of a direction has; 0 where half of it is background, a line between slices."""
    if (colours == 0).sum() * 2 > len(colours):
        return 0
    known = colours[colours > 0]
    return int(np.bincount(known).argmax()) if len(known) * 3 >= len(colours) else -1


def _runs(colours: NDArray[np.int64]) -> list[_Wedge]:
    """Runs of one colour around the circle; where it is hidden between two of one colour, it is that."""
    known = np.flatnonzero(colours >= 0)
    filled = colours.copy()
    for at in np.flatnonzero(colours < 0):
        before, after = known[np.searchsorted(known, at) - 1], known[np.searchsorted(known, at) % len(known)]
        filled[at] = colours[before] if colours[before] == colours[after] else -1
    starts = np.flatnonzero(filled != np.roll(filled, 1))
    sizes = np.diff([*starts, *(starts[:1] + _BINS)])
    return [
        _Wedge(int(filled[start]), int(start), int(size)) for start, size in zip(starts, sizes, strict=True)
    ]


def _between(one: float, other: float) -> float:
    """How far two directions are apart (bins)."""
    return abs((one - other + _BINS / 2) % _BINS - _BINS / 2)


def _legend(paint: Paint, disc: _Disc, labels: Sequence[Label]) -> Legend | None:
    masks = {colour: paint.index == colour for colour in range(1, len(paint.colours))}
    legend = legend_of(masks, labels, disc.box)
    return legend if legend and len(legend.names) > 1 else None


def _without(index: NDArray[np.int8], legend: Legend) -> NDArray[np.int8]:
    """The colours of the picture, unknown where the legend is."""
    out = index.copy()
    x1, y1, x2, y2 = (int(end) for end in legend.box)
    room = round(legend.labels[0].size / 2)
    out[max(0, y1 - room) : y2 + room, max(0, x1 - room) : x2 + room] = -1
    return out


def _texts(disc: _Disc, wedges: Sequence[_Wedge], labels: Sequence[Label]) -> list[list[Label]]:
    """The texts of each slice, in reading order: those on it, and one block of lines outside."""
    found: list[list[Label]] = [[] for _ in wedges]
    outside: list[list[Label]] = []
    for label in sorted(labels, key=lambda label: label.box.y1):
        x, y = label.box.center
        away = math.hypot(x - disc.x, y - disc.y) / disc.radius
        if 0.2 < away < 1.0:
            at = disc.direction(x, y)
            found[min(range(len(wedges)), key=lambda i: wedges[i].off(at))].append(label)
        elif away >= 1.0 and disc.beyond(label.box) <= _NEAR:
            block = next((block for block in outside if _goes_on(block[-1], label)), None)
            if block is None:
                outside.append([label])
            else:
                block.append(label)
    pairs = []
    for block in outside:
        x = sum(label.box.center[0] for label in block) / len(block)
        y = sum(label.box.center[1] for label in block) / len(block)
        at = disc.direction(x, y)
        nearest = min(disc.beyond(label.box) for label in block)
        for i, wedge in enumerate(wedges):
            cost = wedge.off(at) / (_BINS / 12) + 0.5 * _between(at, wedge.middle) / (_BINS / 12) + nearest
            if cost <= 1.5:
                pairs.append((cost, i, block))
    taken: set[int] = set()
    gone: set[int] = set()
    for _, i, block in sorted(pairs, key=lambda pair: pair[:2]):
        if i not in taken and id(block) not in gone:
            taken.add(i)
            gone.add(id(block))
            found[i] = block + found[i]
    return found


def _goes_on(label: Label, other: Label) -> bool:
    """Whether a text is the next line of another."""
    shared = min(label.box.x2, other.box.x2) - max(label.box.x1, other.box.x1)
    return shared > 0 and -label.size / 2 <= other.box.y1 - label.box.y2 <= label.size / 4


def _slice(wedge: _Wedge, texts: Sequence[Label], name: str | None, paint: Paint) -> Slice:
    words: list[str] = []
    share, value = round(wedge.share, 1), None
    for label in texts:
        text, printed, number = _parsed(label.text)
        if printed is not None and abs(printed - wedge.share) <= _AGREES:
            share = printed
        value = number if number is not None else value
        if text:
            words.append(text)
    return Slice(
        label=name or " ".join(words) or None,
        value=value,
        percentage=plain(share),
        color=paint.hexadecimal(wedge.colour),
    )


def _parsed(text: str) -> tuple[str, float | None, Number | None]:
    """What a text says: a name, a share in percent, a number."""
    share = _SHARE.search(text)
    rest = (text[: share.start()] + " " + text[share.end() :]).strip(" ,;:-–") if share else text.strip()
    printed = number_of(share[1]) if share else None
    number = number_of(rest)
    if number is not None:
        return "", printed, plain(number)
    last = _NUMBER_LAST.match(rest)
    if last and (number := number_of(last[2])) is not None and printed is None:
        return last[1].strip(" ,;:-–"), printed, plain(number)
    return rest, printed, None
