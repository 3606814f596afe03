"""How fast something goes of late."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

_RECENT_SECONDS = 60.0
"""A pace is that of the last minute: long enough for several windows of slow pages."""
_GRAIN_SECONDS = 0.5


class Pace:
    """Things per second of late, from ``start`` on."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._done = 0
        self._marks: deque[tuple[float, int]] = deque()
        self.start()

    def start(self) -> None:
        """Forgets what was before."""
        self._done = 0
        self._marks = deque([(self._now(), 0)])

    def count(self, things: int = 1) -> None:
        """So many more are done."""
        now = self._now()
        self._done += things
        if len(self._marks) > 1 and now - self._marks[-2][0] < _GRAIN_SECONDS:
            self._marks.pop()
        self._marks.append((now, self._done))
        while len(self._marks) > 2 and self._marks[1][0] < now - _RECENT_SECONDS:
            self._marks.popleft()

    @property
    def per_second(self) -> float | None:
        """None until something is done.

        Pages come in batches: the pace counts up to the last that came, so that it is not lower just before
        the next. It falls when that one takes longer than all that are counted.
        """
        (began, before), (ended, done) = self._marks[0], self._marks[-1]
        seconds = max(ended - began, self._now() - ended)
        return (done - before) / seconds if done > before and seconds > 0 else None
