"""Jobs as their project sees them: made, read, listed, watched, removed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from schemas.errors import InvalidJobState, NotFound
from schemas.ids import new_id
from schemas.requests import JobRequest
from schemas.webhooks import EventType
from workers.jobs import tracing
from workers.jobs.ledger.audit import Action, note
from workers.jobs.ledger.datasets import known_dataset
from workers.jobs.ledger.ending import end_badly
from workers.jobs.ledger.engine import Ledger
from workers.jobs.ledger.events import announce
from workers.jobs.ledger.files import contains
from workers.jobs.ledger.paging import Page, PageRequest, paginate
from workers.jobs.ledger.progress import queue_position
from workers.jobs.ledger.removals import delete_jobs
from workers.jobs.ledger.tables import DEFAULT_QUEUE, Dataset, Job, Shard, StoredFile, owned

CANCELLED = "cancelled"
"""The error of a job that somebody cancelled: the wire's word."""

_JOB = owned(Job, bindparam("project")).where(Job.id == bindparam("job_id"))
_IDS: BindParameter[str] = bindparam("ids", expanding=True)
_VERSIONS = select(Job.id, Job.version).where(Job.id.in_(_IDS))
_JOBS = select(Job).where(Job.id.in_(_IDS))


@dataclass(frozen=True, slots=True)
class JobFilter:
    """What a list is narrowed to; None: not by this. Times include their ends."""

    id: str | None = None
    status: str | None = None
    dataset_id: str | None = None
    dataset_name: str | None = None
    file_name: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    finished_after: datetime | None = None
    finished_before: datetime | None = None


class Jobs:
    """The jobs of all projects; every caller's method names the project first."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def create(
        self,
        project: str,
        request: JobRequest,
        *,
        job_id: str | None = None,
        source_key: str | None = None,
        dataset_id: str | None = None,
        queue: str = DEFAULT_QUEUE,
    ) -> Job:
        """Records a job and its first shard; ``source.file_id`` brings the file's bytes.

        The project's job ``job_id`` is returned as it is, if it was made before.

        Raises:
            NotFound: the file or the dataset is not in this project (any more).
        """
        with self._ledger.write() as session:
            if dataset_id is not None:
                # The lock keeps a delete out until this job is one of those that go with the dataset.
                known_dataset(session, project, dataset_id, keep=True)
            if job_id and (made := session.scalar(owned(Job, project).where(Job.id == job_id))):
                return made
            file_id, file_labels = request.source.file_id, None
            if file_id:
                # The lock keeps a delete out until this job counts as one that needs the bytes.
                file = session.scalar(
                    owned(StoredFile, project).where(StoredFile.id == file_id).with_for_update(read=True)
                )
                if file is None:
                    raise NotFound(f"There is no file {file_id!r} in this project; upload it first.")
                source_key, file_labels = file.blob_key, file.labels
            job = Job(
                id=job_id or new_id("parse"),
                project=project,
                job_type=request.job_type.value,
                request=request.model_dump(mode="json"),
                dataset_id=dataset_id,
                file_id=file_id,
                file_name=request.source.file_name,
                file_labels=file_labels,
                source_key=source_key,
                traceparent=tracing.traceparent(),
                created_at=self._ledger.now(),
            )
            session.add(job)
            session.flush()
            session.add(Shard.of(job, queue))
            announce(session, job, EventType.CREATED, job.created_at)
            note(session, Action.JOB_SUBMITTED, project, job.id, job.created_at)
            return job

    def get(self, project: str, job_id: str) -> Job:
        """A job of the project.

        Raises:
            NotFound: there is none with this id.
        """
        with self._ledger.read() as session:
            job = session.scalar(_JOB, {"project": project, "job_id": job_id})
        if job is None:
            raise _unknown(job_id)
        return job

    def exists(self, project: str, job_id: str) -> bool:
        """Whether the project has a job with this id."""
        with self._ledger.read() as session:
            return session.scalar(owned(Job, project).where(Job.id == job_id)) is not None

    def page(self, project: str, asked: PageRequest, wanted: JobFilter | None = None) -> Page[Job]:
        """A page of the project's jobs."""
        wanted = wanted or JobFilter()
        rows = owned(Job, project)
        if wanted.id:
            rows = rows.where(Job.id == wanted.id)
        if wanted.status:
            rows = rows.where(Job.status == wanted.status)
        if wanted.dataset_id:
            rows = rows.where(Job.dataset_id == wanted.dataset_id)
        if wanted.dataset_name:
            named = owned(Dataset, project).where(Dataset.name == wanted.dataset_name)
            rows = rows.where(Job.dataset_id.in_(named.with_only_columns(Dataset.id)))
        if wanted.file_name:
            rows = rows.where(contains(Job.file_name, wanted.file_name))
        for column, after, before in (
            (Job.created_at, wanted.created_after, wanted.created_before),
            (Job.finished_at, wanted.finished_after, wanted.finished_before),
        ):
            rows = rows.where(column >= after) if after else rows
            rows = rows.where(column <= before) if before else rows
        with self._ledger.read() as session:
            return paginate(session, rows, Job, asked)

    def delete(self, project: str, job_id: str) -> None:
        """Removes an ended job with its shards and checkpoints; ``Removals`` remembers that it has blobs.

        Raises:
            NotFound: there is none with this id.
            InvalidJobState: it has not ended.
        """
        with self._ledger.write() as session:
            job = locked_job(session, project, job_id)
            if not job.ended:
                raise InvalidJobState(
                    f"The parse {job_id!r} is still {job.status}: wait until it has ended, then delete it."
                )
            now = self._ledger.now()
            delete_jobs(session, [job], now)
            note(session, Action.JOB_DELETED, project, job_id, now)

    def cancel(self, project: str, job_id: str) -> Job:
        """Ends a job that has not ended; its worker finds the lease gone and stops.

        Raises:
            NotFound: there is none with this id.
            InvalidJobState: it has ended.
        """
        with self._ledger.write() as session:
            job = locked_job(session, project, job_id)
            if job.ended:
                raise InvalidJobState(f"The parse {job_id!r} has ended: {job.status}.")
            now = self._ledger.now()
            end_badly(session, job, now, CANCELLED)
            note(session, Action.JOB_CANCELLED, project, job_id, now)
            return job

    def queue_position(self, job: Job) -> int | None:
        """The place of a waiting job among the waiting work of its project, the next being 1; else None."""
        with self._ledger.read() as session:
            return queue_position(session, job)

    def changed(self, known: dict[str, int]) -> tuple[list[Job], set[str]]:
        """Of jobs whose ``version`` is known: those that have another by now, and the ids that are gone.

        For the event streams of all projects: their callers were checked when the stream began.
        """
        with self._ledger.read() as session:
            rows = session.execute(_VERSIONS, {"ids": list(known)})
            versions = {row.id: row.version for row in rows}
            moved = [job_id for job_id, version in versions.items() if version != known[job_id]]
            jobs = list(session.scalars(_JOBS, {"ids": moved})) if moved else []
        return jobs, known.keys() - versions.keys()


def locked_job(session: Session, project: str, job_id: str) -> Job:
    """A job of the project, locked until the transaction is over.

    Raises:
        NotFound: there is none with this id.
    """
    job = session.scalar(owned(Job, project).where(Job.id == job_id).with_for_update())
    if job is None:
        raise _unknown(job_id)
    return job


def _unknown(job_id: str) -> NotFound:
    """What is said of a job that the project does not have."""
    return NotFound(f"There is no parse {job_id!r} in this project; it may have been deleted.")
