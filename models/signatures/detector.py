"""Finds handwritten signatures with a network of our own; ``CARD.md`` says what it is and how it was made."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from models.base import Image
from models.batches import by_shape
from models.runtime import Runtime
from models.signatures.strokes import has_strokes, is_on_paper
from models.weights import load
from schemas.geometry import BBox
from schemas.reading import Sighting

SIDES = (560, 640, 768)
"""The longer sides (pixels) at which a page is looked at: what is there is seen at more than one."""
_STEP, _STRIDE = 32, 8
"""The network wants sides that are multiples of the first, and answers for squares of the second."""
_SQUARE, _SHEET = (0.85, 1.18), 0.77
"""A picture of such proportions (width by height) is seen as one of a sheet of paper: a page that some tool
squeezed into a square is far more frequent than a page that is one."""
_LEAST_SCORE = 0.1
_BATCH = 16
_SAME, _ALIKE = 0.3, 0.5
"""Of boxes that overlap by the first (IoU) one stays; boxes of two looks are one from the second on."""


class SignatureDetector:
    """After CenterNet (Zhou et al., 2019, arXiv 1904.07850). One call at a time, whoever calls."""

    def __init__(self, runtime: Runtime) -> None:
        self._lock = threading.Lock()
        self._network, self._most = runtime.batching(load("signatures"), _BATCH)

    def find(self, image: Image) -> list[Sighting]:
        """What may be a signature on the upright page ``image``, in its pixels, the surest first."""
        return self.find_on([image])[0]

    def find_on(self, images: Sequence[Image]) -> list[list[Sighting]]:
        """The same of several pages."""
        greys = [np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8) for image in images]
        inputs = [_input(grey, side) for grey in greys for side in SIDES]
        with self._lock:
            answers = iter(by_shape(self._answers, [one.values for one in inputs], self._most))
        looks = iter([_seen(one, *answer) for one, answer in zip(inputs, answers, strict=True)])
        return [
            [
                sighting
                for sighting in agreed([next(looks) for _ in SIDES])
                if has_strokes(_part(grey, sighting.bbox)) and is_on_paper(_part(image, sighting.bbox))
            ]
            for image, grey in zip(images, greys, strict=True)
        ]

    def _answers(self, values: NDArray[np.float32]) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
        """Heat and sides of each page."""
        heat, sides = self._network(values)
        return [(one[0], other) for one, other in zip(heat, sides, strict=True)]


class _Input(NamedTuple):
    """What the network gets of a page of ``width`` x ``height`` pixels, at two scales."""

    values: NDArray[np.float32]
    across: float
    down: float
    width: int
    height: int


def _seen(page: _Input, heat: NDArray[np.float32], sides: NDArray[np.float32]) -> list[Sighting]:
    """What one look finds, in pixels of the page."""
    found = []
    for score, box in _peaks(heat, sides):
        placed = BBox(box.x1 / page.across, box.y1 / page.down, box.x2 / page.across, box.y2 / page.down)
        found.append(Sighting(placed.clipped(page.width, page.height), score))
    return _surest(found)


def agreed(looks: Sequence[Sequence[Sighting]]) -> list[Sighting]:
    """What several looks at a page come to: mean boxes weighted by scores, and the scores' means.

    A look that misses something gives it no score (Solovyev et al. 2021, "Weighted boxes fusion").
    """
    groups: list[list[Sighting]] = []
    for sighting in sorted((s for look in looks for s in look), key=lambda s: -s.score):
        group = next((g for g in groups if g[0].bbox.iou(sighting.bbox) > _ALIKE), None)
        if group is None:
            groups.append([sighting])
        else:
            group.append(sighting)
    return _surest([_mean(group, len(looks)) for group in groups])


def _mean(group: Sequence[Sighting], looks: int) -> Sighting:
    total = sum(sighting.score for sighting in group)
    sides = zip(*(sighting.bbox.scaled(sighting.score / total) for sighting in group), strict=True)
    return Sighting(BBox(*(sum(side) for side in sides)), total / looks)


def _surest(found: Sequence[Sighting]) -> list[Sighting]:
    """One of each thing, the surest first; nothing of little score or without area."""
    kept: list[Sighting] = []
    for sighting in sorted(found, key=lambda sighting: -sighting.score):
        if sighting.score < _LEAST_SCORE or not sighting.bbox.area:
            continue
        if all(sighting.bbox.iou(other.bbox) < _SAME for other in kept):
            kept.append(sighting)
    return kept


def _part(picture: NDArray[np.uint8], box: BBox) -> NDArray[np.uint8]:
    return picture[int(box.y1) : int(box.y2) + 1, int(box.x1) : int(box.x2) + 1]


def _input(grey: NDArray[np.uint8], side: int) -> _Input:
    """``(1, height, width)`` from 0 to 1, white around the page."""
    height, width = grey.shape
    wide = height * _SHEET if _SQUARE[0] < width / height < _SQUARE[1] else width
    scale = side / max(height, wide)
    size = (max(1, round(wide * scale)), max(1, round(height * scale)))
    page = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    canvas = np.ones((1, -(-size[1] // _STEP) * _STEP, -(-size[0] // _STEP) * _STEP), np.float32)
    canvas[0, : size[1], : size[0]] = page.astype(np.float32) / 255
    return _Input(canvas, size[0] / width, size[1] / height, width, height)


def _peaks(heat: NDArray[np.float32], sides: NDArray[np.float32]) -> Iterator[tuple[float, BBox]]:
    """Scores and boxes (pixels of the input) where ``heat`` (rows, columns) is higher than all around.

    ``sides`` (4, rows, columns) is how far the box reaches left, up, right and down from a square's middle.
    """
    highest = cv2.dilate(heat, np.ones((3, 3), np.uint8))
    for row, column in np.argwhere((heat == highest) & (heat > _LEAST_SCORE)).tolist():
        left, up, right, down = (float(side) for side in sides[:, row, column])
        x, y = (column + 0.5) * _STRIDE, (row + 0.5) * _STRIDE
        yield float(heat[row, column]), BBox(x - left, y - up, x + right, y + down)
