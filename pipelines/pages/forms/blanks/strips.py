"""Boxes that are open at a side: between two lines, parted by walls, with a label at the top."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipelines.pages.forms.blanks.places import Ground, box_array, overlaps
from pipelines.pages.forms.flat.sheet import Sheet
from schemas.geometry import BBox

# A strip is so high and so wide (heights of the page's text); its lines lie over each other along this share.
_LOW, _HIGH, _WIDE, _ALONG = 1.5, 9.0, 4.0, 0.8
# A strip is no frame when so much of it lies in one, or of one in it.
_KNOWN = 0.5
# An upright rule is at a strip's side when it is so near (text heights).
_AT_SIDE = 0.6
# A strip as wide as this share of the print goes across it.
_ACROSS = 0.85
# A page with more lines is a drawing; each is held against all others.
_MOST = 500


def strips(sheet: Sheet, ground: Ground) -> list[BBox]:
    """The boxes between lines that no frame is drawn around: across the print, or with a rule at a side.

    Others may be lines to write on, each with its caption below.
    """
    lines, frames = sheet.drawn.lines, box_array(sheet.drawn.frames)
    if len(lines) > _MOST:
        return []
    found = [strip for line in lines for strip in _over(line, lines, ground)]
    across = _ACROSS * (sheet.right - sheet.left)
    walls = sheet.drawn.walls
    found = [strip for strip in found if strip.width > across or _has_wall(strip, walls, ground.text)]
    return [strip for strip in found if not (overlaps(strip, frames) > _KNOWN).any()]


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
        if not above or part.width < _WIDE * text:
            continue
        strip = BBox(part.x1, max(above), part.x2, line.y1)
        inner = BBox(strip.x1 + text, strip.y1 + 0.5 * text, strip.x2 - text, strip.y2 - 0.5 * text)
        if not any(o.x1 < inner.x2 and o.x2 > inner.x1 and inner.y1 < o.center[1] < inner.y2 for o in lines):
            yield strip
