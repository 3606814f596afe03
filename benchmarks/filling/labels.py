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
# Lines of one text stand no farther apart than this share of their height.
_LEADING = 0.05
Word = tuple[BBox, str]
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Print:
    """The words of a page that stand in no field, and the fields' places."""

    words: list[Word]
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
    text = " ".join(" ".join(word for _, word in found).strip(" :*.…_-–\u2002").split())
    is_whole = text.count("(") == text.count(")") and len(text.split()) <= _MOST_WORDS
    if not is_whole or len(text) > _LONGEST or not _LETTER.search(text) or _goes_on(found, page):
        return ""
    return text


def _goes_on(label: Sequence[Word], page: Print) -> bool:
    """Whether a label is only the last line of a longer one."""
    left, right = min(box.x1 for box, _ in label), max(box.x2 for box, _ in label)
    top, height = min(box.y1 for box, _ in label), max(box.y2 - box.y1 for box, _ in label)
    return any(
        -height / 2 < top - box.y2 < _LEADING * height and box.x1 < right and box.x2 > left
        for box, _ in page.words
    )


def _beside(area: BBox, page: Print, direction: int) -> list[Word]:
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
    line = _one_line(line, area, middle)
    edge, found, reach = (area.x2 if direction > 0 else area.x1), list[Word](), _FARTHEST_LEFT
    for box, text in line:
        gap = box.x1 - edge if direction > 0 else edge - box.x2
        span = (edge, box.x1) if direction > 0 else (box.x2, edge)
        if gap > reach or any(_blocks(other, span, middle) for other in page.areas if other != area):
            break
        found.append((box, text))
        edge, reach = (box.x2 if direction > 0 else box.x1), _BETWEEN_WORDS
    return found if direction > 0 else found[::-1]


def _one_line(words: Sequence[Word], area: BBox, middle: float) -> list[Word]:
    """Of words about a height those of the line that a field stands on."""

    def far(word: Word) -> float:
        gap = max(word[0].x1 - area.x2, area.x1 - word[0].x2)
        return gap + 2 * abs(word[0].center[1] - middle)

    if not words:
        return []
    first = min(words, key=far)[0]
    return [one for one in words if abs(one[0].center[1] - first.center[1]) < (first.y2 - first.y1) / 3]


def _blocks(area: BBox, span: tuple[float, float], y: float) -> bool:
    """Whether a field lies on the way from a field to its words."""
    return area.y1 < y < area.y2 and area.x1 < span[1] - 1 and area.x2 > span[0] + 1


def _above(area: BBox, page: Print) -> list[Word]:
    """The line of words just above the field's beginning."""
    near = [
        (box, text)
        for box, text in page.words
        if -3 <= area.y1 - box.y2 <= _FARTHEST_ABOVE and area.x1 - 6 <= box.x1 <= area.x2
    ]
    if not near:
        return []
    lowest = max(box.y2 for box, _ in near)
    line = sorted((one for one in near if lowest - one[0].y2 < 3), key=lambda one: one[0].x1)
    if line[0][0].x1 - area.x1 > 20:
        return []
    found = line[:1]
    for box, text in line[1:]:
        if box.x1 - found[-1][0].x2 > _BETWEEN_WORDS:
            break
        found.append((box, text))
    return found
