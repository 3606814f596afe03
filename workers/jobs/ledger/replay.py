"""A job that has ended, begun anew: what is finished and still holds is not done again."""

from __future__ import annotations

from collections.abc import Set

from pydantic import ValidationError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from schemas.errors import InvalidJobState
from schemas.jobs import JobStatus
from schemas.requests import JobRequest
from workers.jobs import tracing
from workers.jobs.ledger.audit import Action, note
from workers.jobs.ledger.engine import Ledger
from workers.jobs.ledger.jobs import locked_job
from workers.jobs.ledger.tables import Checkpoint, Job, Shard, StoredFile, owned


class Replays:
    """Begins jobs of all projects anew."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def begin(self, project: str, job_id: str, queue: str, only_if_read: Set[str] | None = None) -> Job:
        """Lets an ended job run again from the start, on ``queue``, under its old id.

        Its windows stay, for whoever reads as they were read; those with flaws go. ``only_if_read`` are the
        reading marks of those who may do it: nothing that is finished may have another, and all of it stays.

        Raises:
            NotFound: there is no such job in the project.
            InvalidJobState: it has not ended, its document is gone, or it was read otherwise.
        """
        with self._ledger.write() as session:
            job = locked_job(session, project, job_id)
            if not job.ended:
                raise InvalidJobState(
                    f"The parse {job_id!r} is still {job.status}: it can be replayed once it has ended."
                )
            _check_source(session, job)
            windows = delete(Checkpoint).where(Checkpoint.job_id == job.id)
            if only_if_read is None:
                session.execute(windows.where(Checkpoint.flawed))
            else:
                _check_marks(session, job, only_if_read)
            session.execute(delete(Shard).where(Shard.job_id == job.id))
            _begin(job)
            shard = Shard.of(job, queue)
            shard.queued_at = self._ledger.now()  # its turn is that of a new job
            session.add(shard)
            note(session, Action.JOB_REPLAYED, project, job_id, shard.queued_at)
            return job


def request_of(job: Job) -> JobRequest:
    """What was asked for.

    Raises:
        InvalidJobState: this version does not understand it.
    """
    try:
        return JobRequest.model_validate(job.request)
    except ValidationError:
        raise InvalidJobState(
            f"The parse {job.id!r} was taken in by another version of Octavo; submit it again."
        ) from None


def _check_source(session: Session, job: Job) -> None:
    if job.file_id is None:
        return
    # The lock keeps a delete out until this job counts as one that needs the bytes.
    file = owned(StoredFile, job.project).where(StoredFile.id == job.file_id)
    if session.scalar(file.with_for_update(read=True)) is None:
        raise InvalidJobState(
            f"The file of the parse {job.id!r} was deleted: without it nothing can be read again."
        )


def _check_marks(session: Session, job: Job, allowed: Set[str]) -> None:
    found = set(session.scalars(select(Checkpoint.reading_mark).where(Checkpoint.job_id == job.id)))
    if job.status == JobStatus.SUCCESSFUL.value:
        found.add(job.reading_mark)
    if found and (len(allowed) != 1 or found != allowed):
        raise InvalidJobState(
            f"The parse {job.id!r} was read by another version, or with other engines, than the workers have"
            " now: steps that are finished would differ. Replay it with the mode adaptive."
        )


def _begin(job: Job) -> None:
    job.runs += 1
    job.version += 1
    job.status = JobStatus.PENDING.value
    job.started_at = job.finished_at = job.cancel_requested_at = None
    job.error = job.message_update = job.progress = None
    job.result_key = job.result_of = job.reading_mark = job.content_mark = None
    job.total_pages = job.pages_asked = None
    job.pages_done = job.parsed_pages = 0
    job.traceparent = tracing.traceparent()
