"""Scans: pixels to lines of words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from models.base import Engines
from pipelines.space import scaled_line
from pipelines.work import PageWork


class Ocr:
    """Reads the text of each page that has an image; lines come in units of the upright page."""

    name: ClassVar[str] = "ocr"
    reads: ClassVar[frozenset[str]] = frozenset({"image", "scale"})
    writes: ClassVar[frozenset[str]] = frozenset({"lines"})
    batch: ClassVar[int] = 1

    def __init__(self, engines: Engines, model: str) -> None:
        self._engines = engines
        self._model = model

    def __call__(self, pages: Sequence[PageWork]) -> None:
        """See ``PageStage``."""
        for page in pages:
            if page.image is not None:
                found = self._engines.read_text(page.image, self._model)
                page.lines = [scaled_line(line, 1 / page.scale) for line in found]
