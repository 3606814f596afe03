"""Errors on the wire: one envelope on every path, whoever made the error."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from schemas.errors import (
    ErrorCode,
    FileUnknown,
    InvalidField,
    QuotaExceeded,
    RequestError,
    UploadTooLarge,
)
from workers.jobs.blobs import BlobDamaged, BlobStoreAway
from workers.jobs.metering import REFUSALS

log = logging.getLogger(__name__)

_STATUS: dict[ErrorCode, int] = {
    ErrorCode.UNAUTHORIZED: 401,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.QUOTA_EXCEEDED: 429,
    ErrorCode.INVALID_JSON_SCHEMA: 400,
    ErrorCode.INVALID_CONFIGURATION: 400,
    ErrorCode.INVALID_PAGE_CLASSIFICATION: 400,
    ErrorCode.ENTITY_NOT_FOUND: 404,
    ErrorCode.ENTITY_ALREADY_EXISTS: 400,
    ErrorCode.INVALID_FILE: 400,
    ErrorCode.INVALID_PAGE_RANGE: 400,
    ErrorCode.INVALID_MIME_TYPE: 400,
    ErrorCode.INVALID_DATASET_NAME: 400,
    ErrorCode.INTERNAL_ERROR: 500,
    ErrorCode.INVALID_MULTIPART: 400,
    ErrorCode.MULTIPART_STREAM_END: 400,
    ErrorCode.INVALID_QUERY_PARAMS: 422,
    ErrorCode.INVALID_JOB_STATE: 409,
}
# Where a code has another status than usual, by the class of the error.
_UNUSUAL: dict[type[RequestError], int] = {FileUnknown: 400, InvalidField: 422, UploadTooLarge: 413}

_FIELD_CODES = {
    "mime_type": ErrorCode.INVALID_MIME_TYPE,
    "json_schema": ErrorCode.INVALID_JSON_SCHEMA,
    "page_range": ErrorCode.INVALID_PAGE_RANGE,
}
_HTTP_CODES = {
    401: ErrorCode.UNAUTHORIZED,
    403: ErrorCode.FORBIDDEN,
    404: ErrorCode.ENTITY_NOT_FOUND,
    413: ErrorCode.INVALID_FILE,
    429: ErrorCode.QUOTA_EXCEEDED,
}

_TOLD_IN_DETAIL = "/v1/"
"""Under this path answers have what is wrong in ``detail``, too, as docling-serve's have."""

_MOST_TOLD = 2_000
"""Letters of a message: it may quote what was sent."""

# What the validator says of these is meant for who writes Python.
_PLAINER = dict.fromkeys(("model_type", "model_attributes_type", "dict_type"), "Input should be an object")


class ErrorEnvelope(BaseModel):
    """The body of every answer of 400 and above. ``timestamp``: milliseconds since 1970."""

    message: str
    code: ErrorCode
    timestamp: int
    trace_id: str | None = None
    details: dict[str, Any] | None = None


TOO_LARGE: dict[int | str, dict[str, Any]] = {
    413: {"model": ErrorEnvelope, "description": "The body or the file is larger than is accepted here"}
}
"""What a route that takes a body declares beside its answers."""


def status_of(error: RequestError) -> int:
    """The HTTP status of an error: by its class where that has one of its own, else by its code."""
    return _UNUSUAL.get(type(error)) or _STATUS[error.code]


def trace_of(request: Request) -> str | None:
    """The trace id that came with the request."""
    return getattr(request.state, "trace_id", None)


def answer(
    request: Request,
    status: int,
    code: ErrorCode,
    message: str,
    details: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
    detail: list[dict[str, Any]] | None = None,
) -> JSONResponse:
    """The envelope as a response; ``detail`` is what clients of docling-serve read, else the message."""
    envelope = ErrorEnvelope(
        message=message[:_MOST_TOLD],
        code=code,
        timestamp=time.time_ns() // 1_000_000,
        trace_id=trace_of(request),
        details=details,
    )
    body = envelope.model_dump(mode="json")
    if f"{request.scope.get('path', '')}/".startswith(_TOLD_IN_DETAIL):
        body = {"detail": envelope.message if detail is None else detail, **body}
    return JSONResponse(body, status, headers)


def install_handlers(app: FastAPI) -> None:
    """Makes ``app`` answer every error in the envelope."""
    for kind, handler in _HANDLERS.items():
        app.add_exception_handler(kind, handler)


def _refused(request: Request, error: RequestError) -> JSONResponse:
    headers = None
    if isinstance(error, QuotaExceeded):
        REFUSALS.add(limit=error.limit)
        headers = {"Retry-After": str(error.retry_after)}
    return answer(request, status_of(error), error.code, error.message, error.details, headers)


def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
    found = [
        {**e, "msg": _PLAINER.get(e["type"]) or e["msg"].removeprefix("Value error, ")}
        for e in error.errors()
    ]
    if request.url.path.startswith(_TOLD_IN_DETAIL):
        return _invalid_in_detail(request, found)
    if found[0]["loc"][0] in ("query", "path", "header"):
        return _invalid_parameter(request, found[0])
    return _invalid_body(request, found)


def _framework(request: Request, error: HTTPException) -> JSONResponse:
    code = _HTTP_CODES.get(error.status_code)
    if code is None:
        code = ErrorCode.INVALID_CONFIGURATION if error.status_code < 500 else ErrorCode.INTERNAL_ERROR
    message = error.detail
    if error.status_code == 404:
        asked = f"{request.method[:20]} {request.url.path[:200]}"
        message = f"There is nothing at {asked}; see /docs for what there is."
    headers = dict(error.headers) if error.headers else None
    return answer(request, error.status_code, code, message, headers=headers)


def _no_database(request: Request, error: Exception) -> JSONResponse:
    log.error("the database did not answer: %s", type(error).__name__)
    return answer(
        request, 503, ErrorCode.INTERNAL_ERROR, "The database does not answer; try again in a moment."
    )


def _no_blobs(request: Request, error: BlobStoreAway) -> JSONResponse:
    log.error("%s", error.message)
    return answer(
        request, 503, ErrorCode.INTERNAL_ERROR, "The blob store does not answer; try again in a moment."
    )


def _damaged_blob(request: Request, _: BlobDamaged) -> JSONResponse:
    message = "What is kept here was damaged where it is stored: upload the file again, or replay the job."
    return answer(request, 500, ErrorCode.INTERNAL_ERROR, message)


def _unexpected(request: Request, _: Exception) -> JSONResponse:
    trace = trace_of(request)
    return answer(
        request,
        500,
        ErrorCode.INTERNAL_ERROR,
        "Something unexpected went wrong here; the server's log has it.",
        headers={"x-trace-id": trace} if trace else None,
    )


def _invalid_parameter(request: Request, error: dict[str, Any]) -> JSONResponse:
    name = str(error["loc"][-1])
    details = {"property": name, "message": error["msg"]}
    return answer(request, 422, ErrorCode.INVALID_QUERY_PARAMS, f"{name}: {error['msg']}", details)


def _invalid_body(request: Request, errors: Sequence[dict[str, Any]]) -> JSONResponse:
    first = errors[0]
    place = list(first["loc"][1:])
    if first["type"] == "json_invalid" or (first["type"] == "missing" and not place):
        wrong = "The body is empty or null"
        if first["type"] == "json_invalid":
            wrong = f"The body is not JSON ({first['ctx']['error']} at character {place[0]})"
        return answer(
            request,
            HTTPStatus.BAD_REQUEST,
            ErrorCode.INVALID_CONFIGURATION,
            f"{wrong}: send an object, with Content-Type: application/json.",
        )
    message = "; ".join(f"{_dotted(e['loc'][1:]) or 'the body'}: {e['msg']}" for e in errors[:5])
    code = next((_FIELD_CODES[p] for p in reversed(place) if p in _FIELD_CODES), None)
    status = 422
    if first["type"] == "missing":
        status = 400
        if "page_classifications" in place:
            code = ErrorCode.INVALID_PAGE_CLASSIFICATION
    return answer(request, status, code or ErrorCode.INVALID_CONFIGURATION, message)


def _invalid_in_detail(request: Request, errors: Sequence[dict[str, Any]]) -> JSONResponse:
    """As FastAPI answers by itself, without what was sent: that may be a document."""
    told = [{"type": e["type"], "loc": list(e["loc"]), "msg": e["msg"][:_MOST_TOLD]} for e in errors[:20]]
    message = "; ".join(f"{_dotted(e['loc'][1:]) or e['loc'][0]}: {e['msg']}" for e in errors[:5])
    return answer(request, 422, ErrorCode.INVALID_CONFIGURATION, message, detail=told)


def _dotted(place: Sequence[str | int]) -> str:
    return ".".join(str(part) for part in place)


_HANDLERS: dict[type[Exception], Callable[[Request, Any], JSONResponse]] = {
    RequestError: _refused,
    RequestValidationError: _invalid,
    HTTPException: _framework,
    OperationalError: _no_database,
    InterfaceError: _no_database,
    PoolTimeout: _no_database,
    BlobStoreAway: _no_blobs,
    BlobDamaged: _damaged_blob,
    Exception: _unexpected,
}
