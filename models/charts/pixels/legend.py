"""Legends: small patches of the colours of a chart, each with a text to its right."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from models.charts.pixels.labels import Label
from schemas.geometry import BBox, union_of

_HIGH, _WIDE = 1.8, 5.0
"""A patch is at most so many letters high and wide."""
_FULL = 0.08
"""Its area, in squares of letters: smaller things are parts of letters."""
_NEAR = 2.0
"""Its text starts within so many heights of letters."""
_OFF = 4.0
"""Pixels by which patches in a row or column are out of line."""
_LEVEL = 0.6
"""Their middles are at one height, give or take this many heights of letters."""
_OVER = 0.05
"""How far a legend above or below the marks reaches beyond them (share of their width)."""
_YEAR = re.compile(r"(1[89]|20)\d\d")
"""A number that may be the name of a series."""
_SIGN = 2
"""The longest word as which a patch may be read."""
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
        patches = _patches(mask, [label.size for label in level])
        for label in level:
            for text in (label, *_behind_a_sign(label)):
                patch = _patch_of(text, patches)
                if patch is not None:
                    found.setdefault(colour, []).append((patch, label))
                    break
    if not found:
        return None
    chosen = {colour: _likeliest(pairs, found) for colour, pairs in found.items()}
    # A text beside patches of two colours belongs to the nearer one.
    owners: dict[int, int] = {}
    for colour, (patch, label) in chosen.items():
        held = owners.get(id(label))
        if held is None or patch.x2 > chosen[held][0].x2:
            owners[id(label)] = colour
    kept = _in_line({colour: chosen[colour] for colour in owners.values()})
    if len(kept) < 2 or not marks.x1 <= _around(kept.values()).center[0] <= marks.x2:
        kept = {colour: pair for colour, pair in kept.items() if _beside(pair[1].box, marks)}
    if not kept:
        return None
    boxes = tuple(patch.union(label.box) for patch, label in kept.values())
    names = {colour: _without_bullet(label, patch) for colour, (patch, label) in kept.items()}
    return Legend(names, tuple(label for _, label in kept.values()), boxes)


def legend_with_years(
    masks: dict[int, NDArray[np.bool_]], labels: Sequence[Label], marks: BBox
) -> Legend | None:
    """The legend, in which years may be names, too; ``labels`` are not those of axes."""
    found = legend_of(masks, labels, marks)
    years = {id(label) for label in labels if _YEAR.fullmatch(label.text)}
    if not years or (found is not None and len(found.names) == len(masks)):
        return found
    texts = {
        label.box: (replace(label, number=None) if id(label) in years else label, label) for label in labels
    }
    more = legend_of(masks, [text for text, _ in texts.values()], marks)
    # They are believed only if every colour has a name then: numbers stand at marks as well.
    if more is None or len(more.names) < max(2, len(masks)):
        return found
    return replace(more, labels=tuple(texts[label.box][1] for label in more.labels))


def _in_line(pairs: dict[int, tuple[BBox, Label]]) -> dict[int, tuple[BBox, Label]]:
    """The entries whose patch or text is in a row or column with another one's; all, if it is one."""
    return {
        colour: (patch, label)
        for colour, (patch, label) in pairs.items()
        if len(pairs) == 1
        or any(
            other != colour and (_aligned(patch, sign) or abs(label.box.x1 - text.box.x1) <= _OFF)
            for other, (sign, text) in pairs.items()
        )
    }


def _aligned(one: BBox, other: BBox) -> bool:
    return abs(one.center[1] - other.center[1]) <= _OFF or abs(one.x1 - other.x1) <= _OFF


def _around(pairs: Collection[tuple[BBox, Label]]) -> BBox:
    return union_of([patch.union(label.box) for patch, label in pairs])


def _beside(box: BBox, marks: BBox) -> bool:
    over = marks.x1 - _OVER * marks.width <= box.x1 and box.x2 <= marks.x2 + _OVER * marks.width
    return over or marks.y1 < box.center[1] < marks.y2


def _patches(mask: NDArray[np.bool_], sizes: Sequence[float]) -> list[BBox]:
    """Blobs that may be beside texts of these sizes."""
    stats = cv2.connectedComponentsWithStats(mask.astype(np.uint8))[2][1:]
    least, most = min(sizes, default=0.0), max(sizes, default=0.0)
    small = stats[(stats[:, 3] <= _HIGH * most) & (stats[:, 2] <= _WIDE * most) & (stats[:, 4] >= 4)]
    small = small[small[:, 4] >= _FULL * least**2]
    small = small[np.argsort(-small[:, 4])][:_MOST]
    return [BBox(float(x), float(y), float(x + w), float(y + h)) for x, y, w, h, _ in small]


def _patch_of(label: Label, patches: Sequence[BBox]) -> BBox | None:
    """The patch right before a text, or in it if it was read as a sign."""
    size = label.size
    over = 0.2 * size if label.text[0].isalnum() else size
    near = [
        patch
        for patch in patches
        if abs(patch.center[1] - label.box.center[1]) <= _LEVEL * size
        and -over <= label.box.x1 - patch.x2 <= _NEAR * size
        and patch.height <= _HIGH * size
        and patch.width <= _WIDE * size
        and patch.area >= _FULL * size**2
    ]
    return max(near, key=lambda patch: patch.area, default=None)


def _likeliest(
    pairs: Sequence[tuple[BBox, Label]], found: dict[int, list[tuple[BBox, Label]]]
) -> tuple[BBox, Label]:
    """The pair that stands in a row or column with pairs of the other colours."""

    def company(pair: tuple[BBox, Label]) -> tuple[int, float]:
        patch = pair[0]
        beside = sum(any(_aligned(other, patch) for other, _ in others) for others in found.values())
        return beside, patch.area

    return max(pairs, key=company)


def _behind_a_sign(label: Label) -> list[Label]:
    """The text after a short first word, if it has one: as which its patch may have been read."""
    first, *rest = label.words or (None,)
    if first is None or not rest or len(first.text) > _SIGN:
        return []
    text = label.text[len(first.text) :].strip()
    return [replace(label, text=text, box=union_of([word.bbox for word in rest]), words=tuple(rest))]


def _without_bullet(label: Label, patch: BBox) -> str:
    """The text without the sign as which its patch was read."""
    behind = _behind_a_sign(label)
    return behind[0].text if behind and patch.x2 > label.words[0].bbox.center[0] else label.text
