"""Values beside, after or below what may be their labels, on rows of words."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipelines.extraction.answers import Method
from pipelines.extraction.embedded.lexicon import is_listed, phrase
from pipelines.extraction.embedded.row_parts import Part, parts_of
from pipelines.extraction.embedded.rows import Row, Sheet
from pipelines.extraction.evidence import PlacedWord
from pipelines.extraction.values.kinds import Kind
from pipelines.extraction.values.spans import Span, spans
from schemas.geometry import BBox, union_of

BY_SHAPE = frozenset(
    {
        Kind.DATE, Kind.MONEY, Kind.NUMBER, Kind.INTEGER, Kind.PERCENT, Kind.PHONE, Kind.EMAIL, Kind.IBAN,
        Kind.URL, Kind.CODE, Kind.DURATION, Kind.CURRENCY,
    }
)  # fmt: skip
"""Kinds that are known by how they look; the others are whatever stands at a label."""

_NUMBERS = frozenset({Kind.MONEY, Kind.NUMBER, Kind.INTEGER, Kind.PERCENT})
_LONGEST_LABEL = 8
_AFTER, _BESIDE, _BELOW, _ACROSS = 1.0, 0.97, 0.93, 0.85
"""How sure it is that a text is a value's label: in one run of words, in the piece before it, above it, or
with other values between."""
_OF_SEVERAL = 0.85
"""A row with several values is rather one of a table: row and column together name the value."""
_STACKED, _STACKED_NUMBER = 0.85, 0.5
"""A value with another below or above it is one of a column: what is above them names them all. Of numbers
it hardly ever names one: that is how tables look."""
_ROWS_DOWN = 6
_FAR_DOWN = 2.5
"""A value stands at most so many heights of a line below its label, or below the value above it."""
_LINES = 5
_NEEDED = {
    Kind.EMAIL: re.compile("@"),
    Kind.URL: re.compile(r"[./]"),
    Kind.CURRENCY: re.compile(""),
    Kind.DURATION: re.compile(""),
}
"""Signs without which there is no value of a kind; one of the others has a digit."""
_NEXT_LINE = 1.0
_LETTERS = re.compile(r"[^\W\d_]")
_ENUMERATOR = re.compile(r"\(?\d{1,2}[a-z]?([.)]?)")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value with the text that may be its label. ``at``: how far down the document it is, 0 to 1.

    ``sure`` (0 to 1) is how plainly label and value belong together, whatever the label says. ``rank``: how
    many values of its kind stand before it on its row.
    """

    words: tuple[PlacedWord, ...]
    text: str
    kind: Kind
    label: str
    sure: float
    method: Method
    at: float
    rank: int = 0


def labelled(pages: Sequence[Sheet], kinds: Collection[Kind]) -> Iterator[Candidate]:
    """Every value of these kinds with each text that may be its label."""
    whole = sum(len(sheet.rows) for sheet in pages) or 1
    done = 0
    for sheet in pages:
        split = [parts_of(row) for row in sheet.rows]
        for index, row in enumerate(sheet.rows):
            at = (done + index) / whole
            for kind in kinds:
                found = _shaped(row, split, index, kind) if kind in BY_SHAPE else _worded(split, index, kind)
                for words, text, label, sure, rank in found:
                    if label and len(label.split()) <= _LONGEST_LABEL:
                        yield Candidate(words, text, kind, label, sure, Method.LABEL, at, rank)
        done += len(sheet.rows)


def values_on(row: Row, kind: Kind) -> list[Span]:
    """The values of a kind on a row; a quick look tells most rows of running text to have none."""
    needed = _NEEDED.get(kind, _DIGIT)
    return spans(row.words, kind) if needed.search(row.text) else []


_Found = tuple[tuple[PlacedWord, ...], str, str, float, int]


def _shaped(row: Row, split: Sequence[Sequence[Part]], index: int, kind: Kind) -> Iterator[_Found]:
    """Values known by their shape, each with what is before it on the row and with what is above it."""
    found = values_on(row, kind)
    for rank, span in enumerate(found):
        words = row.words[span.first : span.last + 1]
        if _is_enumerator(split[index], words):
            continue
        beside = list(_before(split[index], words[0]))
        above = list(_above(split, index, _column_of(split[index], words), kind))
        for label, sure in beside:
            yield words, span.text, label, sure if len(found) == 1 else sure * _OF_SEVERAL, rank
        for label, sure in above:
            yield words, span.text, label, sure, rank
        if len(found) > 1 and beside and above and any(map(is_listed, phrase(beside[0][0]))):
            yield words, span.text, f"{beside[0][0]} {above[0][0]}", _BELOW, rank


def _column_of(parts: Sequence[Part], words: Sequence[PlacedWord]) -> BBox:
    """The place of a value that has a name above it; two dates of a period have one name."""
    part = next((part for part in parts if words[0] in part.words), None)
    return part.bbox if part and part.is_value else union_of([word.bbox for word in words])


def _is_enumerator(parts: Sequence[Part], words: Sequence[PlacedWord]) -> bool:
    """Whether a value is the number of an item: a small one that begins a text, or one with a full stop."""
    if len(words) != 1 or not (found := _ENUMERATOR.fullmatch(words[0].text)):
        return False
    part = next((part for part in parts if words[0] in part.words), None)
    if part is None or part.words[0] is not words[0]:
        return False
    return bool(found.group(1)) if len(part.words) == 1 else bool(_LETTERS.match(part.words[1].text))


def _before(parts: Sequence[Part], first: PlacedWord) -> Iterator[tuple[str, float]]:
    """What may be the label of the value that begins with a word, on its row: nearest first."""
    here = next((i for i, part in enumerate(parts) if first in part.words), None)
    if here is None:
        return
    own = parts[here].words[: parts[here].words.index(first)]
    lead = _after_values(own)
    if here and parts[here - 1].names:
        yield f"{parts[here - 1].text} {_text(lead)}".strip(), _AFTER
    elif _LETTERS.search(_text(lead)):
        yield _text(lead), _AFTER
    sure = _BESIDE if not lead else _ACROSS
    for part in reversed(parts[:here]):
        if not part.is_value and _LETTERS.search(part.text):
            yield f"{part.text} {_text(lead)}".strip(), sure
            return
        sure = _ACROSS


def _after_values(words: Sequence[PlacedWord]) -> Sequence[PlacedWord]:
    """The words after the last that has a digit."""
    last = max((i for i, word in enumerate(words) if _DIGIT.search(word.text)), default=-1)
    return words[last + 1 :]


def _above(split: Sequence[Sequence[Part]], index: int, box: BBox, kind: Kind) -> Iterator[tuple[str, float]]:
    """The nearest words above a value in its column that are no value themselves."""
    columns = [part.bbox for part in split[index]]
    low = box
    stacked = _STACKED_NUMBER if kind in _NUMBERS else _STACKED
    sure = _BELOW * (stacked if _has_value_below(split, index, box) else 1)
    for row in range(index - 1, max(-1, index - 1 - _ROWS_DOWN), -1):
        over = [part for part in split[row] if _in_column(part.bbox, box)]
        if not over:
            continue
        if low.y1 - max(part.bbox.y2 for part in over) > _FAR_DOWN * box.height:
            return
        part = max(over, key=lambda part: _shared(part.bbox, box))
        if not part.is_value:
            text = _text(_over(part.words, box, columns))
            if _LETTERS.search(text):
                yield text, sure
            return
        low, sure = part.bbox, sure * min(0.9, stacked)


def _has_value_below(split: Sequence[Sequence[Part]], index: int, box: BBox) -> bool:
    """Whether what is next in a value's column, in one of the rows below, is another value.

    Below the only value of a column its sum may say the same again.
    """
    said = {part.text for part in split[index] if _in_column(box, part.bbox)}
    for row in split[index + 1 : index + 1 + _ROWS_DOWN]:
        if under := [part for part in row if _in_column(box, part.bbox)]:
            near = [part for part in under if part.bbox.y1 - box.y2 < _FAR_DOWN * box.height]
            return any(part.is_value and part.text not in said for part in near)
    return False


def _over(words: Sequence[PlacedWord], box: BBox, columns: Sequence[BBox]) -> Sequence[PlacedWord]:
    """The words above a box; of a run that reaches over several columns those that are nearest to it."""
    span = union_of([word.bbox for word in words])
    below = [column for column in columns if _shared(span, column) > 0]
    if len(below) < 2 or len(words) < len(below):
        return words
    gaps = sorted(range(1, len(words)), key=lambda i: words[i - 1].bbox.x2 - words[i].bbox.x1)
    cuts = [0, *sorted(gaps[: len(below) - 1]), len(words)]
    runs = [words[begin:end] for begin, end in pairwise(cuts)]
    return next((run for run, column in zip(runs, below, strict=True) if _shared(column, box) > 0), words)


def _worded(split: Sequence[Sequence[Part]], index: int, kind: Kind) -> Iterator[_Found]:
    """Whatever stands after a colon, beside a piece or below one."""
    for i, part in enumerate(split[index]):
        if part.names or not any(c.isalnum() for c in part.text) or _is_enumerator(split[index], part.words):
            continue
        words = _lines(split, index, part) if kind is Kind.ADDRESS else part.words
        if i and (split[index][i - 1].names or not part.only_names):
            before = split[index][i - 1]
            yield words, _text(words), before.text, _AFTER if before.names else _BESIDE, 0
        if not part.only_names:
            for label, sure in _above_words(split, index, part):
                yield words, _text(words), label, sure, 0


def _above_words(split: Sequence[Sequence[Part]], index: int, part: Part) -> Iterator[tuple[str, float]]:
    """What stands on one of the two rows above a text, at its left edge or over its middle."""
    low = part.bbox.y1
    sure = _BELOW
    for row in range(index - 1, max(-1, index - 3), -1):
        over = [other for other in split[row] if _in_column(other.bbox, part.bbox)]
        if not over or low - over[0].bbox.y2 > _FAR_DOWN * part.bbox.height:
            return
        yield over[0].text, sure
        low, sure = over[0].bbox.y1, sure * 0.8


def _lines(split: Sequence[Sequence[Part]], index: int, part: Part) -> tuple[PlacedWord, ...]:
    """A text and what goes on below it, flush with it, line for line."""
    words = list(part.words)
    last = part.bbox
    for row in split[index + 1 : index + _LINES]:
        on = [p for p in row if abs(p.bbox.x1 - part.bbox.x1) <= part.bbox.height and not p.names]
        if not on or on[0].bbox.y1 - last.y2 > _NEXT_LINE * part.bbox.height:
            break
        words += on[0].words
        last = on[0].bbox
    return tuple(words)


def _in_column(above: BBox, box: BBox) -> bool:
    """Whether a box is over another: they share half of the narrower, or an edge or the middle."""
    if _shared(above, box) >= 0.5 * min(above.width, box.width):
        return True
    edge = box.height
    return abs(above.x1 - box.x1) <= edge or abs(above.x2 - box.x2) <= edge


def _shared(one: BBox, other: BBox) -> float:
    return min(one.x2, other.x2) - max(one.x1, other.x1)


def _text(words: Sequence[PlacedWord]) -> str:
    return " ".join(word.text for word in words)
