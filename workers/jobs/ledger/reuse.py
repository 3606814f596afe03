"""Results that are given again: to a job whose document, options and way of reading an earlier one had."""

from __future__ import annotations

from schemas.documents import Usage
from schemas.jobs import JobStatus
from workers.jobs.ledger.claims import Claim
from workers.jobs.ledger.ending import end_well
from workers.jobs.ledger.engine import Ledger
from workers.jobs.ledger.holding import free, held
from workers.jobs.ledger.tables import Job, ShardState, owned


class Reuse:
    """The results of all projects; none is given to another."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def find(self, claim: Claim, content_mark: str) -> Job | None:
        """The latest job of the claim's project that has a result for this content."""
        rows = owned(Job, claim.project).where(
            Job.content_mark == content_mark,
            Job.status == JobStatus.SUCCESSFUL.value,
            Job.result_key.is_not(None),
            Job.id != claim.job_id,
        )
        with self._ledger.read() as session:
            return session.scalar(rows.order_by(Job.finished_at.desc()).limit(1))

    def take(self, claim: Claim, earlier: Job, result_key: str, usage: Usage) -> bool:
        """Ends the claim's job well with a copy of the result of ``earlier``. False: lease lost."""
        with self._ledger.write() as session:
            if (holding := held(session, claim)) is None:
                return False
            job, shard = holding
            free(shard, ShardState.DONE)
            job.result_key, job.result_of = result_key, earlier.id
            job.total_pages, job.parsed_pages = earlier.total_pages, earlier.parsed_pages
            job.pages_asked, job.pages_done = earlier.pages_asked, earlier.pages_done
            job.reading_mark, job.content_mark = earlier.reading_mark, earlier.content_mark
            end_well(session, job, self._ledger.now(), usage)
            return True
