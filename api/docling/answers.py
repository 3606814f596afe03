"""Results of tasks as answers: JSON of one document, chunks of all, or an archive of files."""

from __future__ import annotations

import base64
import hashlib
import json
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO, Any

from fastapi import Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from api.docling.blocks import Block, Kind, blocks_of, headings_of
from api.docling.doctags import doctags_of
from api.docling.document import Document, Origin
from api.docling.html import html_of
from api.docling.inline import plain
from api.docling.markdown import markdown_of, text_of
from api.docling.tasks import Task
from api.docling.wire import (
    Chunked,
    ChunkedDocument,
    ChunkItem,
    ConversionStatus,
    Converted,
    ErrorItem,
    ExportedDocument,
)
from api.uploads import upload_folder
from schemas.conversions import Conversion, ImageMode, OutputFormat, Target
from schemas.documents import Chunk, ParsedDocument
from schemas.errors import FileUnknown
from schemas.jobs import JobStatus
from schemas.requests import JobRequest
from workers.jobs.ledger.tables import Job
from workers.jobs.results import outputs_of
from workers.jobs.services import Services

_SUFFIXES = {
    "md_content": ".md",
    "json_content": ".json",
    "html_content": ".html",
    "text_content": ".txt",
    "doctags_content": ".dt",
}
_ERRORS = "errors"
"""What failed is told in a file of this name: no document's."""
_IN_MEMORY = 8 << 20
_PIECE = 1 << 16


@dataclass(slots=True)
class Result:
    """What became of a document; ``files`` are its pictures by name, where they stand beside it."""

    document: ExportedDocument
    status: ConversionStatus
    errors: list[ErrorItem] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    chunks: list[ChunkItem] = field(default_factory=list)


def answer_of(services: Services, project: str, task: Task) -> Response:
    """The answer of a task that has ended: an archive if it was asked for, or there are several documents."""
    conversion = task.conversion
    results = (_result(services, project, job, conversion) for job in task.jobs)
    if conversion.chunked and conversion.target is Target.INBODY:
        return _json_answer(_chunked(list(results), task))
    if conversion.target is Target.ZIP or len(task.jobs) > 1:
        return _archive(services, results)
    (result,) = results
    return _json_answer(
        Converted(
            document=result.document,
            status=result.status,
            errors=result.errors,
            processing_time=_seconds(task),
            warnings=conversion.warnings,
        )
    )


def _result(services: Services, project: str, job: Job | None, conversion: Conversion) -> Result:
    if job is None:
        gone = ErrorItem(component_type="user_input", error_message="The document's job was deleted.")
        return Result(ExportedDocument(filename="deleted"), "failure", [gone])
    origin = _origin(services, project, job)
    if job.status != JobStatus.SUCCESSFUL or job.result_key is None:
        failed = ErrorItem(error_message=job.error or "The document was not read.")
        return Result(ExportedDocument(filename=origin.filename), "failure", [failed])
    outputs = json.loads(b"".join(outputs_of(services.blobs, job.result_key)))
    counts = {"total_pages": job.total_pages or 0, "parsed_pages_count": job.parsed_pages}
    return written(ParsedDocument.model_validate({**outputs, **counts}), origin, conversion)


def _origin(services: Services, project: str, job: Job) -> Origin:
    source = JobRequest.model_validate(job.request).source
    name = source.file_name or job.file_name or _last_of(source.file_url) or "document"
    mime_type, checksum = source.mime_type, None
    if job.file_id:
        try:
            file = services.files.get(project, job.file_id)
            mime_type, checksum = file.mime_type, file.checksum
        except FileUnknown:  # it was deleted since
            pass
    return Origin(name, mime_type, checksum)


def _last_of(url: str | None) -> str:
    return PurePosixPath((url or "").partition("?")[0]).name


def written(document: ParsedDocument, origin: Origin, conversion: Conversion) -> Result:
    """A document in the forms that were asked for."""
    errors = [
        ErrorItem(error_message=fault.message, page_no=fault.page_number) for fault in document.page_errors
    ]
    status: ConversionStatus = "partial_success" if errors else "success"
    result = Result(ExportedDocument(filename=origin.filename), status, errors)
    blocks = blocks_of(document)
    embedded = conversion.images is ImageMode.EMBEDDED
    # Beside a document in an answer of JSON nothing can lie: there, pictures are in it.
    beside = conversion.images is ImageMode.REFERENCED
    if beside and conversion.target is Target.INBODY:
        embedded, beside = True, False
    images = _addresses(blocks, result.files if beside else None) if embedded or beside else {}
    tree = Document(origin, document.pages, blocks, images=embedded)
    if conversion.chunked:
        result.chunks = list(_chunks(document, origin, blocks, tree, conversion))
    if not conversion.chunked or conversion.with_documents:
        _write(result.document, document, blocks, tree, images, conversion)
    return result


def _write(
    into: ExportedDocument,
    document: ParsedDocument,
    blocks: list[Block],
    tree: Document,
    images: dict[int, str],
    conversion: Conversion,
) -> None:
    wanted = set(conversion.to_formats)
    if OutputFormat.MARKDOWN in wanted:
        into.md_content = markdown_of(blocks, images, conversion.page_break)
    if OutputFormat.JSON in wanted:
        into.json_content = tree.data
    if wanted & {OutputFormat.HTML, OutputFormat.HTML_SPLIT_PAGE}:
        into.html_content = html_of(into.filename, blocks, images)
    if OutputFormat.TEXT in wanted:
        into.text_content = text_of(blocks)
    if OutputFormat.DOCTAGS in wanted:
        into.doctags_content = doctags_of(blocks, {p.page_number: p.page_dimensions for p in document.pages})


def _addresses(blocks: list[Block], files: dict[str, bytes] | None) -> dict[int, str]:
    """Where the bytes of each picture are: in ``files``, which are filled; else in the address itself."""
    found: dict[int, str] = {}
    for block in (block for block in blocks if block.kind is Kind.PICTURE and block.image):
        if files is None:
            found[id(block)] = f"data:image/png;base64,{block.image}"
        else:
            content = base64.b64decode(block.image or "")
            # Documents of one archive share the folder.
            name = f"artifacts/image_{hashlib.sha256(content).hexdigest()[:32]}.png"
            files[name] = content
            found[id(block)] = name
    return found


def _chunks(
    document: ParsedDocument, origin: Origin, blocks: list[Block], tree: Document, conversion: Conversion
) -> Iterator[ChunkItem]:
    """The chunks, each with the headings above it; a heading alone is none, but part of those below it."""
    above = headings_of(blocks)
    number = 0
    for chunk in document.chunks:
        known = [above[one] for one in chunk.element_ids if one in above]
        under = next((one for one in known if not one.is_heading), None)
        if known and under is None:
            continue
        headings = list(under.headings) if under else []
        yield ChunkItem(
            filename=origin.filename,
            chunk_index=number,
            text=_in_context(chunk, headings),
            raw_text=chunk.content if conversion.with_raw_text else None,
            headings=headings or None,
            doc_items=[tree.places[one] for one in chunk.element_ids if one in tree.places],
            page_numbers=chunk.page_numbers or ([chunk.page_number] if chunk.page_number else None),
        )
        number += 1


def _in_context(chunk: Chunk, headings: list[str]) -> str:
    """The chunk below those of its headings that it does not have itself."""
    own = {plain(line.lstrip("#").strip()) for line in chunk.content.splitlines() if line.startswith("#")}
    return "\n".join([*(one for one in headings if one not in own), chunk.content])


def _chunked(results: list[Result], task: Task) -> Chunked:
    return Chunked(
        chunks=[chunk for result in results for chunk in result.chunks],
        documents=[
            ChunkedDocument(content=result.document, status=result.status, errors=result.errors)
            for result in results
        ],
        processing_time=_seconds(task),
        warnings=task.conversion.warnings,
    )


def _seconds(task: Task) -> float:
    """From the first job's beginning to the last one's end."""
    jobs = [job for job in task.jobs if job is not None and job.finished_at is not None]
    spans = [(job.created_at, job.finished_at) for job in jobs if job.finished_at is not None]
    if not spans:
        return 0.0
    return max((max(end for _, end in spans) - min(start for start, _ in spans)).total_seconds(), 0.0)


def _json_answer(body: BaseModel) -> Response:
    shown = body.model_dump()
    if not shown.get("warnings"):  # strict clients know no such key
        shown.pop("warnings", None)
    return Response(_json(shown), media_type="application/json")


def _json(value: Any) -> bytes:
    # Not pydantic's own JSON: that refuses half a surrogate pair, and documents hold such things.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _archive(services: Services, results: Iterator[Result]) -> StreamingResponse:
    """A file a document and form, and ``errors.json`` if there is anything to tell; made on the disk."""
    folder = upload_folder(services.settings)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=str(folder))  # noqa: SIM115 - closed when it was sent
    try:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            _fill(archive, results)
        size = file.tell()
        file.seek(0)
    except BaseException:
        file.close()
        raise
    headers = {
        "Content-Disposition": 'attachment; filename="converted_docs.zip"',
        "Content-Length": str(size),
    }
    return StreamingResponse(_pieces(file), media_type="application/zip", headers=headers)


def _fill(archive: zipfile.ZipFile, results: Iterator[Result]) -> None:
    told: list[dict[str, Any]] = []
    used = {_ERRORS.casefold()}
    for result in results:
        stem = _stem(result.document.filename, used)
        for content, suffix in _SUFFIXES.items():
            value = getattr(result.document, content)
            if value is not None:
                data = value.encode("utf-8", "replace") if isinstance(value, str) else _json(value)
                archive.writestr(f"{stem}{suffix}", data)
        for name, image in result.files.items():
            if name not in used:
                archive.writestr(name, image)
                used.add(name)
        if result.errors:
            errors = [error.model_dump() for error in result.errors]
            told.append({"filename": result.document.filename, "status": result.status, "errors": errors})
        if result.chunks:
            chunks = [chunk.model_dump() for chunk in result.chunks]
            archive.writestr(f"{stem}.chunks.json", _json(chunks))
    if told:
        archive.writestr(f"{_ERRORS}.json", _json(told))


def _stem(name: str, used: set[str]) -> str:
    """The name without its ending, unlike those before it."""
    stem = PurePosixPath(name.replace("\\", "/")).stem.strip(". ") or "document"
    found, number = stem, 2
    while found.casefold() in used:
        found, number = f"{stem}-{number}", number + 1
    used.add(found.casefold())
    return found


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece
