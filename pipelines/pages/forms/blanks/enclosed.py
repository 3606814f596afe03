"""Fields alone in a drawn frame, and the print that stands with them there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.pages.forms.beside import Phrase, Print, Side
from pipelines.pages.forms.flat.drawn import drawn
from pipelines.work import PageWork
from schemas.geometry import BBox
from schemas.reading import TextLine

# Where in its frame the label of a field is looked for, the likeliest first (line heights).
_SIDES = ((Side.LEFT, 4.0), (Side.ABOVE, 12.0), (Side.LEFT, 40.0), (Side.BELOW, 4.0), (Side.RIGHT, 4.0))
# A frame that covers more of the page is none of a field, and one with more words holds a text.
_LARGEST, _MOST_WORDS = 0.15, 40
# No page has more frames or fields: each is held against all others.
_MOST_FRAMES, _MOST_FIELDS = 2_000, 2_000


@dataclass(frozen=True, slots=True)
class Enclosed:
    """The frame around a field, and what names the field in it."""

    box: BBox
    label: Phrase | None


def enclosed(page: PageWork, fields: Sequence[BBox]) -> dict[BBox, Enclosed]:
    """The fields that stand alone in a frame; all in units of the upright page."""
    lines, (width, height) = page.lines or [], page.pose.upright_size
    frames = drawn(page.rules or [], [line.bbox for line in lines], width, height).frames[:_MOST_FRAMES]
    frames = sorted((f for f in frames if f.area < _LARGEST * width * height), key=lambda one: one.area)
    array = np.array(frames, dtype=np.float64).reshape(-1, 4)
    found: dict[BBox, list[BBox]] = {}
    for field in fields[:_MOST_FIELDS]:
        x, y = field.center
        around = (array[:, 0] <= x) & (x <= array[:, 2]) & (array[:, 1] <= y) & (y <= array[:, 3])
        if around.any():
            found.setdefault(frames[int(around.argmax())], []).append(field)
    return {
        inside[0]: Enclosed(frame, _label(frame, inside[0], lines))
        for frame, inside in found.items()
        if len(inside) == 1
    }


def _label(frame: BBox, field: BBox, lines: Sequence[TextLine]) -> Phrase | None:
    inside = []
    for line in lines:
        words = [w for w in line.words if frame.holds(*w.bbox.center) and not field.holds(*w.bbox.center)]
        if words and frame.intersection(line.bbox):
            inside.append(TextLine(words, line.bbox, quarter_turns=line.quarter_turns))
    if sum(len(line.words) for line in inside) > _MOST_WORDS:
        return None
    own = Print(inside, [field])
    found = (own.beside(field, side, reach)[0] for side, reach in _SIDES)
    return next((phrase for phrase in found if phrase), None)
