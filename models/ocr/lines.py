"""Text lines in a picture: cut out for the recogniser, and put back with the boxes of their words.

A quad is ``(4, 2)`` float32 pixels, clockwise from the corner at the top left.
"""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from models import images
from models.base import Image
from models.ocr import ctc
from models.ocr.ctc import Glyph
from schemas.fragments import Source
from schemas.geometry import BBox, union_of
from schemas.reading import TextLine, Word

LEAST_SCORE = 0.5
"""Lines read with less certainty are left out."""

# A line this much taller than wide stands on its side (as PaddleOCR cuts it), or is a digit or two: those are
# not taller than that.
_UPRIGHT_ASPECT, _DIGIT_ASPECT = 1.5, 3.5
# Ink is looked for between these shares of a line's height: above and below run rules and underlines.
_CORE = (0.15, 0.8)

Quad = NDArray[np.float32]


def likely_turns(quad: Quad) -> list[int]:
    """The clockwise quarter turns that the line's text may stand at, the likeliest first."""
    width, height = _sides(quad)
    if height < _UPRIGHT_ASPECT * width:
        return [0]
    return [1, 3, 0] if height < _DIGIT_ASPECT * width else [1, 3]


def cut(image: Image, quad: Quad, turns: int) -> Image:
    """The line's picture, straightened, for text that stands at ``turns`` clockwise quarter turns."""
    width, height = (max(1, int(side)) for side in _sides(quad))
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(quad, corners)
    line = cv2.warpPerspective(
        image, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE, flags=cv2.INTER_CUBIC
    )
    return images.turned(np.asarray(line, dtype=np.uint8), -turns)


def text_line(quad: Quad, line: Image, glyphs: list[Glyph], turns: int) -> TextLine | None:
    """The line with its words, in the picture that ``quad`` lies in; None where nothing was read surely.

    Args:
        quad: where the line stands.
        line: its picture, the way its text was read.
        glyphs: what was read, places along ``line``.
        turns: the clockwise quarter turns the text stands at in the picture.
    """
    score = ctc.score(glyphs)
    groups = ctc.words(glyphs)
    if not groups or score < LEAST_SCORE:
        return None
    # From here on the quad starts where the text starts: tall lines run down (1) or up (3).
    top_left, top_right, _, bottom_left = np.roll(quad, {0: 0, 1: -1, 3: 1}[turns], axis=0)
    along, across = top_right - top_left, bottom_left - top_left
    words: list[Word] = []
    for (start, end), group in zip(_extents(groups, _blank_columns(line)), groups, strict=True):
        corners = [top_left + along * f + across * g for f in (start, end) for g in (0, 1)]
        words.append(
            Word(
                text="".join(glyph.char for glyph in group),
                bbox=_bbox(np.array(corners)),
                confidence=round(ctc.score(group), 4),
                size=float(np.linalg.norm(across)),
                space_before=bool(words),
                source=Source.OCR,
            )
        )
    return TextLine(words, union_of([w.bbox for w in words]), round(score, 4), quarter_turns=turns)


def _sides(quad: Quad) -> tuple[float, float]:
    """Width and height: the longer of each pair of opposite sides."""
    width = max(np.linalg.norm(quad[0] - quad[1]), np.linalg.norm(quad[3] - quad[2]))
    height = max(np.linalg.norm(quad[0] - quad[3]), np.linalg.norm(quad[1] - quad[2]))
    return float(width), float(height)


def _bbox(points: NDArray[np.float32]) -> BBox:
    (x1, y1), (x2, y2) = points.min(axis=0), points.max(axis=0)
    return BBox(float(x1), float(y1), float(x2), float(y2))


def _blank_columns(line: Image) -> NDArray[np.bool_]:
    """Which columns of a line's picture hold no ink (Otsu's threshold; ink is what there is less of)."""
    grey = cv2.cvtColor(line, cv2.COLOR_RGB2GRAY)
    top, bottom = (round(share * len(grey)) for share in _CORE)
    core = grey[top : max(bottom, top + 1)]
    dark = cv2.threshold(core, 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)[1].astype(bool)
    ink = dark if dark.mean() <= 0.5 else ~dark
    return np.asarray(~ink.any(axis=0), dtype=np.bool_)


def _extents(groups: list[list[Glyph]], blank: NDArray[np.bool_]) -> list[tuple[float, float]]:
    """Start and end of each word along its line (0 to 1).

    Words part at the widest gap between them, or half way where ink runs through.
    """
    pitches = [b.place - a.place for group in groups for a, b in pairwise(group)]
    pitch = sorted(pitches)[len(pitches) // 2] if pitches else 1 / sum(len(group) for group in groups)
    first, last = groups[0][0].place, groups[-1][-1].place
    edges = [_inner_edge(blank, max(0.0, first - pitch), first, first - pitch / 2)]
    for left, right in pairwise(groups):
        edges += _gap(blank, left[-1].place, right[0].place)
    edges.append(1 - _inner_edge(blank[::-1], max(0.0, 1 - last - pitch), 1 - last, 1 - last - pitch / 2))
    return list(zip(edges[::2], edges[1::2], strict=True))


def _inner_edge(blank: NDArray[np.bool_], start: float, end: float, otherwise: float) -> float:
    """Where ink begins between ``start`` and ``end`` (0 to 1)."""
    window = blank[int(start * len(blank)) : int(end * len(blank))]
    inked = np.flatnonzero(~window)
    if not len(inked):
        return min(max(otherwise, 0.0), 1.0)
    return (int(start * len(blank)) + int(inked[0])) / len(blank)


def _gap(blank: NDArray[np.bool_], start: float, end: float) -> tuple[float, float]:
    """The widest run of blank columns between ``start`` and ``end`` (0 to 1)."""
    offset = int(start * len(blank))
    window = blank[offset : int(end * len(blank))]
    steps = np.flatnonzero(np.diff(np.concatenate([[False], window, [False]]).astype(np.int8)))
    if not len(steps):
        return (start + end) / 2, (start + end) / 2
    runs = steps.reshape(-1, 2)
    widest = runs[(runs[:, 1] - runs[:, 0]).argmax()]
    return (offset + int(widest[0])) / len(blank), (offset + int(widest[1])) / len(blank)
