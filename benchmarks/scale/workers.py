"""The same documents read by one worker process and by several: how many times as many pages a second."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import psutil

from benchmarks.scale.documents import report
from benchmarks.scale.pages import cpu_seconds
from benchmarks.servers import Redis
from benchmarks.service import Service, free_port, submit, upload

_LOOK_SECONDS = 0.1
_SEED = 12
_WARM_PAGES = 16
_READY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Team:
    """Worker processes at one queue, each on one document's part at a time: pages a second by the clock.

    ``busy`` is the share of the machine's processors that all processes of the service took.
    """

    workers: int
    pages: int
    seconds: float
    busy: float

    @property
    def pages_per_second(self) -> float:
        """By the clock."""
        return self.pages / self.seconds


def measure(teams: Sequence[int], pages: int, tell: Callable[[str], None]) -> list[Team]:
    """As many documents as the largest team has workers, ``pages`` pages in all, read by each team."""
    documents = [report(pages // max(teams), _SEED + n) for n in range(max(teams))]
    found = []
    for workers in teams:
        team = _measured(workers, documents, pages // max(teams) * max(teams))
        tell(f"{workers} workers: {team.pages_per_second:.2f} pages/s, processors {team.busy:.0%} busy")
        found.append(team)
    return found


def _measured(workers: int, documents: Sequence[bytes], pages: int) -> Team:
    redis = Redis()
    with TemporaryDirectory(prefix="octavo-scale-") as folder:
        environment = {
            "OCTAVO_BROKER_URL": f"{redis.url}/0",
            "OCTAVO_DATABASE_URL": f"sqlite:///{folder}/octavo.db",
            "OCTAVO_DATA_DIR": f"{folder}/data",
            "OCTAVO_WORKERS": "1",
            "OCTAVO_LOG_LEVEL": "WARNING",
        }
        port = free_port()
        api = Service(Path(folder) / "api", environment, ("serve", "--no-worker"), port)
        team = [Service(Path(folder) / f"worker-{n}", environment, ("worker",)) for n in range(workers)]
        try:
            api.launch()
            for worker in team:
                worker.launch()
            api.wait_ready()
            with api.client() as client:
                return _read(client, [api, *team], documents, pages)
        finally:
            for service in (*team, api):
                service.stop()
            redis.stop()


def _read(client: httpx.Client, services: Sequence[Service], documents: Sequence[bytes], pages: int) -> Team:
    workers = len(services) - 1
    warm = [submit(client, file_id=upload(client, report(_WARM_PAGES, n))) for n in range(2 * workers)]
    _wait(client, warm)
    asked = {"disable_layout_detection": True}
    files = [upload(client, data) for data in documents]
    began, before = time.monotonic(), _cpu(services)
    _wait(client, [submit(client, file_id=file, parsing_options=asked) for file in files])
    seconds = time.monotonic() - began
    return Team(workers, pages, seconds, (_cpu(services) - before) / seconds / (psutil.cpu_count() or 1))


def _wait(client: httpx.Client, jobs: Sequence[str]) -> None:
    for job in jobs:
        while (status := client.get(f"parse/{job}/progress").json()["attributes"]["status"]) in (
            "pending",
            "processing",
        ):
            time.sleep(_LOOK_SECONDS)
        if status != "successful":
            raise RuntimeError(f"{job} ended as {status}")


def _cpu(services: Sequence[Service]) -> float:
    return sum(sum(cpu_seconds(service.tree()).values()) for service in services)
