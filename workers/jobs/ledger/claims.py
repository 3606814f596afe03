"""Which shard is next, and what a worker that claims it gets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from schemas.jobs import JobStatus
from schemas.requests import JobRequest
from workers.jobs.ledger.tables import Job, Shard, ShardKind, ShardState

UNENDED = (JobStatus.PENDING.value, JobStatus.PROCESSING.value)


@dataclass(frozen=True, slots=True)
class Claim:
    """A shard that this worker holds, and what it needs to know of the job. ``pages`` None: not known yet."""

    job_id: str
    project: str
    request: JobRequest
    shard_id: int
    ordinal: int
    kind: ShardKind
    queue: str
    pages: list[int] | None
    attempt: int
    owner: str
    source_key: str | None
    total_pages: int | None

    @classmethod
    def of(cls, shard: Shard, job: Job, owner: str) -> Claim:
        """The claim of a shard that ``owner`` just took.

        Raises:
            pydantic.ValidationError: the job's request is not one that this version knows.
        """
        return cls(
            job_id=job.id,
            project=job.project,
            request=JobRequest.model_validate(job.request),
            shard_id=shard.id,
            ordinal=shard.ordinal,
            kind=ShardKind(shard.kind),
            queue=shard.queue,
            pages=shard.pages,
            attempt=shard.attempt,
            owner=owner,
            source_key=job.source_key,
            total_pages=job.total_pages,
        )


def is_claimable(queue: str, now: datetime, max_attempts: int) -> ColumnElement[bool]:
    """Of shards joined with their jobs: those that wait, and those whose worker let its lease run out."""
    waits = and_(Shard.state == ShardState.PENDING.value, or_(Shard.due_at.is_(None), Shard.due_at <= now))
    lost = and_(Shard.state == ShardState.RUNNING.value, Shard.lease_until < now)
    return and_(
        Shard.queue == queue,
        Shard.attempt < max_attempts,
        or_(waits, lost),
        Job.status.in_(UNENDED),
        Job.cancel_requested_at.is_(None),
    )


def next_shard(queue: str, now: datetime, max_attempts: int) -> ColumnElement[int]:
    """The id of the shard to claim: by the job's priority, then projects with the least running, then age."""
    running = (
        select(Job.project, func.count().label("shards"))
        .join(Shard, Shard.job_id == Job.id)
        .where(Shard.state == ShardState.RUNNING.value, Shard.lease_until >= now)
        .group_by(Job.project)
        .subquery()
    )
    chosen: Select[int] = (
        select(Shard.id)
        .join(Job, Job.id == Shard.job_id)
        .outerjoin(running, running.c.project == Job.project)
        .where(is_claimable(queue, now, max_attempts))
        .order_by(
            Job.priority.desc(), func.coalesce(running.c.shards, 0), Job.created_at, Job.id, Shard.ordinal
        )
        .limit(1)
        .with_for_update(skip_locked=True, of=Shard)
    )
    return chosen.scalar_subquery()
