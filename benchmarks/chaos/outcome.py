"""What a run left behind, seen from all sides: customers, ledger, blobs, webhooks, logs, processes."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import psutil
from sqlalchemy import select

from benchmarks.chaos.customers import Story
from benchmarks.chaos.documents import Kind
from benchmarks.chaos.ground import Ground
from benchmarks.chaos.hearing import Endpoint, Heard
from benchmarks.chaos.killer import Kills
from benchmarks.chaos.supervised import until
from benchmarks.service import role
from schemas.settings import Settings
from workers.jobs.ledger.engine import utc_now
from workers.jobs.ledger.tables import Base, Checkpoint, Delivery, Job, Shard
from workers.jobs.orphans import OLD, orphans
from workers.jobs.services import Services

_SAMPLE_SECONDS = 1.0
_GONE_SECONDS = 60.0

Row = TypeVar("Row", bound=Base)


@dataclass(frozen=True, slots=True)
class Kept:
    """The ledger's rows and the keys of the blobs. ``swept`` are those that the orphan sweep would take."""

    jobs: Sequence[Job]
    shards: Sequence[Shard]
    checkpoints: Sequence[Checkpoint]
    deliveries: Sequence[Delivery]
    blobs: frozenset[str]
    swept: frozenset[str]


@dataclass
class Outcome:
    """All that is judged.

    ``listed`` and ``in_dataset`` are the ids that the API lists, ``ends`` the results that it gives at last;
    ``windows`` counts how often each window was begun, ``answers`` what the language model was asked.
    """

    stories: Sequence[Story]
    kills: Kills
    kept: Kept
    listed: Sequence[str]
    in_dataset: Sequence[str]
    ends: dict[str, dict[str, Any]]
    endpoints: Sequence[Endpoint]
    heard: Sequence[Heard]
    windows: Counter[tuple[str, str]]
    answers: int
    answers_again: int
    peaks: dict[str, int] = field(default_factory=dict)
    left_running: Sequence[str] = ()

    @property
    def windows_again(self) -> int:
        """How many times a window was begun that had been begun before."""
        return self.windows.total() - len(self.windows)

    @property
    def deaths(self) -> int:
        """How many times a worker died of a document that kills workers."""
        deadly = {story.parse_id for story in self.stories if story.document.kind is Kind.DEADLY}
        return sum(shard.attempt for shard in self.kept.shards if shard.job_id in deadly)


@contextmanager
def services(settings: Settings) -> Iterator[Services]:
    """The service's ledger and blobs, opened from outside."""
    opened = Services.from_settings(settings)
    try:
        yield opened
    finally:
        opened.close()


def kept(opened: Services) -> Kept:
    """What is kept now; nothing may be at work meanwhile."""
    opened.ledger.now = lambda: utc_now() + 2 * OLD + timedelta(days=1)
    swept = {orphan.key for orphan in orphans(opened)}
    blobs = frozenset(blob.key for top in ("jobs", "files") for blob in opened.blobs.walk(top))
    return Kept(
        jobs=_rows(opened, Job),
        shards=_rows(opened, Shard),
        checkpoints=_rows(opened, Checkpoint),
        deliveries=_rows(opened, Delivery),
        blobs=blobs,
        swept=frozenset(key for key in blobs if key in swept or key.rsplit("/", 1)[0] in swept),
    )


def pending(opened: Services) -> int:
    """How many webhooks are yet to be sent."""
    return sum(row.status == "pending" for row in _rows(opened, Delivery))


def _rows(opened: Services, table: type[Row]) -> Sequence[Row]:
    with opened.ledger.read() as session:
        return session.scalars(select(table)).all()


def windows_begun(logs: Iterable[Path]) -> Counter[tuple[str, str]]:
    """How often the reading of each window began: by its job and what the worker's log says of its pages."""
    begun: Counter[tuple[str, str]] = Counter()
    for log in logs:
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
            with suppress(ValueError, TypeError):  # a killed process's last line may be half there
                record = json.loads(line)
                if str(record["message"]).startswith("reading pages "):
                    begun[record["job"], record["message"]] += 1
    return begun


class Watch(threading.Thread):
    """Looks at the memory of all processes; ``peaks``: the largest resident size of each role, in bytes."""

    def __init__(self, ground: Ground) -> None:
        super().__init__(daemon=True)
        self._ground = ground
        self._over = threading.Event()
        self.peaks: dict[str, int] = {}

    def run(self) -> None:
        """See the class."""
        while not self._over.wait(_SAMPLE_SECONDS):
            for process in self._ground.processes():
                with suppress(psutil.Error):
                    name = role(process)
                    self.peaks[name] = max(self.peaks.get(name, 0), process.memory_info().rss)

    def stop(self) -> None:
        """Looks no more."""
        self._over.set()
        self.join()


def left_running(folder: Path) -> list[str]:
    """The processes that belong to a service in ``folder`` and do not end by themselves soon."""
    until(lambda: not _of(folder), _GONE_SECONDS)
    found = []
    for process in _of(folder):
        with suppress(psutil.Error):
            found.append(" ".join(process.cmdline())[:200])
    return found


def _of(folder: Path) -> list[psutil.Process]:
    """What was started with a data folder below ``folder``, or names it."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            data = process.environ().get("OCTAVO_DATA_DIR", "")
            if str(folder) in data or str(folder) in " ".join(process.cmdline()):
                found.append(process)
    return found
