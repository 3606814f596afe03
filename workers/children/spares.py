"""Children that are forked before there is work for them: who needs one does not wait for the fork."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess


@dataclass(frozen=True, slots=True)
class Spare:
    """A child that has opened nothing and waits to be told what to serve, with this end of its pipe."""

    process: ForkServerProcess
    pipe: Connection

    def end(self) -> None:
        """Ends it unused."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process.pid or 0, signal.SIGKILL)
        self.process.join(5.0)
        self.pipe.close()


class Spares:
    """At most ``most`` of them, made by ``fork``: one for each that is asked for. For any thread."""

    def __init__(self, fork: Callable[[], Spare], most: int) -> None:
        self._fork, self._most = fork, most
        self._lock = threading.Lock()
        self._waiting: list[Spare] = []
        self._closed = False

    def take(self) -> Spare | None:
        """One that is alive, which is the caller's from now on; None: there is none just now.

        Meanwhile another is forked for whoever comes next.
        """
        threading.Thread(target=self._fill, name="fork-spare", daemon=True).start()
        while True:
            with self._lock:
                if not self._waiting:
                    return None
                spare = self._waiting.pop()
            if spare.process.is_alive():
                return spare
            spare.end()

    def _fill(self) -> None:
        with self._lock:
            if self._closed or len(self._waiting) >= self._most:
                return
        spare = self._fork()
        with self._lock:
            if not self._closed and len(self._waiting) < self._most:
                self._waiting.append(spare)
                return
        spare.end()

    def close(self) -> None:
        """Ends all; there will be none."""
        with self._lock:
            self._closed, waiting, self._waiting = True, self._waiting, []
        for spare in waiting:
            spare.end()
