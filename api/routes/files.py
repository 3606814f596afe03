"""Files: upload, list, metadata, content, delete."""

from __future__ import annotations

from contextlib import closing
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, computed_field
from starlette.concurrency import run_in_threadpool

from api.dependencies import ApiRoute, Reader, ServicesHere, Writer
from api.errors import TOO_LARGE
from api.limits import BoundedRequest
from api.pagination import Moment, ShortPages, encode_cursor
from api.uploads import receive, upload_folder
from schemas.formats import OCTET_STREAM, bare_mime_type
from schemas.jobs import Timestamp
from workers.jobs.disposal import remove_file
from workers.jobs.ledger.audit import Action
from workers.jobs.ledger.paging import Page
from workers.jobs.ledger.tables import StoredFile
from workers.jobs.uploads import keep

router = APIRouter(prefix="/files", tags=["files"], route_class=ApiRoute)

# What multipart adds around the file: boundaries, part headers, labels.
_ENVELOPE_BYTES = 1 << 20

_MULTIPART = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "file_bytes": {
                            "type": "string",
                            "format": "binary",
                            "description": "The same as `file`.",
                        },
                        "labels": {
                            "type": "string",
                            "description": "A JSON object, or `key=value` once a part.",
                        },
                    },
                }
            }
        },
    }
}


class Uploaded(BaseModel):
    """Where an upload went. The same bytes in the same project have the same id."""

    file_id: str
    created_at: Timestamp


class FileItem(BaseModel):
    """A file, in both spellings that clients read."""

    file_id: str
    file_name: str
    file_size: int
    mime_type: str
    created_at: Timestamp
    updated_at: Timestamp
    checksum_sha256: str
    labels: dict[str, Any]

    @classmethod
    def of(cls, file: StoredFile) -> FileItem:
        """The item for a row."""
        return cls(
            file_id=file.id,
            file_name=file.name,
            file_size=file.size,
            mime_type=file.mime_type,
            created_at=file.created_at,
            updated_at=file.updated_at,
            checksum_sha256=file.checksum,
            labels=file.labels,
        )

    @computed_field(alias="id")  # type: ignore[prop-decorator]
    @property
    def camel_id(self) -> str:
        """``file_id`` as the SDK spells it."""
        return self.file_id

    @computed_field(alias="name")  # type: ignore[prop-decorator]
    @property
    def camel_name(self) -> str:
        """``file_name`` as the SDK spells it."""
        return self.file_name

    @computed_field(alias="fileSize")  # type: ignore[prop-decorator]
    @property
    def camel_size(self) -> int:
        """``file_size`` as the SDK spells it."""
        return self.file_size

    @computed_field(alias="mimeType")  # type: ignore[prop-decorator]
    @property
    def camel_mime_type(self) -> str:
        """``mime_type`` as the SDK spells it."""
        return self.mime_type

    @computed_field(alias="createdAt")  # type: ignore[prop-decorator]
    @property
    def camel_created_at(self) -> Timestamp:
        """``created_at`` as the SDK spells it."""
        return self.created_at

    @computed_field(alias="updatedAt")  # type: ignore[prop-decorator]
    @property
    def camel_updated_at(self) -> Timestamp:
        """``updated_at`` as the SDK spells it."""
        return self.updated_at


class FilePage(BaseModel):
    """A page of files, newest first, in both spellings that clients read."""

    items: list[FileItem]
    has_more: bool
    next_cursor: str | None
    prev_cursor: str | None

    @classmethod
    def of(cls, page: Page[StoredFile]) -> FilePage:
        """The page for rows."""
        return cls(
            items=[FileItem.of(file) for file in page.items],
            has_more=page.next is not None,
            next_cursor=encode_cursor(page.next),
            prev_cursor=encode_cursor(page.prev),
        )

    @computed_field(alias="hasMore")  # type: ignore[prop-decorator]
    @property
    def camel_has_more(self) -> bool:
        """``has_more`` as the SDK spells it."""
        return self.has_more

    @computed_field(alias="nextCursor")  # type: ignore[prop-decorator]
    @property
    def camel_next_cursor(self) -> str | None:
        """``next_cursor`` as the SDK spells it."""
        return self.next_cursor

    @computed_field(alias="prevCursor")  # type: ignore[prop-decorator]
    @property
    def camel_prev_cursor(self) -> str | None:
        """``prev_cursor`` as the SDK spells it."""
        return self.prev_cursor


@router.post(
    "", name="upload_file_by_post", summary="Upload a file", openapi_extra=_MULTIPART, responses=TOO_LARGE
)
@router.put("", name="upload_file", summary="Upload a file", openapi_extra=_MULTIPART, responses=TOO_LARGE)
async def upload(request: Request, services: ServicesHere, caller: Writer) -> Uploaded:
    """Takes one file, in the part `file`, up to the configured size."""
    limit = services.settings.max_upload_bytes
    if isinstance(request, BoundedRequest):
        request.max_bytes = limit + _ENVELOPE_BYTES
    with closing(await run_in_threadpool(services.quotas.upload, caller.project)) as coming:
        received = await receive(request, upload_folder(services.settings), limit, coming.grow)
        try:
            file = await run_in_threadpool(keep, services, caller.project, received)
        finally:
            await run_in_threadpool(received.path.unlink, missing_ok=True)
    return Uploaded(file_id=file.id, created_at=file.created_at)


@router.get("", name="list_files", summary="List files")
def list_files(
    services: ServicesHere,
    caller: Reader,
    page: ShortPages,
    filename: Annotated[str | None, Query(description="Part of the file's name; case counts.")] = None,
    file_name: Annotated[str | None, Query(description="The same as `filename`.")] = None,
    created_after: Moment = None,
    created_before: Moment = None,
) -> FilePage:
    """The project's files, newest first."""
    return FilePage.of(
        services.files.page(
            caller.project,
            page,
            name=filename or file_name,
            created_after=created_after,
            created_before=created_before,
        )
    )


@router.get("/{file_id}/metadata", name="get_file_metadata", summary="A file's metadata")
def metadata(file_id: str, services: ServicesHere, caller: Reader) -> FileItem:
    """Name, size, type, checksum and labels of a file."""
    return FileItem.of(services.files.get(caller.project, file_id))


@router.get(
    "/{file_id}/content",
    name="get_file_content",
    summary="A file's bytes",
    response_class=Response,
    responses={200: {"content": {"*/*": {}}, "description": "The bytes as uploaded."}},
)
def content(file_id: str, services: ServicesHere, caller: Reader) -> StreamingResponse:
    """The bytes as they were uploaded. Always a download: what a file holds must not run in a browser."""
    file = services.files.get(caller.project, file_id)
    services.audit.collect(Action.FILE_READ, caller.project, file_id)
    return StreamingResponse(
        services.blobs.stream(file.blob_key),
        media_type=bare_mime_type(file.mime_type) or OCTET_STREAM,
        headers={
            "Content-Length": str(file.size),
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name or file.id, safe='')}",
        },
    )


@router.delete("/{file_id}", name="delete_file", summary="Delete a file", status_code=204)
def delete(file_id: str, services: ServicesHere, caller: Writer) -> None:
    """Removes a file. Results made from it stay; jobs that still read it may end."""
    remove_file(services, caller.project, file_id)
