"""Things found on pages by detectors that say how sure they are: scores of a whole set at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from benchmarks.scores.regions import PageRegion

_ALIKE = 0.5
"""A box is right from this intersection over union on."""


@dataclass(frozen=True, slots=True)
class Detections:
    """What was found in a document: how sure each box is, and whether it is right.

    ``true`` is how many things there are, of which each can be found once.
    """

    true: int
    found: tuple[tuple[float, bool], ...]

    @property
    def false(self) -> int:
        """The boxes that are not right."""
        return sum(not right for _, right in self.found)


def detections(true: Sequence[PageRegion], found: Sequence[PageRegion]) -> Detections:
    """The boxes of a document beside the true ones: the surest first, each takes the best that is left."""
    left = list(true)
    judged: list[tuple[float, bool]] = []
    for region in sorted(found, key=lambda region: -(region.score or 0.0)):
        overlaps = [region.box.iou(other.box) if other.page == region.page else 0.0 for other in left]
        best = max(range(len(left)), key=lambda i: overlaps[i], default=-1)
        right = best >= 0 and overlaps[best] >= _ALIKE
        if right:
            left.pop(best)
        judged.append((region.score or 0.0, right))
    return Detections(len(true), tuple(judged))


def average_precision(documents: Sequence[Detections]) -> float:
    """AP at IoU 0.5 over all documents, as for COCO: the mean precision at 101 recalls (Lin et al. 2014)."""
    true = sum(document.true for document in documents)
    judged = sorted((pair for document in documents for pair in document.found), key=lambda pair: -pair[0])
    if not true or not judged:
        return 0.0
    hits = np.cumsum([right for _, right in judged])
    recall = hits / true
    precision = hits / np.arange(1, len(judged) + 1)
    best_from = np.maximum.accumulate(precision[::-1])[::-1]  # the best precision at this recall or more
    at = np.searchsorted(recall, np.linspace(0, 1, 101), side="left")
    return float(np.mean([best_from[i] if i < len(best_from) else 0.0 for i in at]))


def presence(documents: Sequence[Detections]) -> float:
    """Balanced accuracy of "is there one?": the mean of both kinds' shares of documents judged right."""
    kinds = [
        [bool(document.found) == there for document in documents if bool(document.true) == there]
        for there in (True, False)
    ]
    return fmean(fmean(kind) for kind in kinds if kind) if documents else 0.0


def unmistaken(documents: Sequence[Detections]) -> float:
    """1 - false boxes a document: 0.95 is five false boxes in a hundred."""
    return 1.0 - sum(document.false for document in documents) / max(1, len(documents))
