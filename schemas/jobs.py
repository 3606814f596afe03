"""Jobs as seen from outside: status words, progress, and the result object of the wire."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, PlainSerializer, WithJsonSchema

from schemas.documents import (
    Chunk,
    DocumentWarning,
    MergedTable,
    Page,
    PageClass,
    PageFault,
    StructuredData,
    Usage,
)


def timestamp(moment: datetime) -> str:
    """RFC 3339 with microseconds and ``+00:00``: the one form that every known client reads."""
    return moment.isoformat(timespec="microseconds")


Timestamp = Annotated[
    datetime,
    PlainSerializer(timestamp, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


class JobStatus(StrEnum):
    """The only four words the wire ever shows."""

    PENDING = "pending"
    PROCESSING = "processing"
    SUCCESSFUL = "successful"
    FAILURE = "failure"

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to the job, unless somebody has it replayed."""
        return self in (JobStatus.SUCCESSFUL, JobStatus.FAILURE)


TRANSITIONS: dict[JobStatus, frozenset[JobStatus]] = {
    JobStatus.PENDING: frozenset({JobStatus.PROCESSING, JobStatus.FAILURE}),
    JobStatus.PROCESSING: frozenset({JobStatus.PENDING, JobStatus.SUCCESSFUL, JobStatus.FAILURE}),
    JobStatus.SUCCESSFUL: frozenset({JobStatus.PENDING}),
    JobStatus.FAILURE: frozenset({JobStatus.PENDING}),
}
"""What may follow on what; only a replay leads away from an end."""


class JobView(BaseModel):
    """A job's part of the result object; the outputs (``schemas.documents``) are joined to it at its end."""

    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)

    parse_id: str
    status: JobStatus
    parsed_pages_count: int = 0
    total_pages: int | None = None
    created_at: Timestamp
    finished_at: Timestamp | None = None
    error: str | None = None
    errors: dict[str, Any] | None = None
    message_update: str | None = None
    labels: dict[str, Any] = {}
    dataset_id: str | None = None
    tasks_completed_count: int | None = None
    tasks_total_count: int | None = None
    options: dict[str, Any] | None = None


class ParseResult(JobView):
    """The whole result object: the job's part, and the outputs once it ended well (``schemas.documents``)."""

    pages: list[Page] | None = None
    chunks: list[Chunk] = []
    structured_data: list[StructuredData] | None = None
    page_classes: list[PageClass] | None = None
    merged_tables: list[MergedTable] = []
    filled_pdf_base64: str | None = None
    pdf_base64: str | None = None
    filled_docx_base64: str | None = None
    form_filling_metadata: dict[str, Any] | None = None
    document_markdown: str | None = None
    page_errors: list[PageFault] = []
    warnings: list[DocumentWarning] = []
    usage: Usage | None = None
