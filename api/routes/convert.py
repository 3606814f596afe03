"""The routes of docling-serve, for its clients: each document becomes a job like any other."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request, Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from api.dependencies import CONVERT_PREFIX, Caller, ConvertRoute, Reader, ServicesHere, Writer, origin_of
from api.docling.answers import answer_of
from api.docling.incoming import Form, Given, documents_of, fields_as, form_of, headers_told, json_of
from api.docling.openapi import form_body, json_body
from api.docling.tasks import NOT_READY, Asked, Task, status_of, submit_all, task_of
from api.docling.wire import (
    Chunked,
    ChunkingOptions,
    ChunkRequest,
    Converted,
    ConvertOptions,
    ConvertRequest,
    Refused,
    TaskStatus,
)
from api.streams import StreamCut
from schemas.conversions import Target
from schemas.errors import NotFound
from schemas.options import ChunkingStrategy
from workers.jobs.ledger.audit import Action
from workers.jobs.services import Services

router = APIRouter(
    prefix=CONVERT_PREFIX,
    tags=["docling-serve"],
    route_class=ConvertRoute,
    responses={
        status: {"model": Refused, "description": description}
        for status, description in (
            (400, "The request cannot be served as it stands"),
            (401, "The key is missing or not known"),
            (403, "The key lacks the scope"),
            (404, "There is no such task, or it has no result yet"),
            (408, "The body came too slowly"),
            (413, "The body or a file is larger than is accepted here"),
            (422, "A field or parameter has the wrong type or an unknown word"),
            (429, "The project is over a limit; see Retry-After"),
            ("5XX", "Something went wrong here; 504: the result is not there yet, the job goes on"),
        )
    },
)

_ZIP: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}
}


class Chunker(StrEnum):
    """How chunks are cut: by headings up to a size, or one a paragraph, table or picture."""

    HYBRID = "hybrid"
    HIERARCHICAL = "hierarchical"


_STRATEGIES = {
    Chunker.HYBRID: ChunkingStrategy.SECTION,
    Chunker.HIERARCHICAL: ChunkingStrategy.FRAGMENT,
}
_USUAL_TOKENS = 512
"""Of a hybrid chunk, as in docling, where nothing is said."""


_FORM = form_body((ConvertOptions, ""))
_CHUNK_FORM = form_body(
    (ConvertOptions, "convert_"),
    (ChunkingOptions, "chunking_"),
    include_converted_doc={"type": "boolean", "default": False},
)


@router.post(
    "/convert/source",
    name="convert_source",
    summary="Convert documents from addresses or base64",
    response_model=Converted,
    responses=_ZIP,
    openapi_extra=json_body(ConvertRequest),
)
async def convert_source(request: Request, services: ServicesHere, caller: Writer) -> Response:
    """Waits for the result: JSON of one document, a ZIP archive of several or where `target` says so."""
    return await _waited(request, services, caller, await _sources(request, services, caller))


@router.post(
    "/convert/source/async",
    name="convert_source_async",
    summary="Convert documents from addresses or base64, later",
    openapi_extra=json_body(ConvertRequest),
)
async def convert_source_async(request: Request, services: ServicesHere, caller: Writer) -> TaskStatus:
    """Answers at once; `GET status/poll/{task_id}` says how it goes."""
    return await _status(services, await _sources(request, services, caller))


@router.post(
    "/convert/file",
    name="convert_file",
    summary="Convert uploaded documents",
    response_model=Converted,
    responses=_ZIP,
    openapi_extra=_FORM,
)
async def convert_file(request: Request, services: ServicesHere, caller: Writer) -> Response:
    """Waits for the result: JSON of one document, a ZIP archive of several or where `target_type` says so."""
    return await _waited(request, services, caller, await _files(request, services, caller))


@router.post(
    "/convert/file/async",
    name="convert_file_async",
    summary="Convert uploaded documents, later",
    openapi_extra=_FORM,
)
async def convert_file_async(request: Request, services: ServicesHere, caller: Writer) -> TaskStatus:
    """Answers at once; `GET status/poll/{task_id}` says how it goes."""
    return await _status(services, await _files(request, services, caller))


@router.post(
    "/chunk/{chunker}/source",
    name="chunk_source",
    summary="Cut documents from addresses or base64 into chunks",
    response_model=Chunked,
    responses=_ZIP,
    openapi_extra=json_body(ChunkRequest),
)
async def chunk_source(
    chunker: Chunker, request: Request, services: ServicesHere, caller: Writer
) -> Response:
    """Waits for the chunks of all documents."""
    return await _waited(request, services, caller, await _sources(request, services, caller, chunker))


@router.post(
    "/chunk/{chunker}/source/async",
    name="chunk_source_async",
    summary="Cut documents from addresses or base64 into chunks, later",
    openapi_extra=json_body(ChunkRequest),
)
async def chunk_source_async(
    chunker: Chunker, request: Request, services: ServicesHere, caller: Writer
) -> TaskStatus:
    """Answers at once; `GET status/poll/{task_id}` says how it goes."""
    return await _status(services, await _sources(request, services, caller, chunker))


@router.post(
    "/chunk/{chunker}/file",
    name="chunk_file",
    summary="Cut uploaded documents into chunks",
    response_model=Chunked,
    responses=_ZIP,
    openapi_extra=_CHUNK_FORM,
)
async def chunk_file(chunker: Chunker, request: Request, services: ServicesHere, caller: Writer) -> Response:
    """Waits for the chunks of all documents. Options have `convert_` and `chunking_` before their names."""
    return await _waited(request, services, caller, await _files(request, services, caller, chunker))


@router.post(
    "/chunk/{chunker}/file/async",
    name="chunk_file_async",
    summary="Cut uploaded documents into chunks, later",
    openapi_extra=_CHUNK_FORM,
)
async def chunk_file_async(
    chunker: Chunker, request: Request, services: ServicesHere, caller: Writer
) -> TaskStatus:
    """Answers at once; `GET status/poll/{task_id}` says how it goes."""
    return await _status(services, await _files(request, services, caller, chunker))


@router.get("/status/poll/{task_id}", name="poll_task", summary="How a task stands")
async def poll(
    task_id: str,
    request: Request,
    services: ServicesHere,
    caller: Reader,
    wait: Annotated[
        float,
        Query(ge=0, allow_inf_nan=False, description="Seconds to wait for its end, if it has not come."),
    ] = 0.0,
) -> TaskStatus:
    """`pending`, `started`, `success` or `failure`: that of several documents if all of them failed."""
    task = await _task(services, caller, task_id)
    return await _status(services, await _ended(request, services, caller, task, wait))


@router.get(
    "/result/{task_id}",
    name="get_task_result",
    summary="The result of a task",
    response_model=Converted | Chunked,
    responses=_ZIP,
)
async def result(task_id: str, services: ServicesHere, caller: Reader) -> Response:
    """What `convert` and `chunk` answer, of any job of the project; 404 while it is not there."""
    return await _answer(services, caller, await _task(services, caller, task_id))


async def _sources(
    request: Request, services: Services, caller: Caller, chunker: Chunker | None = None
) -> Task:
    if chunker is None:
        body = await json_of(request, ConvertRequest)
        asked = Asked(body.options, body.target.kind)
        sources = body.sources
    else:
        chunk_body = await json_of(request, ChunkRequest)
        sources = chunk_body.sources
        asked = _asked_chunks(
            chunker,
            chunk_body.convert_options,
            chunk_body.chunking_options,
            chunk_body.target.kind,
            chunk_body.include_converted_doc,
        )
    documents = await documents_of(sources, services, caller.project)
    return await _taken_in(request, services, caller, documents, asked, headers_told(sources))


class _Others(BaseModel):
    """The fields of a form that are no options."""

    target_type: Target = Target.INBODY
    include_converted_doc: bool = False


async def _files(
    request: Request, services: Services, caller: Caller, chunker: Chunker | None = None
) -> Task:
    form = await form_of(request, services, caller.project)
    asked = _asked_of(form, chunker)
    return await _taken_in(request, services, caller, form.files, asked)


def _asked_of(form: Form, chunker: Chunker | None) -> Asked:
    others = fields_as(_Others, form.fields)
    if chunker is None:
        given = {name: values for name, values in form.fields.items() if name not in _Others.model_fields}
        return Asked(fields_as(ConvertOptions, given), others.target_type)
    return _asked_chunks(
        chunker,
        fields_as(ConvertOptions, form.fields, "convert_"),
        fields_as(ChunkingOptions, form.fields, "chunking_"),
        others.target_type,
        others.include_converted_doc,
    )


def _asked_chunks(
    chunker: Chunker, options: ConvertOptions, chunking: ChunkingOptions, target: Target, documents: bool
) -> Asked:
    if chunker is Chunker.HYBRID and chunking.max_tokens is None:
        chunking = chunking.model_copy(update={"max_tokens": _USUAL_TOKENS})
    return Asked(options, target, chunking, _STRATEGIES[chunker], documents)


async def _taken_in(
    request: Request,
    services: Services,
    caller: Caller,
    documents: Sequence[Given],
    asked: Asked,
    told: Sequence[str] = (),
) -> Task:
    asked = Asked(
        asked.options,
        asked.target,
        asked.chunking,
        asked.strategy,
        asked.with_documents,
        [*asked.told, *told],
    )
    origin = origin_of(request)
    job = await run_in_threadpool(submit_all, services, caller.project, documents, asked, origin)
    return await run_in_threadpool(task_of, services, caller.project, job)


async def _task(services: Services, caller: Caller, task_id: str) -> Task:
    job = await run_in_threadpool(services.jobs.get, caller.project, task_id)
    return await run_in_threadpool(task_of, services, caller.project, job)


async def _status(services: Services, task: Task) -> TaskStatus:
    return await run_in_threadpool(status_of, services, task)


async def _waited(request: Request, services: Services, caller: Caller, task: Task) -> Response:
    seconds = services.settings.convert_wait_seconds
    task = await _ended(request, services, caller, task, seconds)
    if not task.ended:
        raise HTTPException(
            504,
            f"Conversion is taking too long: nobody is kept waiting for more than {seconds:g} seconds"
            f" (OCTAVO_CONVERT_WAIT_SECONDS). The task {task.job.id} goes on; ask for its result later.",
        )
    return await _answer(services, caller, task)


async def _ended(request: Request, services: Services, caller: Caller, task: Task, seconds: float) -> Task:
    """The task once it has ended, or as it stands after so many seconds; nobody's thread waits."""
    seconds = min(seconds, services.settings.convert_wait_seconds)
    streams, loop = request.app.state.streams, asyncio.get_running_loop()
    until = loop.time() + seconds
    jobs = list(task.jobs)
    try:
        for at, job in enumerate(jobs):
            if job is not None and not job.ended and loop.time() < until:
                jobs[at] = await streams.until_ended(job, until - loop.time(), caller.key_id)
    except StreamCut as cut:
        raise HTTPException(503, f"Nobody waits any more: {cut}. The task {task.job.id} goes on.") from None
    return Task(jobs[-1] or task.job, task.conversion, jobs)


async def _answer(services: Services, caller: Caller, task: Task) -> Response:
    if not task.ended:
        raise NotFound(NOT_READY)
    services.audit.collect(Action.JOB_READ, caller.project, task.job.id)
    return await run_in_threadpool(answer_of, services, caller.project, task)
