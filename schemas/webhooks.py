"""Webhooks: the events that are told of, how an endpoint is described, and the body that is sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, StrictBool

from schemas.documents import Usage
from schemas.jobs import JobStatus, Timestamp
from schemas.options import Options, Several

MAX_URL_CHARACTERS = 2048
MAX_NAME_CHARACTERS = 255

RETRY_DELAYS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=10),
)
"""From one failed attempt to the next; the first is made at once, after the last there is none."""

RETRY_JITTER = 0.2
"""A delay is longer by up to this share of it, so that what failed together does not return together."""


class EventType(StrEnum):
    """What an endpoint can be told of; the words are the hosted service's."""

    CREATED = "tensorlake.document_ingestion.job.created"
    COMPLETED = "tensorlake.document_ingestion.job.completed"
    FAILED = "tensorlake.document_ingestion.job.failed"


class DeliveryStatus(StrEnum):
    """Where an event on its way to an endpoint stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


def next_attempt(now: datetime, failed: int, jitter: float) -> datetime | None:
    """When to try again after ``failed`` attempts, the last one ``now``; None: never.

    ``jitter`` is from 0 to 1, drawn anew each time.
    """
    if failed > len(RETRY_DELAYS):
        return None
    return now + RETRY_DELAYS[failed - 1] * (1 + RETRY_JITTER * jitter)


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("may have visible characters only")
    return text


def _all_if_none(events: list[EventType]) -> list[EventType]:
    return list(dict.fromkeys(events)) or list(EventType)


WebhookUrl = Annotated[str, Field(min_length=1, max_length=MAX_URL_CHARACTERS), AfterValidator(_printable)]
WebhookName = Annotated[str, Field(max_length=MAX_NAME_CHARACTERS), AfterValidator(_printable)]
EventTypes = Annotated[Several[EventType], AfterValidator(_all_if_none)]


class WebhookRequest(Options):
    """``POST webhooks``. No event types, or an empty list, stands for all."""

    url: WebhookUrl
    """Where messages are sent, as `POST`."""
    name: WebhookName = ""
    """What people call it."""
    event_types: EventTypes = Field(default_factory=lambda: list(EventType))
    """What it is told of; none: everything."""
    enabled: StrictBool = True
    """Whether messages are sent."""


class WebhookChange(Options):
    """``PUT webhooks/{id}``: what is not given stays as it is."""

    url: WebhookUrl | None = None
    """Where messages are sent, as `POST`."""
    name: WebhookName | None = None
    """What people call it."""
    event_types: EventTypes | None = None
    """What it is told of."""
    enabled: StrictBool | None = None
    """Whether messages are sent."""


class SampleRequest(Options):
    """``POST webhooks/{id}/test``."""

    event_type: EventType = EventType.COMPLETED
    """Which event to send."""


class JobEvent(BaseModel):
    """What is sent: enough to know which job it is and how it ended; the rest is asked for by its id."""

    job_id: str
    status: JobStatus
    created_at: Timestamp
    finished_at: Timestamp | None = None
    error: str | None = None
    usage: Usage | None = None
    dataset: str | None = None

    def body(self, event: EventType) -> str:
        """The JSON that is signed and sent for ``event``."""
        absent = {
            EventType.CREATED: {"finished_at", "error", "usage"},
            EventType.COMPLETED: {"error"},
            EventType.FAILED: {"usage"},
        }[event]
        return self.model_dump_json(exclude=absent)


def sample(event: EventType, now: datetime) -> JobEvent:
    """An event of a job that never was, to try an endpoint with."""
    status = {
        EventType.CREATED: JobStatus.PENDING,
        EventType.COMPLETED: JobStatus.SUCCESSFUL,
        EventType.FAILED: JobStatus.FAILURE,
    }[event]
    return JobEvent(
        job_id="parse_" + "6" * 21,
        status=status,
        created_at=now - timedelta(minutes=1),
        finished_at=now,
        error="This is a test: no document was read.",
        usage=Usage(pages_parsed=1),
    )
