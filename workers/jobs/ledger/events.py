"""What a project's endpoints are to be told of a job, written in the transaction that changes the job."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from schemas.documents import Usage
from schemas.ids import new_id
from schemas.jobs import JobStatus
from schemas.webhooks import EventType, JobEvent
from workers.jobs.ledger.tables import Delivery, Job, Webhook

_ENDPOINTS = (
    select(Webhook)
    .where(Webhook.project == bindparam("project"), Webhook.enabled)
    .with_for_update(read=True, key_share=True)
)


def announce(session: Session, job: Job, event: EventType, now: datetime, usage: Usage | None = None) -> None:
    """Leaves ``event`` of ``job`` for every endpoint of its project that wants it.

    ``usage`` goes with ``EventType.COMPLETED`` alone.
    """
    # The lock keeps an endpoint from being deleted before its delivery is there, which would undo it all.
    endpoints = session.scalars(_ENDPOINTS, {"project": job.project})
    wanting = [endpoint for endpoint in endpoints if event in endpoint.event_types]
    if not wanting:
        return
    told = JobEvent(
        job_id=job.id,
        status=JobStatus(job.status),
        created_at=job.created_at,
        finished_at=job.finished_at,
        error=job.error,
        usage=usage or Usage(),
        dataset=job.dataset_id,
    )
    body = told.body(event)
    session.add_all(delivery(endpoint, event, job.id, body, now) for endpoint in wanting)


def delivery(endpoint: Webhook, event: EventType, job_id: str, body: str, now: datetime) -> Delivery:
    """The row of an event that is due at once. Its id is what receivers tell repeats by."""
    return Delivery(
        id=new_id("msg"),
        webhook_id=endpoint.id,
        event_type=event.value,
        job_id=job_id,
        body=body,
        created_at=now,
        due_at=now,
    )
