"""What a request may be before anybody looks at it: its path, its size, its text."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator
from typing import Any

from fastapi import HTTPException, Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_BYTES = 64 << 20
"""Largest body that is not an upload; raw text comes in one."""

_SLASHES = re.compile(r"/{2,}")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


class Tidy:
    """Collapses doubled slashes, drops a trailing one, and hands the trace id through to the answer."""

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
        scope["query_string"] = scope["query_string"].replace(b"%00", b"%EF%BF%BD")
        trace_id = _trace_id(scope)
        scope.setdefault("state", {})["trace_id"] = trace_id

        async def traced(message: Message) -> None:
            if trace_id and message["type"] == "http.response.start":
                MutableHeaders(scope=message)["x-trace-id"] = trace_id
            await send(message)

        await self._app(scope, receive, traced)


def _trace_id(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == b"traceparent":
            match = _TRACEPARENT.fullmatch(value.decode("latin-1").strip())
            # All zeros is how W3C Trace Context writes "none".
            return match[1] if match and match[1].strip("0") else None
    return None


class BoundedRequest(Request):
    """A request whose body is counted while it comes, and whose JSON is what every database can keep."""

    max_bytes = MAX_BODY_BYTES

    @property
    def headers(self) -> Headers:
        """The headers; every body but an upload counts as JSON: curl calls all a form."""
        given = super().headers
        if given.get("content-type", "").startswith("multipart/"):
            return given
        return Headers({**given, "content-type": "application/json"})

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """The body in pieces.

        Raises:
            HTTPException: 413, more than ``max_bytes`` came.
        """
        total = 0
        async for chunk in super().stream():
            total += len(chunk)
            if total > self.max_bytes:
                raise HTTPException(
                    413,
                    f"The body is larger than {self.max_bytes} bytes; upload the document as a file instead.",
                )
            yield chunk

    async def json(self) -> Any:
        """The body as JSON.

        Raises:
            json.JSONDecodeError: it is not JSON; ``NaN`` and ``Infinity`` are none.
            HTTPException: 400, it holds text that is not Unicode, or is nested too deeply.
        """
        if not hasattr(self, "_json"):
            body = await self.body()
            try:
                self._json = json.loads(body, parse_constant=_refuse_constant)
                json.dumps(self._json, ensure_ascii=False).encode()
            except RecursionError:
                raise HTTPException(400, "The body's JSON is nested too deeply.") from None
            except json.JSONDecodeError:
                raise
            except (UnicodeError, ValueError):
                raise HTTPException(
                    400,
                    "The body has NaN, Infinity or text that is not Unicode: it is not JSON.",
                ) from None
        return self._json


def _refuse_constant(name: str) -> float:
    raise ValueError(name)
