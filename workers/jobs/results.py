"""The result object: the job's part from the ledger, joined to the outputs from their blob unparsed."""

from __future__ import annotations

import contextlib
import gzip
import json
import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

import msgspec

from schemas.documents import Page, PageFault, PagesRead, ParsedDocument
from schemas.jobs import JobStatus, JobView, ParseResult
from schemas.progress import JobProgress, ProgressAttributes, Report, report_of
from schemas.requests import JobRequest
from workers.jobs.blobs import BlobDamaged, BlobMissing, BlobStore
from workers.jobs.blobs.base import CHUNK_BYTES
from workers.jobs.ledger.tables import Checkpoint, Job

EVENT_LINE_BYTES = 256 * 1024
"""Largest ``data:`` line of an event, if no single JSON token is longer: a known client stops at 1 MiB."""

_GZIP = b"\x1f\x8b"
"""How everything packed begins, and no JSON."""

_IN_THE_LEDGER = {"total_pages", "parsed_pages_count"}


def write_result(document: ParsedDocument) -> bytes:
    """The outputs as they are told: a JSON object in UTF-8 with a newline after every comma between tokens.

    What the ledger keeps too (the page counts) is left out, so that it can be joined to the job's part.
    """
    return b"{" + b",\n".join(_outputs(document)) + b"}"


def packed(outputs: bytes) -> bytes:
    """The outputs as the store has them: gzip, at the level that takes the least time."""
    return gzip.compress(outputs, 1, mtime=0)


def outputs_of(blobs: BlobStore, result_key: str) -> Iterator[bytes]:
    """Stored outputs in pieces, none of them empty; earlier versions did not pack theirs.

    Raises:
        BlobMissing: at once.
        BlobDamaged: now, or between two pieces.
    """
    pieces = blobs.stream(result_key)
    first = next(pieces, b"")
    whole = chain((first,), pieces)
    return _unpacked(whole, result_key) if first.startswith(_GZIP) else whole


def _unpacked(pieces: Iterator[bytes], result_key: str) -> Iterator[bytes]:
    unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS + 16)  # with gzip's head and checksum
    try:
        for piece in pieces:
            while piece:
                if plain := unpacking.decompress(piece, CHUNK_BYTES):
                    yield plain
                piece = unpacking.unconsumed_tail
        if plain := unpacking.flush():
            yield plain
    except zlib.error:
        raise BlobDamaged(result_key) from None
    if not unpacking.eof:
        raise BlobDamaged(result_key)


def _outputs(document: ParsedDocument) -> Iterator[bytes]:
    """Each output with its name. Page by page: all of a long document as dicts takes many times its size."""
    for name in type(document).model_fields:
        if name in _IN_THE_LEDGER:
            continue
        value = getattr(document, name)
        if not isinstance(value, list):
            yield _json(name) + b":" + _json(document.model_dump(include={name})[name])
            continue
        each = (
            document.model_copy(update={name: [one]}).model_dump(include={name})[name][0] for one in value
        )
        yield _json(name) + b":[" + b",\n".join(map(_json, each)) + b"]"


def _json(value: Any) -> bytes:
    # Not pydantic's own JSON: that refuses half a surrogate pair in a key, and documents hold such things.
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",\n", ":"))
    return text.encode("utf-8", errors="replace")


def view(job: Job, raw_text: str | None = None) -> ParseResult:
    """The job's part of the result, outputs empty; ``raw_text`` is shown among the options."""
    request = JobRequest.model_validate(job.request)
    return ParseResult(
        parse_id=job.id,
        status=JobStatus(job.status),
        parsed_pages_count=job.parsed_pages,
        total_pages=job.total_pages,
        created_at=job.created_at,
        finished_at=job.finished_at,
        error=job.error,
        errors={"message": job.error} if job.error is not None else None,
        message_update=job.message_update,
        labels=request.source.labels,
        dataset_id=job.dataset_id,
        tasks_completed_count=job.pages_done if job.pages_asked is not None else None,
        tasks_total_count=job.pages_asked,
        options=_options(job, request, raw_text),
    )


def _options(job: Job, request: JobRequest, raw_text: str | None) -> dict[str, Any]:
    source = request.source
    return {
        "file_id": source.file_id,
        "file_url": source.file_url,
        "raw_text": raw_text,
        "file_name": source.file_name,
        "file_labels": job.file_labels,
        "mime_type": source.mime_type,
        "trace_id": request.trace_id,
        "page_range": source.page_range or None,
        "result_of": job.result_of,
        "job_type": job.job_type,
        "configuration": _configuration(request),
    }


def _configuration(request: JobRequest) -> dict[str, Any]:
    shown = request.configuration.model_dump(mode="json")
    if request.form_filling is not None:
        shown["form_filling"] = request.form_filling.model_dump(mode="json")
    return shown


def result_json(job: Job, blobs: BlobStore, raw_text: str | None = None) -> Iterator[bytes]:
    """The whole result object in pieces, with the outputs if the job ended well.

    Raises:
        BlobMissing: at once, if the outputs are gone.
    """
    result = view(job, raw_text)
    if job.status != JobStatus.SUCCESSFUL or job.result_key is None:
        return iter((result.model_dump_json().encode(),))
    head = result.model_dump_json(include=set(JobView.model_fields)).encode()
    return _joined(head, outputs_of(blobs, job.result_key))


def _joined(head: bytes, outputs: Iterator[bytes]) -> Iterator[bytes]:
    yield head.removesuffix(b"}")
    first = next(outputs)
    yield b",\n" + first.removeprefix(b"{")
    yield from outputs


def event(name: str, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """A server-sent event whose data is the JSON in ``pieces``, broken into lines between tokens only."""
    yield b"event: %s\n" % name.encode()
    lines: list[bytes] = []
    size = 0
    for line in _lines(pieces):
        if lines and size + len(line) > EVENT_LINE_BYTES:
            yield b"data: %s\n" % b"".join(lines)
            lines, size = [], 0
        lines.append(line)
        size += len(line)
    yield b"data: %s\n\n" % b"".join(lines)


def _lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    unfinished: list[bytes] = []
    for piece in pieces:
        *ended, rest = piece.split(b"\n")
        if ended:
            yield b"".join((*unfinished, ended[0]))
            yield from ended[1:]
            unfinished = []
        unfinished.append(rest)
    yield b"".join(unfinished)


def event_of(job: Job, blobs: BlobStore) -> Iterator[bytes]:
    """The event that says how the job stands; for an ended job, the last one, with its whole result."""
    name = {
        JobStatus.PENDING: "parse_queued",
        JobStatus.PROCESSING: "parse_update",
        JobStatus.SUCCESSFUL: "parse_done",
        JobStatus.FAILURE: "parse_failed",
    }[JobStatus(job.status)]
    return event(name, result_json(job, blobs))


def deleted_event(job: Job) -> Iterator[bytes]:
    """The last event of a job that was deleted while somebody waited; ``job`` is as it was last seen."""
    error = "This parse was deleted while its result was waited for."
    gone = view(job).model_copy(
        update={"status": JobStatus.FAILURE, "error": error, "errors": {"message": error}}
    )
    return event("parse_failed", iter((gone.model_dump_json().encode(),)))


def progress(job: Job, queue_position: int | None, now: datetime) -> JobProgress:
    """How far a job is. Of one that has ended only the counts of its pages are told."""
    report = report_of(job.progress)
    if job.ended:
        report = Report(pages_done=report.pages_done, failed_pages=report.failed_pages, stages=report.stages)
    return JobProgress(
        current=job.pages_done,
        total=job.pages_asked,
        message=job.error or job.message_update,
        attributes=ProgressAttributes(
            **report.model_dump(), status=JobStatus(job.status), queue_position=queue_position
        ),
        timestamp=job.finished_at or now,
    )


WINDOWS_AT_ONCE = 4
"""Windows of pages in one answer to who watches a document being read."""


class KeptBlob(msgspec.Struct, array_like=True, frozen=True):
    """What workers keep of a job: the value's encoding, which value it is, and how to tell that it is whole.

    ``shown``: of a window its pages as JSON, for who watches and knows no engine's types.
    """

    fingerprint: str
    digest: bytes
    value: bytes
    shown: bytes = b""


_kept_blob = msgspec.msgpack.Decoder(KeptBlob)


def pages_read(windows: Sequence[Checkpoint], blobs: BlobStore, after: int) -> tuple[PagesRead, int]:
    """The pages of some windows, the first of those whose ids are above ``after``; and the last of these ids.

    A window whose blob is gone or damaged, or was written by an older worker, has no pages.
    """
    pages: list[Page] = []
    faults: list[PageFault] = []
    coming = sorted((window for window in windows if window.id > after), key=lambda window: window.id)
    for window in coming[:WINDOWS_AT_ONCE]:
        after = window.id
        with contextlib.suppress(BlobMissing, BlobDamaged, ValueError):
            shown = _kept_blob.decode(blobs.get_bytes(window.blob_key)).shown
            read = PagesRead.model_validate_json(shown or b"{}")
            pages += read.pages
            faults += read.page_errors
    return PagesRead(pages=pages, page_errors=faults), after
