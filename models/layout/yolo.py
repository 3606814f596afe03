"""YOLOv8n trained on DocLayNet: regions by a page's looks alone, with scores.

YOLOv8: Jocher et al., Ultralytics (2023); DocLayNet: Pfitzmann et al., KDD 2022 (arXiv 2206.01062).
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from models import images
from models.base import Image
from models.batches import by_shape
from models.runtime import Runtime
from models.weights import load
from schemas.geometry import BBox
from schemas.reading import Region, RegionKind

SIDE = 1024
"""The model's input, pixels: pages are fitted into this square."""
_GREY = 114
_BATCH = 8
_KINDS = (
    RegionKind.CAPTION,
    RegionKind.FOOTNOTE,
    RegionKind.FORMULA,
    RegionKind.LIST_ITEM,
    RegionKind.PAGE_FOOTER,
    RegionKind.PAGE_HEADER,
    RegionKind.PICTURE,
    RegionKind.SECTION_HEADER,
    RegionKind.TABLE,
    RegionKind.TEXT,
    RegionKind.TITLE,
)
_LEAST_SCORE, _SAME = 0.2, 0.6
"""Boxes with lower scores are not looked at; of boxes with this IoU, whatever their class, one stays."""


class YoloRegions:
    """Finds regions with scores. One call at a time, whoever calls."""

    def __init__(self, runtime: Runtime) -> None:
        self._lock = threading.Lock()
        # On half the cores: on the other half it would gain little, and there pages are read meanwhile.
        runtime = replace(runtime, threads=max(1, runtime.threads // 2))
        self._network, self._most = runtime.batching(load("layout"), _BATCH)

    def find_regions(self, image: Image) -> list[Region]:
        """The regions of ``image``, in its pixels, the surest first."""
        return self.find_regions_of([image])[0]

    def find_regions_of(self, images: Sequence[Image]) -> list[list[Region]]:
        """The same of several pictures."""
        inputs = [_input(image) for image in images]
        with self._lock:
            answers = by_shape(self._answers, [one[0] for one in inputs], self._most)
        return [
            _regions(answer.T, image, factor, corner)
            for image, answer, (_, factor, corner) in zip(images, answers, inputs, strict=True)
        ]

    def _answers(self, values: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """What the model says of each page, ``(4 + kinds, places)``."""
        return list(self._network(values)[0])


def _regions(
    found: NDArray[np.float32], image: Image, factor: float, corner: tuple[int, int]
) -> list[Region]:
    """What the model ``found`` ``(places, 4 + kinds)``, in pixels of ``image``."""
    left, top = corner
    scores = found[:, 4:].max(axis=1)
    found, scores = found[scores >= _LEAST_SCORE], scores[scores >= _LEAST_SCORE]
    corners = np.concatenate([found[:, :2] - found[:, 2:4] / 2, found[:, 2:4]], axis=1)
    kept = cv2.dnn.NMSBoxes(corners.tolist(), scores.tolist(), _LEAST_SCORE, _SAME)
    height, width = image.shape[:2]
    regions = []
    for i in kept:
        x, y, across, down = (float(v) for v in corners[i])
        box = BBox(x - left, y - top, x + across - left, y + down - top).scaled(1 / factor)
        kind = _KINDS[int(found[i, 4:].argmax())]
        regions.append(Region(kind, box.clipped(width, height), score=float(scores[i])))
    return regions


def _input(image: Image) -> tuple[NDArray[np.float32], float, tuple[int, int]]:
    """``(3, 1024, 1024)`` RGB from 0 to 1, the page in the middle of grey; its factor and corner."""
    height, width = image.shape[:2]
    factor = SIDE / max(height, width)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    left, top = (SIDE - size[0]) // 2, (SIDE - size[1]) // 2
    square = np.full((SIDE, SIDE, 3), _GREY, np.uint8)
    square[top : top + size[1], left : left + size[0]] = images.resized(image, *size)
    return (square.astype(np.float32) / 255.0).transpose(2, 0, 1), factor, (left, top)
