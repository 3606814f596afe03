"""What a request may be before anybody looks at it: its path, its size, its text."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncGenerator
from typing import Any

import msgspec
from fastapi import HTTPException, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from schemas.json_values import read_json
from workers.jobs import tracing

MAX_BODY_BYTES = 64 << 20
"""Largest body that is not an upload; raw text comes in one."""

MAX_JSON_BYTES = 1 << 20
"""Most of a body without its raw text."""

_READ_AT_ONCE = 64 << 10
"""Bytes of JSON that are read sooner than a thread is asked to read them."""

PATIENCE_SECONDS = 30.0
_SLOWEST = 1024
"""A body may keep us waiting so long, and a second more for each so many bytes of it that have come."""

_SLASHES = re.compile(r"/{2,}")


class Tidy:
    """Makes one of the ways to ask the same: slashes, and parameters without a value, which count as absent.

    Hands the trace id through to the answer.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the class."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # No id, name or cursor has a NUL, and not every database can be asked for one.
        path = _SLASHES.sub("/", scope["path"]).replace("\0", "\ufffd")
        scope["path"] = path.rstrip("/") or "/"
        given = (part for part in scope["query_string"].split(b"&") if part.partition(b"=")[2])
        scope["query_string"] = b"&".join(given).replace(b"%00", b"%EF%BF%BD")
        trace_id = tracing.trace_id()
        scope.setdefault("state", {})["trace_id"] = trace_id

        async def traced(message: Message) -> None:
            if trace_id and message["type"] == "http.response.start":
                MutableHeaders(scope=message)["x-trace-id"] = trace_id
            await send(message)

        await self._app(scope, receive, traced)


class BoundedRequest(Request):
    """A request whose body is counted while it comes, and whose JSON is what every database can keep."""

    max_bytes = MAX_BODY_BYTES

    @property
    def headers(self) -> Headers:
        """The headers; every body but an upload counts as JSON: curl calls all a form."""
        given = super().headers
        if given.get("content-type", "").lower().startswith("multipart/"):
            return given
        return Headers({**given, "content-type": "application/json"})

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """The body in pieces.

        Raises:
            HTTPException: 413, more than ``max_bytes`` came, or will by the sender's word; 408, it does not
                come.
        """
        declared = self.headers.get("content-length", "")
        total, waited = 0, 0.0
        if declared.isdecimal() and int(declared) > self.max_bytes:
            raise self._too_large()
        pieces = super().stream()
        while True:
            began = time.monotonic()
            try:
                async with asyncio.timeout(PATIENCE_SECONDS + total / _SLOWEST - waited):
                    chunk = await anext(pieces, None)
            except TimeoutError:
                raise HTTPException(408, "The body came too slowly; send the request again.") from None
            if chunk is None:
                return
            waited += time.monotonic() - began
            total += len(chunk)
            if total > self.max_bytes:
                raise self._too_large()
            yield chunk

    def _too_large(self) -> HTTPException:
        return HTTPException(
            413, f"The body is larger than {self.max_bytes} bytes; upload the document as a file instead."
        )

    async def json(self) -> Any:
        """The body as JSON.

        Raises:
            json.JSONDecodeError: it is not JSON.
            HTTPException: 400, it is too large without its raw text, or see ``schemas.json_values``.
        """
        if not hasattr(self, "_json"):
            body = await self.body()
            is_small = len(body) <= _READ_AT_ONCE
            self._json = _read_body(body) if is_small else await run_in_threadpool(_read_body, body)
        return self._json


class _RawText(msgspec.Struct):
    raw_text: msgspec.Raw = msgspec.Raw(b"")


def _read_body(body: bytes) -> Any:
    if _bytes_beside_raw_text(body) > MAX_JSON_BYTES:
        raise HTTPException(
            400,
            f"The body is larger than {MAX_JSON_BYTES} bytes without its raw_text; labels, page_range and"
            " options are kept with every job, so keep them short.",
        )
    try:
        return read_json(body)
    except json.JSONDecodeError:
        raise
    except ValueError as error:
        raise HTTPException(400, f"The body's JSON {error}.") from None


def _bytes_beside_raw_text(body: bytes) -> int:
    # Parsing makes an object of every value and holds up the whole process meanwhile; this one skips them.
    if len(body) <= MAX_JSON_BYTES:
        return len(body)
    try:
        text = memoryview(msgspec.json.decode(body, type=_RawText).raw_text)
    except (msgspec.MsgspecError, RecursionError):
        return len(body)
    return len(body) - (len(text) if bytes(text[:1]) == b'"' else 0)
