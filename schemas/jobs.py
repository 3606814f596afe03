"""Jobs as seen from outside: status words, progress, and the result object of the wire."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict


class JobStatus(StrEnum):
    """The only four words the wire ever shows."""

    PENDING = "pending"
    PROCESSING = "processing"
    SUCCESSFUL = "successful"
    FAILURE = "failure"

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to the job."""
        return self in (JobStatus.SUCCESSFUL, JobStatus.FAILURE)


TRANSITIONS: dict[JobStatus, frozenset[JobStatus]] = {
    JobStatus.PENDING: frozenset({JobStatus.PROCESSING, JobStatus.FAILURE}),
    JobStatus.PROCESSING: frozenset({JobStatus.PENDING, JobStatus.SUCCESSFUL, JobStatus.FAILURE}),
    JobStatus.SUCCESSFUL: frozenset(),
    JobStatus.FAILURE: frozenset(),
}


class JobView(BaseModel):
    """A job's own part of the result object; the outputs (``schemas.documents``) are joined to it at its end."""

    model_config = ConfigDict(frozen=True)

    parse_id: str
    status: JobStatus
    parsed_pages_count: int = 0
    total_pages: int | None = None
    created_at: datetime
    finished_at: datetime | None = None
    error: str | None = None
    errors: dict[str, Any] | None = None
    message_update: str | None = None
    labels: dict[str, Any] = {}
    dataset_id: str | None = None
    tasks_completed_count: int | None = None
    tasks_total_count: int | None = None
    options: dict[str, Any] | None = None


def timestamp(moment: datetime) -> str:
    """RFC 3339 with microseconds and ``+00:00``: the one form that every known client reads."""
    return moment.isoformat(timespec="microseconds")
