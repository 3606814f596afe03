"""The HTTP server: uvicorn, which tells when it listens and cuts event streams before it goes down."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn
from fastapi import FastAPI, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.connections import IDLE_SECONDS, PatientProtocol
from api.errors import answer
from schemas.errors import ErrorCode


class Farewell:
    """Answers 503 to those whose request is cancelled as the server goes down; uvicorn says a bare 500."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the class."""
        answered = False

        async def noted(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except asyncio.CancelledError:
            if scope["type"] != "http" or answered:
                raise
            message = "The service is going down; send the request again in a moment."
            response = answer(
                Request(scope), 503, ErrorCode.INTERNAL_ERROR, message, headers={"Connection": "close"}
            )
            await response(scope, receive, send)


class Server(uvicorn.Server):
    """Serves ``app`` until SIGINT or SIGTERM. ``when_ready`` is called once it listens."""

    def __init__(self, app: FastAPI, host: str, port: int, when_ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                loop="asyncio",  # whatever else is installed
                http=PatientProtocol,
                ws="none",
                server_header=False,
                log_config=None,
                access_log=False,
                timeout_keep_alive=IDLE_SECONDS,
                timeout_graceful_shutdown=2,
            )
        )
        self._app, self._when_ready = app, when_ready

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stops serving; the second Ctrl-C does not wait for anybody.

        uvicorn's own version raises the signal again once it has stopped, and what stands around the
        server (broker, worker) would not be ended in order.
        """
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listens, and says so."""
        await super().startup(sockets)
        if self.started:
            self._when_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Cuts those who wait for events, so that they ask again elsewhere; then ends the rest."""
        self._app.state.streams.cut()
        await super().shutdown(sockets)
