"""An OpenAI-compatible chat server that answers as a script says."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from PIL import Image as Pictures


@dataclass
class Reply:
    """One answer: a status and a body, after ``seconds``."""

    body: Any
    status: int = 200
    seconds: float = 0.0
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


def says(data: Any, *, reason: str = "stop", seconds: float = 0.0, **message: Any) -> Reply:
    """A chat completion of 1000 tokens in and 50 out; what is no text is said as JSON."""
    text = data if isinstance(data, str | None) else json.dumps(data)
    choice = {
        "index": 0,
        "finish_reason": reason,
        "message": {"role": "assistant", "content": text, **message},
    }
    usage = {"prompt_tokens": 1000, "completion_tokens": 50, "total_tokens": 1050}
    return Reply(
        {
            "id": "1",
            "object": "chat.completion",
            "created": 0,
            "model": "m",
            "choices": [choice],
            "usage": usage,
        },
        seconds=seconds,
    )


def fails(status: int, message: str = "no", **headers: str) -> Reply:
    """An error as such servers send it."""
    return Reply({"error": {"message": message, "type": "error"}}, status, headers=headers)


class ScriptedServer:
    """Gives the ``replies`` one after another, the last one for ever; ``requests`` is what it was asked.

    ``choose`` may give the answer to a request instead.
    """

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.choose: Callable[[dict[str, Any]], Reply] | None = None
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.headers: list[dict[str, str]] = []
        self.at_once = self._now = 0
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def picture(self, index: int = 0) -> Pictures.Image:
        """The picture of a request."""
        url = self.requests[index]["messages"][-1]["content"][0]["image_url"]["url"]
        return Pictures.open(io.BytesIO(base64.b64decode(url.partition("base64,")[2])))

    @contextlib.contextmanager
    def running(self) -> Iterator[ScriptedServer]:
        """Serves for the length of the block."""
        thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    def _next(self, request: dict[str, Any], headers: dict[str, str]) -> Reply:
        with self._lock:
            self.requests.append(request)
            self.headers.append(headers)
            self.keys.append(headers.get("authorization"))
            if self.choose is not None:
                return self.choose(request)
            return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    def _count(self, change: int) -> None:
        with self._lock:
            self._now += change
            self.at_once = max(self.at_once, self._now)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                reply = server._next(request, {k.lower(): v for k, v in self.headers.items()})
                server._count(1)
                time.sleep(reply.seconds)
                server._count(-1)
                body = reply.body if isinstance(reply.body, str) else json.dumps(reply.body)
                with contextlib.suppress(OSError):  # the client may be gone
                    self.send_response(reply.status)
                    self.send_header("Content-Type", reply.content_type)
                    self.send_header("Content-Length", str(len(body.encode())))
                    for name, value in reply.headers.items():
                        self.send_header(name.replace("_", "-"), value)
                    self.end_headers()
                    self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None:
                pass

        return Handler
