"""How documents come in for a conversion: as parts of a form, or as base64 and addresses in JSON."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from fastapi import HTTPException, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool

from api.docling.wire import MOST_DOCUMENTS, FileSource, HttpSource
from api.limits import MAX_JSON_BYTES, BoundedRequest
from api.multipart import Multipart, taken_in, text_of
from api.uploads import IncomingFile, upload_folder
from schemas.errors import InvalidField, InvalidMultipart
from schemas.formats import bare_mime_type
from schemas.json_values import read_json
from workers.jobs.services import Services
from workers.jobs.uploads import Received, keep

FILES = "files"

_ENVELOPE_BYTES = 1 << 20
_MOST_FIELDS = 1_000
_PIECE = 1 << 20

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Given:
    """A document of a request: a file that was kept (``file_id``), or an address."""

    name: str | None
    file_id: str | None = None
    url: str | None = None


@dataclass(slots=True)
class Form:
    """The files of a form, and its fields with all their values."""

    files: list[Given] = field(default_factory=list)
    fields: dict[str, list[str]] = field(default_factory=dict)


async def form_of(request: Request, services: Services, project: str) -> Form:
    """A form, its files kept in the project.

    Raises:
        InvalidMultipart, MultipartStreamEnd, UploadTooLarge, InvalidFile, QuotaExceeded: see ``api.uploads``.
        RequestValidationError: it has no files.
    """
    limit = services.settings.max_upload_bytes
    if isinstance(request, BoundedRequest):
        request.max_bytes = limit + _ENVELOPE_BYTES
    with closing(await run_in_threadpool(services.quotas.upload, project)) as coming:
        content_type = request.headers.get("content-type")
        folder = upload_folder(services.settings)
        parts = await taken_in(request, _Parts(content_type, folder, limit, coming.grow))
        try:
            if not parts.files:
                raise _invalid([{"type": "missing", "loc": (FILES,), "msg": "Field required", "input": None}])
            files = [
                await run_in_threadpool(_kept, services, project, file.received(name, mime_type, {}))
                for name, mime_type, file in parts.files
            ]
        finally:
            await run_in_threadpool(parts.discard)
    return Form(files, parts.fields)


class _Parts(Multipart):
    """Several files, and fields that are not large."""

    def __init__(
        self, content_type: str | None, folder: Path, max_bytes: int, grow: Callable[[int], None]
    ) -> None:
        super().__init__(content_type, f"Send the files as multipart/form-data, in parts named '{FILES}'.")
        self.files: list[tuple[str | None, str | None, IncomingFile]] = []
        self.fields: dict[str, list[str]] = {}
        self._make = partial(IncomingFile, folder, max_bytes, grow)
        self._file: IncomingFile | None = None
        self._name = ""
        self._text = bytearray()
        self._left, self._count = _ENVELOPE_BYTES, 0

    def begin_part(self, name: str, file_name: str | None, content_type: str) -> None:
        """A file, or a field."""
        self._file, self._name = None, name
        self._count += 1
        if self._count > _MOST_FIELDS:
            raise InvalidMultipart(f"The form has more than {_MOST_FIELDS} parts.")
        if name == FILES:
            if len(self.files) == MOST_DOCUMENTS:
                raise InvalidMultipart(f"The form has more than {MOST_DOCUMENTS} files.")
            self._file = self._make()
            self.files.append((file_name, bare_mime_type(content_type), self._file))

    def take(self, piece: memoryview) -> None:
        """Bytes of a file go to the disk."""
        if self._file is not None:
            self._file.write(piece)
            return
        self._left -= len(piece)
        if self._left < 0:
            raise InvalidMultipart("The form's fields are too large.")
        self._text += piece

    def end_part(self) -> None:
        """A field is text."""
        if self._file is None:
            self.fields.setdefault(self._name, []).append(text_of(bytes(self._text)))
            self._text.clear()

    def discard(self) -> None:
        """Removes all files."""
        for _, _, file in self.files:
            file.discard()


def _kept(services: Services, project: str, received: Received) -> Given:
    file = keep(services, project, received)
    return Given(file.name or None, file_id=file.id)


def fields_as(model: type[M], fields: dict[str, list[str]], prefix: str = "") -> M:
    """The fields of a form whose names begin with ``prefix`` as a model; blanks are absent.

    Raises:
        RequestValidationError: a value is not what it should be.
    """
    given: dict[str, Any] = {}
    for name, values in fields.items():
        own = name.removeprefix(prefix).removesuffix("[]")
        values = [value for value in values if value.strip()]
        if name.startswith(prefix) and values:
            given[own] = _unwrapped(values[0]) if len(values) == 1 else values
    return valid(model, given, prefix)


def _unwrapped(value: str) -> Any:
    """Lists and objects come as JSON in a field."""
    if value.lstrip()[:1] in ("[", "{"):
        try:
            return read_json(value)
        except ValueError:
            return value
    return value


def valid(model: type[M], given: Any, prefix: str = "") -> M:
    """``given`` as a model.

    Raises:
        RequestValidationError: it is none; the first part of names of fields is ``prefix``.
    """
    try:
        return model.model_validate(given)
    except ValidationError as error:
        told = error.errors(include_url=False, include_context=False)
        raise _invalid([{**one, "loc": _named(one["loc"], prefix)} for one in told]) from None


def _named(place: tuple[int | str, ...], prefix: str) -> tuple[int | str, ...]:
    return (f"{prefix}{place[0]}", *place[1:]) if place else ()


def _invalid(errors: list[dict[str, Any]]) -> RequestValidationError:
    return RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in errors])


class _Base64(msgspec.Struct):
    base64_string: msgspec.Raw = msgspec.Raw(b"")


class _Bodies(msgspec.Struct):
    sources: list[_Base64] = []


async def json_of(request: Request, model: type[M]) -> M:
    """The body as a model.

    Raises:
        HTTPException: 413, the body is too large; 400, without its documents.
        RequestValidationError: it is not JSON, or not such an object.
    """
    # Not request.body(): that is kept as long as somebody waits for the result, and documents are in it.
    body = b"".join([piece async for piece in request.stream()])
    return await run_in_threadpool(_read, body, model)


def _read(body: bytes, model: type[M]) -> M:
    if len(body) > MAX_JSON_BYTES and len(body) - _base64_bytes(body) > MAX_JSON_BYTES:
        raise HTTPException(400, f"The body is larger than {MAX_JSON_BYTES} bytes without its documents.")
    try:
        return valid(model, read_json(body))
    except json.JSONDecodeError as error:
        wrong = {"type": "json_invalid", "loc": (error.pos,), "msg": f"JSON decode error: {error.msg}"}
        raise _invalid([wrong]) from None
    except UnicodeError:
        raise _invalid([{"type": "json_invalid", "loc": (), "msg": "The body is not UTF-8"}]) from None
    except ValueError as error:
        if isinstance(error, RequestValidationError):
            raise
        raise HTTPException(400, f"The body's JSON {error}.") from None


def _base64_bytes(body: bytes) -> int:
    # Parsing makes an object of every value and holds up the whole process meanwhile; this one skips them.
    try:
        return sum(
            len(memoryview(one.base64_string)) for one in msgspec.json.decode(body, type=_Bodies).sources
        )
    except (msgspec.MsgspecError, RecursionError):
        return 0


async def documents_of(
    sources: list[HttpSource | FileSource], services: Services, project: str
) -> list[Given]:
    """The documents of a JSON request, those in it kept in the project.

    Raises:
        InvalidField: what should be base64 is not.
        InvalidFile, UploadTooLarge, QuotaExceeded: see ``api.uploads``.
    """
    with closing(await run_in_threadpool(services.quotas.upload, project)) as coming:
        return [
            Given(None, url=source.url)
            if isinstance(source, HttpSource)
            else await run_in_threadpool(_decoded, source, services, project, coming.grow)
            for source in sources
        ]


def _decoded(source: FileSource, services: Services, project: str, grow: Callable[[int], None]) -> Given:
    try:
        content = base64.b64decode(source.base64_string, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidField("sources: a base64_string is not base64.") from None
    file = IncomingFile(upload_folder(services.settings), services.settings.max_upload_bytes, grow)
    try:
        for start in range(0, len(content), _PIECE):
            file.write(memoryview(content)[start : start + _PIECE])
        return _kept(services, project, file.received(source.filename, None, {}))
    finally:
        file.discard()


def headers_told(sources: list[HttpSource | FileSource]) -> list[str]:
    """What is told of headers that a source should be fetched with."""
    if any(isinstance(source, HttpSource) and source.headers for source in sources):
        return ["headers of sources are not sent: only what can be fetched without them is read."]
    return []
