"""The title of a chart and those of its axes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from models.charts.pixels.labels import Label
from schemas.geometry import BBox

_CENTRED = 0.12
"""How far from the middle of the plot an axis' title is at most, as a share of its side."""
_FAR = 4.0
"""Heights of letters between an axis' title and the labels before it."""
_MOST_LINES = 3


@dataclass(frozen=True, slots=True)
class Captions:
    """What stands around the plot."""

    title: str | None
    below: str | None
    left: str | None


def captions_of(labels: Sequence[Label], used: Collection[int], plot: BBox) -> Captions:
    """The captions among the labels but those ``used`` (by ``id``); ``plot`` has the tick labels in it."""
    free = [label for label in labels if id(label) not in used and any(map(str.isalpha, label.text))]
    return Captions(_title(free, plot), _below(free, plot), _left(free, plot))


def _title(labels: Sequence[Label], plot: BBox) -> str | None:
    """The first lines above the plot that are written as large as the largest there."""
    above = [
        label
        for label in labels
        if not label.turned and label.box.center[1] < plot.y1 and label.box.x1 < plot.x2 and label.box.x2 > 0
    ]
    if not above:
        return None
    largest = max(label.size for label in above)
    lines = [label for label in sorted(above, key=lambda one: one.box.y1) if label.size >= 0.8 * largest]
    taken = lines[:1]
    for label in lines[1:_MOST_LINES]:
        if label.box.y1 - taken[-1].box.y2 > 0.8 * label.size:
            break
        taken.append(label)
    return " ".join(label.text for label in taken)


def _below(labels: Sequence[Label], plot: BBox) -> str | None:
    middle = (plot.x1 + plot.x2) / 2
    found = [
        label
        for label in labels
        if not label.turned
        and plot.y2 - label.size < label.box.center[1] < plot.y2 + _FAR * label.size
        and abs(label.box.center[0] - middle) <= _CENTRED * plot.width
    ]
    return min(found, key=lambda label: label.box.y1).text if found else None


def _left(labels: Sequence[Label], plot: BBox) -> str | None:
    found = [label for label in labels if label.turned and label.box.center[0] < plot.center[0]]
    found = [
        label
        for label in found
        if plot.y1 - plot.height / 4 < label.box.center[1] < plot.y2 + plot.height / 4
    ]
    return max(found, key=lambda label: len(label.text)).text if found else None
