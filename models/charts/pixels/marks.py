"""The points of a scatter plot: blobs of one colour and shape, those that overlap told apart."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from models.charts.pixels.colours import Mask

_LEAST, _SMALL, _LARGE = 4, 0.2, 2.0
"""The least side of a mark: pixels, and heights of letters; and the greatest, in heights of letters."""
_OBLONG = 1.6
"""A mark is no longer than this many times its width, however it stands."""
_ALIKE = 0.25
"""By how much the area of one that stands alone may differ from the usual."""
_LEAST_ALIKE = 2
"""Marks that look alike, at least: they say what the shape is."""
_SEEN = 0.4
"""The share of a mark that has to be seen: the rest may be hidden by others."""
_RIM = 0.3
"""How much less the surroundings of a mark tell than itself."""
_MOST_IN_ONE, _LOOSE = 40, 4.0
"""Marks whose area a blob may have, and how much more its bounds: what is more can't be told apart."""
_LEAST_DASHES, _DASHED, _HALFWAY = 8, 3.0, 0.3
"""So many dashes make a line: they are no farther apart than that (sizes), and each is halfway between its
neighbours but for this share of their distance."""
_SOLID = 0.6
"""A mark of which this share has the colour is no outline."""
_ONE_PLACE = 1 / 3
"""Marks are at one place if their middles are nearer than this share of the larger one's side."""
_OWN = 0.3
"""The least share of a colour's marks at places where no other colour's are."""
_SQUARE, _ROUND, _POINTED = 0.92, 0.7, 0.45
"""The least share of its bounds that a square takes, a circle, and a diamond or a triangle."""
_HEAVY = 0.07
"""How far the middle of a triangle is off that of its bounds, at least (share of its height)."""
_MOST, _MOST_BLOBS = 2000, 3000
"""Marks, and blobs, of one colour."""

Floats = NDArray[np.float32]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Marks:
    """Marks of one colour and shape.

    ``places`` are their middles (x, y; pixels of the picture), ``painted`` the share of each that has the
    colour, ``size`` their width and height, ``shape`` its name if it is a usual one, ``covered`` where any of
    them is.
    """

    places: tuple[Point, ...]
    painted: tuple[float, ...]
    size: tuple[int, int]
    shape: str | None
    covered: Mask

    def only(self, kept: Sequence[int]) -> Marks:
        """Some of them, by number."""
        return replace(
            self, places=tuple(self.places[k] for k in kept), painted=tuple(self.painted[k] for k in kept)
        )


def marks_of(masks: dict[int, Mask], letters: float) -> dict[int, Marks]:
    """The marks of each colour, by the colours' pixels; ``letters`` is the height of the picture's letters.

    Colours that are the outlines or seams of others' marks have none.
    """
    found: dict[int, Marks] = {}
    for i, mask in masks.items():
        others = np.zeros_like(mask)
        for j, other in masks.items():
            if j != i:
                others |= other
        if (marks := _of_one_colour(mask, others, letters)) is not None:
            found[i] = marks
    kept = {
        i: [k for k in range(len(one.places)) if not _is_outdone(one, k, found.values())]
        for i, one in found.items()
    }
    return {i: found[i].only(own) for i, own in kept.items() if len(own) > _OWN * len(found[i].places)}


def _is_outdone(one: Marks, k: int, found: Collection[Marks]) -> bool:
    """Whether there is more of another colour's mark at the place of a mark: one that is solid, or larger."""
    for other in found:
        if other is one:
            continue
        off = np.abs(np.array(other.places) - one.places[k]).max(axis=1)
        near = np.flatnonzero(off <= _ONE_PLACE * max(*one.size, *other.size))
        if any(_weight(other, int(j)) > _weight(one, k) for j in near):
            return True
    return False


def _weight(marks: Marks, k: int) -> tuple[bool, float]:
    share = marks.painted[k]
    return share >= _SOLID, share * marks.size[0] * marks.size[1]


def _of_one_colour(mask: Mask, others: Mask, letters: float) -> Marks | None:
    """None if the pixels make no marks of a common shape, or the dashes of a line.

    ``others`` are the pixels that may hide some of them.
    """
    filled = _filled(mask, letters)
    count, *blobs, middles = cv2.connectedComponentsWithStats(filled.astype(np.uint8))
    named, stats = (np.asarray(of_blobs, np.int32) for of_blobs in blobs)
    alike = _usual(stats, letters) if 1 < count <= _MOST_BLOBS else None
    if alike is None:
        return None
    stamp = _stamp(named, stats, alike)
    if _is_oblong(stamp):
        return None
    height, width = stamp.shape
    usual = float(np.median(stats[alike, cv2.CC_STAT_AREA]))
    half = np.array([width - 1, height - 1]) / 2
    places: list[Point] = []
    for i in range(1, count):
        x, y, w, h, area = (int(value) for value in stats[i])
        if abs(w - width) <= 1 and abs(h - height) <= 1 and abs(area - usual) <= _ALIKE * usual:
            across, down = middles[i] - _centroid(stamp) + half
            places.append((float(across), float(down)))
        elif _SEEN * usual <= area <= _MOST_IN_ONE * usual and w * h <= _LOOSE * _MOST_IN_ONE * usual:
            left, top = max(0, x - width), max(0, y - height)
            window = slice(top, y + h + height), slice(left, x + w + width)
            for across, down in _told_apart(named[window] == i, others[window], stamp):
                places.append((left + across + half[0], top + down + half[1]))
        if len(places) > _MOST:
            return None
    if not places or _are_dashes(places, max(stamp.shape)):
        return None
    covered, painted = _stamped(mask, places, stamp)
    return Marks(tuple(places), painted, (width, height), _shape(stamp), covered)


def _filled(mask: Mask, letters: float) -> Mask:
    """The mask with the insides of rings."""
    _, named, stats, _ = cv2.connectedComponentsWithStats((~mask).astype(np.uint8), connectivity=4)
    sides = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    small = sides <= _LARGE * letters
    small[0] = False
    return np.asarray(mask | small[named])


def _usual(stats: NDArray[np.int32], letters: float) -> NDArray[np.intp] | None:
    """The blobs of the most usual shape: those that cover the most together."""
    sides = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]]
    areas = stats[:, cv2.CC_STAT_AREA].astype(np.float64)
    fit = (
        (sides.min(axis=1) >= max(_LEAST, _SMALL * letters))
        & (sides.max(axis=1) <= _LARGE * letters)
        & (sides.max(axis=1) <= _OBLONG * sides.min(axis=1))
    )
    fit[0] = False
    best: NDArray[np.intp] | None = None
    for size in np.unique(sides[fit], axis=0):
        near = fit & (np.abs(sides - size).max(axis=1) <= 1)
        usual = np.median(areas[near])
        alike = np.flatnonzero(near & (np.abs(areas - usual) <= _ALIKE * usual))
        if len(alike) >= _LEAST_ALIKE and (best is None or areas[alike].sum() > areas[best].sum()):
            best = alike
    return best


def _stamp(named: NDArray[np.int32], stats: NDArray[np.int32], alike: NDArray[np.intp]) -> Floats:
    """What blobs that are alike look like: at each place the share of them that cover it."""
    width, height = (int(np.median(stats[alike, side])) for side in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT))
    total = np.zeros((height, width), np.float32)
    for i in alike:
        x, y, w, h = (int(value) for value in stats[i, :4])
        one = (named[y : y + h, x : x + w] == i).astype(np.float32)
        total += one if one.shape == total.shape else cv2.resize(one, (width, height))
    return total / np.float32(len(alike))


def _centroid(stamp: Floats) -> NDArray[np.float64]:
    rows, columns = np.indices(stamp.shape)
    return np.array([(stamp * columns).sum(), (stamp * rows).sum()], np.float64) / float(stamp.sum())


def _is_oblong(stamp: Floats) -> bool:
    """Whether it is a dash, or a stroke of hatching, by its spread along and across its longer axis."""
    rows, columns = np.indices(stamp.shape)
    spread = np.linalg.eigvalsh(np.cov(columns.ravel(), rows.ravel(), aweights=stamp.ravel()))
    return bool(spread[1] > _OBLONG**2 * max(float(spread[0]), 1e-6))


def _shape(stamp: Floats) -> str | None:
    """Its name by how much of its bounds it takes, and whether it is heavier below or above."""
    share = float((stamp > 0.5).mean())
    if share >= _SQUARE:
        return "square"
    if share >= _ROUND:
        return "circle"
    if share < _POINTED:
        return None
    off = abs(float(_centroid(stamp)[1]) - (len(stamp) - 1) / 2)
    return "triangle" if off > _HEAVY * len(stamp) else "diamond"


def _told_apart(blob: Mask, others: Mask, stamp: Floats) -> Iterator[tuple[int, int]]:
    """Where marks (left, top) lie that together make a blob: each time the one that explains most of it.

    A set cover by the greedy rule (Chvatal 1979); a mark lies on the blob, or under what may hide it.
    """
    height, width = stamp.shape
    rest = np.pad(blob.astype(np.float32), 2)
    rim = cv2.dilate(np.pad(stamp, 2), np.ones((3, 3), np.uint8)) - np.pad(stamp, 2)
    if rest.shape[0] < rim.shape[0] or rest.shape[1] < rim.shape[1]:
        return
    off = cv2.matchTemplate((~blob & ~others).astype(np.float32), stamp, cv2.TM_CCORR)
    for _ in range(2 * _MOST_IN_ONE):
        own = cv2.matchTemplate(rest[2:-2, 2:-2], stamp, cv2.TM_CCORR) - off
        score = own - _RIM * cv2.matchTemplate(rest, rim, cv2.TM_CCORR)
        top, left = (int(at) for at in np.unravel_index(int(score.argmax()), score.shape))
        if own[top, left] < _SEEN * float(stamp.sum()):
            return
        rest[top + 2 : top + 2 + height, left + 2 : left + 2 + width][stamp > 0] = 0
        yield left, top


def _are_dashes(places: Sequence[Point], size: float) -> bool:
    """Whether most marks are close to their neighbours, and halfway between two: those of a broken line."""
    if len(places) < _LEAST_DASHES:
        return False
    at = np.array(places)
    halfway = 0
    for one in at:
        apart = np.abs(at - one).max(axis=1)
        _, first, second = np.argpartition(apart, 2)[:3]
        off = np.abs(at[first] + at[second] - 2 * one).max()
        near = max(apart[first], apart[second])
        halfway += bool(near <= _DASHED * size and off <= _HALFWAY * near)
    return halfway > len(at) / 2


def _stamped(mask: Mask, places: Sequence[Point], stamp: Floats) -> tuple[Mask, tuple[float, ...]]:
    """Where marks at these places are, and the share of each that is in the mask."""
    height, width = stamp.shape
    shape = stamp > 0.5
    covered = np.zeros_like(mask)
    painted = []
    for x, y in places:
        top, left = max(0, round(y - (height - 1) / 2)), max(0, round(x - (width - 1) / 2))
        window = slice(top, top + height), slice(left, left + width)
        part = shape[: covered[window].shape[0], : covered[window].shape[1]]
        covered[window] |= part
        painted.append(float((mask[window] & part).sum()) / max(1, int(shape.sum())))
    return covered, tuple(painted)
