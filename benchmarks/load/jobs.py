"""Thousands of small jobs that wait: what a submit takes meanwhile, and how fast they are read."""

from __future__ import annotations

import itertools
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass

import httpx

from benchmarks.load.watch import Answers, Sizes, Watch, running, timed
from benchmarks.service import Service, pdf, upload
from schemas.settings import Settings

_TEXT = "The quick brown fox jumps over the lazy dog near the river bank at dawn. " * 8
_WARM = 6
_LOOK_SECONDS, _PAUSE_SECONDS = 0.02, 0.5


@dataclass(frozen=True, slots=True)
class Crowd:
    """Jobs of one page: answers to their submits, and pages a second.

    ``alone``: of one at a time; ``few``: of as many as the worker reads at once; ``crowded``: while all the
    others waited, ``waiting`` of them still at the end.
    """

    jobs: int
    submits: dict[str, Answers]
    alone: float
    few: float
    crowded: float
    waiting: int
    failed: int
    sizes: dict[str, Sizes]
    peaks: dict[str, int]

    @property
    def kept(self) -> float:
        """The pace with thousands waiting, as a share of the best pace with none."""
        return self.crowded / max(self.alone, self.few)


def measure(jobs: int, seconds: float, clients: int, tell: Callable[[str], None]) -> Crowd:
    """Submits ``jobs`` from ``clients`` threads, every other one to a dataset.

    Each pace is taken over ``seconds``.
    """
    environment = {"OCTAVO_MAX_WAITING_JOBS": "0", "OCTAVO_LOG_LEVEL": "WARNING"}
    with running(environment) as service, service.client() as client, Watch(service) as watch:
        desk = _Desk(service, client)
        for _ in range(_WARM):
            desk.submit_and_wait()
        alone = desk.pace(1, seconds)
        at_once = Settings(workers=0).concurrency
        few = desk.pace(at_once, seconds)
        sizes = {"before": watch.sizes()}
        tell(f"one at a time {alone:.2f} pages/s, {at_once} at a time {few:.2f} pages/s")
        submits = desk.submit_all(jobs, clients)
        sizes["all submitted"] = watch.sizes()
        for way, answers in submits.items():
            tell(f"{way}: median {answers.median_ms:.1f} ms, p99 {answers.p99_ms:.1f} ms of {answers.count}")
        crowded = desk.pace_of_crowd(seconds)
        sizes["at the end"] = watch.sizes()
        waiting, failed = desk.count("pending"), desk.count("failure")
        return Crowd(jobs, submits, alone, few, crowded, waiting, failed, sizes, watch.peaks)


class _Desk:
    """Submits one small document again and again; looks at the ledger to see how many are done."""

    def __init__(self, service: Service, client: httpx.Client) -> None:
        self._client = client
        self._file = upload(client, pdf([_TEXT]))
        self._dataset = client.post("datasets", json={"name": "crowd"}).json()["dataset_id"]
        self._database = f"file:{service.folder / 'data' / 'octavo.db'}?mode=ro"

    def count(self, *statuses: str) -> int:
        """How many jobs are as ``statuses`` say."""
        marks = ",".join("?" * len(statuses))
        with closing(sqlite3.connect(self._database, uri=True)) as database:
            found = database.execute(f"SELECT count(*) FROM jobs WHERE status IN ({marks})", statuses)
            return int(found.fetchone()[0])

    def submit(self, way: str = "parse") -> None:
        """One more job, by itself or of the dataset."""
        path = "parse" if way == "parse" else f"datasets/{self._dataset}/parse"
        self._client.post(path, json={"file_id": self._file}).raise_for_status()

    def submit_and_wait(self) -> None:
        """One job to its end."""
        before = self._ended()
        self.submit()
        self._wait(before + 1)

    def pace(self, at_once: int, seconds: float) -> float:
        """Pages a second with so many jobs in the service at a time."""
        began, before = time.monotonic(), self._ended()
        for _ in range(at_once):
            self.submit()
        for done in itertools.count(1):
            self._wait(before + done)
            if time.monotonic() - began > seconds:
                break
            self.submit()
        self._wait(before + done + at_once - 1)
        return (done + at_once - 1) / (time.monotonic() - began)

    def submit_all(self, jobs: int, clients: int) -> dict[str, Answers]:
        """Submits so many jobs; how long the answers took."""
        ways: dict[str, list[float]] = {"parse": [], "dataset": []}

        def one(way: str) -> None:
            with timed(ways[way]):
                self.submit(way)

        with ThreadPoolExecutor(clients) as pool:
            list(pool.map(one, itertools.islice(itertools.cycle(ways), jobs)))
        return {way: Answers.of(seconds) for way, seconds in ways.items()}

    def pace_of_crowd(self, seconds: float) -> float:
        """Pages a second of those that wait, from the end of one to that of another."""
        first = self._ended() + 1
        self._wait(first)
        began = time.monotonic()
        while time.monotonic() - began < seconds and self.count("pending"):
            time.sleep(_PAUSE_SECONDS)
        last = self._ended() + 1 if self.count("pending") else self._ended()
        self._wait(last)
        return (last - first) / (time.monotonic() - began)

    def _ended(self) -> int:
        return self.count("successful", "failure")

    def _wait(self, done: int) -> None:
        while self._ended() < done:
            time.sleep(_LOOK_SECONDS)
