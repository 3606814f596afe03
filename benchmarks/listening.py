"""A server of this process that listens for the length of a block."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import BaseServer
from typing import TypeVar

Server = TypeVar("Server", bound=BaseServer)

_LOOK_EVERY_SECONDS = 0.01


@contextmanager
def listening(server: Server) -> Iterator[Server]:
    """``server`` at work on a thread of its own; closed at the end of the block."""
    with server:
        thread = threading.Thread(target=server.serve_forever, args=(_LOOK_EVERY_SECONDS,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
