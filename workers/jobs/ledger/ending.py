"""A job's end: the same steps whoever ends it, in the transaction of the one who does."""

from __future__ import annotations

import logging
from datetime import datetime
from functools import partial

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from schemas.documents import Usage
from schemas.jobs import JobStatus
from schemas.webhooks import EventType
from workers.jobs import telemetry
from workers.jobs.ledger.events import announce
from workers.jobs.ledger.meters import once_committed
from workers.jobs.ledger.tables import Job, Shard, ShardState
from workers.jobs.ledger.usage import count_use
from workers.jobs.metering import JOB_SECONDS, JOB_WAIT_SECONDS, JOBS
from workers.jobs.storable import storable

log = logging.getLogger(__name__)

CANCELLED = "cancelled"
"""The error of a job that somebody cancelled: the wire's word."""

_GIVE_UP = (
    update(Shard)
    .where(
        Shard.job_id == bindparam("of"),
        Shard.state.in_((ShardState.PENDING.value, ShardState.RUNNING.value)),
    )
    .values(state=ShardState.FAILED.value, lease_owner=None, lease_until=None)
    .execution_options(synchronize_session=False)  # nobody looks at a shard after the end of its job
)


def end_well(session: Session, job: Job, now: datetime, usage: Usage | None = None) -> None:
    """Ends a job whose result is there, and tells of it."""
    _end(session, job, JobStatus.SUCCESSFUL, None, now)
    announce(session, job, EventType.COMPLETED, now, usage)


def end_badly(session: Session, job: Job, now: datetime, error: str) -> None:
    """Ends a job that has no result, and tells of it; whoever still works on it loses its lease."""
    _end(session, job, JobStatus.FAILURE, storable(error), now)
    announce(session, job, EventType.FAILED, now)


def _end(session: Session, job: Job, status: JobStatus, error: str | None, now: datetime) -> None:
    job.status, job.error, job.message_update = status.value, error, None
    job.finished_at = now
    job.version += 1
    session.flush()
    session.execute(_GIVE_UP, {"of": job.id})
    count_use(session, job.project, now, jobs=1)
    once_committed(session, partial(_tell, job))


def _tell(job: Job) -> None:
    outcome = CANCELLED if job.error == CANCELLED else job.status
    with telemetry.bind(job=job.id):
        log.info("the job ended: %s", outcome)
    JOBS.add(type=job.job_type, outcome=outcome)
    if job.runs > 1 or job.finished_at is None:
        return  # a replay was not submitted just now
    JOB_SECONDS.observe((job.finished_at - job.created_at).total_seconds(), type=job.job_type)
    if job.started_at is not None:
        JOB_WAIT_SECONDS.observe((job.started_at - job.created_at).total_seconds(), type=job.job_type)
