"""Speed: pages a second, pages a processor second, peak memory, seconds a stage; all engines in one run."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pymupdf

from benchmarks.corpus import Document, documents
from benchmarks.peers import ENGINES
from benchmarks.process import EngineProcess

SOURCES = {"born-digital": "icdar2013_tables", "scanned": "omnidocbench_demo"}
"""What is read, and the set it is taken from: PDFs with text, and page pictures."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How one engine read one kind of document, after a first document that warms it up and is not counted.

    ``peak_bytes`` is the largest resident size of the process tree, shared pages counted in each
    process; ``stages`` are seconds by stage, where the engine tells.
    """

    kind: str
    engine: str
    documents: int
    failed: int
    pages: int
    seconds: float
    cpu_seconds: float
    peak_bytes: int
    stages: dict[str, float]

    @property
    def pages_per_second(self) -> float:
        """Pages by the clock."""
        return self.pages / self.seconds if self.seconds else 0.0

    @property
    def pages_per_cpu_second(self) -> float:
        """Pages by processor time, children included."""
        return self.pages / self.cpu_seconds if self.cpu_seconds else 0.0


def measure(kind: str, engine: str, limit: int, seconds: float, log: Path | None) -> Pace | None:
    """Reads the first documents of a kind with one engine; None when there are none that it reads.

    Raises:
        EngineStartError: the engine does not start.
    """
    chosen = [d for d in documents(SOURCES[kind], limit) if ENGINES[engine].reads(d.path)]
    if not chosen:
        return None
    with EngineProcess(engine, seconds, log) as process:
        process.read(chosen[0].path)
        outcomes = [(page_count(d), process.read(d.path)) for d in chosen]
    read = [(pages, outcome) for pages, outcome in outcomes if outcome.error is None]
    stages: dict[str, float] = {}
    for _, outcome in read:
        for stage, spent in outcome.stages.items():
            stages[stage] = stages.get(stage, 0.0) + spent
    return Pace(
        kind=kind,
        engine=engine,
        documents=len(read),
        failed=len(outcomes) - len(read),
        pages=sum(pages for pages, _ in read),
        seconds=sum(outcome.seconds for _, outcome in read),
        cpu_seconds=sum(outcome.cpu_seconds for _, outcome in read),
        peak_bytes=process.peak_bytes,
        stages=stages,
    )


def load_per_core() -> float:
    """Runnable processes a core over the last minute; near 0 on a quiet machine."""
    return os.getloadavg()[0] / (os.cpu_count() or 1)


def page_count(document: Document) -> int:
    """The pages of a PDF; a picture is one page."""
    if document.path.suffix.lower() != ".pdf":
        return 1
    with pymupdf.open(document.path) as opened:  # type: ignore[no-untyped-call]
        return int(opened.page_count)


def ratios(paces: Sequence[Pace], value: Callable[[Pace], float], base: str = "octavo") -> dict[str, float]:
    """Each engine's value over that of ``base``, for paces of one kind; empty without ``base``."""
    reference = next((value(pace) for pace in paces if pace.engine == base), 0.0)
    return {pace.engine: value(pace) / reference for pace in paces} if reference else {}
