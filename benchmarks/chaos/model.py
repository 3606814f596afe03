"""A language model's server that finds the number it is asked for, and remembers what it was asked."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import threading
import time
from collections import Counter
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from benchmarks.chaos.documents import QUESTION, numbers_in
from benchmarks.listening import listening

_SECONDS = 0.2
_PLACE = re.compile(r"^==\w+ (\d+\.\d+) text==$", re.MULTILINE)


class ModelServer(ThreadingHTTPServer):
    """OpenAI-compatible. ``asked`` counts each request by its digest."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: Counter[str] = Counter()
        self._lock = threading.Lock()
        self.url = f"http://127.0.0.1:{self.server_port}/v1"

    @property
    def asked_again(self) -> int:
        """How many requests came that had come before."""
        return self.asked.total() - len(self.asked)

    def note(self, body: bytes) -> None:
        """Counts a request."""
        with self._lock:
            self.asked[hashlib.sha256(body).hexdigest()] += 1


class _Handler(BaseHTTPRequestHandler):
    server: ModelServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.note(body)
        time.sleep(_SECONDS)
        answer = json.dumps(_completion(json.loads(body))).encode()
        with contextlib.suppress(OSError):  # who asked may have been killed meanwhile
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


def _completion(request: dict[str, Any]) -> dict[str, Any]:
    said = request["messages"][-1]["content"]
    place = _PLACE.search(str(said))
    value = {"value": next(iter(numbers_in(said)), None), "at": [place[1]] if place else []}
    message = {"role": "assistant", "content": json.dumps({QUESTION: value})}
    return {
        "id": "1",
        "object": "chat.completion",
        "created": 0,
        "model": request["model"],
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 50, "total_tokens": 1050},
    }


def model_server() -> AbstractContextManager[ModelServer]:
    """A server that listens for the length of the block."""
    return listening(ModelServer())
