"""An endpoint for webhooks: keeps what it was sent, and answers as it is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from svix.webhooks import Webhook

from benchmarks.listening import listening


@dataclass(frozen=True)
class Received:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """What a receiver tells repeats by."""
        return self.headers["svix-id"]

    def verified(self, secret: str) -> Any:
        """The payload, if the real library finds it signed by ``secret``; else its error."""
        Webhook(secret).verify(self.body, self.headers)
        return json.loads(self.body)


class Receiver(ThreadingHTTPServer):
    """Answers ``status`` with ``body``; ``before_answer`` runs in each request's own thread.

    ``choose`` may give the status of the answer to a request instead.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.received: list[Received] = []
        self.status = 200
        self.body = b"thank you"
        self.headers: dict[str, str] = {}
        self.before_answer: Callable[[Received], object] = lambda request: None
        self.choose: Callable[[Received], int] = lambda request: self.status

    def url(self, path: str = "/hook", host: str = "127.0.0.1") -> str:
        """Where it listens."""
        return f"http://{host}:{self.server_address[1]}{path}"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Received(self.path, headers, body)
        self.server.received.append(request)
        self.server.before_answer(request)
        self.send_response(self.server.choose(request))
        for name, value in {"content-length": str(len(self.server.body)), **self.server.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        raise AssertionError("nobody follows a redirect to here")


def receiving() -> AbstractContextManager[Receiver]:
    """A receiver that listens for the length of the block."""
    return listening(Receiver())
