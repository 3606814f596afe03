"""What is filled in on a form as words of the page, where it does not come as text by itself.

A field shows what its appearance draws. Ticks are drawn, not written; some writers leave appearances out,
or set them in fonts that say nothing of their letters.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from pipelines.readers.pdf.glyphs import is_bad
from schemas.fragments import Source
from schemas.geometry import BBox, union_of
from schemas.reading import FieldKind, FormField, TextLine, Word

_MARKS = {
    (FieldKind.CHECKBOX, True): "☒",
    (FieldKind.CHECKBOX, False): "☐",
    (FieldKind.RADIO, True): "◉",
    (FieldKind.RADIO, False): "○",
}
_WRITTEN = {FieldKind.TEXT, FieldKind.DROPDOWN}
# A tick is a sign or two of any font.
_TICK = 2
# Text of which more is no usable Unicode is replaced.
_GARBLED = 0.5
# The largest type of a value (points), its share of its line's height, and a letter's width (font sizes).
_LARGEST, _OF_LINE, _LETTER = 12.0, 0.8, 0.5
# A mark is of the line that is level with it and begins or ends this near (marks' heights).
_NEAR = 1.5


def with_values(
    lines: Sequence[TextLine], fields: Sequence[FormField], unseen: Sequence[BBox] = ()
) -> list[TextLine]:
    """The lines with a mark for each box to tick, and with values that they lack or garble.

    Marks join the text beside them. Values that are there and do not show (``unseen``: places of such text)
    stay away. All is in points of the page as displayed.
    """
    placed = (f for f in fields if f.bbox and not f.hidden)
    shown = sorted(placed, key=lambda f: f.bbox.area if f.bbox else 0)
    if not shown:
        return list(lines)
    inside = _inside(shown, lines)
    dropped = set[int]()
    marks: list[Word] = []
    values: list[TextLine] = []
    for field in shown:
        words = inside.get(id(field), [])
        if mark := _MARKS.get((field.kind, field.is_set)):
            dropped |= {id(word) for word in words if len(word.text) <= _TICK}
            marks.append(_word(mark, field.bbox or BBox(0, 0, 0, 0)))
        elif field.kind in _WRITTEN and field.value.strip() and _is_garbled(words):
            if not words and any(field.bbox and field.bbox.holds(*place.center) for place in unseen):
                continue
            dropped |= {id(word) for word in words}
            values += _written(field)
    kept = [line for line in (_without(line, dropped) for line in lines) if line.words]
    return _with_marks(kept, marks) + values


def _inside(fields: Sequence[FormField], lines: Sequence[TextLine]) -> dict[int, list[Word]]:
    """The words in each field by the field's identity, each in the first field (the smallest) around it."""
    boxes = np.array([field.bbox for field in fields], dtype=np.float64)
    found = defaultdict[int, list[Word]](list)
    for line in lines:
        for word in line.words:
            x, y = word.bbox.center
            around = (boxes[:, 0] <= x) & (x <= boxes[:, 2]) & (boxes[:, 1] <= y) & (y <= boxes[:, 3])
            if around.any():
                found[id(fields[int(around.argmax())])].append(word)
    return found


def _is_garbled(words: Sequence[Word]) -> bool:
    """Whether nothing of a text can be read."""
    text = "".join(word.text for word in words)
    return sum(map(is_bad, text)) >= _GARBLED * len(text)


def _without(line: TextLine, dropped: set[int]) -> TextLine:
    words = [word for word in line.words if id(word) not in dropped]
    if len(words) == len(line.words):
        return line
    return replace(line, words=words, bbox=union_of([word.bbox for word in words] or [line.bbox]))


def _word(text: str, box: BBox) -> Word:
    return Word(text, box, confidence=1.0, size=box.height, source=Source.FORM)


def _written(field: FormField) -> Iterator[TextLine]:
    """The value in its box, a line each, in letters of one width and no wider than the box."""
    box, rows = field.bbox, [row.split() for row in field.value.split("\n") if row.strip()]
    if box is None:
        return
    height = box.height / len(rows)
    size = min(_LARGEST, _OF_LINE * height)
    for i, row in enumerate(rows):
        step = min(_LETTER * size, box.width / len(" ".join(row)))
        top, x = box.y1 + i * height + (height - size) / 2, box.x1
        words = []
        for text in row:
            words.append(_word(text, BBox(x, top, x + step * len(text), top + size)))
            x += step * (len(text) + 1)
        yield TextLine(words, union_of([word.bbox for word in words]), confidence=1.0)


def _with_marks(lines: Sequence[TextLine], marks: Sequence[Word]) -> list[TextLine]:
    """The lines with each mark in the one beside it: the nearer, that at its right if both are as near."""
    added = defaultdict[int, list[Word]](list)
    alone: list[TextLine] = []
    boxes = np.array([line.bbox for line in lines], dtype=np.float64).reshape(-1, 4)
    level = np.array([not line.quarter_turns for line in lines], dtype=bool)
    for mark in marks:
        box = mark.bbox
        y = box.center[1]
        gaps = np.maximum(np.maximum(boxes[:, 0] - box.x2, box.x1 - boxes[:, 2]), 0.0)
        fits = level & (boxes[:, 1] <= y) & (y <= boxes[:, 3]) & (gaps <= _NEAR * box.height)
        if fits.any():
            near = np.flatnonzero(fits)
            index = min(near, key=lambda i: (round(float(gaps[i])), boxes[i, 0] < box.x1))
            added[int(index)].append(mark)
        else:
            alone.append(TextLine([mark], box, confidence=1.0))
    return [_joined(line, added[i]) if i in added else line for i, line in enumerate(lines)] + alone


def _joined(line: TextLine, marks: Sequence[Word]) -> TextLine:
    """The marks before the first word that begins right of them."""
    words = list(line.words)
    for mark in sorted(marks, key=lambda one: one.bbox.x1):
        place = next((i for i, word in enumerate(words) if word.bbox.x1 > mark.bbox.x1), len(words))
        if place < len(words):
            words[place] = replace(words[place], space_before=True)
        words.insert(place, mark)
    return replace(line, words=words, bbox=union_of([word.bbox for word in words]))
