"""Legends: small patches of the colours of a chart, each with a text to its right."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.charts.pixels.labels import Label
from schemas.geometry import BBox, union_of

_HIGH, _WIDE = 1.8, 5.0
"""A patch is at most so many letters high and wide."""
_NEAR = 2.0
"""Its text starts within so many heights of letters."""
_LEVEL = 0.6
"""Their middles are at one height, give or take this many heights of letters."""
_OVER = 0.05
"""How far a legend above or below the marks reaches beyond them (share of their width)."""
_MOST = 400
"""Patches of one colour that are looked at."""


@dataclass(frozen=True, slots=True)
class Legend:
    """The names of colours, and where these stand."""

    names: dict[int, str]
    labels: tuple[Label, ...]
    boxes: tuple[BBox, ...]
    """Of each patch with its text."""

    @property
    def box(self) -> BBox:
        """Around all of it."""
        return union_of(list(self.boxes))

    def side_of(self, marks: BBox) -> str:
        """On which side of the marks the legend is: the wire's ``legend_position``."""
        x, y = self.box.center
        if marks.holds(x, y):
            return "inside"
        beyond = {
            "right": x - marks.x2,
            "left": marks.x1 - x,
            "bottom": y - marks.y2,
            "top": marks.y1 - y,
        }
        return max(beyond, key=lambda side: beyond[side])


def legend_of(masks: dict[int, NDArray[np.bool_]], labels: Sequence[Label], marks: BBox) -> Legend | None:
    """The legend of the colours whose pixels are ``masks``; None if no text is beside a patch of any.

    It stands within ``marks``, or above, below or beside them, but not off a corner.
    """
    level = [label for label in labels if not label.turned and not label.slanted and label.number is None]
    found: dict[int, list[tuple[BBox, Label]]] = {}
    for colour, mask in masks.items():
        patches = _patches(mask, max((label.size for label in level), default=0.0))
        for label in level:
            patch = _patch_of(label, patches)
            if patch is not None:
                found.setdefault(colour, []).append((patch, label))
    if not found:
        return None
    chosen = {colour: _likeliest(pairs, found) for colour, pairs in found.items()}
    # A text beside patches of two colours belongs to the nearer one.
    owners: dict[int, int] = {}
    for colour, (patch, label) in chosen.items():
        held = owners.get(id(label))
        if held is None or patch.x2 > chosen[held][0].x2:
            owners[id(label)] = colour
    kept = {colour: chosen[colour] for colour in owners.values()}
    if not _beside(_around(kept.values()), marks):
        kept = {colour: pair for colour, pair in kept.items() if _beside(pair[1].box, marks)}
    if not kept:
        return None
    boxes = tuple(patch.union(label.box) for patch, label in kept.values())
    names = {colour: _without_bullet(label, patch) for colour, (patch, label) in kept.items()}
    return Legend(names, tuple(label for _, label in kept.values()), boxes)


def _around(pairs: Collection[tuple[BBox, Label]]) -> BBox:
    return union_of([patch.union(label.box) for patch, label in pairs])


def _beside(box: BBox, marks: BBox) -> bool:
    over = marks.x1 - _OVER * marks.width <= box.x1 and box.x2 <= marks.x2 + _OVER * marks.width
    return over or marks.y1 < box.center[1] < marks.y2


def _patches(mask: NDArray[np.bool_], size: float) -> list[BBox]:
    stats = cv2.connectedComponentsWithStats(mask.astype(np.uint8))[2][1:]
    small = stats[(stats[:, 3] <= _HIGH * size) & (stats[:, 2] <= _WIDE * size) & (stats[:, 4] >= 4)]
    small = small[np.argsort(-small[:, 4])][:_MOST]
    return [BBox(float(x), float(y), float(x + w), float(y + h)) for x, y, w, h, _ in small]


def _patch_of(label: Label, patches: Sequence[BBox]) -> BBox | None:
    """The patch right before a text (or under its first letter: read as one)."""
    near = [
        patch
        for patch in patches
        if abs(patch.center[1] - label.box.center[1]) <= _LEVEL * label.size
        and -label.size <= label.box.x1 - patch.x2 <= _NEAR * label.size
        and patch.x1 < label.box.x1 + 0.3 * label.size
    ]
    return max(near, key=lambda patch: patch.area, default=None)


def _likeliest(
    pairs: Sequence[tuple[BBox, Label]], found: dict[int, list[tuple[BBox, Label]]]
) -> tuple[BBox, Label]:
    """The pair that stands in a row or column with pairs of the other colours."""

    def company(pair: tuple[BBox, Label]) -> tuple[int, float]:
        patch = pair[0]
        beside = sum(
            any(
                abs(other.center[1] - patch.center[1]) <= 3 or abs(other.x1 - patch.x1) <= 3
                for other, _ in others
            )
            for others in found.values()
        )
        return beside, patch.area

    return max(pairs, key=company)


def _without_bullet(label: Label, patch: BBox) -> str:
    """The text without the sign as which its patch was read."""
    first, _, rest = label.text.partition(" ")
    return rest if rest and patch.center[0] > label.box.x1 and len(first) == 1 else label.text
