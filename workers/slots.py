"""The threads that work, so many on each queue: the broker only wakes them, and so does the clock."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping

from workers.ground import is_away

log = logging.getLogger(__name__)


class Slots:
    """Threads that sleep until their queue rings, and then work on it until nothing is left.

    ``work`` does one piece of a queue's work and says whether there was one. A ring that comes while all of a
    queue are at work is kept: somebody who has just found nothing looks again.
    """

    def __init__(self, work: Callable[[str], bool], slots: Mapping[str, int]) -> None:
        self._work = work
        self._slots = dict(slots)
        self._rung = dict.fromkeys(slots, 0)
        self._changed = threading.Condition()
        self._closed = False
        self._threads = [
            threading.Thread(target=self._serve, args=(queue,), name=f"{queue}-{number}", daemon=True)
            for queue, count in slots.items()
            for number in range(count)
        ]

    def start(self) -> None:
        """Begins to wait for rings."""
        for thread in self._threads:
            thread.start()

    def ring(self, queue: str, pieces: int = 1) -> None:
        """Wakes a thread of ``queue``, or several for as many ``pieces`` of work, if it is served here."""
        with self._changed:
            if queue in self._rung:
                self._rung[queue] = min(self._rung[queue] + pieces, self._slots[queue])
                self._changed.notify_all()

    def close(self) -> None:
        """Nothing more is begun; what is in hand is ended."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def join(self, patience: float = threading.TIMEOUT_MAX) -> bool:
        """Waits, at most ``patience`` seconds, until it is closed and all have ended; whether they have."""
        limit = time.monotonic() + patience
        with self._changed:
            self._changed.wait_for(lambda: self._closed, patience)
        for thread in self._threads:
            thread.join(max(0.0, limit - time.monotonic()))
        return self._closed and not any(thread.is_alive() for thread in self._threads)

    def _serve(self, queue: str) -> None:
        while self._wait(queue):
            try:
                while not self._closed and self._work(queue):
                    pass
            except Exception as error:
                if is_away(error):
                    log.warning("the queue %s could not be looked at: %s", queue, type(error).__name__)
                else:
                    log.exception("the queue %s could not be worked on", queue)

    def _wait(self, queue: str) -> bool:
        """Waits for a ring and takes it; False: there will be none."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._rung[queue] > 0)
            self._rung[queue] -= 1
            return not self._closed
