"""Circles: where ink lies all around at one distance."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from models.checkboxes.ink import LEAST, MOST, MOST_FOUND, THICKEST, Mask, beside, part_of, runs
from schemas.geometry import BBox

_ALONE, _LABEL = 0.3, 0.13
"""Nothing stands nearer to a circle than this share of its height, and its text not nearer than that: else it
is an O. One with a text so near has a thin stroke, thinner than a letter's."""
_THIN = 0.1
_ROUND = 0.75
"""How round the outline of a circle is at least: 4 pi area over the square of its length, in pixels."""
_RING = 0.9
"""The share of a circle's outline that must be inked."""


def round_places(ink: Mask, inside: Mask) -> Iterator[BBox]:
    """Rings that stand alone, thinner than a letter's strokes; rules may be near, or frame them."""
    ink = ink & ~(runs(ink, (MOST, 1)) | runs(ink, (1, MOST)))
    thin = {box: _is_ring(part_of(inside, box), _THIN) for box in _rings(ink)}
    rings = [box for box in thin if thin[box] or _is_ring(part_of(inside, box), THICKEST)]
    without = ink.copy()
    for ring in rings[:MOST_FOUND]:
        part_of(without, ring)[:] = 0
    sure, labelled = [], []
    for box in rings:
        turned = BBox(box.y1, box.x1, box.y2, box.x2)
        # The circles of a list stand close above each other; those of a row have texts between.
        sides = (*beside(ink, box, _ALONE), *beside(without.T, turned, _ALONE))
        inked = sum(side > 0 for side in sides)
        apart = max(beside(ink, box, _LABEL)) == 0
        if inked == 0 or (inked == 1 and apart and thin[box]):
            sure.append(box)
        elif inked == 1 and apart:
            labelled.append(box)
    sizes = {box.height for box in sure}
    yield from sure
    yield from (box for box in labelled if any(abs(box.height - size) <= 1 for size in sizes))


def _rings(ink: Mask) -> Iterator[BBox]:
    """The bounds of the round outlines."""
    for contour in cv2.findContours(ink, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0]:
        x, y, width, height = cv2.boundingRect(contour)
        if min(width, height) > LEAST and max(width, height) <= MOST and abs(width - height) <= 2:
            around = cv2.arcLength(contour, closed=True)
            if 4 * np.pi * cv2.contourArea(contour) > _ROUND * around * around:
                yield BBox(float(x), float(y), float(x + width), float(y + height))


def _is_ring(patch: Mask, thickest: float) -> bool:
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
