"""Connections that nobody may hold open for nothing, and whose errors read like all others."""

from __future__ import annotations

import asyncio

import h11
from fastapi import Request
from uvicorn.protocols.http.h11_impl import H11Protocol

from api.errors import answer
from api.shield import SAID
from schemas.errors import ErrorCode

HEAD_SECONDS = 30.0
"""How long a connection may take for the head of a request, from its start or from the head's first byte."""

IDLE_SECONDS = 75
"""How long a connection may rest between an answer and the next request. Clients that look again every 5 or
30 seconds, and load balancers that keep connections for 60, must not meet one that is just being closed."""


class PatientProtocol(H11Protocol):
    """uvicorn's HTTP/1.1, which by itself waits for ever for a head that comes a byte at a time."""

    _limit: asyncio.TimerHandle | None = None
    _resting = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begins to wait for the first request."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Waits for nothing more."""
        self._forget_limit()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """A head that begins has to end soon."""
        if self._resting:
            self._resting = False
            self._await_head()
        super().data_received(data)

    def on_response_complete(self) -> None:
        """Rests, unless the next head has begun; the rest of this body has as long as a head."""
        self._resting = self.conn.their_state is h11.DONE and not self.conn.trailing_data[0]
        if self._resting:
            self._forget_limit()  # uvicorn's own ends the rest
        else:
            self._await_head()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """Says in the envelope that what came is no HTTP, or too long a head."""
        said = "This is not a request in HTTP/1.1, or its headers are too large."
        response = answer(Request({"type": "http"}), 400, ErrorCode.INVALID_CONFIGURATION, said)
        response.headers.update({**SAID, "Connection": "close"})
        for event in (
            h11.Response(status_code=400, headers=response.raw_headers, reason=b"Bad Request"),
            h11.Data(data=bytes(response.body)),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _forget_limit(self) -> None:
        if self._limit is not None:
            self._limit.cancel()

    def _await_head(self) -> None:
        self._forget_limit()
        self._limit = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _give_up(self) -> None:
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close()
