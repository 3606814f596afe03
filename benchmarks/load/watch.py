"""What a service holds while it works: the memory of each process, its broker, database and blobs."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import psutil

from benchmarks.service import Service, role

_SAMPLE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes at one moment: ``memory`` of all processes of a role together, resident; ``database`` on disk."""

    memory: dict[str, int]
    database: int


@dataclass(frozen=True, slots=True)
class Answers:
    """Milliseconds from requests to their answers."""

    count: int
    median_ms: float
    p99_ms: float
    worst_ms: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Answers:
        """Of the time that each took."""
        ordered = sorted(1000 * one for one in seconds)
        last = len(ordered) - 1
        return cls(len(ordered), ordered[last // 2], ordered[int(0.99 * last)], ordered[last])


class Watch:
    """Looks at every process of services again and again; ``peaks``: bytes of the largest of each role."""

    def __init__(self, *services: Service) -> None:
        self._services = services
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.peaks: dict[str, int] = {}

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def sizes(self) -> Sizes:
        """What there is now."""
        memory: dict[str, int] = {}
        for name, size in self._processes():
            memory[name] = memory.get(name, 0) + size
        data = self._services[0].folder / "data"
        return Sizes(memory, sum(path.stat().st_size for path in data.glob("octavo.db*")))

    def _run(self) -> None:
        while not self._over.wait(_SAMPLE_SECONDS):
            for name, size in self._processes():
                self.peaks[name] = max(size, self.peaks.get(name, 0))

    def _processes(self) -> Iterator[tuple[str, int]]:
        for service in self._services:
            with suppress(psutil.Error):
                for process in service.tree():
                    with suppress(psutil.Error):
                        yield role(process), process.memory_info().rss


@contextmanager
def running(environment: Mapping[str, str] | None = None, *arguments: str) -> Iterator[Service]:
    """A service in a folder of its own; ``arguments`` as of ``octavo``."""
    with tempfile.TemporaryDirectory(prefix="octavo-load-") as folder:
        service = Service(Path(folder), dict(environment or {}), arguments or ("serve",)).start()
        try:
            yield service
        finally:
            service.stop()


def timed(seconds: list[float]) -> _Timed:
    """Notes how long a block takes."""
    return _Timed(seconds)


class _Timed:
    def __init__(self, seconds: list[float]) -> None:
        self._seconds = seconds
        self._began = 0.0

    def __enter__(self) -> None:
        self._began = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self._seconds.append(time.perf_counter() - self._began)
