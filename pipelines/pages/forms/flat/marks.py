"""Boxes to tick, seen in the picture or written as characters, and the texts that say what they mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipelines.pages.forms.flat.pieces import Piece, part
from pipelines.pages.forms.flat.sheet import are_level
from schemas.fragments import Source
from schemas.geometry import BBox, union_of
from schemas.reading import CheckBox, TextLine, Word

_EMPTY = frozenset("☐□▢◻❏❑○◯⃝")
_MARKED = frozenset("☑☒☓▣◼■◉⦿●✓✔✗✘🗹🗷")
# Signs of the font that word processors set boxes in (Wingdings), as files without a mapping give them.
_EMPTY_CODES, _MARKED_CODES = (
    frozenset("\uf0a8\uf06f\uf071\uf072\uf0a1"),
    frozenset("\uf0fe\uf0fd\uf078\uf054\uf0fc"),
)
_BRACKETED = re.compile(r"(?:\[(?P<square>[ _xX✓✔v*-]?)\]|\((?P<round>[ _xX✓✔v*-]?)\))")
_ROUND = frozenset("○◯◉⦿●\uf0a1")
# Bullets are signs too: they are boxes to tick if one of the page is marked and another is not.
_BULLETS = frozenset("■●○◯□")
# Recognisers read a box before a word as one of these. What lies in a word of so many letters by this share
# and was read as another letter is that letter.
_BOX_READ_AS = frozenset("OoQDUCXxVv0口日回田国凶")
_WORD, _WITHIN = 3, 0.6
# A box in a sentence has so many words before and after it (together, if it is the only box of its row), and
# the next ones this close (line heights).
_SENTENCE, _CLOSE = 3, 0.6
# A label is at most so far (heights) from its box.
_NEAR = 2.5
# A gap of this (heights) parts a box's label from what comes before.
_PARTED = 0.8
# Texts at the left are the labels of a row's boxes only if they stand so much nearer than those at the right.
_MUCH_NEARER = 0.6


@dataclass(slots=True)
class Tick:
    """A box to tick with its state; ``words`` are the signs it is written with, if it is."""

    bbox: BBox
    checked: bool
    round: bool = False
    score: float | None = None
    words: list[Word] = field(default_factory=list)


def ticks(lines: Sequence[TextLine], seen: Sequence[CheckBox]) -> list[Tick]:
    """All boxes of a page, in its units: the written ones, and the seen ones that are not written."""
    written = [tick for line in lines if not line.quarter_turns for tick in _written(line)]
    states = {tick.checked for tick in written}
    if len(states) == 1:
        written = [tick for tick in written if not _is_bullet(tick)]
    found = [Tick(box.bbox, box.checked, box.round, box.score) for box in seen]
    words = [word for line in lines for word in line.words]
    return written + [
        tick
        for tick in found
        if not any(tick.bbox.intersection(other.bbox) for other in written)
        and not any(_is_letter(tick.bbox, word) for word in words)
        and not any(_is_in_sentence(tick, line, found) for line in lines)
    ]


def _is_letter(box: BBox, word: Word) -> bool:
    """Whether what was seen as a box is a letter of a word: one that nobody reads in a box."""
    if len(word.text) < _WORD or box.inside(word.bbox) < _WITHIN:
        return False
    place = (box.center[0] - word.bbox.x1) / word.bbox.width * len(word.text)
    char = word.text[min(max(int(place), 0), len(word.text) - 1)]
    return char.isalnum() and (char not in _BOX_READ_AS or word.source is not Source.OCR)


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


def _bracketed(words: Sequence[Word]) -> list[Tick]:
    """``( )`` or ``[ x ]``, its parts words of their own."""
    for end in range(2, len(words) + 1):
        if _BRACKETED.fullmatch("".join(word.text for word in words[:end])):
            box = union_of([word.bbox for word in words[:end]])
            return [Tick(box, end == 3, words[0].text == "(", words[0].confidence, list(words[:end]))]
    return []


def labelled(ticks: Sequence[Tick], pieces: Sequence[Piece]) -> list[tuple[Tick, Piece]]:
    """Boxes with the text that says what they mean; a box without any says nothing.

    The boxes of a row have their texts all at the right, as is usual, or all at the left.
    """
    found: list[tuple[Tick, Piece]] = []
    left = sorted(ticks, key=lambda tick: (tick.bbox.y1, tick.bbox.x1))
    while left:
        row = [tick for tick in left if are_level(tick.bbox, left[0].bbox)]
        left = [tick for tick in left if not any(tick is one for one in row)]
        found += _row_labelled(sorted(row, key=lambda tick: tick.bbox.x1), pieces)
    return found


def _row_labelled(row: Sequence[Tick], pieces: Sequence[Piece]) -> list[tuple[Tick, Piece]]:
    sides = [[(tick, _beside(tick, pieces, right=right)) for tick in row] for right in (True, False)]
    after, before = ([(tick, piece) for tick, piece in side if piece is not None] for side in sides)
    if len(after) != len(before):
        return max(after, before, key=len)
    return before if sum(map(_gap, before)) < sum(map(_gap, after)) * _MUCH_NEARER else after


def _gap(pair: tuple[Tick, Piece]) -> float:
    tick, piece = pair
    return max(0.0, piece.bbox.x1 - tick.bbox.x2, tick.bbox.x1 - piece.bbox.x2)


def _beside(tick: Tick, pieces: Sequence[Piece], *, right: bool) -> Piece | None:
    box = tick.bbox
    reach = _NEAR * max(box.height, box.width)

    def gap(piece: Piece) -> float:
        return piece.bbox.x1 - box.x2 if right else box.x1 - piece.bbox.x2

    level = [p for p in pieces if are_level(p.bbox, box) and any(char.isalpha() for char in p.text)]
    near = [piece for piece in level if -0.3 * box.width <= gap(piece) < reach]
    nearest = min(near, key=gap, default=None)
    return nearest if right or nearest is None else _last_words(nearest)


def _last_words(piece: Piece) -> Piece:
    """The end of a text, after its last wide gap: what stands before a box may follow a question."""
    words = piece.words
    for i in range(len(words) - 1, 0, -1):
        if words[i].bbox.x1 - words[i - 1].bbox.x2 > _PARTED * piece.height:
            return part(piece, i, len(words))
    return piece
