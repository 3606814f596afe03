"""What a job costs the ledger while more and more others wait: its submit, its claims, its end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import Any

from pydantic import SecretStr
from sqlalchemy import event

from schemas.ids import new_id
from schemas.requests import JobType, ParseRequest
from schemas.settings import Settings
from workers.jobs.intake import submit
from workers.jobs.ledger.claims import Claim
from workers.jobs.ledger.engine import migrate
from workers.jobs.ledger.tables import ShardKind
from workers.jobs.ledger.windows import Window
from workers.jobs.services import Services

SUBMIT, CLAIM, FINISH = "submit", "claim", "finish"
STEPS = (SUBMIT, CLAIM, FINISH)
"""Of a job of one page: taking it in; its two claims; all that is told of it from then on to its end."""
KEY = "a-key-for-the-counting"
_PROJECTS = 20
_LEASE_SECONDS = 3600.0
_WARM = 20
_NO_QUESTIONS = ("BEGIN", "PRAGMA")
"""How SQLite is told of transactions; Postgres hears of them in another way."""


@dataclass(frozen=True, slots=True)
class Depth:
    """Steps of a job with ``waiting`` others in the queue: medians of milliseconds, and means of counts.

    ``cpu_ms`` is that of this process: Postgres has its own, which only the clock shows.
    """

    waiting: int
    ms: dict[str, float]
    cpu_ms: dict[str, float]
    statements: dict[str, float]


class Silent:
    """A doorbell that nobody hears."""

    def ring(self, queue: str) -> None:
        """See ``Doorbell``."""

    def close(self) -> None:
        """See ``Doorbell``."""


@dataclass(slots=True)
class _Times:
    """Seconds, processor seconds and statements of each step so far."""

    clock: dict[str, list[float]] = field(default_factory=lambda: {step: [] for step in STEPS})
    cpu: dict[str, list[float]] = field(default_factory=lambda: {step: [] for step in STEPS})
    statements: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STEPS, 0))


class _Desk:
    """Submits and works on jobs that are never read: the ledger is all that is asked."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._files = cycle(
            [(name, self._file_of(name)) for name in map("project-{}".format, range(_PROJECTS))]
        )
        self._statements = 0
        self._times = _Times()
        event.listen(services.ledger.engine, "before_cursor_execute", self._count)

    def fill(self, jobs: int) -> None:
        """So many more wait."""
        for _ in range(jobs):
            self._submit()

    def measure(self, waiting: int, rounds: int) -> Depth:
        """Takes in a job and works on two shards, again and again: as many wait as before."""
        self._times = _Times()
        for _ in range(rounds):
            with self._timed(SUBMIT):
                self._submit()
            for _ in range(2):
                with self._timed(CLAIM):
                    claim = self._services.shards.claim_next("cpu", "benchmark", _LEASE_SECONDS)
                if claim is not None:
                    with self._timed(FINISH):
                        self._work(claim)
        times = self._times
        return Depth(
            waiting,
            {step: 1000 * median(times.clock[step]) for step in STEPS},
            {step: 1000 * median(times.cpu[step]) for step in STEPS},
            {step: times.statements[step] / len(times.clock[step]) for step in STEPS},
        )

    def _submit(self) -> None:
        project, file = next(self._files)
        submit(self._services, project, JobType.PARSE, ParseRequest(file_id=file))

    def _file_of(self, project: str) -> str:
        """The id of a file that nobody will open."""
        file = self._services.files.add(
            new_id("file"),
            project,
            name="words.txt",
            mime_type="text/plain",
            size=1,
            checksum=project,
            blob_key=f"files/{project}",
            labels={},
        )
        return file.id

    def _work(self, claim: Claim) -> None:
        """What a worker tells the ledger, without its work."""
        shards, windows = self._services.shards, self._services.windows
        if claim.kind is ShardKind.ASSEMBLE:
            shards.finish(claim, f"{claim.job_id}/result.json", 1, 1)
            return
        shards.split(claim, 1, [1], [])
        windows.keep(claim, Window(0, [1], "print", f"{claim.job_id}/window"))
        shards.complete_pages(claim)

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        began, cpu, asked = time.perf_counter(), time.process_time(), self._statements
        yield
        self._times.clock[step].append(time.perf_counter() - began)
        self._times.cpu[step].append(time.process_time() - cpu)
        self._times.statements[step] += self._statements - asked

    def _count(self, _connection: Any, _cursor: Any, statement: str, *_about: object) -> None:
        self._statements += not statement.startswith(_NO_QUESTIONS)


def measure(
    folder: Path,
    depths: Sequence[int],
    rounds: int,
    tell: Callable[[str], None],
    database_url: str | None = None,
) -> list[Depth]:
    """The steps at each of ``depths``, which only grow; in a database of its own, SQLite by default."""
    services = services_in(folder, database_url)
    try:
        desk = _Desk(services)
        desk.measure(0, _WARM)
        found, waiting = [], 0
        for depth in depths:
            desk.fill(depth - waiting)
            waiting = depth
            found.append(desk.measure(depth, rounds))
            said = ", ".join(f"{step} {found[-1].ms[step]:.1f} ms" for step in STEPS)
            tell(f"{depth} waiting: {said}")
        return found
    finally:
        services.close()


def services_in(folder: Path, database_url: str | None = None, **settings: object) -> Services:
    """Services in a folder of their own with an empty, migrated database; nobody hears the doorbell."""
    given: dict[str, object] = {"database_url": database_url} if database_url else {}
    given |= {"data_dir": folder, "max_waiting_jobs": 0, "api_keys": (SecretStr(KEY),)}
    services = Services.from_settings(Settings.model_validate(given | settings), Silent())
    migrate(services.ledger.engine)
    return services
