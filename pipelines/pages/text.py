"""First stage: what the file itself says of its pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from pipelines.pages.unseen import hidden_warnings
from pipelines.readers.base import Reader
from pipelines.space import Pose
from pipelines.work import PageWork
from schemas.documents import DocumentWarning, WarningKind
from schemas.reading import MOST_GARBLED, SourcePage


class ReadText:
    """Reads size, text and layout of each page, tells scans from digital pages, sets text upright."""

    name: ClassVar[str] = "read"
    reads: ClassVar[frozenset[str]] = frozenset({"number"})
    writes: ClassVar[frozenset[str]] = frozenset(
        {"source", "scanned", "lines", "regions", "rules", "bars", "turns", "finds", "warnings"}
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
            page.warnings, page.finds = list(_warnings(source)), []
            if page.scanned:
                page.lines, page.rules, page.bars, page.regions = [], [], [], None
            else:
                take_text(page, source)


def take_text(page: PageWork, level: SourcePage) -> None:
    """Sets what is embedded in a page upright; ``level``: as it is displayed, or turned to be level."""
    page.turns = -level.quarter_turns % 4
    pose = Pose.of(level, page.turns)
    page.lines = [pose.upright_line(line) for line in level.lines]
    page.rules = [pose.to_upright(rule) for rule in level.rules]
    page.bars = [pose.to_upright(bar) for bar in level.bars]
    page.regions = [region.moved(pose.to_upright) for region in level.regions or []]


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
    yield from hidden_warnings(source.hidden, source.number, (source.width, source.height))
