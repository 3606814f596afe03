"""Boxes and circles to be marked on a page picture, found by their frames, and whether they are marked.

A frame is what all kinds of marks leave standing: a square is where four straight strokes of one length meet
and end, a circle where ink lies all around at one distance. What is inside the frame tells the state.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.base import Image
from models.runtime import Runtime
from schemas.geometry import BBox
from schemas.reading import CheckBox

_LEAST, _MOST = 8, 44
"""The sides of a box, in pixels of the picture that is looked at."""
_SMALL, _LARGER = 1400, 2
"""Pages smaller than that (pixels) are looked at so much larger: their frames are thin and blurred."""
_SQUARE = 1.15
"""A box is at most so many times as long as it is high, or as high as it is long, give or take a pixel."""
_FULL = 0.9
"""The share of its bounds that a square hole fills: one in a letter is round."""
_SIDE, _SIDES = 0.75, 0.88
"""The share of each side that must be inked in one straight stroke, and of all four together."""
_CORNERS, _CORNER = 3, 0.12
"""So many of the four corners are inked: there is ink so near (share of the side) to each."""
_MOSTLY, _LEFT_OUT = 0.7, 0.48
"""A row with so much ink is of a frame's side; next to all sides but one, no more than that share is ink."""
_LEANS = 16
"""From this length (pixels) a side may lean by a pixel."""
_GOES_ON = 1
"""At most so many of the eight places where sides could go on past a corner are inked: else it is a cell."""
_ROOM, _TOUCH, _OF_SIDE = 0.25, 0.1, 0.3
"""Letters stand closer to each other than this share of their height; a box's label not so close that so much
of the side (twice that, of touching letters) has ink beside it."""
_ALONE, _LABEL = 0.3, 0.13
"""Nothing stands nearer to a circle than this share of its height, and its text not nearer than that: else it
is an O. One with a text so near has a thin stroke, thinner than a letter's."""
_THIN = 0.1
_STROKE = 7
"""What is dark and at least so broad (pixels) is an area; its edges are no strokes."""
_ROUND = 0.75
"""How round the outline of a circle is at least: 4 pi area over the square of its length, in pixels."""
_RING = 0.9
"""The share of a circle's outline that must be inked."""
_THICKEST = 0.22
"""A frame's stroke takes at most this share of its side."""
_BEND = 0.3
"""The share of a circle's width that is not looked at for a mark: in the corners its frame bends inwards."""
_FILLED, _MARKED, _REACH = 0.2, 0.04, 0.45
"""A box is marked with this share of ink inside, or with that and a stroke so long (share of its side)."""
_SOLID, _DISC = 0.92, np.pi / 4
"""A box with so much ink inside is a bullet, unless there are boxes of its size."""
_AROUND, _DARKER = 25, 12
"""The square (pixels) whose mean tells dark from light, and by how much ink is darker than it."""
_GROUND, _BLACKER = 61, 0.75
"""A coloured area so broad (pixels) is ground; what is black on it is darker than this share of it."""
_ALIKE = 0.2
"""Boxes of one form differ in size by no more than this share."""
_MOST_FOUND = 400
"""A page with more than that many is a pattern."""

_Mask = NDArray[np.uint8]


class ContourCheckBoxes:
    """Finds boxes by contours and straight runs of ink. Safe to use from any thread."""

    def __init__(self, runtime: Runtime) -> None:
        """Needs no model: ``runtime`` is taken as every engine takes it."""

    def find(self, image: Image) -> list[CheckBox]:
        """The boxes and circles to be marked on an upright page picture, in its pixels, top to bottom."""
        enlarged = _LARGER if max(image.shape) < _SMALL else 1
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        grey = cv2.resize(grey, None, fx=enlarged, fy=enlarged, interpolation=cv2.INTER_CUBIC)
        ink = _ink(grey)
        inside = np.maximum(ink // 255, _black(grey))
        squares = _distinct(
            [box for box in _square_places(ink) if _is_square(ink, box) and box.width >= 6 * enlarged]
        )
        rings = _round_places(ink & _strokes(grey), inside)
        circles = [box for box in _distinct(list(rings)) if not _meets(box, squares)]
        found = [_judged(inside, box, is_round=False) for box in squares]
        found += [_judged(inside, box, is_round=True) for box in circles]
        if len(found) > _MOST_FOUND:
            return []
        kept = [box for box, filled in found if _is_likely(box, filled, found)]
        placed = [replace(box, bbox=box.bbox.scaled(1 / enlarged)) for box in kept]
        return sorted(placed, key=lambda box: (box.bbox.y1, box.bbox.x1))


def _ink(grey: NDArray[Any]) -> _Mask:
    """Where a picture is darker than what is around it, as 255: strokes, and the edges of black areas."""
    method, inverted = cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV
    return np.asarray(cv2.adaptiveThreshold(grey, 255, method, inverted, _AROUND, _DARKER), np.uint8)


def _black(grey: NDArray[Any]) -> _Mask:
    """Where a picture is black, as 1: darker than most of it, and than the paper or colour around."""
    around = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((_GROUND, _GROUND), np.uint8))
    dark = grey < cv2.threshold(grey, 0, 255, cv2.THRESH_OTSU)[0]
    return np.asarray(dark & (grey < _BLACKER * around), np.uint8)


def _strokes(grey: NDArray[Any]) -> _Mask:
    """Where a picture is darker than what is at both sides, as 255: strokes, but no edges of areas."""
    element = np.ones((_STROKE, _STROKE), np.uint8)
    return np.where(cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, element) > _DARKER, 255, 0).astype(np.uint8)


# --------------------------------------------------------------------------- squares


def _square_places(ink: _Mask) -> Iterator[BBox]:
    """Where a square may be: a square hole with its frame, or straight strokes with square bounds."""
    contours, tree = cv2.findContours(ink, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    for contour, (_, _, _, parent) in zip(contours, [] if tree is None else tree[0], strict=True):
        if parent < 0:
            continue
        x, y, width, height = cv2.boundingRect(contour)  # of the frame's inner edge, one pixel into the ink
        if _fits(width, height) and cv2.contourArea(contour) > _FULL * (width - 1) * (height - 1):
            yield _with_frame(ink, x, y, width, height)
    level, upright = (_runs(ink, kernel) for kernel in ((_LEAST, 1), (1, _LEAST)))
    for x, y, width, height, area in cv2.connectedComponentsWithStats(level | upright)[2][1:]:
        if _fits(width, height) and area > 1.5 * (width + height):
            inside = np.s_[y : y + height, x : x + width]
            rows, columns = _sides(level[inside]), _sides(upright[inside].T)
            if rows and columns:
                yield BBox(*map(float, (x + columns[0], y + rows[0], x + columns[1], y + rows[1])))


def _runs(ink: _Mask, kernel: tuple[int, int]) -> _Mask:
    """The ink that is as wide and high as ``kernel``."""
    element = cv2.getStructuringElement(cv2.MORPH_RECT, kernel)
    return np.asarray(cv2.morphologyEx(ink, cv2.MORPH_OPEN, element), np.uint8)


def _sides(runs: _Mask) -> tuple[float, float] | None:
    """From the first to past the last row that is mostly ink: a mark may reach beyond its box."""
    long = np.flatnonzero(runs.mean(axis=1) > 255 * _MOSTLY)
    return (float(long[0]), float(long[-1] + 1)) if len(long) and long[-1] - long[0] >= _LEAST - 1 else None


def _fits(width: int, height: int) -> bool:
    long, short = max(width, height), min(width, height)
    return short >= _LEAST and long <= _MOST and long <= _SQUARE * short + 1


def _with_frame(ink: _Mask, x: int, y: int, width: int, height: int) -> BBox:
    """A hole's box with the strokes around it: grown while most of the next row or column is ink."""
    most = max(2, round(_THICKEST * min(width, height)))
    level, upright = ink[:, x : x + width].mean(axis=1), ink[y : y + height].mean(axis=0)
    top, bottom = _grown(level, y, -1, most), _grown(level, y + height - 1, 1, most)
    left, right = _grown(upright, x, -1, most), _grown(upright, x + width - 1, 1, most)
    return BBox(float(left), float(top), float(right + 1), float(bottom + 1))


def _grown(inked: NDArray[np.float64], start: int, step: int, most: int) -> int:
    """The last of the inked rows or columns that follow ``start``."""
    end = start
    for here in range(start + step, start + step * (most + 1), step):
        if not 0 <= here < len(inked) or inked[here] < 255 * _SIDE:
            break
        end = here
    return end


def _is_square(ink: _Mask, box: BBox) -> bool:
    """Whether four inked sides meet at the corners and end there, and no letters are beside them."""
    x1, y1, x2, y2 = (int(value) for value in box)
    band = max(2, round(_THICKEST * min(x2 - x1, y2 - y1)))
    patch = ink[y1:y2, x1:x2]
    inked = [_straightest(side) for side in (patch[:band], patch[-band:], patch.T[:band], patch.T[-band:])]
    if (
        not _fits(x2 - x1, y2 - y1)
        or min(inked) < _SIDE
        or sum(inked) < 4 * _SIDES
        or _corners(patch) < _CORNERS
    ):
        return False
    outside = [
        ink[max(0, y1 - 1), x1:x2],
        ink[y2 : y2 + 1, x1:x2],
        ink[y1:y2, max(0, x1 - 1)],
        ink[y1:y2, x2 : x2 + 1],
    ]
    if sum(float(side.mean()) > 255 * _LEFT_OUT for side in outside if side.size) > 1:
        return False
    return not _goes_on(ink, x1, y1, x2, y2, band) and not _is_letter(ink, box)


def _corners(patch: _Mask) -> int:
    """How many corners are inked: those of a frame may be a little round, those of letters are more so."""
    side = max(1, round(_CORNER * min(patch.shape)))
    near, far = slice(0, side), slice(-side, None)
    return sum(bool(patch[rows, columns].any()) for rows in (near, far) for columns in (near, far))


def _straightest(side: _Mask) -> float:
    """The inked share of the straightest stroke along a side; one of a large box may lean by a pixel."""
    if side.shape[1] >= _LEANS:
        side = np.maximum(side[:-1], side[1:])
    return float(side.mean(axis=1).max()) / 255


def _goes_on(ink: _Mask, x1: int, y1: int, x2: int, y2: int, band: int) -> bool:
    """Whether the sides run on past the corners, as those of a table's cell do."""
    more = max(4, (x2 - x1) // 2)
    left, top = max(0, x1 - more), max(0, y1 - more)
    ends = []
    for rows in (slice(y1, y1 + band), slice(y2 - band, y2)):
        ends += [ink[rows, left:x1].max(axis=0, initial=0), ink[rows, x2 : x2 + more].max(axis=0, initial=0)]
    for columns in (slice(x1, x1 + band), slice(x2 - band, x2)):
        ends += [
            ink[top:y1, columns].max(axis=1, initial=0),
            ink[y2 : y2 + more, columns].max(axis=1, initial=0),
        ]
    return sum(len(end) > 2 and float(end.mean()) > 0.8 * 255 for end in ends) > _GOES_ON


def _is_letter(ink: _Mask, box: BBox) -> bool:
    """Whether ink stands very close at one side, or close at both: a letter of a word, a cell of a comb."""
    close, touching = (_beside(ink, box, share) for share in (_ROOM, _TOUCH))
    return min(close) > _OF_SIDE or max(touching) > 2 * _OF_SIDE


def _beside(ink: _Mask, box: BBox, share: float) -> tuple[float, float]:
    """The shares of a box's rows with ink close to its left and to its right (so near, in heights)."""
    x1, y1, x2, y2 = (int(value) for value in box)
    room = max(1, round(share * (y2 - y1)))
    left, right = ink[y1:y2, max(0, x1 - 1 - room) : max(0, x1 - 1)], ink[y1:y2, x2 + 1 : x2 + 1 + room]
    return _inked_rows(left), _inked_rows(right)


def _inked_rows(part: _Mask) -> float:
    return float(part.any(axis=1).mean()) if part.size else 0.0


# --------------------------------------------------------------------------- circles


def _round_places(ink: _Mask, inside: _Mask) -> Iterator[BBox]:
    """Rings that stand alone, thinner than a letter's strokes; rules may be near, or frame them."""
    ink = ink & ~(_runs(ink, (_MOST, 1)) | _runs(ink, (1, _MOST)))
    thin = {box: _is_ring(_part(inside, box), _THIN) for box in _rings(ink)}
    rings = [box for box in thin if thin[box] or _is_ring(_part(inside, box), _THICKEST)]
    without = ink.copy()
    for ring in rings[:_MOST_FOUND]:
        _part(without, ring)[:] = 0
    sure, labelled = [], []
    for box in rings:
        turned = BBox(box.y1, box.x1, box.y2, box.x2)
        # The circles of a list stand close above each other; those of a row have texts between.
        sides = (*_beside(ink, box, _ALONE), *_beside(without.T, turned, _ALONE))
        beside = sum(side > 0 for side in sides)
        apart = max(_beside(ink, box, _LABEL)) == 0
        if beside == 0 or (beside == 1 and apart and thin[box]):
            sure.append(box)
        elif beside == 1 and apart:
            labelled.append(box)
    sizes = {box.height for box in sure}
    yield from sure
    yield from (box for box in labelled if any(abs(box.height - size) <= 1 for size in sizes))


def _rings(ink: _Mask) -> Iterator[BBox]:
    """The bounds of the round outlines."""
    for contour in cv2.findContours(ink, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0]:
        x, y, width, height = cv2.boundingRect(contour)
        if min(width, height) > _LEAST and max(width, height) <= _MOST and abs(width - height) <= 2:
            around = cv2.arcLength(contour, closed=True)
            if 4 * np.pi * cv2.contourArea(contour) > _ROUND * around * around:
                yield BBox(float(x), float(y), float(x + width), float(y + height))


def _part(mask: _Mask, box: BBox) -> _Mask:
    x1, y1, x2, y2 = (int(value) for value in box)
    return mask[y1:y2, x1:x2]


def _is_ring(patch: _Mask, thickest: float) -> bool:
    """Whether ink lies all around at the edge of a patch, no thicker than that share, with white within."""
    height, width = patch.shape
    angles = np.linspace(0, 2 * np.pi, 32, endpoint=False)

    def at(share: float) -> NDArray[np.bool_]:
        rows = np.clip((height - 1) / 2 * (1 + share * np.sin(angles)), 0, height - 1).round().astype(int)
        columns = np.clip((width - 1) / 2 * (1 + share * np.cos(angles)), 0, width - 1).round().astype(int)
        return np.asarray(patch[rows, columns] > 0)

    edge = at(1.0) | at(1.0 - 2 / width)
    within = at(1.0 - 2 * thickest - 2 / width)
    return bool(edge.mean() >= _RING and within.mean() < 0.3)


# --------------------------------------------------------------------------- states


def _judged(inside: _Mask, box: BBox, *, is_round: bool) -> tuple[CheckBox, float]:
    """The box with its state, and the share of it that is inked."""
    x1, y1, x2, y2 = (int(value) for value in box)
    patch = inside[y1:y2, x1:x2]
    frame = 1 + max(_frame(side) for side in (patch, patch[::-1], patch.T, patch.T[::-1]))
    edge = max(frame, round(_BEND * (x2 - x1))) if is_round else frame
    part = np.ascontiguousarray(patch[edge : y2 - y1 - edge, edge : x2 - x1 - edge])
    if not part.size:
        return CheckBox(box, checked=True, score=0.5, round=is_round), float(patch.mean())
    filled = float(part.mean())
    stats = cv2.connectedComponentsWithStats(part)[2][1:]
    longest = max((max(across, down) / max(part.shape) for _, _, across, down, _ in stats), default=0.0)
    marked = filled > _FILLED or (filled > _MARKED and longest > _REACH)
    share = float(patch.mean()) / _DISC if is_round else filled
    return CheckBox(box, bool(marked), _certainty(filled, longest), round=is_round), share


def _frame(patch: _Mask) -> int:
    """How many rows of a box, from its top, are of its frame."""
    inked = patch[: max(1, round(_THICKEST * len(patch)))].mean(axis=1)
    return max(1, int(np.argmin(np.append(inked, 0.0) > _MOSTLY)))


def _certainty(filled: float, longest: float) -> float:
    """How sure the state is: half where a stroke is just long enough, or ink just enough, to be a mark."""
    far = max(abs(filled - _FILLED) / _FILLED, abs(longest - _REACH) / _REACH)
    return round(0.5 + 0.5 * min(1.0, far), 2)


def _is_likely(box: CheckBox, filled: float, found: list[tuple[CheckBox, float]]) -> bool:
    """Filled squares are bullets, single circles letters or signs, unless there are others of their size."""
    if filled < _SOLID and not box.round:
        return True
    others = [one for one, share in found if one is not box and one.round == box.round and share < _SOLID]
    size = box.bbox.height
    return any(abs(one.bbox.height - size) <= max(1.0, _ALIKE * size) for one in others)


def _distinct(boxes: list[BBox]) -> list[BBox]:
    """The boxes without those that lie on another, larger ones first."""
    found: list[BBox] = []
    for box in sorted(boxes, key=lambda one: -one.area)[: 4 * _MOST_FOUND]:
        if not _meets(box, found):
            found.append(box)
    return found


def _meets(box: BBox, others: list[BBox]) -> bool:
    return any(box.inside(other) > 0.3 for other in others)
