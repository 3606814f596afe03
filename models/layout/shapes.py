"""Pictures by their pixels: logos, icons, photographs; what is neither text, nor a line, nor flat ground."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from models import images
from models.base import Image
from schemas.geometry import BBox

# All lengths below are pixels of the page picture at this longer side.
_SIDE = 1024
# A pixel is on an edge when greys around it differ by this much; edges this long and straight are lines or
# the borders of panels, unless they are this thick.
_STEP, _LINE, _THICK = 28, 41, 9
# Edges this close are one thing.
_GAP = 9
# A picture has sides of at least this; this share of its box is filled with edges that are close to each
# other, and this share is edges: writing by hand, rounded corners and dirt have less.
_LEAST_SIDE, _LEAST_FILL, _LEAST_EDGES = 24, 0.3, 0.2
# More of them than this on a page, and what was found is its paper.
_MOST = 40


def shapes(image: Image, texts: Sequence[BBox]) -> list[BBox]:
    """Boxes (pixels of ``image``) of what looks like pictures apart from the ``texts``, boxes of words.

    One photograph may come in several pieces: this is for what a detector of regions has missed.
    """
    factor = _SIDE / max(image.shape[:2])
    grey = cv2.cvtColor(images.scaled(image, factor), cv2.COLOR_RGB2GRAY)
    edges = _without_lines((cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, _ones(3, 3)) > _STEP).astype(np.uint8))
    for box in texts:
        x1, y1, x2, y2 = box.scaled(factor)
        margin = 2 + (y2 - y1) / 4
        rows = slice(max(0, int(y1 - margin)), max(0, round(y2 + margin)))
        edges[rows, max(0, int(x1 - margin)) : max(0, round(x2 + margin))] = 0
    closed = np.asarray(cv2.morphologyEx(edges, cv2.MORPH_CLOSE, _ones(_GAP, _GAP)), np.uint8)
    left, top, across, down = cv2.boundingRect(closed)  # of most pages nothing is left, or little
    edges, closed = (part[top : top + down, left : left + across] for part in (edges, closed))
    if not closed.size:
        return []
    _, labels, stats, _ = cv2.connectedComponentsWithStats(closed)
    found = []
    for label, (x, y, width, height, filled) in enumerate(stats[1:].tolist(), start=1):
        part = np.s_[y : y + height, x : x + width]
        inked = int(edges[part][labels[part] == label].sum())
        dense = filled >= _LEAST_FILL * width * height and inked >= _LEAST_EDGES * width * height
        if min(width, height) >= _LEAST_SIDE and dense:
            box = BBox(x, y, x + width, y + height).shifted(left, top)
            found.append(box.scaled(1 / factor))
    return found if len(found) <= _MOST else []


def _without_lines(edges: NDArray[np.uint8]) -> NDArray[np.uint8]:
    for across in (True, False):
        run, through = ((1, _LINE), (_THICK, 1)) if across else ((_LINE, 1), (1, _THICK))
        lines = cv2.dilate(cv2.morphologyEx(edges, cv2.MORPH_OPEN, _ones(*run)), _ones(3, 3))
        thick = cv2.morphologyEx(edges, cv2.MORPH_OPEN, _ones(*through))
        edges = np.where((lines > 0) & (thick == 0), 0, edges).astype(np.uint8)
    return edges


def _ones(height: int, width: int) -> NDArray[np.uint8]:
    return np.ones((height, width), np.uint8)
