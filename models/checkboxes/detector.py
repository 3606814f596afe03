"""Boxes and circles to be marked on a page picture, found by their frames, and whether they are marked.

A frame is what all kinds of marks leave standing: a square is where four straight strokes of one length meet
and end, a circle where ink lies all around at one distance. What is inside the frame tells the state.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.base import Image
from models.checkboxes.circles import round_places
from models.checkboxes.ink import MOST_FOUND, THICKEST, Mask
from models.checkboxes.squares import is_square, square_places
from models.runtime import Runtime
from schemas.geometry import BBox
from schemas.reading import CheckBox

_SMALL, _LARGER = 1400, 2
"""Pages smaller than that (pixels) are looked at so much larger: their frames are thin and blurred."""
_STROKE = 7
"""What is dark and at least so broad (pixels) is an area; its edges are no strokes."""
_BEND = 0.3
"""The share of a circle's width that is not looked at for a mark: in the corners its frame bends inwards."""
_FILLED, _MARKED, _REACH = 0.2, 0.04, 0.45
"""A box is marked with this share of ink inside, or with that and a stroke so long (share of its side)."""
_FRAME = 0.7
"""A row with so much ink is of a frame's side."""
_SOLID, _DISC = 0.92, np.pi / 4
"""A box with so much ink inside is a bullet, unless there are boxes of its size."""
_AROUND, _DARKER = 25, 12
"""The square (pixels) whose mean tells dark from light, and by how much ink is darker than it."""
_GROUND, _BLACKER = 61, 0.75
"""A coloured area so broad (pixels) is ground; what is black on it is darker than this share of it."""
_ALIKE = 0.2
"""Boxes of one form differ in size by no more than this share."""


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
            [box for box in square_places(ink) if is_square(ink, box) and box.width >= 6 * enlarged]
        )
        rings = round_places(ink & _strokes(grey), inside)
        circles = [box for box in _distinct(list(rings)) if not _meets(box, squares)]
        found = [_judged(inside, box, is_round=False) for box in squares]
        found += [_judged(inside, box, is_round=True) for box in circles]
        if len(found) > MOST_FOUND:
            return []
        kept = [box for box, filled in found if _is_likely(box, filled, found)]
        placed = [replace(box, bbox=box.bbox.scaled(1 / enlarged)) for box in kept]
        return sorted(placed, key=lambda box: (box.bbox.y1, box.bbox.x1))


def _ink(grey: NDArray[Any]) -> Mask:
    """Where a picture is darker than what is around it, as 255: strokes, and the edges of black areas."""
    method, inverted = cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV
    return np.asarray(cv2.adaptiveThreshold(grey, 255, method, inverted, _AROUND, _DARKER), np.uint8)


def _black(grey: NDArray[Any]) -> Mask:
    """Where a picture is black, as 1: darker than most of it, and than the paper or colour around."""
    around = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((_GROUND, _GROUND), np.uint8))
    dark = grey < cv2.threshold(grey, 0, 255, cv2.THRESH_OTSU)[0]
    return np.asarray(dark & (grey < _BLACKER * around), np.uint8)


def _strokes(grey: NDArray[Any]) -> Mask:
    """Where a picture is darker than what is at both sides, as 255: strokes, but no edges of areas."""
    element = np.ones((_STROKE, _STROKE), np.uint8)
    return np.where(cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, element) > _DARKER, 255, 0).astype(np.uint8)


def _judged(inside: Mask, box: BBox, *, is_round: bool) -> tuple[CheckBox, float]:
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


def _frame(patch: Mask) -> int:
    """How many rows of a box, from its top, are of its frame."""
    inked = patch[: max(1, round(THICKEST * len(patch)))].mean(axis=1)
    return max(1, int(np.argmin(np.append(inked, 0.0) > _FRAME)))


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
    for box in sorted(boxes, key=lambda one: -one.area)[: 4 * MOST_FOUND]:
        if not _meets(box, found):
            found.append(box)
    return found


def _meets(box: BBox, others: list[BBox]) -> bool:
    return any(box.inside(other) > 0.3 for other in others)
