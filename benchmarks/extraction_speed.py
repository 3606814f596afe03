"""What filling a schema adds to the time of a document of ten pages: models warm, no language model."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.corpus import Document, documents
from benchmarks.peers import View, asked
from benchmarks.speed import page_count
from pipelines.parse import assemble, read_pages
from pipelines.work import PageRecord, RunContext
from schemas.options import Configuration
from schemas.settings import Settings
from workers.children import EngineChild, ReaderChild

PAGES = 10
_SET, _VIEW = "kleister_fields", View.AGREEMENT
_STAGE = "evidence"
"""The page stage that only extraction needs."""


@dataclass(frozen=True, slots=True)
class Added:
    """Seconds of one document: reading its pages and making the document, and what a schema adds to each."""

    document: str
    pages: int
    seconds: float
    added_to_pages: float
    added_to_document: float

    @property
    def added(self) -> float:
        """All that the schema adds."""
        return self.added_to_pages + self.added_to_document


def measure(limit: int) -> Iterator[Added]:
    """The first ten pages of the first documents that have as many; one before them warms up."""
    long = [one for one in documents(_SET) if page_count(one) >= PAGES]
    engines, reader = EngineChild(Settings()), ReaderChild(Settings())
    try:
        for number, document in enumerate(long[: limit + 1]):
            added = _measured(document, reader, engines)
            if number or limit >= len(long):
                yield added
    finally:
        reader.close()
        engines.close()


def _measured(document: Document, reader: ReaderChild, engines: EngineChild) -> Added:
    path: Path = document.path
    filling = asked(_VIEW)
    info = reader.open(path, reader.detect(path, None, path.name))
    context = RunContext()
    started = time.perf_counter()
    records = read_pages(reader, engines, info, range(1, PAGES + 1), filling, context)
    read = time.perf_counter() - started
    records = [replace(record, picture=b"") for record in records]
    plain = filling.model_copy(update={"structured_extraction_options": None})
    without = _seconds(records, info.page_count, plain, engines)
    extra = _seconds(records, info.page_count, filling, engines) - without
    stage = context.seconds.get(_STAGE, 0.0)
    return Added(document.name, PAGES, read - stage + without, stage, extra)


def _seconds(
    records: Sequence[PageRecord], pages: int, configuration: Configuration, engines: EngineChild
) -> float:
    started = time.perf_counter()
    assemble(records, pages, configuration, engines, RunContext())
    return time.perf_counter() - started
