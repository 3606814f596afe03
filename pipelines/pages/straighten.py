"""Pages whose text leans by a fine angle: the angle is measured, and embedded text read again, level."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from models.base import Engines
from pipelines.pages.text import take_text
from pipelines.readers.base import Reader
from pipelines.work import PageWork

# A page that leans by less (degrees) reads as well as it stands, and is left alone.
_LEAST_ANGLE = 0.3
# The longer side (pixels) of the picture that is looked at: lines need no more.
_SIDE = 1200


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
            if page.source is None:
                continue
            if page.scanned:
                scale = min(page.source.ocr_scale, _SIDE / max(page.source.width, page.source.height))
                angle = self._engines.skew(self._reader.render(page.number, scale))
            else:
                angle = page.source.lean
            page.angle = angle if abs(angle) >= _LEAST_ANGLE else 0.0
            if page.angle and not page.scanned:
                take_text(page, self._reader.level_page(page.number, self._layout, page.angle))
