"""Submitting work, and reading how it goes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import AfterValidator, BaseModel
from starlette.concurrency import run_in_threadpool

from api.dependencies import ApiRoute, Reader, ServicesHere, Writer, origin_of
from api.errors import TOO_LARGE, ErrorEnvelope
from api.pagination import LongPages, Moment, encode_cursor
from api.pieces import gathered
from api.streams import EventStream
from schemas.documents import PagesRead
from schemas.jobs import ParseResult, Timestamp
from schemas.progress import JobProgress
from schemas.requests import ClassifyRequest, EditRequest, JobType, ParseRequest, ReadRequest, ReplayRequest
from workers.jobs.disposal import remove_job
from workers.jobs.intake import submit
from workers.jobs.ledger.audit import Action
from workers.jobs.ledger.jobs import JobFilter
from workers.jobs.ledger.paging import Page
from workers.jobs.ledger.tables import Job
from workers.jobs.replaying import replay
from workers.jobs.results import pages_read, progress, result_json, view

router = APIRouter(tags=["parse"], route_class=ApiRoute)

_STATUSES = {
    "pending",
    "processing",
    "successful",
    "failure",
    # Words the SDK knows and this service never says: they match nothing.
    "detecting_layout",
    "detected_layout",
    "extracting_data",
    "extracted_data",
    "formatting_output",
    "formatted_output",
}


def _known_status(value: str | None) -> str | None:
    if value is None or value.lower() in _STATUSES:
        return value and value.lower()
    raise ValueError("must be pending, processing, successful or failure")


Status = Annotated[
    str | None,
    AfterValidator(_known_status),
    Query(description="`pending`, `processing`, `successful` or `failure`."),
]


class Submitted(BaseModel):
    """A job that was taken in; follow it with `GET parse/{parse_id}`."""

    parse_id: str
    created_at: Timestamp


class EarlyPages(PagesRead):
    """Pages that are read already; `next` is what to send as `after` to get those that come later."""

    next: int


class ParsePage(BaseModel):
    """A page of results without their outputs, newest first."""

    items: list[ParseResult]
    has_more: bool
    next_cursor: str | None
    prev_cursor: str | None

    @classmethod
    def of(cls, page: Page[Job]) -> ParsePage:
        """The page for rows."""
        return cls(
            items=[view(job) for job in page.items],
            has_more=page.next is not None,
            next_cursor=encode_cursor(page.next),
            prev_cursor=encode_cursor(page.prev),
        )


@router.post("/parse", name="parse", summary="Read a document", responses=TOO_LARGE)
def parse(body: ParseRequest, request: Request, services: ServicesHere, caller: Writer) -> Submitted:
    """Takes in a document to be read into pages, fragments and chunks."""
    job = submit(services, caller.project, JobType.PARSE, body, origin_of(request))
    return Submitted(parse_id=job.id, created_at=job.created_at)


@router.post("/read", name="read", summary="Read a document, nothing more", responses=TOO_LARGE)
def read(body: ReadRequest, request: Request, services: ServicesHere, caller: Writer) -> Submitted:
    """As `parse`, without page classes and extraction."""
    job = submit(services, caller.project, JobType.READ, body, origin_of(request))
    return Submitted(parse_id=job.id, created_at=job.created_at)


@router.post("/extract", name="extract", summary="Fill JSON Schemas from a document", responses=TOO_LARGE)
def extract(body: ParseRequest, request: Request, services: ServicesHere, caller: Writer) -> Submitted:
    """As `parse`, with at least one schema to fill."""
    job = submit(services, caller.project, JobType.EXTRACT, body, origin_of(request))
    return Submitted(parse_id=job.id, created_at=job.created_at)


@router.post("/classify", name="classify", summary="Sort pages into classes", responses=TOO_LARGE)
def classify(body: ClassifyRequest, request: Request, services: ServicesHere, caller: Writer) -> Submitted:
    """As `parse`, for the classes of its pages."""
    job = submit(services, caller.project, JobType.CLASSIFY, body, origin_of(request))
    return Submitted(parse_id=job.id, created_at=job.created_at)


@router.post("/edit", name="edit", summary="Fill in a form", responses=TOO_LARGE)
def edit(body: EditRequest, request: Request, services: ServicesHere, caller: Writer) -> Submitted:
    """Takes in a form to be filled in as `form_filling.fill_prompt` says; else its fields are told."""
    job = submit(services, caller.project, JobType.EDIT, body, origin_of(request))
    return Submitted(parse_id=job.id, created_at=job.created_at)


@router.get("/parse", name="list_parse_results", summary="List jobs")
def list_jobs(
    services: ServicesHere,
    caller: Reader,
    page: LongPages,
    dataset_name: Annotated[str | None, Query(description="Jobs of the dataset with this name.")] = None,
    filename: Annotated[
        str | None, Query(description="Part of the uploaded file's name; case counts.")
    ] = None,
    file_name: Annotated[str | None, Query(description="The same as `filename`.")] = None,
    status: Status = None,
    id: Annotated[str | None, Query(description="One job's id.")] = None,  # noqa: A002 - the wire's word
    created_after: Moment = None,
    created_before: Moment = None,
    finished_after: Moment = None,
    finished_before: Moment = None,
    include_configuration: Annotated[bool, Query(description="Taken; the options are always there.")] = True,
) -> ParsePage:
    """The project's jobs, newest first, without their outputs."""
    wanted = JobFilter(
        id=id,
        status=status,
        dataset_name=dataset_name,
        file_name=filename or file_name,
        created_after=created_after,
        created_before=created_before,
        finished_after=finished_after,
        finished_before=finished_before,
    )
    return ParsePage.of(services.jobs.page(caller.project, page, wanted))


@router.get(
    "/parse/{parse_id}",
    name="get_parse_result",
    summary="A job and its result",
    response_model=ParseResult,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def get_result(
    parse_id: str,
    request: Request,
    services: ServicesHere,
    caller: Reader,
    with_options: Annotated[bool, Query(description="Also show `raw_text` among the options.")] = False,
) -> Response:
    """The result object; with `Accept: text/event-stream`, events until the job has ended."""
    job = await run_in_threadpool(services.jobs.get, caller.project, parse_id)
    streams = "text/event-stream" in request.headers.get("accept", "").lower()
    if streams or job.ended:  # whoever only asks how it goes has seen nothing
        services.audit.collect(Action.JOB_READ, caller.project, parse_id)
    if streams:
        return EventStream(request.app.state.streams.follow(job, caller.key_id))
    raw_text = None
    if with_options and job.source_key and not job.file_id and not job.request["source"]["file_url"]:
        raw_text = (await run_in_threadpool(services.blobs.get_bytes, job.source_key)).decode()
    pieces = await run_in_threadpool(result_json, job, services.blobs, raw_text)
    return StreamingResponse(gathered(pieces), media_type="application/json")


@router.get("/parse/{parse_id}/progress", name="get_progress", summary="How far a job is")
def get_progress(parse_id: str, services: ServicesHere, caller: Reader) -> JobProgress:
    """Pages done, the stage and its counts, the pace and the seconds left where they can be told."""
    job = services.jobs.get(caller.project, parse_id)
    return progress(job, services.jobs.queue_position(job), services.ledger.now())


@router.get("/parse/{parse_id}/pages", name="get_pages", summary="The pages that are read already")
def get_pages(
    parse_id: str,
    services: ServicesHere,
    caller: Reader,
    after: Annotated[int, Query(ge=0, le=2**63 - 1, description="The `next` of the answer before.")] = 0,
) -> EarlyPages:
    """Some pages at a time, as they are done, while the job runs; no pages: ask again later.

    They are as read, before the document is put together: headings have no levels yet, tables end with their
    page. A finished job has them for some days; its result is what counts.
    """
    job = services.jobs.get(caller.project, parse_id)
    read, last = pages_read(services.windows.of(job.id), services.blobs, after)
    services.audit.collect(Action.JOB_READ, caller.project, parse_id)
    return EarlyPages(pages=read.pages, page_errors=read.page_errors, next=last)


@router.delete(
    "/parse/{parse_id}",
    name="delete_parse",
    summary="Delete a job and its result",
    status_code=204,
    responses={409: {"model": ErrorEnvelope, "description": "The job has not ended yet"}},
)
def delete(parse_id: str, services: ServicesHere, caller: Writer) -> None:
    """Removes an ended job with its result; its file stays."""
    remove_job(services, caller.project, parse_id)


@router.post(
    "/parse/{parse_id}/cancel",
    name="cancel_parse",
    summary="Cancel a job",
    responses={409: {"model": ErrorEnvelope, "description": "The job has ended"}},
)
def cancel(parse_id: str, services: ServicesHere, caller: Writer) -> ParseResult:
    """Ends a job as `failure`, with the error `cancelled`; its worker stops when its page is read."""
    return view(services.jobs.cancel(caller.project, parse_id))


@router.post(
    "/parse/{parse_id}/replay",
    name="replay_parse",
    summary="Run a job again",
    responses={
        **TOO_LARGE,
        409: {"model": ErrorEnvelope, "description": "It has not ended, or cannot be run again so"},
    },
)
def replay_job(
    parse_id: str, services: ServicesHere, caller: Writer, body: ReplayRequest | None = None
) -> Submitted:
    """Begins an ended job anew under its id; steps that are finished and would be done the same are taken.

    `adaptive` does again what would be done otherwise now, and what went wrong; `strict` refuses then.
    """
    job = replay(services, caller.project, parse_id, (body or ReplayRequest()).mode)
    return Submitted(parse_id=job.id, created_at=job.created_at)
