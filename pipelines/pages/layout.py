"""Scans: pixels and their text to regions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from models import images
from models.base import Engines
from pipelines.space import scaled_line
from pipelines.work import PageWork


class LayOut:
    """Finds regions and ruling lines of each page that has an image, in units of the upright page."""

    name: ClassVar[str] = "layout"
    reads: ClassVar[frozenset[str]] = frozenset({"image", "scale", "lines"})
    writes: ClassVar[frozenset[str]] = frozenset({"regions", "rules"})
    batch: ClassVar[int] = 1

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    def __call__(self, pages: Sequence[PageWork]) -> None:
        """See ``PageStage``."""
        for page in pages:
            if page.image is not None:
                lines = [scaled_line(line, page.scale) for line in page.lines or []]
                found = self._engines.lay_out(page.image, lines)
                page.rules = [rule.scaled(1 / page.scale) for rule in images.ruling_lines(page.image)]
                page.regions = [region.scaled(1 / page.scale) for region in found]
