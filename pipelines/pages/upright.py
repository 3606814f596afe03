"""Scans: pixels, turned until their text is upright."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from models import images
from models.base import Engines
from pipelines.readers.base import Reader
from pipelines.work import PageWork

# A picture whose grey levels all lie within this many steps is blank.
_BLANK_SPREAD = 8


class Upright:
    """Renders each scanned page and turns it by quarter turns. A blank page stays without an image."""

    name: ClassVar[str] = "upright"
    reads: ClassVar[frozenset[str]] = frozenset({"source", "scanned"})
    writes: ClassVar[frozenset[str]] = frozenset({"image", "scale", "turns"})
    batch: ClassVar[int] = 1

    def __init__(self, reader: Reader, engines: Engines) -> None:
        self._reader = reader
        self._engines = engines

    def __call__(self, pages: Sequence[PageWork]) -> None:
        """See ``PageStage``."""
        for page in pages:
            if page.source is None or not page.scanned:
                continue
            image = self._reader.render(page.number, page.source.ocr_scale)
            if int(image.max()) - int(image.min()) <= _BLANK_SPREAD:
                continue
            page.scale = image.shape[1] / page.source.width
            page.turns = self._engines.quarter_turns(image)
            page.image = images.turned(image, page.turns)
