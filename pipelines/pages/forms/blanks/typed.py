"""Blanks that are typed: runs of underscores, dots or dashes, alone or amid a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipelines.pages.forms.blanks.places import Drawing, Ground, Place
from pipelines.pages.forms.flat.pieces import BLANK
from schemas.geometry import BBox
from schemas.reading import TextLine, Word

# How wide characters are beside a letter, in most fonts.
_WIDTHS = {"_": 1.0, ".": 0.5, "…": 2.0, "·": 0.5, "-": 0.6, ":": 0.5}
# A run narrower than this (line heights) is punctuation.
_LEAST = 1.5
# Runs closer than this (line heights), with nothing between, are one.
_JOINS = 1.0
# What is written stands over the run, as high as this (line heights).
_HIGH = 1.25
# A blank is named by so many words before it at most.
_MOST_WORDS = 8
_BRACKETED = re.compile(r"^\W*\(([^()]{2,60})\)")
_CLAUSE = re.compile(r"[.;:,]\s+")


@dataclass(slots=True)
class _Part:
    """A stretch of a line: text, or a run to fill in."""

    text: str
    bbox: BBox
    is_blank: bool


def typed(lines: Sequence[TextLine], ground: Ground) -> list[Place]:
    """The typed blanks of a page, named by the words around them."""
    found: list[Place] = []
    before = ""
    for line in lines:
        if line.quarter_turns:
            continue
        parts = _joined(list(_parts(line)), line.bbox.height)
        found += _places(parts, before, ground)
        before = parts[-1].text if parts and not parts[-1].is_blank else ""
    return found


def printed(lines: Sequence[TextLine]) -> list[BBox]:
    """Where the words of a page stand, less the runs in them."""
    return [part.bbox for line in lines for part in _parts(line) if not part.is_blank]


def _parts(line: TextLine) -> Iterator[_Part]:
    for word in line.words:
        yield from _cut(word)


def _cut(word: Word) -> Iterator[_Part]:
    """A word in runs and texts; where they end is reckoned from the usual widths of the characters."""
    cuts = {0, len(word.text)}
    runs = [match.span() for match in BLANK.finditer(word.text)]
    for start, end in runs:
        cuts |= {start, end}
    widths = [_WIDTHS.get(char, 1.0) for char in word.text]
    unit = word.bbox.width / max(sum(widths), 1e-6)
    ends = sorted(cuts)
    for start, end in pairwise(ends):
        x1, x2 = (word.bbox.x1 + unit * sum(widths[:i]) for i in (start, end))
        yield _Part(word.text[start:end], BBox(x1, word.bbox.y1, x2, word.bbox.y2), (start, end) in runs)


def _joined(parts: Sequence[_Part], height: float) -> list[_Part]:
    """Runs that follow each other closely as one, texts too; a narrow run is text."""
    found: list[_Part] = []
    for part in parts:
        last = found[-1] if found else None
        close = last is not None and part.bbox.x1 - last.bbox.x2 < _JOINS * height
        if last and last.is_blank == part.is_blank and (close or not part.is_blank):
            space = "" if part.is_blank else " "
            found[-1] = _Part(last.text + space + part.text, last.bbox.union(part.bbox), part.is_blank)
        else:
            found.append(part)
    return [
        _Part(p.text, p.bbox, is_blank=p.is_blank and p.bbox.width > _LEAST * p.bbox.height) for p in found
    ]


def _places(parts: Sequence[_Part], before: str, ground: Ground) -> Iterator[Place]:
    """The runs of a line as places; ``before`` is the text that the line goes on from."""
    sentence = " ".join("____" if part.is_blank else part.text for part in parts)
    texts = sum(not part.is_blank and any(map(str.isalpha, part.text)) for part in parts)
    for i, part in enumerate(parts):
        if not part.is_blank:
            continue
        left = parts[i - 1].text if i else before
        right = parts[i + 1].text if i + 1 < len(parts) else ""
        height = part.bbox.height
        top = ground.ceiling(part.bbox, (_HIGH - 1) * height)
        room = BBox(part.bbox.x1, top, part.bbox.x2, part.bbox.y2 - 0.15 * height)
        context = [sentence] if texts > 1 else []
        yield Place(room, Drawing.TYPED, names=list(_names(left, right)), context=context)


def _names(left: str, right: str) -> Iterator[str]:
    """What a run may be called: what stands in brackets after it, the end of the text before it."""
    if hint := _BRACKETED.match(right):
        yield hint[1].strip()
    clause = _CLAUSE.split(left.strip().rstrip(":： "))[-1]
    words = clause.split()[-_MOST_WORDS:]
    name = " ".join(words).strip(" ,;:：-–—")
    if any(map(str.isalpha, name)):
        yield name
