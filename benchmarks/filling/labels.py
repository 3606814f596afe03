"""What a person would call the fields of a form: the print beside them, looked up without Octavo."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pymupdf

from benchmarks.filling.forms import Field, Widget
from schemas.geometry import BBox

# How far (points) from its field print may stand and still be its label; words of a label stand closer.
_FARTHEST_LEFT, _FARTHEST_ABOVE, _BETWEEN_WORDS = 60.0, 12.0, 8.0
_LONGEST, _MOST_WORDS = 60, 7
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Print:
    """The words of a page that stand in no field, and the fields' places."""

    words: list[tuple[BBox, str]]
    areas: list[BBox]


def printed(flat: bytes, fields: Sequence[Field]) -> list[Print]:
    """The print of each page of a flattened form."""
    widgets = [widget for one in fields for widget in one.widgets]
    pages = []
    with pymupdf.open(stream=flat) as document:  # type: ignore[no-untyped-call]
        for number, page in enumerate(document, start=1):
            areas = [widget.area for widget in widgets if widget.page == number]
            words = [(BBox(*word[:4]), str(word[4])) for word in page.get_text("words")]
            free = [(box, text) for box, text in words if not any(area.holds(*box.center) for area in areas)]
            pages.append(Print(free, areas))
    return pages


def label_of(widget: Widget, pages: Sequence[Print], *, after: bool = False) -> str:
    """The print that names a field: at its left or above it, of a box to tick (``after``) at its right."""
    page, area = pages[widget.page - 1], widget.area
    right, left = _beside(area, page, 1), _beside(area, page, -1)
    found = (right or left) if after else (left or _above(area, page))
    text = " ".join(found.strip(" :*.…_-–\u2002").split())
    is_whole = text.count("(") == text.count(")") and len(text.split()) <= _MOST_WORDS
    return text if _LETTER.search(text) and is_whole and len(text) <= _LONGEST else ""


def _beside(area: BBox, page: Print, direction: int) -> str:
    """The words of the field's line from its edge on, to the next gap or field."""
    middle = (area.y1 + area.y2) / 2
    top = max(area.y1, middle - 12.0)  # of a tall field the line at its middle
    line = [
        (box, text)
        for box, text in page.words
        if box.y1 < middle + 4 and box.y2 > top and box.y2 > middle - 6
    ]
    if direction > 0:
        line = sorted((one for one in line if one[0].x1 >= area.x2 - 2), key=lambda one: one[0].x1)
    else:
        line = sorted((one for one in line if one[0].x2 <= area.x1 + 2), key=lambda one: -one[0].x2)
    edge, found, reach = (area.x2 if direction > 0 else area.x1), list[str](), _FARTHEST_LEFT
    for box, text in line:
        gap = box.x1 - edge if direction > 0 else edge - box.x2
        span = (edge, box.x1) if direction > 0 else (box.x2, edge)
        if gap > reach or any(_blocks(other, span, middle) for other in page.areas if other != area):
            break
        found.append(text)
        edge, reach = (box.x2 if direction > 0 else box.x1), _BETWEEN_WORDS
    return " ".join(found if direction > 0 else reversed(found))


def _blocks(area: BBox, span: tuple[float, float], y: float) -> bool:
    """Whether a field lies on the way from a field to its words."""
    return area.y1 < y < area.y2 and area.x1 < span[1] - 1 and area.x2 > span[0] + 1


def _above(area: BBox, page: Print) -> str:
    """The line of words just above the field's beginning."""
    near = [
        (box, text)
        for box, text in page.words
        if -3 <= area.y1 - box.y2 <= _FARTHEST_ABOVE and area.x1 - 6 <= box.x1 <= area.x2
    ]
    if not near:
        return ""
    lowest = max(box.y2 for box, _ in near)
    line = sorted((one for one in near if lowest - one[0].y2 < 3), key=lambda one: one[0].x1)
    if line[0][0].x1 - area.x1 > 20:
        return ""
    found, edge = [line[0][1]], line[0][0].x2
    for box, text in line[1:]:
        if box.x1 - edge > _BETWEEN_WORDS:
            break
        found.append(text)
        edge = box.x2
    return " ".join(found)
