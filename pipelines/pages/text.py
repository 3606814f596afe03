"""First stage: what the file itself says of its pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from pipelines.readers.base import Reader
from pipelines.space import to_upright, turned_line
from pipelines.work import PageWork
from schemas.documents import DocumentWarning, WarningKind
from schemas.reading import MOST_GARBLED, SourcePage


class ReadText:
    """Reads size, text and layout of each page, tells scans from digital pages, sets text upright."""

    name: ClassVar[str] = "read"
    reads: ClassVar[frozenset[str]] = frozenset({"number"})
    writes: ClassVar[frozenset[str]] = frozenset(
        {"source", "scanned", "lines", "regions", "rules", "turns", "warnings"}
    )
    batch: ClassVar[int] = 1

    def __init__(self, reader: Reader, *, layout: bool) -> None:
        self._reader = reader
        self._layout = layout

    def __call__(self, pages: Sequence[PageWork]) -> None:
        """See ``PageStage``."""
        for page in pages:
            source = self._reader.page(page.number, self._layout)
            page.source, page.scanned = source, source.needs_ocr
            page.warnings = list(_warnings(source))
            if page.scanned:
                page.lines, page.rules, page.regions = [], [], None
                continue
            page.turns = turns = -source.quarter_turns % 4
            upright = to_upright(source, turns)
            page.lines = [turned_line(line, source, turns) for line in source.lines]
            page.rules = [upright(rule) for rule in source.rules]
            page.regions = [region.moved(upright) for region in source.regions or []]


def _warnings(source: SourcePage) -> Iterator[DocumentWarning]:
    """What is missing of the page, and that text was there and was not used, if so."""
    if source.damage:
        yield DocumentWarning(kind=WarningKind.TRUNCATED, message=source.damage, page_number=source.number)
    if source.garbled > MOST_GARBLED:
        message = (
            f"The text embedded in page {source.number} is unusable ({source.garbled:.0%} of it is no valid "
            "Unicode): the page was read from its pixels."
        )
        yield DocumentWarning(kind=WarningKind.FALLBACK, message=message, page_number=source.number)
