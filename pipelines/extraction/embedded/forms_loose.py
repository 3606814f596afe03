"""Print on a form that is no field's name and no field's value: names of parts, lines that go on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pipelines.extraction.embedded.forms_items import FormItem
from pipelines.extraction.embedded.rows import Sheet
from pipelines.extraction.evidence import PlacedWord
from schemas.geometry import BBox, Box

# The name of a part of a form has so many words at most.
_LONGEST_NAME = 5
# Names whose lines are so near (their heights) stand beside each other, over columns of fields.
_LEVEL = 1.0
# A line goes on in the next one within so many of its heights, which begins level with it within so many.
_LEADING, _INDENT = 0.9, 0.5
_MOST_LINES = 3
# The name above a field is at most so far (the field's heights).
_FAR = 2.5

Place = tuple[int, BBox]


class _Print(NamedTuple):
    text: str
    bbox: BBox
    words: tuple[PlacedWord, ...]


class Loose:
    """The print of all pages from the top of each: what no field has, and what is no field's value."""

    def __init__(self, pages: Sequence[Sheet], items: Sequence[FormItem]) -> None:
        values = {place_of(word) for item in items for word in item.words}
        taken = values | {place_of(word) for item in items for word in item.label}
        self._pieces: dict[int, list[_Print]] = {}
        self._names: dict[int, list[_Print]] = {}
        for sheet in pages:
            if sheet.placed:
                pieces = [
                    _Print(piece.text, piece.bbox, piece.words) for row in sheet.rows for piece in row.pieces
                ]
                pieces = [piece for piece in pieces if _has_letters(piece.text)]
                self._pieces[sheet.page] = _without(pieces, taken)
                self._names[sheet.page] = _without(pieces, values)

    def part_of(self, page: int, box: BBox) -> str:
        """The name of the part of the form that a field is in: the nearest short text above, to its left."""
        above = [
            (piece, place)
            for piece in self._pieces.get(page, ())
            if (place := piece.bbox).y2 <= box.y1 + 0.5 * place.height
            and place.x1 <= box.x1 + place.height
            and _is_name(piece.text)
        ]
        if not above:
            return ""
        lowest = max(place.y2 for _, place in above)
        level = [one for one in above if lowest - one[1].y2 <= _LEVEL * one[1].height]
        return max(level, key=lambda one: one[1].x1)[0].text

    def above(self, words: Sequence[PlacedWord]) -> tuple[PlacedWord, ...]:
        """The words of the lines that a text goes on from, right above its beginning."""
        return self._lines_on(words, upwards=True)

    def below(self, words: Sequence[PlacedWord]) -> tuple[PlacedWord, ...]:
        """The words of the lines that go on with a text, right below its beginning."""
        return self._lines_on(words, upwards=False)

    def over(self, page: int, box: BBox) -> str:
        """The lines of print above a field, the last of which is not far, within its width."""
        lines: list[str] = []
        top = box.y1
        for piece in reversed(self._names.get(page, [])):
            place = piece.bbox
            if place.center[1] < top and place.x1 < box.x2 and place.x2 > box.x1:
                if top - place.y2 > (_LEADING * place.height if lines else _FAR * box.height):
                    break
                lines.insert(0, piece.text)
                top = place.y1
        return " ".join(lines) if len(lines) <= _MOST_LINES else ""

    def around(self, page: int, box: BBox) -> str:
        """What is printed before a blank in a sentence, and after it, on its line."""
        level = [piece for piece in self._pieces.get(page, ()) if box.y1 <= piece.bbox.center[1] <= box.y2]
        before = [piece.text for piece in level if piece.bbox.x2 <= box.x1 + box.height]
        after = [piece.text for piece in level if piece.bbox.x1 >= box.x2 - box.height]
        return " ".join((*before[-1:], *after[:1]))

    def _lines_on(self, words: Sequence[PlacedWord], *, upwards: bool) -> tuple[PlacedWord, ...]:
        if not words:
            return ()
        lines: list[tuple[PlacedWord, ...]] = []
        last, left = words[0 if upwards else -1].bbox, min(word.bbox.x1 for word in words)
        pieces = self._pieces.get(words[0].page, [])
        for piece in reversed(pieces) if upwards else pieces:
            box = piece.bbox
            gap = last.y1 - box.y2 if upwards else box.y1 - last.y2
            beyond = box.center[1] < last.y1 if upwards else box.center[1] > last.y2
            if beyond and gap > _LEADING * last.height:
                break
            level = abs(box.x1 - left) < _INDENT * last.height
            if beyond and level and not piece.text.endswith((":", "：")):
                lines.append(piece.words)
                last = box
        ordered = lines[::-1] if upwards else lines
        return tuple(word for line in ordered for word in line) if len(lines) <= _MOST_LINES else ()


def _without(pieces: Sequence[_Print], taken: set[Place]) -> list[_Print]:
    return [piece for piece in pieces if not any(place_of(word) in taken for word in piece.words)]


def _has_letters(text: str) -> bool:
    return any(map(str.isalpha, text))


def place_of(word: PlacedWord) -> Place:
    """Where a word stands, as exactly as finished fragments say it."""
    return word.page, Box.of(word.bbox).bbox()


def _is_name(text: str) -> bool:
    words = text.split()
    letters = sum(map(str.isalpha, text))
    return len(words) <= _LONGEST_NAME and letters > 2 and not any(map(str.isdigit, text))
