"""Deleted jobs whose blobs are still to be removed: remembered in the transaction that deletes the job.

A blob store that is away at that moment, or a process that dies, leaves nothing behind that way. And since a
worker that has not heard yet may go on writing for a while, a job that ran is cleared away a second time.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, exists, func, select, update
from sqlalchemy.orm import Session

from workers.jobs.ledger.engine import Ledger
from workers.jobs.ledger.tables import DeletedJob, Job

BATCH = 100
"""Rows of one transaction: short enough that nobody waits for it."""

WRITERS_LAST = timedelta(hours=1)
"""For how long after a job's end a worker may still write for it: its steps' time limits, several times."""

AGAIN = timedelta(minutes=15)
"""How long one that could not be removed waits: it must not be in the way of others for ever."""


class Removals:
    """The deleted jobs of all projects."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def due(self, limit: int) -> list[str]:
        """Jobs whose blobs are to be removed now, the longest due first; never one that is there again."""
        with self._ledger.read() as session:
            return list(session.scalars(self._due().order_by(DeletedJob.due_at).limit(limit)))

    def count(self) -> int:
        """How many are due."""
        with self._ledger.read() as session:
            return session.scalar(select(func.count()).select_from(self._due().subquery())) or 0

    def _due(self) -> Select[str]:
        again = exists().where(Job.id == DeletedJob.job_id)
        return select(DeletedJob.job_id).where(DeletedJob.due_at <= self._ledger.now(), ~again)

    def removed(self, job_ids: Collection[str]) -> None:
        """Says that nothing of these is there any more: they are forgotten, or due for the last time."""
        now = self._ledger.now()
        these = DeletedJob.job_id.in_(job_ids)
        with self._ledger.write() as session:
            session.execute(delete(DeletedJob).where(these, DeletedJob.last_at <= now))
            session.execute(update(DeletedJob).where(these).values(due_at=DeletedJob.last_at))

    def failed(self, job_id: str) -> None:
        """Says that it could not be done, and is to be tried again."""
        with self._ledger.write() as session:
            row = session.get(DeletedJob, job_id, with_for_update=True)
            if row is not None:
                row.due_at = self._ledger.now() + AGAIN


def delete_jobs(session: Session, jobs: Sequence[Job], now: datetime) -> list[str]:
    """Deletes ended jobs with their shards and checkpoints, notes that they have blobs, returns their ids."""
    ids = [job.id for job in jobs]
    ends = {job.id: job.finished_at or now for job in jobs}
    session.execute(delete(DeletedJob).where(DeletedJob.job_id.in_(ids)))
    session.add_all(
        DeletedJob(job_id=job_id, due_at=now, last_at=max(now, end + WRITERS_LAST))
        for job_id, end in ends.items()
    )
    session.execute(delete(Job).where(Job.id.in_(ids)))
    return ids
