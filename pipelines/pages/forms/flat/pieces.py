"""Lines cut where a form's text parts: wide gaps, colons, blanks to fill in, upright rules, boxes to tick."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from pipelines.pages.forms.flat.drawn import Drawn
from pipelines.pages.forms.flat.words import HEADS, NUMBERS
from schemas.geometry import BBox, union_of
from schemas.reading import TextLine, Word

COLONS = (":", "：", "﹕", "︰")
BLANK = re.compile(r"_{2,}|\.{4,}|…{2,}|·{4,}|-{6,}")
# A colon inside a word ends a label when letters stand before it: no time of day, no address of the web.
_COLON_INSIDE = re.compile(r"(?<=[^\W\d_][^\W\d_])[:：](?=[^/\\:：])|(?<=[.)#])[:：](?=[^/\\:：])")
# Words this far apart (line heights) are texts of their own; after a word that asks, a little less far; after
# a colon, a label's end, all are.
_APART, _ASKED = 1.4, 0.9
# What recognisers and files write a box to tick with.
EMPTY_SIGNS, MARKED_SIGNS = "☐□▢◻❏❑○◯⃝", "☑☒☓▣◼■◉⦿●✓✔✗✘🗹🗷"
BOX_SIGNS = EMPTY_SIGNS + MARKED_SIGNS
# A box lies in a word by this share.
_IN_WORD = 0.7
# The words before a colon that may be a second label on the line, after the first one's value.
_MOST_LABEL = 3
# The widest gap in such a run parts value and label if it is that many times the usual one.
_WIDER = 1.6


@dataclass(slots=True, eq=False)
class Piece:
    """A text without a gap, in units of the upright page. ``words`` are those it has a share in.

    ``asks``: it ends in a colon. ``blank`` is the run of underscores or dots that follows it, if one does.
    """

    text: str
    bbox: BBox
    words: list[Word] = field(default_factory=list)
    blank: BBox | None = None

    @property
    def asks(self) -> bool:
        """Whether it ends in a colon."""
        return self.text.endswith(COLONS)

    @property
    def height(self) -> float:
        """The height of its line."""
        return self.bbox.height


@dataclass(slots=True)
class _Token:
    """A word, or a part of one that blanks or a colon cut off."""

    text: str
    bbox: BBox
    word: Word
    glued: bool = False

    @property
    def is_blank(self) -> bool:
        return bool(BLANK.fullmatch(self.text))


def pieces(lines: Sequence[TextLine], shapes: Drawn, boxes: Sequence[BBox]) -> list[Piece]:
    """The level text of a page in pieces, top to bottom as the lines come.

    No upright rule and no box to tick (``boxes``) lies inside a piece, no line to write on begins in it. A
    word in a box is in none.
    """
    found: list[Piece] = []
    for line in lines:
        if line.quarter_turns or not line.words:
            continue
        near = [wall for wall in shapes.walls if wall.y1 < line.bbox.y2 and wall.y2 > line.bbox.y1]
        under = [rule for rule in shapes.lines if _is_under(rule, line.bbox)]
        near += [begin for rule in under if (begin := _begin(rule, line, under))]
        ticks = [box for box in boxes if box.intersection(line.bbox)]
        words = [word for word in line.words if not any(_is_tick(word.bbox, box) for box in ticks)]
        tokens = [token for word in words for token in _tokens(word, ticks)]
        found += _with_second_labels(_cut(tokens, near + ticks))
    return found


def _is_under(rule: BBox, box: BBox) -> bool:
    """Whether a rule runs at the foot of a text, or a little below."""
    below = rule.center[1] - box.y2
    return -0.45 * box.height < below < 0.9 * box.height and rule.x1 < box.x2 and rule.x2 > box.x1


def _begin(rule: BBox, line: TextLine, under: Sequence[BBox]) -> BBox | None:
    """Where a line to write on begins under a text: an upright stroke there.

    None of an underline, and of a line that only goes on there (``under`` are all at the text's foot).
    """
    box = line.bbox
    before = [word.bbox for word in line.words if word.bbox.center[0] < rule.x1]
    if not before or any(other.x1 < before[-1].center[0] < other.x2 for other in under):
        return None
    over = [word.bbox for word in line.words if rule.x1 < word.bbox.center[0] < rule.x2]
    if not over or (rule.x2 - over[-1].x2 < box.height and over[0].x1 - rule.x1 < 0.5 * box.height):
        return None
    gaps = [(a.bbox.x2, b.bbox.x1) for a, b in pairwise(line.words)]
    nearest = min(gaps, key=lambda gap: abs(sum(gap) / 2 - rule.x1), default=None)
    if nearest is None or abs(sum(nearest) / 2 - rule.x1) > box.height:
        return None
    middle = sum(nearest) / 2
    return BBox(middle, box.y1, middle, box.y2)


def _is_tick(word: BBox, box: BBox) -> bool:
    return word.inside(box) > 0.5 and word.width < 2 * box.width


def _tokens(word: Word, ticks: Sequence[BBox]) -> Iterator[_Token]:
    """The word, cut at boxes to tick, at blanks and after a colon; widths by the number of characters."""
    for i, (text, box) in enumerate(_between(word, ticks)):
        cuts = {0, len(text)}
        for match in BLANK.finditer(text):
            cuts |= {match.start(), match.end()}
        cuts |= {match.end() for match in _COLON_INSIDE.finditer(text)}
        step = box.width / max(len(text), 1)
        for start, end in pairwise(sorted(cuts)):
            place = BBox(box.x1 + start * step, box.y1, box.x1 + end * step, box.y2)
            yield _Token(text[start:end], place, word, glued=start > 0 or i > 0 or not word.space_before)


def _between(word: Word, ticks: Sequence[BBox]) -> Iterator[tuple[str, BBox]]:
    """The parts of a word that a recogniser read over boxes to tick, which it may have read as signs."""
    inside = sorted((tick for tick in ticks if tick.inside(word.bbox) > _IN_WORD), key=lambda tick: tick.x1)
    if not inside:
        yield word.text, word.bbox
        return
    edges = [word.bbox.x1, *(x for tick in inside for x in (tick.x1, tick.x2)), word.bbox.x2]
    spans = [(edges[i], max(edges[i : i + 2])) for i in range(0, len(edges), 2)]
    width = sum(end - start for start, end in spans) or 1.0
    done = at = 0.0
    for start, end in spans:
        done += (end - start) / width * len(word.text)
        text = word.text[round(at) : round(done)].strip(BOX_SIGNS)
        at = done
        if text:
            yield text, BBox(start, word.bbox.y1, end, word.bbox.y2)


def _cut(tokens: Sequence[_Token], between: Sequence[BBox]) -> list[Piece]:
    """The tokens of a line in runs; blanks are none, but belong to the piece before them."""
    found: list[Piece] = []
    run: list[_Token] = []
    for token in tokens:
        if run and (token.is_blank or _parts(run[-1], token, between)):
            found.append(_piece(run))
            run = []
        if not token.is_blank:
            run.append(token)
        elif found and found[-1].blank is None:
            found[-1].blank = token.bbox
        elif found and found[-1].blank is not None and not run:
            found[-1].blank = found[-1].blank.union(token.bbox)
    return [*found, _piece(run)] if run else found


def _parts(before: _Token, after: _Token, between: Sequence[BBox]) -> bool:
    if before.text.endswith(COLONS):
        return True
    gap = after.bbox.x1 - before.bbox.x2
    height = min(before.bbox.height, after.bbox.height)
    name = before.text.strip(".").casefold()
    if gap > _APART * height or (name in HEADS and gap > _ASKED * height):
        return True
    if (name in NUMBERS or name.endswith("#")) and any(char.isdigit() for char in after.text):
        return True
    return any(before.bbox.center[0] < box.center[0] < after.bbox.center[0] for box in between)


def _piece(tokens: Sequence[_Token]) -> Piece:
    text = tokens[0].text
    for token in tokens[1:]:
        text += token.text if token.glued else f" {token.text}"
    words = list({id(token.word): token.word for token in tokens}.values())
    return Piece(text, union_of([token.bbox for token in tokens]), words)


def _with_second_labels(row: Sequence[Piece]) -> list[Piece]:
    """The pieces of a line; where one is a value and the next label in one run, cut in two."""
    found: list[Piece] = []
    for piece in row:
        before = found[-1] if found else None
        if before and before.asks and piece.asks and len(piece.words) > 1 and before.blank is None:
            start = _second_label(piece)
            found += [part(piece, 0, start), part(piece, start, len(piece.words))]
        else:
            found.append(piece)
    return found


def _second_label(piece: Piece) -> int:
    """The index of the word at which a label begins that follows a value in one run."""
    words = piece.words
    gaps = [b.bbox.x1 - a.bbox.x2 for a, b in pairwise(words)]
    widest = max(range(len(gaps)), key=gaps.__getitem__)
    usual = sorted(gaps)[len(gaps) // 2] if len(gaps) > 2 else piece.height * 0.4
    if gaps[widest] > _WIDER * usual:
        return widest + 1
    start = len(words) - 1
    numbered = any(char.isdigit() for word in words for char in word.text)
    while numbered and start > 1 and len(words) - start < _MOST_LABEL and words[start - 1].text.isalpha():
        start -= 1
    return start


def part(piece: Piece, start: int, end: int) -> Piece:
    """The words of a piece from ``start`` up to ``end``, as a piece."""
    words = piece.words[start:end]
    text = " ".join(word.text for word in words)
    return Piece(
        text, union_of([word.bbox for word in words]), words, piece.blank if end == len(piece.words) else None
    )
