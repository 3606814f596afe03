"""Work that waits on a queue which no worker serves: its jobs say so, instead of waiting in silence."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Select, select, update

from workers.jobs.ledger.engine import Ledger
from workers.jobs.ledger.tables import Job, Shard, ShardState
from workers.jobs.ledger.workers import Workers

_PATIENCE = timedelta(minutes=1)
"""How long work may wait before anything is said: workers are started anew now and then."""

_BATCH = 500


class Unserved:
    """The queues of a ledger, beside the workers that are alive."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger, self._workers = ledger, Workers(ledger)

    def queues(self, names: Iterable[str]) -> list[str]:
        """Those of the queues that something has been waiting on for a while, and nobody serves."""
        served = {queue for worker in self._workers.alive() for queue in worker.queues}
        now = self._ledger.now()
        with self._ledger.read() as session:
            return [name for name in names if name not in served and session.scalar(_waiting(name, now))]

    def tell(self, queue: str) -> int:
        """Lets jobs that wait on ``queue`` say so, some hundreds at a time; returns how many it were."""
        message = f"waiting for a worker that serves the queue {queue}"
        with self._ledger.write() as session:
            silent = (
                _waiting(queue, self._ledger.now())
                .join(Job, Job.id == Shard.job_id)
                .where(Job.message_update.is_distinct_from(message))
                .limit(_BATCH)
            )
            told = session.execute(
                update(Job)
                .where(Job.id.in_(silent.scalar_subquery()))
                .values(message_update=message, version=Job.version + 1)
                .returning(Job.id)
                .execution_options(synchronize_session=False)
            )
            return len(told.all())


def _waiting(queue: str, now: datetime) -> Select[str]:
    return select(Shard.job_id).where(
        Shard.queue == queue, Shard.state == ShardState.PENDING.value, Shard.queued_at < now - _PATIENCE
    )
