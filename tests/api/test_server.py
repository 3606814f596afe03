"""What the server itself adds: a last word to those it cancels, and no WebSockets."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from api.server import Farewell
from tests.api.service import KEY
from tests.api.test_streams import Served
from workers.jobs.services import Services


def cancelled(scope: dict[str, Any], first: Message | None = None) -> list[Message]:
    """What is sent for a request that is cancelled after ``first`` was sent."""
    sent: list[Message] = []

    async def run() -> None:
        begun = asyncio.Event()

        async def endless(_: Scope, receive: Receive, send: Send) -> None:
            if first is not None:
                await send(first)
            begun.set()
            await receive()

        async def never() -> Message:
            await asyncio.Event().wait()
            raise AssertionError

        async def send(message: Message) -> None:
            sent.append(message)

        task = asyncio.create_task(Farewell(endless)(scope, never, send))  # type: ignore[arg-type]
        await begun.wait()
        task.cancel()
        await task

    asyncio.run(run())
    return sent


def test_who_is_cancelled_gets_an_answer() -> None:
    start, body = cancelled({"type": "http", "method": "PUT", "path": "/", "headers": []})
    assert start["status"] == 503
    assert (b"connection", b"close") in start["headers"]
    assert json.loads(body["body"])["code"] == "INTERNAL_ERROR"


def test_an_answer_that_has_begun_breaks_off() -> None:
    with pytest.raises(asyncio.CancelledError):
        cancelled({"type": "http"}, {"type": "http.response.start", "status": 200, "headers": []})


def test_an_upgrade_is_asked_for_in_vain(services: Services) -> None:
    served = Served(services)
    try:
        for path, status in ((b"files", b"200"), (b"nothing", b"404")):
            with socket.create_connection(("127.0.0.1", served.port), timeout=10) as connection:
                connection.sendall(
                    b"GET /documents/v2/%s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"
                    b"Connection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n" % (path, KEY.encode())
                )
                answer = b"".join(iter(lambda c=connection: c.recv(65536), b""))
            head, _, body = answer.partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 " + status)
            assert json.loads(body)
    finally:
        served.stop()
