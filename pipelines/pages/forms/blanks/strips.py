"""Boxes that are open at a side: between two lines, parted by walls, with a label at the top."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipelines.pages.forms.blanks.places import Ground
from pipelines.pages.forms.flat.drawn import Drawn
from schemas.geometry import BBox

# A strip is so high (heights of the page's text), and its lines lie over each other along this share of it.
_LOW, _HIGH, _ALONG = 1.5, 5.0, 0.8
# A strip is no frame when so much of it lies in one, or of one in it.
_KNOWN = 0.5
# An upright rule is at a strip's side when it is so near (text heights).
_AT_SIDE = 0.6
# A page with more lines is a drawing; each is held against all others.
_MOST = 500


def strips(shapes: Drawn, ground: Ground) -> list[BBox]:
    """The boxes between lines that no frame is drawn around, but an upright rule at a side.

    Without one they may be lines to write on, each with its caption below.
    """
    lines, frames = shapes.lines, shapes.frames
    if len(lines) > _MOST:
        return []
    found = [strip for line in lines for strip in _over(line, lines, ground)]
    found = [strip for strip in found if _has_wall(strip, shapes.walls, ground.text)]
    return [s for s in found if not any(max(s.inside(f), f.inside(s)) > _KNOWN for f in frames)]


def _has_wall(strip: BBox, walls: Sequence[BBox], text: float) -> bool:
    middle = strip.center[1]
    beside = [wall.center[0] for wall in walls if wall.y1 < middle < wall.y2]
    return any(min(abs(x - strip.x1), abs(x - strip.x2)) < _AT_SIDE * text for x in beside)


def _over(line: BBox, lines: Sequence[BBox], ground: Ground) -> Iterator[BBox]:
    """The boxes over a line, up to the next line above."""
    text = ground.text
    middle = BBox(line.x1, line.y1 - 0.5 * text, line.x2, line.y1 - 0.4 * text)
    for part in ground.free(middle, of_walls=True):
        above = [
            other.y2
            for other in lines
            if _LOW * text < line.y1 - other.y2 < _HIGH * text
            and min(other.x2, part.x2) - max(other.x1, part.x1) > _ALONG * part.width
        ]
        between = any(
            0.5 * text < line.y1 - other.y2 < _LOW * text
            and min(other.x2, part.x2) - max(other.x1, part.x1) > _ALONG * part.width
            for other in lines
        )
        if above and not between:
            yield BBox(part.x1, max(above), part.x2, line.y1)
