"""Where in a picture a barcode could be: only there is a nearer look worth its time."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np

from models.base import Image
from schemas.geometry import BBox

# Neighbours at an edge differ by more grey levels than this.
_STEP = 32
# In a code there are edges everywhere: of a square with this side (pixels) such a share is edge.
_SIDE, _EDGES = 11, 0.6
# Areas nearer to each other (pixels) are parts of one: wide bars and gaps have few edges.
_GAP = 24
# Pixels around a code that are looked at, too: it needs its quiet zone.
_MARGIN = 12
# Areas of one picture, the largest first: more of them are a pattern.
_MOST = 12


def dense_areas(image: Image, known: Iterable[BBox]) -> list[BBox]:
    """The areas of a page picture that are full of edges and not ``known``; all boxes are in pixels."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    edges = (cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > _STEP).astype(np.float32)
    for box in known:
        x1, y1, x2, y2 = (max(0, round(value)) for value in box)
        edges[y1:y2, x1:x2] = 0
    dense = (cv2.blur(edges, (_SIDE, _SIDE)) > _EDGES).astype(np.uint8)
    height, width = grey.shape
    joined = cv2.dilate(dense, np.ones((_GAP, _GAP), np.uint8))
    found = cv2.connectedComponentsWithStats(joined)[2][1:].tolist()
    areas = [
        BBox(x, y, x + across, y + down)
        for x, y, across, down, _ in found
        if max(across, down) >= _GAP + _SIDE  # smaller ones are corners, ticks, icons
    ]
    areas = [BBox(a.x1 - _MARGIN, a.y1 - _MARGIN, a.x2 + _MARGIN, a.y2 + _MARGIN) for a in areas]
    return sorted((area.clipped(width, height) for area in areas), key=lambda area: -area.area)[:_MOST]
