"""``Idempotency-Key``: a POST that comes twice is done once."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Awaitable, Callable

from fastapi import HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from schemas.errors import InvalidField, RequestError
from workers.jobs.ledger.audit import Action
from workers.jobs.ledger.repeats import EarlierAnswer, FirstTime, Repeats
from workers.jobs.services import Services

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"

PARAMETER = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    "description": "For 24 hours the same request with the same key is done once and answered the same.",
}
"""The header in the OpenAPI document."""

_KEY = re.compile(r"[\x21-\x7e]{1,255}")

Handler = Callable[[Request], Awaitable[Response]]


async def once(request: Request, handler: Handler, *, secret: bool) -> Response:
    """What ``handler`` answers to ``request``, or what it answered to an earlier one with the same key.

    ``secret``: answers are sealed where they are kept.

    Raises:
        InvalidField: the key is none, or was sent with another request.
        InvalidJobState: the earlier request is still being worked on.
    """
    key = request.headers[HEADER]
    if not _KEY.fullmatch(key):
        raise InvalidField(f"{HEADER} must have 1 to 255 visible ASCII characters.")
    services: Services = request.app.state.services
    project: str = request.state.caller.project
    multipart = request.headers.get("content-type", "").startswith("multipart/")
    # An upload is the same for the same bytes anyway; what is answered tells whether they were the same.
    uploaded = await handler(request) if multipart else None
    body = bytes(uploaded.body) if uploaded else await _body(request)
    found = await run_in_threadpool(services.repeats.claim, project, key, _fingerprint(request, body))
    if isinstance(found, EarlierAnswer):
        return await run_in_threadpool(_again, services, project, found, secret=secret)
    request.state.job_id = found.job_id
    answer = uploaded or await _first(services.repeats, found, request, handler)
    await run_in_threadpool(_keep, services, found, answer, secret=secret)
    return answer


async def _body(request: Request) -> bytes:
    try:
        return await request.body()
    except ClientDisconnect:
        raise HTTPException(400, "The connection ended inside the body.") from None


async def _first(repeats: Repeats, found: FirstTime, request: Request, handler: Handler) -> Response:
    try:
        return await handler(request)
    except (RequestError, RequestValidationError, HTTPException):
        await run_in_threadpool(repeats.refused, found)
        raise
    except BaseException:
        await run_in_threadpool(repeats.broken_off, found)
        raise


def _fingerprint(request: Request, body: bytes) -> str:
    """What makes a request the same. Who asks is not part of it: the route has seen to their rights."""
    head = f"{request.method} {request.url.path}?{request.url.query}\n"
    return hashlib.sha256(head.encode() + body).hexdigest()


def _keep(services: Services, found: FirstTime, answer: Response, *, secret: bool) -> None:
    text = bytes(answer.body).decode()
    services.repeats.answered(found, answer.status_code, services.vault.seal(text) if secret else text)


def _again(services: Services, project: str, found: EarlierAnswer, *, secret: bool) -> Response:
    text = services.vault.unseal(found.answer) if secret else found.answer
    if secret and "secret" in (shown := json.loads(text)):
        services.audit.write(Action.WEBHOOK_REVEALED, project, shown["id"])
    return Response(text, found.status_code, headers={REPLAYED: "true"}, media_type="application/json")
