"""What is drawn on a form for someone to write in: lines to write on, frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models import images
from schemas.geometry import BBox

# A rule so many times as long as it is thick is level, or upright.
_LONG = 4.0
# An upright rule is longer than this many text heights: else it is a letter's stroke.
_WALL = 1.3
# Pieces of one line, which may lean and have gaps: so many text heights off the level and apart at most.
_JOINS, _GAP = 0.25, 4.0
# A page with more rules is a drawing, no form.
_MOST_RULES = 5000
# Each rule is held against so many before it: pages of drawings have thousands.
_RECENT = 200
# A short line that crosses this middle share of a text's height strikes, or is a row of letters' bars.
_CROSSED = (0.2, 0.75)
# A frame larger than this share of the page holds several fields.
_LARGEST = 0.4


@dataclass(slots=True)
class Drawn:
    """Level lines to write on, upright rules and closed frames, in units of the upright page."""

    lines: list[BBox]
    walls: list[BBox]
    frames: list[BBox]


def drawn(
    rules: Sequence[BBox], texts: Sequence[BBox], width: float, height: float, gap: float = _GAP
) -> Drawn:
    """What the rules of a ``width`` x ``height`` page make, given where its text stands.

    Pieces of a line that are at most ``gap`` text heights apart are one line.
    """
    if len(rules) > _MOST_RULES:
        return Drawn([], [], [])
    text = sorted(box.height for box in texts)[len(texts) // 2] if texts else height / 60
    level = [rule for rule in rules if rule.width > _LONG * rule.height and not _is_in_text(rule, texts)]
    walls = [rule for rule in rules if rule.height > max(_LONG * rule.width, _WALL * text)]
    page = width * height
    frames = [box for box in images.enclosed_boxes(rules, width, height) if box.area < _LARGEST * page]
    frames = [box for box in frames if box.height > 0.7 * text and box.width > text]
    return Drawn(_joined(level, texts, text, gap), walls, frames)


def _is_in_text(rule: BBox, texts: Sequence[BBox]) -> bool:
    """Whether a line goes through a text, and ends with it: a row of letters' feet or bars."""
    for box in texts:
        top, bottom = (box.y1 + share * box.height for share in _CROSSED)
        if top < rule.center[1] < bottom and rule.x1 < box.x2 and rule.x2 > box.x1:
            inside = min(rule.x2, box.x2) - max(rule.x1, box.x1)
            if inside > 0.7 * rule.width:
                return True
    return False


def _joined(rules: Sequence[BBox], texts: Sequence[BBox], text: float, gap: float) -> list[BBox]:
    """Rules that go on in each other as one; a gap with a text of its own in it parts two."""
    found: list[BBox] = []
    for rule in sorted(rules, key=lambda r: r.x1):
        for i in range(len(found) - 1, max(-1, len(found) - _RECENT), -1):
            other = found[i]
            level = abs(rule.center[1] - other.center[1]) < _JOINS * text
            if level and rule.x1 - other.x2 < gap * text and not _is_parted(other, rule, texts):
                found[i] = other.union(rule)
                break
        else:
            found.append(rule)
    return found


def _is_parted(left: BBox, right: BBox, texts: Sequence[BBox]) -> bool:
    """Whether a text stands in the gap between two rules, on them or near."""
    y = left.center[1]
    return any(
        left.x2 - box.height < box.x1 and box.x2 < right.x1 + box.height and box.y1 < y < box.y2 + box.height
        for box in texts
    )
