"""Pixel arithmetic, and what it does to boxes: the only place for either.

Images are ``(height, width, 3)`` uint8 RGB arrays; boxes are ``BBox`` in the unit of the picture they
lie on.
"""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pictures

from models.base import Image
from schemas.geometry import BBox

_INK = 48
"""How far from the background's grey a pixel must be to be ink."""
_RULE_LENGTH = 0.025
"""The least length of a ruling line, as a share of the picture's longer side."""
_LEAN = 3
"""Pixels by which a piece of a line may be off the level."""
_CANVAS, _BRIDGED = 1600, 5
"""The longer side (pixels) of the page on which lines are drawn, and how far they are widened there."""
_RECTANGULAR, _CLOSED = 0.8, 0.98
"""An area is a box when it fills so much of its bounds, and is not the page itself."""
_AROUND = 25
"""The square (pixels) whose mean tells dark from light."""


def resized(image: Image, width: int, height: int) -> Image:
    """The picture at another size; averages when it shrinks."""
    if (image.shape[1], image.shape[0]) == (width, height):
        return image
    shrinks = width * height < image.shape[0] * image.shape[1]
    out = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    return np.asarray(out, dtype=np.uint8)


def scaled(image: Image, factor: float) -> Image:
    """The picture with both sides times ``factor`` (at least one pixel)."""
    height, width = image.shape[:2]
    return resized(image, max(1, round(width * factor)), max(1, round(height * factor)))


def within(image: Image, longest_side: int) -> Image:
    """The picture, made smaller if one of its sides is longer than ``longest_side`` pixels."""
    return scaled(image, min(1.0, longest_side / max(image.shape[:2])))


def cropped(image: Image, box: BBox) -> Image:
    """The part of the picture in ``box`` (pixels), at least one pixel, cut at the picture's edges."""
    height, width = image.shape[:2]
    x1, y1 = min(max(int(box.x1), 0), width - 1), min(max(int(box.y1), 0), height - 1)
    x2, y2 = min(max(round(box.x2), x1 + 1), width), min(max(round(box.y2), y1 + 1), height)
    return np.ascontiguousarray(image[y1:y2, x1:x2])


def ink_box(image: Image, margin: int) -> BBox:
    """Where a page picture is not background, ``margin`` pixels added; all of it if nothing stands out.

    The background is the picture's most frequent grey.
    """
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    background = _background(image)
    height, width = grey.shape
    x, y, across, down = cv2.boundingRect(
        (np.abs(grey.astype(np.int16) - background) > _INK).astype(np.uint8)
    )
    if not across:
        return BBox(0, 0, width, height)
    return BBox(x - margin, y - margin, x + across + margin, y + down + margin).clipped(width, height)


def ink_share(image: Image, box: BBox) -> float:
    """The share of the pixels in a box that differ from their usual grey by as much as ink does."""
    grey = cv2.cvtColor(cropped(image, box), cv2.COLOR_RGB2GRAY).astype(np.int16)
    return float((np.abs(grey - np.median(grey)) > _INK).mean())


def padded(image: Image, step: int) -> Image:
    """The picture with background to the right and below, until both sides are multiples of ``step``."""
    height, width = image.shape[:2]
    down, across = -height % step, -width % step
    if not down and not across:
        return image
    grey = _background(image)
    out = cv2.copyMakeBorder(image, 0, down, 0, across, cv2.BORDER_CONSTANT, value=(grey, grey, grey))
    return np.asarray(out, dtype=np.uint8)


def _background(image: Image) -> int:
    """The most frequent grey."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    return int(np.bincount(grey.ravel(), minlength=256).argmax())


def ruling_lines(image: Image) -> list[BBox]:
    """Boxes (pixels) of the straight horizontal and vertical lines of a page picture.

    Dark runs much longer than any letter's stroke, found by morphological opening; a line that leans comes in
    pieces, each nearly level.
    """
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    dark = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, _AROUND, 12)
    length = max(20, round(max(grey.shape) * _RULE_LENGTH))
    found: list[BBox] = []
    for across in (True, False):
        kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (length, 1) if across else (1, length))
        widened = cv2.dilate(dark, np.ones((3, 1) if across else (1, 3), np.uint8))
        runs = cv2.morphologyEx(widened, cv2.MORPH_OPEN, kernel)
        for x, y, width, height, area in cv2.connectedComponentsWithStats(runs)[2][1:]:
            along, lean = (width, height) if across else (height, width)
            thick = area / along
            if thick > length / 3:
                continue
            pieces = 1 if lean <= length / 3 else int(np.ceil(lean / (thick + _LEAN)))
            found += _level_pieces(runs[y : y + height, x : x + width] > 0, x, y, pieces, across=across)
    return found


def _level_pieces(
    mask: NDArray[np.bool_], left: int, top: int, pieces: int, *, across: bool
) -> Iterator[BBox]:
    """The boxes of a leaning line, cut into ``pieces`` along it."""
    ends = np.linspace(0, mask.shape[1 if across else 0], pieces + 1).round().astype(int)
    for start, end in pairwise(ends):
        part = mask[:, start:end] if across else mask[start:end]
        if part.any():
            x, y, width, height = cv2.boundingRect(part.astype(np.uint8))
            x, y = (x + left + start, y + top) if across else (x + left, y + top + start)
            yield BBox(float(x), float(y), float(x + width), float(y + height))


def enclosed_boxes(rules: Sequence[BBox], width: float, height: float) -> list[BBox]:
    """Boxes of the rectangular areas that lines close off on a ``width`` x ``height`` page, in its unit.

    What is white between the lines is told apart by connected components: lines may lean, and have gaps of a
    thousandth or two of the page's longer side.
    """
    scale = _CANVAS / max(width, height)
    lines = np.zeros((round(height * scale) + 2, round(width * scale) + 2), np.uint8)
    for rule in rules:
        x1, y1, x2, y2 = (round(value * scale) for value in rule)
        cv2.rectangle(lines, (x1, y1), (x2, y2), 255, thickness=-1)
    drawn = np.asarray(cv2.dilate(lines, np.ones((_BRIDGED, _BRIDGED), np.uint8)), np.uint8)
    # Most rows and columns are as the ones before them: one of each run is enough, with the run's length.
    rows, columns = _changes(drawn), _changes(drawn.T)
    few = 255 - drawn[np.ix_(rows[:-1], columns[:-1])]
    _, labels, stats, _ = cv2.connectedComponentsWithStats(few, connectivity=4)
    areas = np.bincount(labels.ravel(), np.outer(np.diff(rows), np.diff(columns)).ravel())
    found = []
    for (column, row, wide, high, _), area in zip(stats[1:], areas[1:], strict=True):
        x1, x2, y1, y2 = columns[column], columns[column + wide], rows[row], rows[row + high]
        across, down = x2 - x1, y2 - y1
        if area >= _RECTANGULAR * across * down and across < _CLOSED * lines.shape[1]:
            found.append(BBox(float(x1), float(y1), float(x2), float(y2)).scaled(1 / scale))
    return found


def _changes(picture: NDArray[np.uint8]) -> NDArray[np.intp]:
    """The first row, every row that differs from the one above it, and the number of rows."""
    differ = (picture[1:] != picture[:-1]).any(axis=1)
    return np.concatenate([[0], np.flatnonzero(differ) + 1, [len(picture)]])


def turned(image: Image, quarter_turns: int) -> Image:
    """The picture after ``quarter_turns`` clockwise quarter turns."""
    turns = quarter_turns % 4
    return np.ascontiguousarray(np.rot90(image, -turns)) if turns else image


def turned_box(box: BBox, quarter_turns: int, width: float, height: float) -> BBox:
    """Where ``box`` lies after its ``width`` x ``height`` picture made ``quarter_turns`` clockwise turns."""
    match quarter_turns % 4:
        case 1:
            return BBox(height - box.y2, box.x1, height - box.y1, box.x2)
        case 2:
            return BBox(width - box.x2, height - box.y2, width - box.x1, height - box.y1)
        case 3:
            return BBox(box.y1, width - box.x2, box.y2, width - box.x1)
        case _:
            return box


def turned_back(box: BBox, quarter_turns: int, width: float, height: float) -> BBox:
    """The inverse of ``turned_box``: ``width`` x ``height`` is still the picture's size before the turns."""
    if quarter_turns % 2:
        width, height = height, width
    return turned_box(box, -quarter_turns, width, height)


def leaned(image: Image, degrees: float) -> Image:
    """The picture turned about its middle by ``degrees`` clockwise, less than a quarter turn.

    It is enlarged so that nothing is cut off; the new corners have the colour of the paper.
    """
    height, width = image.shape[:2]
    across, down = (round(side) for side in leaned_size(width, height, degrees))
    turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -degrees, 1.0)
    turn[:, 2] += (across - width) / 2, (down - height) / 2
    out = cv2.warpAffine(image, turn, (across, down), flags=cv2.INTER_CUBIC, borderValue=_paper(image))
    return np.asarray(out, dtype=np.uint8)


def _paper(image: Image) -> tuple[float, ...]:
    """The usual colour of the pixels whose grey is the most frequent."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    return tuple(np.median(image[grey == _background(image)], axis=0).tolist())


def leaned_size(width: float, height: float, degrees: float) -> tuple[float, float]:
    """The bounds of what has ``width`` x ``height`` once it is turned by less than a quarter turn."""
    c, s = math.cos(math.radians(degrees)), abs(math.sin(math.radians(degrees)))
    return width * c + height * s, width * s + height * c


def leaned_box(box: BBox, degrees: float, width: float, height: float) -> BBox:
    """The bounds of ``box`` once its ``width`` x ``height`` picture is turned as by ``leaned``."""
    return _swung(box, degrees, (width, height), leaned_size(width, height, degrees))


def leaned_back(box: BBox, degrees: float, width: float, height: float) -> BBox:
    """The bounds of ``box`` when ``leaned`` is undone: ``width`` x ``height`` is the size before it."""
    return _swung(box, -degrees, leaned_size(width, height, degrees), (width, height))


def _swung(box: BBox, degrees: float, before: tuple[float, float], after: tuple[float, float]) -> BBox:
    """The bounds of a box that is turned about the middle of one area, which becomes that of another."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    x, y = box.center[0] - before[0] / 2, box.center[1] - before[1] / 2
    x, y = after[0] / 2 + c * x - s * y, after[1] / 2 + s * x + c * y
    width, height = leaned_size(box.width, box.height, degrees)
    return BBox(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def jpeg(image: Image) -> bytes:
    """The picture as a JPEG file; its colours keep their resolution, as small print needs."""
    buffer = io.BytesIO()
    Pictures.fromarray(image).save(buffer, "JPEG", quality=90, subsampling=0)
    return buffer.getvalue()


def jpeg_base64(image: Image) -> str:
    """The picture as a JPEG file, in base64."""
    return base64.b64encode(jpeg(image)).decode("ascii")


def png(image: Image) -> bytes:
    """The picture as a PNG file."""
    buffer = io.BytesIO()
    Pictures.fromarray(image).save(buffer, "PNG", compress_level=3)
    return buffer.getvalue()


def png_base64(image: Image) -> str:
    """The picture as a PNG file, in base64."""
    return base64.b64encode(png(image)).decode("ascii")
