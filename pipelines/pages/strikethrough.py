"""Struck words: taken out of the text, each passage of them a fragment of its own."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import ClassVar

import numpy as np

from models import images
from models.base import Engines, Image
from pipelines.pages.certainty import main_source, mean_confidence
from pipelines.pages.finds import without_words
from pipelines.pages.paragraphs import is_marker, text_of
from pipelines.work import Find, PageWork
from schemas.fragments import FragmentType, TextContent
from schemas.geometry import BBox, union_of
from schemas.reading import TextLine

# A passage goes on in the line below within this gap, or further along its own line (line heights).
_LEADING, _BESIDE = 0.8, 1.5
# Strokes reach so far beyond the words (line heights).
_REACH = 0.25
# Passages of text in columns take turns: so many of the last ones may go on.
_OPEN = 8


class RemoveStrikethrough:
    """Takes the struck words of each page out of its lines, and the strokes out of its picture and rules.

    What the file says is struck is marked already; the words of a scan are looked at, in the pixels that
    the file has: enlarged, letters too small to tell run into lines.
    """

    name: ClassVar[str] = "strikethrough"
    reads: ClassVar[frozenset[str]] = frozenset(
        {"source", "lines", "image", "scale", "rules", "bars", "finds"}
    )
    writes: ClassVar[frozenset[str]] = frozenset({"lines", "image", "rules", "bars", "finds"})
    batch: ClassVar[int] = 1

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    def __call__(self, pages: Sequence[PageWork]) -> None:
        """See ``PageStage``."""
        for page in pages:
            if page.image is not None:
                enlarged = page.source.enlarged if page.source else 1.0
                picture = images.scaled(page.image, 1 / enlarged) if enlarged > 1 else page.image
                self._mark(page.lines or [], picture, page.scale / enlarged)
            found = passages(page.lines or [])
            if not found:
                continue
            page.lines, _ = without_words(page.lines or [], lambda word: word.struck)
            struck = [line.bbox for passage in found for line in passage]
            page.rules, page.bars = _off(page.rules, struck), _off(page.bars, struck)
            if page.image is not None:
                page.image = _painted(page.image, [box.scaled(page.scale) for box in struck])
            page.finds = [*page.finds, *map(_find, found)]

    def _mark(self, lines: Sequence[TextLine], image: Image, scale: float) -> None:
        """Marks the struck words of upright lines, by their looks; a dash, or another mark, is none."""
        words = [word for line in lines if not line.quarter_turns for word in line.words]
        seen = self._engines.find_struck(image, [word.bbox.scaled(scale) for word in words]) if words else []
        for word, struck in zip(words, seen, strict=True):
            word.struck |= struck and any(map(str.isalnum, word.text))


def passages(lines: Sequence[TextLine]) -> list[list[TextLine]]:
    """The struck words in passages: each a list of (pieces of) lines that follow one another.

    A numbered clause, or another item of a list, begins a passage of its own.
    """
    found: list[list[TextLine]] = []
    ends: list[tuple[list[TextLine], TextLine]] = []
    for line in lines:
        pieces = _pieces(line)
        for piece in pieces:
            above = None
            if piece.words[0] is line.words[0] and not is_marker(line.words[0].text):
                above = next((p for p, last in reversed(ends[-_OPEN:]) if _follows(line, last)), None)
            if above is None:
                found.append(passage := [piece])
            else:
                passage = above
                passage.append(piece)
        if pieces and pieces[-1].words[-1] is line.words[-1]:
            ends.append((passage, line))
    return found


def _pieces(line: TextLine) -> list[TextLine]:
    """The struck parts of a line."""
    runs = [(struck, list(words)) for struck, words in groupby(line.words, key=lambda word: word.struck)]
    return [
        replace(line, words=words, bbox=union_of([word.bbox for word in words]))
        for struck, words in runs
        if struck
    ]


def _follows(line: TextLine, last: TextLine) -> bool:
    """Whether a line is the next one below, or goes on beside the last."""
    one, other = last.bbox, line.bbox
    height = max(one.height, other.height)
    down, across = other.y1 - one.y2, max(one.x1, other.x1) - min(one.x2, other.x2)
    below = -0.5 * height < down < _LEADING * height and across < 0
    beside = down <= -0.5 * height and 0 <= other.x1 - one.x2 < _BESIDE * height
    return line.quarter_turns == last.quarter_turns and (below or beside)


def _off(rules: Sequence[BBox], struck: Sequence[BBox]) -> list[BBox]:
    """The rules without those that lie on struck words and hardly further."""
    boxes = sorted(struck, key=lambda box: box.y1)
    tops = [box.y1 for box in boxes]
    tallest = max(box.height for box in boxes)

    def is_on(rule: BBox) -> bool:
        y = rule.center[1]
        near = boxes[bisect_left(tops, y - tallest) : bisect_left(tops, y)]
        return any(box.holds(*rule.center) and rule.width < box.width + 2 * box.height for box in near)

    return [rule for rule in rules if not is_on(rule)]


def _painted(image: Image, boxes: Sequence[BBox]) -> Image:
    """The picture without what is in ``boxes`` (pixels)."""
    painted = image.copy()
    for box in boxes:
        x1, y1 = max(0, int(box.x1 - _REACH * box.height)), max(0, int(box.y1))
        part = painted[y1 : round(box.y2) + 1, x1 : round(box.x2 + _REACH * box.height) + 1]
        if part.size:
            part[:] = np.percentile(part.reshape(-1, 3), 90, axis=0)
    return painted


def _find(passage: Sequence[TextLine]) -> Find:
    words = [word for line in passage for word in line.words]
    return Find(
        FragmentType.STRIKETHROUGH,
        union_of([line.bbox for line in passage]),
        TextContent(content=text_of(passage)),
        confidence=mean_confidence(words),
        source=main_source(words),
        words=words,
    )
