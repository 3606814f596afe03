# mypy: disable-error-code="no-untyped-call"
"""Words that are struck out: by a line drawn through them, or by an annotation."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

import pymupdf

from schemas.geometry import BBox, union_of
from schemas.reading import TextLine, Word

# A line that strikes a word out crosses it this far over its baseline (font sizes): about half the height of
# its small letters, where neither underlines nor the rules of tables lie.
_LOW, _HIGH = 0.12, 0.45
# It is this thin (font sizes), covers that share of the word, and ends about where words do.
_THIN, _COVERS, _BEYOND = 0.15, 0.7, 1.0


def mark_struck(page: pymupdf.Page, lines: Sequence[TextLine], rules: Sequence[BBox]) -> None:
    """Marks the struck words among ``lines``, in place; ``rules``: the straight lines on the page."""
    quads = list(_annotated(page))
    level = sorted((r for r in rules if r.width > r.height), key=lambda rule: rule.center[1])
    heights = [rule.center[1] for rule in level]
    for line in lines:
        if line.quarter_turns or not (level or quads):
            continue
        start, end = bisect_left(heights, line.bbox.y1), bisect_left(heights, line.bbox.y2)
        for rule in level[start:end]:
            _strike(line.words, rule)
        for word in line.words:
            word.struck |= any(quad.holds(*word.bbox.center) for quad in quads)


def _strike(words: Sequence[Word], rule: BBox) -> None:
    crossed = [word for word in words if _crosses(rule, word)]
    if not crossed:
        return
    around = union_of([word.bbox for word in crossed])
    slack = _BEYOND * crossed[0].size
    if rule.x1 > around.x1 - slack and rule.x2 < around.x2 + slack:
        for word in crossed:
            word.struck = True


def _crosses(rule: BBox, word: Word) -> bool:
    if word.size <= 0 or rule.height > _THIN * word.size:
        return False
    raised = (word.bbox.y2 - word.descent - rule.center[1]) / word.size
    covered = min(rule.x2, word.bbox.x2) - max(rule.x1, word.bbox.x1)
    return _LOW < raised < _HIGH and covered > _COVERS * word.bbox.width and any(map(str.isalnum, word.text))


def _annotated(page: pymupdf.Page) -> Iterator[BBox]:
    """The boxes of the page's strike-out annotations, one for each line of text."""
    for annotation in page.annots(types=[pymupdf.mupdf.PDF_ANNOT_STRIKE_OUT]) or ():
        points = annotation.vertices or []
        for i in range(0, len(points) - 3, 4):
            xs, ys = zip(*points[i : i + 4], strict=True)
            yield BBox(min(xs), min(ys), max(xs), max(ys))
