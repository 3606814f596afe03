"""One long document read by one thread and by several: how much sooner it is there."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from benchmarks.scale.documents import report
from benchmarks.service import Service, ended, submit, upload
from schemas.settings import Settings
from workers.local import LocalParser

SERVICE, HERE = "the service", "octavo parse, models loaded"
_SEED = 21
_WARM_PAGES = 2
_TIMES = 3


@dataclass(frozen=True, slots=True)
class Latency:
    """The least seconds, by the clock, until a document of ``pages`` pages is read by ``threads``."""

    where: str
    threads: int
    pages: int
    seconds: float


def measure(threads: Sequence[int], pages: int, tell: Callable[[str], None]) -> list[Latency]:
    """The same document, with the layout model, in both places by each number of threads."""
    document, warm = report(pages, _SEED), report(_WARM_PAGES, _SEED + 1)
    found = []
    for where, reading in ((SERVICE, _by_service), (HERE, _here)):
        for count in threads:
            with TemporaryDirectory(prefix="octavo-scale-") as folder:
                seconds = reading(Path(folder), count, document, warm)
            found.append(Latency(where, count, pages, seconds))
            tell(f"{where}, {count} threads: {seconds:.1f} s")
    return found


def _by_service(folder: Path, threads: int, document: bytes, warm: bytes) -> float:
    service = Service(folder, {"OCTAVO_WORKERS": str(threads), "OCTAVO_LOG_LEVEL": "WARNING"}).start()
    try:
        with service.client() as client:
            _read(client, upload(client, warm))
            file = upload(client, document)
            return min(_timed(lambda: _read(client, file)) for _ in range(_TIMES))
    finally:
        service.stop()


def _read(client: httpx.Client, file: str) -> None:
    result = ended(client, submit(client, file_id=file))
    if result["status"] != "successful":
        raise RuntimeError(f"the document could not be read: {result['error']}")


def _here(folder: Path, threads: int, document: bytes, warm: bytes) -> float:
    paths = folder / "warm.pdf", folder / "document.pdf"
    for path, data in zip(paths, (warm, document), strict=True):
        path.write_bytes(data)
    with LocalParser(Settings(workers=threads)) as parser:
        parser.parse(paths[0])
        return min(_timed(lambda: parser.parse(paths[1])) for _ in range(_TIMES))


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
