"""Print on a form that is no field's name and no field's value: names of parts, lines that go on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipelines.extraction.embedded.rows import sheets
from pipelines.extraction.evidence import Evidence, PlacedWord
from schemas.geometry import BBox, Box

# The name of a part of a form has so many words at most.
_LONGEST_NAME = 5
# Names whose lines are so near (their heights) stand beside each other, over columns of fields.
_LEVEL = 1.0
# A line goes on in the next one within so many of its heights, which begins level with it within so many.
_LEADING, _INDENT = 0.9, 0.5
_MOST_LINES = 3


class Loose:
    """The pieces of all pages that no field has, from the top of each."""

    def __init__(self, evidence: Evidence, taken: Iterable[PlacedWord]) -> None:
        known = {_place(word) for word in taken}
        self._pieces = {
            sheet.page: [
                piece
                for row in sheet.rows
                for piece in row.pieces
                if not any(_place(word) in known for word in piece.words)
            ]
            for sheet in sheets(evidence)
            if sheet.placed
        }

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

    def below(self, words: Sequence[PlacedWord]) -> tuple[PlacedWord, ...]:
        """The words of the lines that go on with a text, right below its beginning."""
        found: list[PlacedWord] = []
        if not words:
            return ()
        line, left = words[-1].bbox, min(word.bbox.x1 for word in words)
        for piece in self._pieces.get(words[0].page, ()):
            box = piece.bbox
            gap = box.y1 - line.y2
            if box.center[1] > line.y2 and gap > _LEADING * line.height:
                break
            level = abs(box.x1 - left) < _INDENT * line.height
            if level and box.center[1] > line.y2 and not piece.text.endswith((":", "：")):
                found += piece.words
                line = box
        return tuple(found) if _lines(found) <= _MOST_LINES else ()


def _place(word: PlacedWord) -> tuple[int, BBox]:
    """Where a word stands, as exactly as finished fragments say it."""
    return word.page, Box.of(word.bbox).bbox()


def _is_name(text: str) -> bool:
    words = text.split()
    letters = sum(map(str.isalpha, text))
    return len(words) <= _LONGEST_NAME and letters > 2 and not any(map(str.isdigit, text))


def _lines(pieces: Sequence[PlacedWord]) -> int:
    return len({round(piece.bbox.center[1]) for piece in pieces})
