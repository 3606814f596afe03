"""The workers that are alive, as each tells of itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select

from workers.jobs.ledger.engine import Ledger
from workers.jobs.ledger.tables import WorkerProcess

ALIVE = timedelta(seconds=30)
"""How long a worker counts as alive that tells nothing more."""

_REMEMBERED = timedelta(hours=1)


class Workers:
    """All workers of a ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def tell(self, owner: str, queues: Sequence[str], reading_mark: str, rss: int) -> None:
        """Says that ``owner`` is alive, what it does and what it holds (bytes, its children's too)."""
        now = self._ledger.now()
        with self._ledger.write() as session:
            worker = session.get(WorkerProcess, owner) or WorkerProcess(owner=owner, started_at=now)
            worker.queues, worker.reading_mark = list(queues), reading_mark
            worker.rss, worker.seen_at = rss, now
            session.add(worker)
            session.flush()
            session.execute(delete(WorkerProcess).where(WorkerProcess.seen_at < now - _REMEMBERED))

    def alive(self, within: timedelta = ALIVE) -> list[WorkerProcess]:
        """The workers that were heard of ``within`` this time, the oldest first."""
        with self._ledger.read() as session:
            rows = select(WorkerProcess).where(WorkerProcess.seen_at >= self._ledger.now() - within)
            return list(session.scalars(rows.order_by(WorkerProcess.started_at, WorkerProcess.owner)))

    def forget(self, owner: str) -> None:
        """Says that ``owner`` is gone."""
        with self._ledger.write() as session:
            session.execute(delete(WorkerProcess).where(WorkerProcess.owner == owner))
