"""When a worker has worked enough to start anew: memory that is lost bit by bit comes back with it."""

from __future__ import annotations

import logging
import threading

import psutil

log = logging.getLogger(__name__)


class Wear:
    """Counts pieces of work. ``memory_bytes`` is of the process alone, without its children; 0: no limit."""

    def __init__(self, max_pieces: int, memory_bytes: int) -> None:
        self._max_pieces, self._memory_bytes = max_pieces, memory_bytes
        self._pieces = 0
        self._told = False
        self._lock = threading.Lock()

    def worn_after(self, more: int) -> bool:
        """Counts so many pieces of work that were done; whether they should have been the last."""
        with self._lock:
            self._pieces += more
            pieces = self._pieces
        held = psutil.Process().memory_info().rss
        worn = 0 < self._max_pieces <= pieces or 0 < self._memory_bytes < held
        if worn and not self._told:
            self._told = True
            log.info("this worker starts anew after %d pieces of work: it holds %d bytes", pieces, held)
        return worn
