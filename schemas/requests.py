"""Bodies of the POSTs that submit work, and the fully resolved request that a job keeps."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import Field

from schemas.options import Configuration, Options, PageRangeText


class JobType(StrEnum):
    """Which call made the job."""

    PARSE = "parse"
    READ = "read"
    EXTRACT = "extract"
    CLASSIFY = "classify"
    EDIT = "edit"
    DATASET = "dataset"


class SourceFields(Options):
    """Where the document comes from: exactly one of the first three."""

    file_id: str | None = None
    file_url: str | None = None
    raw_text: str | None = None
    mime_type: str | None = None
    page_range: PageRangeText = ""
    labels: dict[str, Any] = Field(default_factory=dict)
    file_name: str | None = None


class ReadRequest(SourceFields, Configuration):
    """``POST parse`` and ``POST read``."""


class JobRequest(Options):
    """A submit as it was accepted: enough to run the job again from its row alone."""

    job_type: JobType
    source: SourceFields
    configuration: Configuration
    trace_id: str | None = None
