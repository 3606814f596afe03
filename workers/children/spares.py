"""Children that are forked before there is work for them: who needs one does not wait for the fork."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess

log = logging.getLogger(__name__)


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
        self._wanted = threading.Semaphore(0)
        self._forker: threading.Thread | None = None

    @property
    def waiting(self) -> int:
        """How many there are just now."""
        with self._lock:
            return len(self._waiting)

    def take(self) -> Spare | None:
        """One that is alive, which is the caller's from now on; None: there is none just now.

        Meanwhile another is forked for whoever comes next.
        """
        spare = self._alive()
        self._have_another_forked()  # after the taking: it counts those that are left
        return spare

    def _alive(self) -> Spare | None:
        while True:
            with self._lock:
                if not self._waiting:
                    return None
                spare = self._waiting.pop()
            if spare.process.is_alive():
                return spare
            spare.end()

    def _have_another_forked(self) -> None:
        self._wanted.release()
        with self._lock:
            if self._forker is None:
                self._forker = threading.Thread(target=self._fork_all, name="spares", daemon=True)
                self._forker.start()

    def _fork_all(self) -> None:
        while self._wanted.acquire() and not self._closed:
            with self._lock:
                if len(self._waiting) >= self._most:
                    continue
            try:
                spare = self._fork()
            except Exception as error:  # whoever wants a child forks one then, and is told
                log.warning("no spare reader could be forked: %s", type(error).__name__)
                continue
            with self._lock:
                if not self._closed:
                    self._waiting.append(spare)
                    continue
            spare.end()

    def close(self) -> None:
        """Ends all; there will be none."""
        with self._lock:
            self._closed, waiting, self._waiting = True, self._waiting, []
        self._wanted.release()
        for spare in waiting:
            spare.end()
