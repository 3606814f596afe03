"""Taking work in: everything that can be judged from a request, then the job's row, then the ring."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass

from schemas.acceptance import is_fillable, is_known_mime_type, may_be_readable, refusal
from schemas.conversions import Conversion
from schemas.errors import (
    FileUnknown,
    InvalidConfiguration,
    InvalidFile,
    InvalidMimeType,
    InvalidPageClassification,
    NotFound,
)
from schemas.formats import (
    bare_mime_type,
    is_text_mime_type,
)
from schemas.ids import is_file_id, new_id
from schemas.json_values import judge_labels
from schemas.options import Configuration
from schemas.page_range import parse_page_range
from schemas.requests import (
    ClassifyRequest,
    EditRequest,
    JobRequest,
    JobType,
    ParseRequest,
    ReadRequest,
    SourceFields,
)
from workers.jobs import telemetry
from workers.jobs.addresses import check_url
from workers.jobs.bounds import LONGEST_PROMPT, judge_length
from workers.jobs.judging import judge_configuration
from workers.jobs.ledger.tables import Dataset, Job, StoredFile
from workers.jobs.routing import pages_queue
from workers.jobs.services import Services

log = logging.getLogger(__name__)

MAX_REQUEST_CHARACTERS = 1 << 20
"""Most of a request, without its raw text: it is a row of the ledger, and is sent with every answer."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a submit comes from: its trace, and the id of its job where an earlier try may have made it."""

    trace_id: str | None = None
    job_id: str | None = None


UNKNOWN = Origin()


def submit(
    services: Services,
    project: str,
    job_type: JobType,
    body: ParseRequest | ReadRequest | ClassifyRequest | EditRequest,
    origin: Origin = UNKNOWN,
    conversion: Conversion | None = None,
) -> Job:
    """Judges a request for reading of any kind, records its job and rings for it.

    ``conversion`` is kept with the job, for who asks for its result.

    Raises:
        RequestError: the subclass says what is wrong with the request.
    """
    source = judge_source(services, project, body, to_fill=job_type is JobType.EDIT)
    configuration = Configuration.model_validate(body, from_attributes=True)
    _judge_task(job_type, configuration)
    judge_configuration(services.settings, configuration)
    form_filling = body.form_filling if isinstance(body, EditRequest) else None
    if form_filling is not None:
        judge_length("form_filling.fill_prompt", form_filling.fill_prompt, LONGEST_PROMPT)
    request = JobRequest(
        job_type=job_type,
        source=source,
        configuration=configuration,
        form_filling=form_filling,
        conversion=conversion,
        trace_id=origin.trace_id,
    )
    return _take_in(services, project, request, origin)


def submit_to_dataset(
    services: Services, project: str, dataset: Dataset, body: SourceFields, origin: Origin = UNKNOWN
) -> Job:
    """As ``submit``, with the dataset's configuration as it is now.

    A ``raw_text`` without a type that looks like a file's id is one: a known client sends it so; any other
    is plain text.

    Raises:
        RequestError: the subclass says what is wrong with the request.
    """
    if body.raw_text and not body.mime_type and not body.file_id:
        if is_file_id(body.raw_text):
            body = body.model_copy(update={"file_id": body.raw_text, "raw_text": None})
        else:
            body = body.model_copy(update={"mime_type": "text/plain"})
    source = judge_source(services, project, body)
    configuration = Configuration.model_validate(dataset.configuration)
    # What was set up when the dataset was made may not be any more.
    judge_configuration(services.settings, configuration)
    request = JobRequest(
        job_type=JobType.DATASET, source=source, configuration=configuration, trace_id=origin.trace_id
    )
    return _take_in(services, project, request, origin, dataset.id)


def _take_in(
    services: Services, project: str, request: JobRequest, origin: Origin, dataset_id: str | None = None
) -> Job:
    """Records the job of a request that was judged, its raw text as a blob, and rings."""
    job_id, source_key, raw_text = origin.job_id or new_id("parse"), None, request.source.raw_text
    source = request.source.model_copy(update={"raw_text": None})
    request = request.model_copy(update={"source": source})
    if len(request.model_dump_json()) > MAX_REQUEST_CHARACTERS:
        raise InvalidConfiguration(
            f"Labels, page_range and options together are larger than {MAX_REQUEST_CHARACTERS} characters;"
            " they are kept with every job, so keep them short."
        )
    if not (origin.job_id and services.jobs.exists(project, origin.job_id)):
        services.quotas.admit_job(project)
    if raw_text is not None:
        source_key = f"{blob_folder(job_id)}/source"
        services.blobs.put_bytes(source_key, raw_text.encode())
    queue = pages_queue(request, services.settings)
    job = services.jobs.create(
        project, request, job_id=job_id, source_key=source_key, dataset_id=dataset_id, queue=queue
    )
    services.doorbell.ring(queue)
    with telemetry.bind(job=job.id):
        log.info("taken in: %s", job.job_type)
    return job


def blob_folder(job_id: str) -> str:
    """Where all blobs of a job are."""
    return f"jobs/{job_id}"


def judge_source(
    services: Services, project: str, body: SourceFields, *, to_fill: bool = False
) -> SourceFields:
    """The request's source fields, judged and filled in: type and name of the file, blanks as absent.

    ``to_fill``: only a document that can be filled in will do, and all its pages are taken.

    Raises:
        InvalidConfiguration: not exactly one source, or labels that cannot be kept.
        InvalidPageRange, InvalidFile, InvalidMimeType, NotFound: see the contract of each field.
    """
    given = [name for name in ("file_id", "file_url", "raw_text") if getattr(body, name)]
    if len(given) != 1:
        raise InvalidConfiguration(
            "Give exactly one of file_id, file_url and raw_text; "
            + (f"this request has {' and '.join(given)}." if given else "this request has none.")
        )
    if to_fill:
        body = body.model_copy(update={"page_range": ""})
    parse_page_range(body.page_range)
    judge_labels(body.labels, InvalidConfiguration)
    mime_type = bare_mime_type(body.mime_type)
    file_name = clean_name(body.file_name)
    if body.file_id:
        file = _file(services, project, body.file_id)
        mime_type = _readable(mime_type or bare_mime_type(file.mime_type), to_fill)
        file_name = file_name or file.name
    elif body.raw_text:
        if mime_type is None or not is_text_mime_type(mime_type):
            raise InvalidMimeType(
                "raw_text needs a mime_type that says what kind of text it is, like text/plain, text/html,"
                " text/markdown or text/csv."
            )
        mime_type = _readable(mime_type, to_fill)
    else:
        check_url(body.file_url or "", services.settings.file_url_allow)
        mime_type = _readable(mime_type, to_fill) if mime_type else None
    source = SourceFields.model_validate(body, from_attributes=True)
    return source.model_copy(
        update={
            **dict.fromkeys(("file_id", "file_url", "raw_text")),
            given[0]: getattr(body, given[0]),
            "mime_type": mime_type,
            "file_name": file_name,
        }
    )


def _file(services: Services, project: str, file_id: str) -> StoredFile:
    if not is_file_id(file_id):
        raise InvalidFile(f"file_id {file_id!r} is not a file's id: those start with file_.")
    with suppress(FileUnknown):
        return services.files.get(project, file_id)
    raise NotFound(f"There is no file {file_id!r} in this project; upload it first.")


def _readable(mime_type: str | None, to_fill: bool) -> str:
    if to_fill:
        if mime_type is not None and is_fillable(mime_type):
            return mime_type
        raise InvalidMimeType(
            f"A document of type {mime_type or 'unknown'} cannot be filled in: send a PDF, a picture of a"
            " page or a Word document."
        )
    if mime_type is not None:
        if may_be_readable(mime_type):
            return mime_type
        if is_text_mime_type(mime_type) and not is_known_mime_type(mime_type):
            return "text/plain"
    raise InvalidMimeType(f"{refusal(mime_type)} If the document is one of these, say so with mime_type.")


def _judge_task(job_type: JobType, configuration: Configuration) -> None:
    """Whether a job that is for one thing was told which."""
    if job_type is JobType.EXTRACT and not configuration.structured_extraction_options:
        raise InvalidConfiguration("extract needs at least one entry in structured_extraction_options.")
    if job_type is JobType.CLASSIFY and not configuration.page_classifications:
        raise InvalidPageClassification("classify needs at least one class in page_classifications.")


def clean_name(name: str | None) -> str | None:
    """A file name without folders and invisible characters; None when nothing is left of it."""
    last = (name or "").replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in last if c.isprintable()).strip()[:255] or None
