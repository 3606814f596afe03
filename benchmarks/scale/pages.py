"""One document of more and more pages, read by the running service: what a page costs, and the memory."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import psutil
import pymupdf

from benchmarks.load.watch import Watch, running
from benchmarks.process import EngineProcess
from benchmarks.scale.documents import report
from benchmarks.service import Service, role, submit, upload

_LOOK_SECONDS = 0.5
_WARM_PAGES = 64
_SEED = 11
_ENOUGH = 1000
"""Shorter documents are read several times, other pages each, until so many pages have been read."""
_MOST_TIMES = 10
_PEER_SECONDS = 900.0
PLAIN = "get_text"


@dataclass(frozen=True, slots=True)
class Length:
    """Documents of ``pages`` pages, ``times`` of them: seconds of the clock and of processors, for all.

    ``cpu`` is by role of process; ``peaks`` are the bytes of the largest process of each role.
    """

    pages: int
    times: int
    seconds: float
    cpu: dict[str, float]
    peaks: dict[str, int]

    @property
    def cpu_a_page(self) -> float:
        """Processor seconds of all processes for one page."""
        return sum(self.cpu.values()) / (self.pages * self.times)


@dataclass(frozen=True, slots=True)
class PeerLength:
    """A peer on the same documents: processor seconds for all."""

    engine: str
    pages: int
    times: int
    cpu: float

    @property
    def cpu_a_page(self) -> float:
        """Processor seconds for one page."""
        return self.cpu / (self.pages * self.times)


class Documents:
    """A long report, and shorter ones that are pages of it: every length has the same kinds of pages."""

    def __init__(self, sizes: Sequence[int]) -> None:
        self._data = report(max(sizes), _SEED)
        self._whole: Any = pymupdf.open(stream=self._data)  # type: ignore[no-untyped-call]

    def of(self, pages: int) -> list[bytes]:
        """Documents of so many pages, from the beginning of the report to its end."""
        total = len(self._whole)
        if pages == total:
            return [self._data]
        times = max(1, min(_MOST_TIMES, _ENOUGH // pages, total // pages))
        return [self._cut((total - pages) * n // max(1, times - 1), pages) for n in range(times)]

    def _cut(self, first: int, pages: int) -> bytes:
        target: Any = pymupdf.open()  # type: ignore[no-untyped-call]
        target.insert_pdf(self._whole, from_page=first, to_page=first + pages - 1)
        return bytes(target.tobytes(garbage=3, deflate=True))


def measure(
    sizes: Sequence[int], documents: Documents, tell: Callable[[str], None], *, layout: bool
) -> list[Length]:
    """Reads documents of each size, with headings and tables put together over all pages.

    Raises:
        RuntimeError: not every page was read.
    """
    with running({"OCTAVO_LOG_LEVEL": "WARNING"}) as service, service.client() as client:
        _read(client, report(_WARM_PAGES, _SEED + 1), _WARM_PAGES, layout=layout)
        return [_measured(service, client, size, documents.of(size), tell, layout=layout) for size in sizes]


def _measured(
    service: Service,
    client: httpx.Client,
    pages: int,
    documents: Sequence[bytes],
    tell: Callable[[str], None],
    *,
    layout: bool,
) -> Length:
    began, before = time.monotonic(), cpu_seconds(service.tree())
    with Watch(service) as watch:
        for data in documents:
            _read(client, data, pages, layout=layout)
    after = cpu_seconds(service.tree())
    spent = {name: after[name] - before.get(name, 0.0) for name in after}
    found = Length(pages, len(documents), time.monotonic() - began, spent, watch.peaks)
    tell(f"{len(documents)} documents of {pages} pages: {1000 * found.cpu_a_page:.1f} CPU-ms a page")
    return found


def cpu_seconds(processes: Sequence[psutil.Process]) -> dict[str, float]:
    """Processor seconds by role so far, those of children that have ended included."""
    found: dict[str, float] = {}
    for process in processes:
        try:
            times, name = process.cpu_times(), role(process)
        except psutil.Error:
            continue
        spent = times.user + times.system + times.children_user + times.children_system
        found[name] = found.get(name, 0.0) + spent
    return found


def _read(client: httpx.Client, data: bytes, pages: int, *, layout: bool) -> None:
    """One document from its upload to its end; all its pages must have been read."""
    asked = {
        "disable_layout_detection": not layout,
        "cross_page_header_detection": True,
        "table_merging": True,
        "chunking_strategy": "section",
    }
    job = submit(client, file_id=upload(client, data), parsing_options=asked)
    while (progress := client.get(f"parse/{job}/progress").json())["attributes"]["status"] in (
        "pending",
        "processing",
    ):
        time.sleep(_LOOK_SECONDS)
    if progress["attributes"]["status"] != "successful" or progress["current"] != pages:
        raise RuntimeError(f"{progress['current']} of {pages} pages were read: {progress['message']}")
    client.delete(f"parse/{job}")


def measure_peer(engine: str, sizes: Sequence[int], documents: Documents) -> list[PeerLength]:
    """The same documents with one engine, which is warm; ``PLAIN`` is PyMuPDF's text and nothing else.

    Raises:
        EngineStartError: the engine does not start.
        RuntimeError: it could not read one.
    """
    if engine == PLAIN:
        return [_plain(size, documents.of(size)) for size in sizes]
    with TemporaryDirectory() as folder, EngineProcess(engine, _PEER_SECONDS) as process:
        path = Path(folder) / "report.pdf"
        path.write_bytes(report(_WARM_PAGES, _SEED + 1))
        process.read(path)
        return [_engine(process, path, size, documents.of(size)) for size in sizes]


def _plain(size: int, documents: Sequence[bytes]) -> PeerLength:
    began = time.process_time()
    for data in documents:
        opened: Any = pymupdf.open(stream=data)  # type: ignore[no-untyped-call]
        for page in opened:
            page.get_text()
    return PeerLength(PLAIN, size, len(documents), time.process_time() - began)


def _engine(process: EngineProcess, path: Path, size: int, documents: Sequence[bytes]) -> PeerLength:
    spent = 0.0
    for data in documents:
        path.write_bytes(data)
        outcome = process.read(path)
        if outcome.error:
            raise RuntimeError(f"{process.engine}: {outcome.error}")
        spent += outcome.cpu_seconds
    return PeerLength(process.engine, size, len(documents), spent)
