"""Finished windows of pages: what of a job need not be read again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from workers.jobs.ledger.claims import Claim
from workers.jobs.ledger.ending import end_badly
from workers.jobs.ledger.engine import Ledger
from workers.jobs.ledger.holding import free, held
from workers.jobs.ledger.poison import pause_seconds
from workers.jobs.ledger.tables import Checkpoint, Job, Shard, ShardKind, ShardState
from workers.jobs.ledger.usage import count_use

_LOST = "Pages of this document were read several times and could not be kept: the blob store loses them."

_OF_JOB = select(Checkpoint).where(Checkpoint.job_id == bindparam("job_id"))
_WINDOW = _OF_JOB.where(Checkpoint.fingerprint == bindparam("fingerprint"))
_WINDOWS = _OF_JOB.order_by(Checkpoint.shard_ordinal, Checkpoint.window)


@dataclass(frozen=True, slots=True)
class Window:
    """A finished window of a shard's pages, of which a checkpoint is made.

    ``index``: its place in the shard. ``failed`` pages could not be read; ``flawed``: they, or a model that
    did not answer, may be worth another try.
    """

    index: int
    pages: list[int]
    fingerprint: str
    blob_key: str
    failed: int = 0
    reading_mark: str | None = None
    flawed: bool = False


def note_window(session: Session, job: Job, shard: Shard, window: Window, now: datetime) -> None:
    """Makes the checkpoint of a window, with which the shard moved."""
    shard.strikes = 1
    row = session.scalar(_WINDOW, {"job_id": job.id, "fingerprint": window.fingerprint})
    if row is None:
        row = Checkpoint(job_id=job.id, fingerprint=window.fingerprint)
        count_use(session, job.project, now, pages=len(window.pages))
    row.shard_ordinal, row.window, row.pages = shard.ordinal, window.index, window.pages
    row.blob_key, row.failed, row.flawed = window.blob_key, window.failed, window.flawed
    row.reading_mark, row.created_at = window.reading_mark, now
    session.add(row)


class Windows:
    """The checkpoints of all jobs. Each method is one short, fenced transaction; see ``Shards``."""

    def __init__(self, ledger: Ledger, max_attempts: int = 3) -> None:
        self._ledger = ledger
        self._max_attempts = max_attempts

    def keep(self, claim: Claim, window: Window) -> bool:
        """Records a finished window; the same fingerprint again replaces it. False: lease lost."""
        with self._ledger.write(lasting=False) as session:
            if (holding := held(session, claim)) is None:
                return False
            note_window(session, *holding, window, self._ledger.now())
            return True

    def of(self, job_id: str) -> list[Checkpoint]:
        """The finished windows of a job, in page order."""
        with self._ledger.read() as session:
            return list(session.scalars(_WINDOWS, {"job_id": job_id}))

    def drop(self, claim: Claim, ids: Sequence[int]) -> bool:
        """Forgets windows of the claim's job that no longer hold. False: lease lost."""
        with self._ledger.write() as session:
            if held(session, claim) is None:
                return False
            _delete = delete(Checkpoint).where(Checkpoint.job_id == claim.job_id, Checkpoint.id.in_(ids))
            session.execute(_delete)
            return True

    def read_again(self, claim: Claim, ids: Sequence[int]) -> bool:
        """Forgets windows whose blobs are lost: their shards wait again, and the assembly for them.

        Where that happens too often the job fails. False: nothing waits now.
        """
        with self._ledger.write() as session:
            if (holding := held(session, claim)) is None:
                return False
            job, assembly = holding
            if assembly.strikes >= self._max_attempts:
                end_badly(session, job, self._ledger.now(), _LOST)
                return False
            mine = Checkpoint.job_id == job.id
            lost = session.scalars(select(Checkpoint).where(mine, Checkpoint.id.in_(ids))).all()
            session.execute(delete(Checkpoint).where(mine, Checkpoint.id.in_(ids)))
            # They were counted when they were kept, and are counted again when they are read again.
            count_use(session, job.project, self._ledger.now(), pages=-sum(len(row.pages) for row in lost))
            rest = timedelta(seconds=pause_seconds(assembly.strikes))
            session.execute(
                update(Shard)
                .where(
                    Shard.job_id == job.id,
                    Shard.kind == ShardKind.PAGES.value,
                    Shard.ordinal.in_({window.shard_ordinal for window in lost}),
                )
                .values(state=ShardState.PENDING.value, strikes=0, queued_at=self._ledger.now() + rest)
            )
            free(assembly, ShardState.DONE)
            return True
