"""A worker's word that it is alive, in the ledger, for replays and metrics."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence

import psutil

from workers.jobs.ledger.workers import Workers

log = logging.getLogger(__name__)

_EVERY_SECONDS = 5.0


class Presence:
    """Tells of the worker ``owner`` every few seconds; see ``Workers.tell``."""

    def __init__(self, workers: Workers, owner: str, queues: Sequence[str], reading_mark: str) -> None:
        self._workers, self._owner, self._queues = workers, owner, tuple(queues)
        self._reading_mark = reading_mark

    def run(self, stopping: threading.Event) -> None:
        """Tells until ``stopping``, and then that the worker is gone."""
        while True:
            try:
                self.tell()
            except Exception as error:
                log.warning("the ledger could not be told of this worker: %s", type(error).__name__)
            if stopping.wait(_EVERY_SECONDS):
                break
        try:
            self._workers.forget(self._owner)
        except Exception as error:  # it will be forgotten by and by
            log.debug("the ledger could not be told that this worker ends: %s", type(error).__name__)

    def tell(self) -> None:
        """Tells once."""
        self._workers.tell(self._owner, self._queues, self._reading_mark, resident_bytes())


def resident_bytes() -> int:
    """Memory that this process and all below it hold; what they share counts several times."""
    me = psutil.Process()
    total = 0
    for process in (me, *me.children(recursive=True)):
        try:
            total += process.memory_info().rss
        except psutil.Error:  # it has just ended
            continue
    return total
