"""Tasks as docling-serve has them: one job a document, and the last one submitted speaks for all."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from api.docling.incoming import Given
from api.docling.options import conversion_of, parsing_of
from api.docling.wire import ChunkingOptions, ConvertOptions, TaskMeta, TaskStatus
from schemas.conversions import Conversion, Target
from schemas.errors import InvalidJobState, NotFound
from schemas.jobs import JobStatus
from schemas.options import ChunkingStrategy
from schemas.requests import JobRequest, JobType, ParseRequest
from schemas.vision import VisionUse
from workers.jobs.intake import Origin, submit
from workers.jobs.ledger.tables import Job
from workers.jobs.services import Services

NOT_READY = "Task result not found. Please wait for a completion status."


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of all documents of a request; ``told`` are warnings beside those of the options."""

    options: ConvertOptions
    target: Target = Target.INBODY
    chunking: ChunkingOptions | None = None
    strategy: ChunkingStrategy | None = None
    with_documents: bool = False
    told: Sequence[str] = ()


def submit_all(
    services: Services, project: str, documents: Sequence[Given], asked: Asked, origin: Origin
) -> Job:
    """Makes a job of each document; the one that is returned is that of the last, and knows of all.

    If one is refused, those before it are cancelled.

    Raises:
        RequestError: one cannot be taken in.
    """
    vision = VisionUse.GEMINI3 in services.settings.vision_uses
    conversion = conversion_of(
        asked.options, asked.target, asked.chunking, vision=vision, with_documents=asked.with_documents
    )
    conversion = conversion.model_copy(update={"warnings": [*conversion.warnings, *asked.told]})
    tokens = asked.chunking.max_tokens if asked.chunking is not None else None
    fields = parsing_of(asked.options, strategy=asked.strategy, max_tokens=tokens, vision=vision)
    made: list[str] = []
    try:
        for document in documents[:-1]:
            job = _submit(services, project, document, fields, Origin(origin.trace_id), conversion)
            made.append(job.id)
        if made:
            conversion = conversion.model_copy(update={"tasks": made})
        return _submit(services, project, documents[-1], fields, origin, conversion)
    except BaseException:
        for job_id in made:
            with suppress(InvalidJobState, NotFound):
                services.jobs.cancel(project, job_id)
        raise


def _submit(
    services: Services,
    project: str,
    document: Given,
    fields: dict[str, Any],
    origin: Origin,
    conversion: Conversion,
) -> Job:
    source = {"file_id": document.file_id, "file_url": document.url, "file_name": document.name}
    body = ParseRequest.model_validate({**source, **fields})
    return submit(services, project, JobType.PARSE, body, origin, conversion)


@dataclass(frozen=True, slots=True)
class Task:
    """A task: the job that speaks for it, how it is to be written, and the jobs of all its documents.

    A job that was deleted is None. Jobs that were not made by a conversion are tasks of one document, too.
    """

    job: Job
    conversion: Conversion
    jobs: Sequence[Job | None]

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to any document."""
        return all(job is None or job.ended for job in self.jobs)


def task_of(services: Services, project: str, job: Job) -> Task:
    """The task that ``job`` speaks for, as it stands now."""
    conversion = JobRequest.model_validate(job.request).conversion or Conversion()
    others = [_job(services, project, job_id) for job_id in conversion.tasks]
    return Task(job, conversion, [*others, job])


def _job(services: Services, project: str, job_id: str) -> Job | None:
    with suppress(NotFound):
        return services.jobs.get(project, job_id)
    return None


def status_of(services: Services, task: Task) -> TaskStatus:
    """How a task stands; it has failed if none of its documents could be read."""
    states = [JobStatus.FAILURE if job is None else JobStatus(job.status) for job in task.jobs]
    failed = states.count(JobStatus.FAILURE)
    succeeded = states.count(JobStatus.SUCCESSFUL)
    error = next((job.error for job in task.jobs if job is not None and job.error), None)
    if task.ended:
        word = "success" if succeeded else "failure"
    elif all(state is JobStatus.PENDING for state in states):
        word = "pending"
    else:
        word = "started"
    return TaskStatus(
        task_id=task.job.id,
        task_type="chunk" if task.conversion.chunked else "convert",
        task_status=word,
        task_position=services.jobs.queue_position(task.job),
        task_meta=TaskMeta(
            num_docs=len(states),
            num_processed=failed + succeeded,
            num_succeeded=succeeded,
            num_failed=failed,
        ),
        error_message=error,
    )
