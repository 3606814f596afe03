"""Mixed pages: the pictures on a digital page that may hold text are read, where no digital text lies."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from statistics import median
from typing import ClassVar

import numpy as np

from models.base import Engines, Image
from pipelines.readers.base import Reader
from pipelines.space import scaled_line
from pipelines.work import PageWork
from schemas.geometry import BBox, joined
from schemas.reading import SourcePage, TextLine

# A picture less high or wide than these font sizes of the page stands in a line of text or holds no word.
_LEAST_HEIGHT, _LEAST_WIDTH = 2.0, 4.0
# A picture is the background of digital text that covers more of it than this.
_BACKGROUND = 0.1
# Scanners cut pages into strips: pictures this near to each other (page units) are one.
_TOUCH = 1.0
# Areas read on one page, the largest first: more are tiles of a pattern.
_MOST_AREAS = 12
# Photographs have textures that look like letters: what is read less surely than this is left out.
LEAST_CONFIDENCE = 0.8
# A picture whose grey levels all lie within this many steps is blank.
_BLANK_SPREAD = 32


class ReadPictures:
    """Adds the text of pictures to the lines of each digital page, in units of the upright page."""

    name: ClassVar[str] = "pictures"
    reads: ClassVar[frozenset[str]] = frozenset({"source", "scanned", "turns", "lines"})
    writes: ClassVar[frozenset[str]] = frozenset({"lines"})
    batch: ClassVar[int] = 1

    def __init__(self, reader: Reader, engines: Engines, model: str) -> None:
        self._reader = reader
        self._engines = engines
        self._model = model
        self._known: dict[tuple[object, ...], list[TextLine]] = {}
        """What was read on a picture, by its shape and digest: a logo is on every page."""

    def __call__(self, pages: Sequence[PageWork]) -> None:
        """See ``PageStage``."""
        for page in pages:
            if page.source is None or page.scanned:
                continue
            embedded = page.source.lines
            for area in _areas(page.source):
                page.lines = [*(page.lines or []), *self._read(page, page.source, area, embedded)]

    def _read(
        self, page: PageWork, source: SourcePage, area: BBox, embedded: Sequence[TextLine]
    ) -> list[TextLine]:
        """The lines in ``area`` (of the page as displayed) that are no digital text."""
        picture = self._reader.render(page.number, source.ocr_scale, area)
        scale = picture.shape[1] / area.width
        words = [word.bbox for line in embedded for word in line.words]
        picture = _without(picture, [box.shifted(-area.x1, -area.y1).scaled(scale) for box in words])
        if is_blank(picture):
            return []
        found = self._text_of(page.pose.upright(picture))
        corner = page.pose.to_upright(area)
        lines = [scaled_line(line, 1 / scale) for line in found if (line.confidence or 0) >= LEAST_CONFIDENCE]
        return [line.moved(lambda box: box.shifted(corner.x1, corner.y1)) for line in lines]

    def _text_of(self, picture: Image) -> list[TextLine]:
        mark = (*picture.shape, hashlib.blake2b(picture.tobytes()).digest())
        if mark not in self._known:
            self._known[mark] = self._engines.read_text(picture, self._model)
        return self._known[mark]


def is_blank(picture: Image) -> bool:
    """Whether nothing can be seen on a picture."""
    return int(picture.max()) - int(picture.min()) <= _BLANK_SPREAD


def _areas(source: SourcePage) -> list[BBox]:
    """Where pictures that may hold text lie, the largest first."""
    sizes = [word.size for line in source.lines for word in line.words]
    size = median(sizes) if sizes else 0.0
    pictures = [picture.clipped(source.width, source.height) for picture in source.pictures]
    areas = [
        area
        for area in _together([picture for picture in pictures if picture.area > 0])
        if area.height >= _LEAST_HEIGHT * size and area.width >= _LEAST_WIDTH * size
    ]
    words = [word.bbox for line in source.lines for word in line.words]
    areas = [area for area in areas if _covered(area, words) <= _BACKGROUND]
    return sorted(areas, key=lambda area: -area.area)[:_MOST_AREAS]


def _together(boxes: Sequence[BBox]) -> list[BBox]:
    """The boxes, those that overlap or touch as one."""
    return joined(sorted(boxes, key=lambda one: (one.y1, one.x1)), _touch)


def _touch(one: BBox, other: BBox) -> bool:
    across = min(one.x2, other.x2) - max(one.x1, other.x1)
    down = min(one.y2, other.y2) - max(one.y1, other.y1)
    return across >= -_TOUCH and down >= -_TOUCH


def _covered(area: BBox, words: Sequence[BBox]) -> float:
    """The share of ``area`` that words cover."""
    return sum(word.intersection(area) for word in words) / area.area


def _without(picture: Image, boxes: Sequence[BBox]) -> Image:
    """The picture with ``boxes`` (pixels) painted over in what is most of each."""
    painted = picture.copy()
    height, width = picture.shape[:2]
    for box in boxes:
        x1, y1 = max(0, int(box.x1)), max(0, int(box.y1))
        x2, y2 = min(width, round(box.x2) + 1), min(height, round(box.y2) + 1)
        if x1 < x2 and y1 < y2:
            part = painted[y1:y2, x1:x2]
            part[:] = np.median(part.reshape(-1, 3), axis=0)
    return painted
