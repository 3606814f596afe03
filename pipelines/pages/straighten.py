"""Pages whose text leans by a fine angle: the angle is measured, and embedded text read again, level."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

from models.base import Engines
from pipelines.pages.text import take_text
from pipelines.readers.base import Reader
from pipelines.work import PageWork
from schemas.reading import SourcePage

# A page that leans by less (degrees) reads as well as it stands, and is left alone.
_LEAST_ANGLE = 0.3
# The pixels of the picture that is looked at: lines need no more.
_PIXELS = 1_000_000


class Straighten:
    """Sets the angle of each page: of a scan by its looks, of a digital page by its embedded text.

    Comes after ``ReadText``; the stages after it see the page level. A page that is level, or of which
    nothing sure can be told, is not touched.
    """

    name: ClassVar[str] = "straighten"
    reads: ClassVar[frozenset[str]] = frozenset({"source", "scanned"})
    writes: ClassVar[frozenset[str]] = frozenset({"angle", "turns", "lines", "regions", "rules", "bars"})
    batch: ClassVar[int] = 1

    def __init__(self, reader: Reader, engines: Engines, *, layout: bool) -> None:
        """``layout``: regions are wanted of the embedded text."""
        self._reader = reader
        self._engines = engines
        self._layout = layout

    def __call__(self, pages: Sequence[PageWork]) -> None:
        """See ``PageStage``."""
        for page in pages:
            page.angle = 0.0
            if page.source is None:
                continue
            if page.scanned:
                page.angle = _if_enough(self._seen(page.number, page.source))
            elif angle := _if_enough(page.source.lean):
                level = self._reader.level_page(page.number, self._layout, angle)
                if not level.needs_ocr:  # it reads as before
                    page.angle = angle
                    take_text(page, level)

    def _seen(self, number: int, source: SourcePage) -> float:
        scale = min(source.ocr_scale, math.sqrt(_PIXELS / (source.width * source.height)))
        return self._engines.skew(self._reader.render(number, scale))


def _if_enough(angle: float) -> float:
    return angle if abs(angle) >= _LEAST_ANGLE else 0.0
