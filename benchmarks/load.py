"""The service under load: time to answer a submit while workers are busy, and what a long document costs."""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from benchmarks.service import Service, ended, joined, pdf, role, scanned, submit, upload

_TEXT = "The quick brown fox jumps over the lazy dog near the river bank at dawn. " * 24
_KEPT_BUSY = 6
_SAMPLE_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Answers:
    """Milliseconds from a submit to its answer, while every worker thread reads scans."""

    submits: int
    median_ms: float
    p99_ms: float
    worst_ms: float


@dataclass(slots=True)
class Peaks:
    """The largest resident size of each process, by what it is."""

    bytes_by_role: dict[str, int] = field(default_factory=dict)

    def sample(self, service: Service) -> None:
        """Looks at every process of the service once."""
        for process in service.tree():
            try:
                name, size = role(process), process.memory_info().rss
            except psutil.Error:
                continue
            self.bytes_by_role[name] = max(size, self.bytes_by_role.get(name, 0))


@dataclass(frozen=True, slots=True)
class Long:
    """One long document: pages by the clock, and the memory that its processes held at most."""

    pages: int
    scanned_pages: int
    seconds: float
    peak_bytes: dict[str, int]


def measure_submits(count: int) -> Answers:
    """Submits ``count`` jobs, one after another, to a service whose worker has scans to read."""
    with _service() as service, service.client() as client:
        scan = upload(client, scanned([_TEXT] * 4, dpi=150))
        for _ in range(_KEPT_BUSY):
            submit(client, file_id=scan)
        file_id = upload(client, pdf(["short"]))
        submit(client, file_id=file_id)
        times = [_timed_submit(client, file_id) for _ in range(count)]
    ordered = sorted(times)
    return Answers(count, statistics.median(times), ordered[int(0.99 * (count - 1))], ordered[-1])


def _timed_submit(client: httpx.Client, file_id: str) -> float:
    began = time.perf_counter()
    submit(client, file_id=file_id)
    return 1000 * (time.perf_counter() - began)


def measure_long(pages: int, scanned_pages: int) -> Long:
    """Reads one PDF of ``pages`` pages, the last ``scanned_pages`` of which are pictures."""
    texts = [f"Page {n}. {_TEXT}" for n in range(1, pages + 1)]
    digital = pages - scanned_pages
    document = joined(pdf(texts[:digital]), scanned(texts[digital:], dpi=150))
    with _service() as service, service.client() as client, _watched(service) as peaks:
        began = time.perf_counter()
        result = ended(client, submit(client, file_id=upload(client, document)), patience=3600)
        seconds = time.perf_counter() - began
    if result["parsed_pages_count"] != pages:
        raise RuntimeError(f"{result['parsed_pages_count']} of {pages} pages were read: {result['error']}")
    return Long(pages, scanned_pages, seconds, peaks.bytes_by_role)


@contextmanager
def _service() -> Iterator[Service]:
    with tempfile.TemporaryDirectory(prefix="octavo-load-") as folder:
        service = Service(Path(folder)).start()
        try:
            yield service
        finally:
            service.stop()


@contextmanager
def _watched(service: Service) -> Iterator[Peaks]:
    peaks, stop = Peaks(), threading.Event()

    def watch() -> None:
        while not stop.wait(_SAMPLE_SECONDS):
            peaks.sample(service)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield peaks
    finally:
        stop.set()
        thread.join()
