"""Boxes to tick, seen in the picture or written as characters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median

from pipelines.pages.forms.flat.pieces import BOX_SIGNS, EMPTY_SIGNS, MARKED_SIGNS
from pipelines.pages.forms.flat.sheet import are_level
from schemas.fragments import Source
from schemas.geometry import BBox, union_of
from schemas.reading import CheckBox, TextLine, Word

_EMPTY, _MARKED = frozenset(EMPTY_SIGNS), frozenset(MARKED_SIGNS)
# Signs of the font that word processors set boxes in (Wingdings), as files without a mapping give them.
_EMPTY_CODES, _MARKED_CODES = (
    frozenset("\uf0a8\uf06f\uf071\uf072\uf0a1"),
    frozenset("\uf0fe\uf0fd\uf078\uf054\uf0fc"),
)
_BRACKETED = re.compile(r"(?:\[(?P<square>[ _xX✓✔v*-]?)\]|\((?P<round>[ _xX✓✔v*-]?)\))")
_GLUED = re.compile(r"(?:\[[ _]?\]|\([ _]?\))(?=\w)")
_ROUND = frozenset("○◯◉⦿●\uf0a1")
# Bullets are signs too: they are boxes to tick if one of the page is marked and another is not.
_BULLETS = frozenset("■●○◯□")
# Recognisers read a box before a word as one of these. What lies in a word of so many letters by this share
# and was read as another letter is that letter.
_BOX_READ_AS = frozenset("OoQDUCXxVv0口日回田国凶")
_WORD, _WITHIN = 3, 0.6
# A text without blanks that has more letters for each box in it is prose: what lies in it is a letter.
_OPTION = 10
# A box is at least so high, of the height of its line and of most lines.
_TINY = 0.42
# A box in a sentence has so many words before and after it (together, if it is the only box of its row), and
# the next ones this close (line heights).
_SENTENCE, _CLOSE = 3, 0.6
# Boxes of one form differ in size by no more than this share, or so many points.
_ALIKE, _PIXEL = 0.1, 0.7
# A box stands where a word begins, or ends, within this share of its width.
_AT_START = 0.4
# A box takes no more of the word that it was read in, else the word would be the box.
_OF_WORD = 0.48
# Boxes of one column follow each other so closely (heights).
_ROWS = 6.0


@dataclass(slots=True)
class Tick:
    """A box to tick with its state; ``words`` are the signs it is written with, if it is."""

    bbox: BBox
    checked: bool
    round: bool = False
    score: float | None = None
    words: list[Word] = field(default_factory=list)

    def is_like(self, other: Tick) -> bool:
        """Whether another box is of the same form and size."""
        size, larger = sorted((self.bbox.height, other.bbox.height))
        return self.round == other.round and larger - size <= max(_PIXEL, _ALIKE * larger)


def ticks(lines: Sequence[TextLine], seen: Sequence[CheckBox], *, on_form: bool = False) -> list[Tick]:
    """All boxes of a page, in its units: the written ones, and the seen ones that are not written.

    ``on_form``: the page is one to fill in. Signs that may be bullets are boxes where two stand in a row, and
    so are boxes seen where words begin or end: recognisers read over those.
    """
    level = [line for line in lines if not line.quarter_turns]
    written = [tick for line in level for tick in _written(line)]
    states = {tick.checked for tick in written}
    if len(states) == 1:
        bullets = [tick for tick in written if _is_bullet(tick)]
        in_rows = [tick for tick in bullets if on_form and _has_twin(tick, bullets)]
        written = [tick for tick in written if not _is_bullet(tick) or _is_one(tick, in_rows)]
    if on_form:
        written += [tick for line in level for word in line.words for tick in _glued(word)]
    words = [word for line in lines for word in line.words]
    found = [Tick(box.bbox, box.checked, box.round, box.score) for box in seen]
    free = [tick for tick in found if not any(tick.bbox.intersection(other.bbox) for other in written)]
    usual = median(line.bbox.height for line in lines) if lines else 0.0
    free = [tick for tick in free if tick.bbox.height > _TINY * usual]
    free = [tick for tick in free if not any(_is_tiny(tick.bbox, line) for line in lines)]
    free = [tick for tick in free if not any(_is_in_prose(tick, word, free) for word in words)]
    letters = [tick for tick in free if any(_is_letter(tick.bbox, word, free) for word in words)]
    free = [tick for tick in free if not any(_is_in_sentence(tick, line, found) for line in lines)]
    sure = [tick for tick in free if not _is_one(tick, letters)]
    if on_form:
        first = [tick for tick in letters if _is_one(tick, free) and _begins(tick, words)]
        sure += [tick for tick in first if _has_twin(tick, first)]
    return written + [tick for tick in free if _is_one(tick, sure) or any(_are_set(tick, o) for o in sure)]


def _has_twin(tick: Tick, others: Sequence[Tick]) -> bool:
    """Whether a box that is alike stands in the row."""
    return any(o is not tick and o.is_like(tick) and are_level(o.bbox, tick.bbox) for o in others)


def _begins(tick: Tick, words: Sequence[Word]) -> bool:
    """Whether a box stands where the word that it lies in begins or ends."""
    box = tick.bbox
    around = [word.bbox for word in words if box.inside(word.bbox) >= _WITHIN]
    return all(min(abs(o.x1 - box.x1), abs(o.x2 - box.x2)) < _AT_START * box.width for o in around)


def _is_one(tick: Tick, others: Sequence[Tick]) -> bool:
    return any(tick is other for other in others)


def _are_set(one: Tick, other: Tick) -> bool:
    """Whether two boxes are alike and in line: a recogniser reads some into the words around them."""
    across, down = abs(one.bbox.x1 - other.bbox.x1), abs(one.bbox.y1 - other.bbox.y1)
    in_column = across < _ALIKE * one.bbox.width and down < _ROWS * one.bbox.height
    return one.is_like(other) and (in_column or are_level(one.bbox, other.bbox))


def _is_tiny(box: BBox, line: TextLine) -> bool:
    """Whether what was seen as a box is far lower than the line that it is in: a stop, a small letter."""
    return line.bbox.holds(*box.center) and box.height < _TINY * line.bbox.height


def _is_letter(box: BBox, word: Word, seen: Sequence[Tick]) -> bool:
    """Whether what was seen as a box is a letter of a word: one that nobody reads in a box."""
    of_ocr = word.source is Source.OCR
    if (of_ocr and len(word.text) < _WORD) or box.inside(word.bbox) < _WITHIN:
        return False
    place = (box.center[0] - word.bbox.x1) / word.bbox.width * len(word.text)
    at = min(max(int(place), 0), len(word.text) - 1)
    if not word.text[at].isalnum() or any(char in BOX_SIGNS for char in word.text[max(0, at - 1) : at + 2]):
        return False
    return not of_ocr or _is_long(word, seen) or not _is_read_as_box(word.text, at)


def _is_read_as_box(text: str, at: int) -> bool:
    """Whether the letter there may be a box that was read with the word before or after it (``OYes``)."""
    first, last = at == 0 and not text[1].islower(), at == len(text) - 1 and not text[-1].islower()
    return text[at] in _BOX_READ_AS and (first or last)


def _is_in_prose(tick: Tick, word: Word, seen: Sequence[Tick]) -> bool:
    """Whether a box lies amid a text without blanks that is long for the boxes in it."""
    box, around = tick.bbox, word.bbox
    inside = box.inside(around) >= _WITHIN and around.x1 + box.width < box.center[0] < around.x2 - box.width
    return inside and _is_long(word, seen)


def _is_long(word: Word, seen: Sequence[Tick]) -> bool:
    boxes = sum(other.bbox.inside(word.bbox) >= _WITHIN for other in seen)
    return len(word.text) > _OPTION * max(1, boxes)


def _is_in_sentence(tick: Tick, line: TextLine, seen: Sequence[Tick]) -> bool:
    """Whether words follow one another closely where a box is seen: it is one of their letters, or a speck.

    The words of an option are few, and stand in a row with the boxes of others.
    """
    box = tick.bbox
    if line.quarter_turns or not are_level(box, line.bbox):
        return False
    before = [word for word in line.words if word.bbox.center[0] < box.x1]
    after = [word for word in line.words if word.bbox.x2 > box.x2]
    alone = not any(other is not tick and are_level(other.bbox, box) for other in seen)
    many = len(line.words) > 2 * _SENTENCE if alone else min(len(before), len(after)) >= _SENTENCE
    if not many or not before or not after:
        return False
    close = _CLOSE * line.bbox.height
    return box.x1 - before[-1].bbox.x2 < close and after[0].bbox.x1 - box.x2 < close


def _is_bullet(tick: Tick) -> bool:
    return tick.words[0].text[:1] in _BULLETS


def _written(line: TextLine) -> list[Tick]:
    """The boxes among the words of a line, those of brackets that a space parts too."""
    found: list[Tick] = []
    words = line.words
    for i, word in enumerate(words):
        text = word.text
        if len(text) == 1 and (text in _EMPTY | _EMPTY_CODES or text in _MARKED | _MARKED_CODES):
            checked = text in _MARKED | _MARKED_CODES
            found.append(Tick(word.bbox, checked, text in _ROUND, word.confidence, [word]))
        elif match := _BRACKETED.fullmatch(text):
            inner = match["square"] or match["round"] or ""
            found.append(
                Tick(word.bbox, inner.strip(" _-") != "", match["round"] is not None, word.confidence, [word])
            )
        elif text in {"[", "("}:
            found += _bracketed(words[i : i + 3])
    return found


def _glued(word: Word) -> Iterator[Tick]:
    """An empty box in brackets that a recogniser read in one word with its label: ``[]Yes``."""
    if found := _GLUED.match(word.text):
        share = min(len(found[0]) / len(word.text), _OF_WORD)
        width = min(word.bbox.height, word.bbox.width * share)
        box = BBox(word.bbox.x1, word.bbox.y1, word.bbox.x1 + width, word.bbox.y2)
        yield Tick(box, checked=False, round=found[0][0] == "(", score=word.confidence)


def _bracketed(words: Sequence[Word]) -> list[Tick]:
    """``( )`` or ``[ x ]``, its parts words of their own."""
    for end in range(2, len(words) + 1):
        if _BRACKETED.fullmatch("".join(word.text for word in words[:end])):
            box = union_of([word.bbox for word in words[:end]])
            return [Tick(box, end == 3, words[0].text == "(", words[0].confidence, list(words[:end]))]
    return []
