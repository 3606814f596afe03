# mypy: disable-error-code="no-untyped-call"
"""Words that are struck out: by lines drawn through them, whatever their way, or by an annotation."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple

import pymupdf

from models import images
from pipelines.readers.pdf.annotations import annotations_of
from schemas.geometry import BBox, union_of
from schemas.reading import Move, TextLine, Word

# A line that strikes a word out crosses it this far over its baseline (font sizes): about half the height of
# its small letters, where neither underlines nor the rules of tables lie. A leaning one does so on average.
_LOW, _HIGH = 0.12, 0.48
# On its way it stays on the word: so far below the baseline and over it (font sizes).
_BELOW, _ABOVE = 0.3, 1.0
# It is this thin (font sizes), covers that share of the word, and ends about where words do.
_THIN, _COVERS, _BEYOND = 0.15, 0.7, 1.0
# Pieces of one line touch (points), and lie at one height.
_TOUCH, _LEVEL = 1.0, 0.3
# A path with more points than this is a drawing; so many points of a curve show its way.
_MOST_POINTS, _CURVE_POINTS = 2000, 4
# What lies in a redaction by this share is how it looks.
_WITHIN = 0.9
# Fonts reach below their baseline by this share of their height.
_DESCENT = 0.21
# A filled area with so few corners can be a line.
_CORNERS = 6
# A colour whose parts are all above this cannot be seen on paper.
_WHITE = 0.95

Point = tuple[float, float]


class _Stroke(NamedTuple):
    """A line as it was drawn: its way, how thick it is (points), and the bounds of its way."""

    way: tuple[Point, ...]
    thickness: float
    box: BBox

    @classmethod
    def of(cls, way: tuple[Point, ...], thickness: float) -> _Stroke:
        """The stroke of a way."""
        xs, ys = zip(*way, strict=True)
        return cls(way, thickness, BBox(min(xs), min(ys), max(xs), max(ys)))

    def moved(self, move: Move) -> _Stroke:
        """The stroke in another space."""
        points = (move(BBox(x, y, x, y)) for x, y in self.way)
        return _Stroke.of(tuple((point.x1, point.y1) for point in points), self.thickness)


def mark_struck(page: pymupdf.Page, lines: Sequence[TextLine], drawings: Iterable[dict[str, Any]]) -> None:
    """Marks the struck words among ``lines``, in place.

    ``drawings`` are the page's, the looks of its annotations too (``Page.get_cdrawings``).
    """
    redacted = list(_annotated(page, pymupdf.mupdf.PDF_ANNOT_REDACT))  # shown crossed out
    high = (_ABOVE + _BELOW) * max((word.size for line in lines for word in line.words), default=0.0)
    strokes = [
        stroke
        for drawing in drawings
        for stroke in _strokes(drawing)
        if min(stroke.box.width, stroke.box.height) <= high
        and not any(stroke.box.inside(box) > _WITHIN for box in redacted)
    ]
    for turns in {line.quarter_turns for line in lines} if strokes else ():
        _mark_turned([line for line in lines if line.quarter_turns == turns], turns, strokes, page.rect)
    noted = list(_annotated(page, pymupdf.mupdf.PDF_ANNOT_STRIKE_OUT))
    for line in lines if noted else ():
        for word in line.words:
            word.struck |= any(box.holds(*word.bbox.center) for box in noted)


def _mark_turned(
    lines: Sequence[TextLine], turns: int, strokes: Sequence[_Stroke], page: pymupdf.Rect
) -> None:
    """Marks what strokes cross of the lines that stand at ``turns`` quarter turns on the page."""

    def upright(box: BBox) -> BBox:
        return images.turned_box(box, -turns, page.width, page.height)

    standing = [stroke.moved(upright) for stroke in strokes] if turns else strokes
    level = sorted(_whole(standing), key=lambda stroke: stroke.box.center[1])
    heights = [stroke.box.center[1] for stroke in level]
    for line in lines:
        box, words = upright(line.bbox), line.words
        near = level[bisect_left(heights, box.y1) : bisect_left(heights, box.y2)]
        if near and turns:  # where the baseline of such text lies is not known
            boxes = [upright(word.bbox) for word in words]
            words = [
                replace(word, bbox=box, descent=_DESCENT * box.height)
                for word, box in zip(words, boxes, strict=True)
            ]
        _mark(line.words, words, near)


def _mark(words: Sequence[Word], upright: Sequence[Word], strokes: Sequence[_Stroke]) -> None:
    """Marks those of a line's ``words`` that strokes cross; ``upright``: the same words, turned upright."""
    for stroke in strokes:
        crossed = [i for i, word in enumerate(upright) if _crosses(stroke, word)]
        if not any(map(str.isalnum, "".join(upright[i].text for i in crossed))):
            continue  # a row of dashes
        around = union_of([upright[i].bbox for i in crossed])
        slack = _BEYOND * upright[crossed[0]].size
        if stroke.box.x1 > around.x1 - slack and stroke.box.x2 < around.x2 + slack:
            for i in crossed:
                words[i].struck = True


def _crosses(stroke: _Stroke, word: Word) -> bool:
    """Whether a stroke runs over most of a word, and on average at the height where strikes lie."""
    box, size = word.bbox, word.size
    if size <= 0 or stroke.thickness > _THIN * size or stroke.box.x1 > box.x2 or stroke.box.x2 < box.x1:
        return False
    baseline = box.y2 - word.descent
    parts: list[tuple[float, float]] = []
    moment = length = 0.0
    for (x1, y1), (x2, y2) in map(sorted, pairwise(stroke.way)):
        left, right = max(x1, box.x1), min(x2, box.x2)
        if right <= left:
            continue
        raised = (baseline - y1 - (y2 - y1) * ((left + right) / 2 - x1) / (x2 - x1)) / size
        if -_BELOW < raised < _ABOVE:
            parts.append((left, right))
            moment, length = moment + raised * (right - left), length + right - left
    return _covered(parts) > _COVERS * box.width and _LOW < moment / length < _HIGH


def _covered(parts: Sequence[tuple[float, float]]) -> float:
    """The length of the union of some intervals."""
    total, reached = 0.0, float("-inf")
    for left, right in sorted(parts):
        total += max(0.0, right - max(left, reached))
        reached = max(reached, right)
    return total


def _strokes(drawing: dict[str, Any]) -> Iterator[_Stroke]:
    """The lines that a path draws: open ways of its pen, and areas as thin as a line."""
    stroked = "s" in drawing["type"]
    if _is_white(drawing.get("color" if stroked else "fill")):
        return
    for way in _ways(drawing["items"]):
        stroke = _Stroke.of(way, drawing.get("width") or 0.0)
        if stroked and way[0] != way[-1]:
            yield stroke
        elif len(way) <= _CORNERS:
            yield _along(stroke.box)


def _along(box: BBox) -> _Stroke:
    """The line that a thin area is."""
    x, y = box.center
    if box.width > box.height:
        return _Stroke.of(((box.x1, y), (box.x2, y)), box.height)
    return _Stroke.of(((x, box.y1), (x, box.y2)), box.width)


def _ways(items: Sequence[tuple[Any, ...]]) -> Iterator[tuple[Point, ...]]:
    """The subpaths of a path as points, closed ones ending where they began; no drawings of many points."""
    way: list[Point] = []
    for item in items:
        points = _points(item)
        if way and points and points[0] == way[-1]:
            way += points[1:]
            continue
        if 1 < len(way) <= _MOST_POINTS:
            yield tuple(way)
        way = points
    if 1 < len(way) <= _MOST_POINTS:
        yield tuple(way)


def _points(item: tuple[Any, ...]) -> list[Point]:
    match item[0]:
        case "l":
            return [item[1], item[2]]
        case "c":
            return [_on_curve(item[1:5], i / _CURVE_POINTS) for i in range(_CURVE_POINTS + 1)]
        case "re":
            x1, y1, x2, y2 = item[1]
            return [(x1, y1), (x2, y1), (x2, y2), (x1, y2), (x1, y1)]
        case "qu":
            upper_left, upper_right, lower_left, lower_right = item[1]
            return [upper_left, upper_right, lower_right, lower_left, upper_left]
    return []


def _on_curve(controls: Sequence[Point], t: float) -> Point:
    """The point of a cubic Bézier curve at ``t``."""
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
    x, y = (sum(w * point[axis] for w, point in zip(weights, controls, strict=True)) for axis in (0, 1))
    return x, y


def _whole(strokes: Sequence[_Stroke]) -> list[_Stroke]:
    """The strokes; level ones that touch are one: some programs draw a line word by word."""
    level = [stroke for stroke in strokes if stroke.box.height < _LEVEL]
    joined: list[_Stroke] = []
    for stroke in sorted(level, key=lambda s: (round(s.box.center[1] / _LEVEL), s.box.x1)):
        if joined and _touch(joined[-1].box, stroke.box):
            box, thickness = joined[-1].box.union(stroke.box), max(joined[-1].thickness, stroke.thickness)
            joined[-1] = _Stroke.of(((box.x1, box.center[1]), (box.x2, box.center[1])), thickness)
        else:
            joined.append(stroke)
    return joined + [stroke for stroke in strokes if stroke.box.height >= _LEVEL]


def _touch(one: BBox, other: BBox) -> bool:
    """Whether a level line goes on in another that begins no further left."""
    return abs(one.center[1] - other.center[1]) < _LEVEL and one.x1 <= other.x1 <= one.x2 + _TOUCH


def _is_white(color: Sequence[float] | None) -> bool:
    return color is not None and min(color, default=0.0) > _WHITE


def _annotated(page: pymupdf.Page, kind: int) -> Iterator[BBox]:
    """The boxes of the page's annotations of a kind, of one on text one for each line."""
    for annotation in annotations_of(page, kind):
        points = annotation.vertices or []
        for i in range(0, len(points) - 3, 4):
            xs, ys = zip(*points[i : i + 4], strict=True)
            yield BBox(min(xs), min(ys), max(xs), max(ys))
        if not points:
            yield BBox(*annotation.rect)
