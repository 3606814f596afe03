"""What a worker does to the ledger: claim, renew, split, finish. Its windows are in ``windows``.

Each method is one short transaction. A claim is *fenced*: it names its job's run, its shard, owner and
attempt, and a worker that lost its lease changes nothing and is told so. Transactions that end a shard take
the job's row first, so that of several workers that finish together exactly one is the last.
"""

from __future__ import annotations

from datetime import timedelta

from pydantic import ValidationError
from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from schemas.documents import Usage
from schemas.jobs import JobStatus
from schemas.progress import Report
from workers.jobs.ledger import progress
from workers.jobs.ledger.claims import Claim, Turns, count_claimable
from workers.jobs.ledger.ending import end_badly, end_well
from workers.jobs.ledger.engine import Ledger
from workers.jobs.ledger.holding import free, held, lock_job
from workers.jobs.ledger.poison import fail_poisoned, pause_seconds
from workers.jobs.ledger.tables import Job, Shard, ShardKind, ShardState
from workers.jobs.ledger.windows import Window, note_window

__all__ = ["Claim", "Shards"]

_ANOTHER_VERSION = (
    "This job was taken in by another version of Octavo, which this one cannot read; submit it again."
)
_BEGIN = (
    update(Job)
    .where(Job.id == bindparam("of"), Job.status == JobStatus.PENDING.value)
    .values(
        status=JobStatus.PROCESSING.value,
        started_at=func.coalesce(Job.started_at, bindparam("now", type_=Job.started_at.type)),
        version=Job.version + 1,
    )
    .execution_options(synchronize_session=False)  # the row is read afterwards
)


class Shards:
    """The worker's side of the ledger. ``max_attempts``: claims of a shard that does not move meanwhile."""

    def __init__(self, ledger: Ledger, max_attempts: int = 3, turns: Turns | None = None) -> None:
        self._ledger = ledger
        self._max_attempts = max_attempts
        self._turns = turns or Turns()

    def claim_next(self, queue: str, owner: str, lease_seconds: float) -> Claim | None:
        """The next shard of ``queue``, now held by ``owner``; None when there is nothing to do.

        ``workers.jobs.ledger.claims`` says whose turn it is.
        """
        now = self._ledger.now()
        with self._ledger.write(lasting=False) as session:
            shard = self._turns.next_shard(session, queue, now, self._max_attempts)
            if shard is None:
                return None
            self._take(shard, owner, lease_seconds)
            session.flush()
            # Only the first claim touches the job's row: a later one could deadlock with its lock.
            session.execute(_BEGIN, {"of": shard.job_id, "now": now})
            job = session.get_one(Job, shard.job_id)
            try:
                return Claim.of(shard, job, owner)
            except ValidationError:
                # Left alone it would be the next one for ever.
                end_badly(session, job, now, _ANOTHER_VERSION)
        return self.claim_next(queue, owner, lease_seconds)

    def claimable(self, queue: str, most: int = 1000) -> int:
        """How many shards of ``queue`` could be claimed now; it stops counting at ``most``."""
        with self._ledger.read() as session:
            return count_claimable(session, queue, self._ledger.now(), self._max_attempts, most)

    def renew(self, claim: Claim, lease_seconds: float, report: Report | None = None) -> bool:
        """Keeps the lease and tells how far the shard is; False: stop, it is no longer this worker's."""
        with self._ledger.write(lasting=False) as session:
            if (holding := held(session, claim)) is None:
                return False
            job, shard = holding
            if job.cancel_requested_at is not None:
                return False
            shard.lease_until = self._ledger.now() + timedelta(seconds=lease_seconds)
            if report is not None:
                kept = progress.keep(shard, report)
                progress.show(job, kept, progress.parts_of(session, job, self._ledger.now()))
            return True

    def release(self, claim: Claim, rest_seconds: float = 0.0) -> bool:
        """Gives the shard back: what stopped the work is not the document's fault, and no strike."""
        with self._ledger.write() as session:
            if (holding := held(session, claim)) is None:
                return False
            _, shard = holding
            free(shard)
            shard.strikes -= 1
            if rest_seconds:
                shard.queued_at = self._ledger.now() + timedelta(seconds=rest_seconds)
            return True

    def retry_later(self, claim: Claim, message: str) -> bool:
        """Puts the shard back for another attempt after a pause; False: there will be none.

        The pause grows with the shard's strikes; when those are used up the job fails with ``message``.
        """
        with self._ledger.write() as session:
            if (holding := held(session, claim)) is None:
                return False
            job, shard = holding
            if shard.strikes >= self._max_attempts:
                end_badly(session, job, self._ledger.now(), message)
                return False
            free(shard)
            shard.queued_at = self._ledger.now() + timedelta(seconds=pause_seconds(shard.strikes))
            return True

    def set_source(self, claim: Claim, source_key: str) -> bool:
        """Remembers the blob that holds the document's bytes, once they were fetched."""
        with self._ledger.write() as session:
            if (holding := held(session, claim)) is None:
                return False
            job, _ = holding
            job.source_key = source_key
            return True

    def split(
        self,
        claim: Claim,
        total_pages: int,
        own_pages: list[int],
        others: list[list[int]],
        content_mark: str | None = None,
    ) -> list[int]:
        """The first shard knows the page count: it keeps ``own_pages``, each of ``others`` becomes a shard.

        ``content_mark``: see ``Job``.

        Returns:
            The ids of the new shards, in order; none when the lease was lost or the job was split before.
        """
        with self._ledger.write(lasting=False) as session:
            if (holding := held(session, claim)) is None:
                return []
            job, shard = holding
            if shard.pages is not None:
                return []
            shard.pages = own_pages
            new = [
                Shard.of(job, shard.queue, n, pages=pages)
                for n, pages in enumerate(others, shard.ordinal + 1)
            ]
            session.add_all(new)
            job.total_pages, job.content_mark = total_pages, content_mark
            job.pages_asked = len(own_pages) + sum(map(len, others))
            job.version += 1
            session.flush()
            return [s.id for s in new]

    def complete_pages(
        self,
        claim: Claim,
        report: Report | None = None,
        assembly_queue: str | None = None,
        lease_seconds: float | None = None,
        window: Window | None = None,
    ) -> bool | Claim:
        """Marks a page shard done. True: it was the last, and the job's one ``assemble`` shard now waits.

        ``window``: its last one, if that is not kept yet.
        It waits on ``assembly_queue``; default: where the pages were. With ``lease_seconds`` the claimer goes
        on with it if that is its own queue, and has this claim of it.
        """
        with self._ledger.write(lasting=False) as session:
            if (holding := held(session, claim)) is None:
                return False
            job, shard = holding
            if window is not None:
                note_window(session, job, shard, window, self._ledger.now())
            free(shard, ShardState.DONE)
            every = (report or Report()).model_copy(update={"pages_done": len(shard.pages or ())})
            latest = progress.keep(shard, every)
            parts = progress.parts_of(session, job, self._ledger.now())
            if any(part.state is not ShardState.DONE for part in parts):
                progress.show(job, latest, parts)
                return False
            progress.show(job, Report(stage="all pages are read"), parts)
            is_new = all(part.kind is not ShardKind.ASSEMBLE for part in parts)
            assembly = self._assembly(session, job, assembly_queue or shard.queue, is_new=is_new)
            if lease_seconds is None or assembly.queue != claim.queue:
                return True
            # If this answer is lost on its way, nobody works on it until the lease runs out.
            self._take(assembly, claim.owner, lease_seconds)
            session.flush()
            return Claim.of(assembly, job, claim.owner)

    def _assembly(self, session: Session, job: Job, queue: str, *, is_new: bool) -> Shard:
        """The job's ``assemble`` shard, which waits: a new one, or the one that found pages lost."""
        if is_new:
            assembly = Shard.of(job, queue, kind=ShardKind.ASSEMBLE.value)
            session.add(assembly)
            return assembly
        assembly = session.scalars(
            select(Shard).where(Shard.job_id == job.id, Shard.kind == ShardKind.ASSEMBLE.value)
        ).one()
        free(assembly)
        return assembly

    def _take(self, shard: Shard, owner: str, lease_seconds: float) -> None:
        """Gives a shard that waits to ``owner``."""
        shard.state, shard.lease_owner = ShardState.RUNNING.value, owner
        shard.lease_until = self._ledger.now() + timedelta(seconds=lease_seconds)
        shard.attempt += 1
        shard.strikes += 1

    def finish(
        self,
        claim: Claim,
        result_key: str,
        parsed_pages: int,
        total_pages: int,
        usage: Usage | None = None,
        *,
        reading_mark: str | None = None,
        reusable: bool = False,
    ) -> bool:
        """Ends the job well: its result is the blob ``result_key``. False: lease lost, nothing changed.

        ``usage`` is for those who are told of the job's end. ``reusable``: another try would do no better.
        """
        with self._ledger.write() as session:
            if (holding := held(session, claim)) is None:
                return False
            job, shard = holding
            free(shard, ShardState.DONE)
            job.result_key = result_key
            job.parsed_pages, job.total_pages = parsed_pages, total_pages
            job.reading_mark = reading_mark
            job.content_mark = job.content_mark if reusable else None
            end_well(session, job, self._ledger.now(), usage)
            return True

    def fail(self, claim: Claim | str, message: str) -> bool:
        """Ends the job badly: by a claim only while its lease holds, by a job's id in any case."""
        with self._ledger.write() as session:
            if isinstance(claim, str):
                job = lock_job(session, claim)
            else:
                holding = held(session, claim)
                job = holding[0] if holding else None
            if job is None or job.ended:
                return False
            end_badly(session, job, self._ledger.now(), message)
            return True

    def moved(self, claim: Claim) -> bool:
        """Says that the shard's work moves on: its strikes are forgotten but for the present claim."""
        with self._ledger.write() as session:
            if (holding := held(session, claim)) is None:
                return False
            _, shard = holding
            shard.strikes = 1
            return True

    def fail_poisoned(self, page_window: int) -> list[str]:
        """Fails the jobs that took too many workers down; see ``workers.jobs.ledger.poison``."""
        with self._ledger.write() as session:
            return fail_poisoned(session, self._ledger.now(), self._max_attempts, page_window)
