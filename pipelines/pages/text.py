"""First stage: what the file itself says of its pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from pipelines.readers.base import Reader
from pipelines.work import PageWork


class ReadText:
    """Reads size, embedded text and layout of each page, and tells scans from digital pages."""

    name: ClassVar[str] = "read"
    reads: ClassVar[frozenset[str]] = frozenset({"number"})
    writes: ClassVar[frozenset[str]] = frozenset({"source", "scanned", "lines", "regions", "rules"})
    batch: ClassVar[int] = 1

    def __init__(self, reader: Reader, *, layout: bool) -> None:
        self._reader = reader
        self._layout = layout

    def __call__(self, pages: Sequence[PageWork]) -> None:
        """See ``PageStage``."""
        for page in pages:
            source = self._reader.page(page.number, self._layout)
            page.source, page.scanned = source, source.needs_ocr
            page.lines = [] if page.scanned else source.lines
            page.rules = [] if page.scanned else source.rules
            page.regions = None if page.scanned else source.regions
