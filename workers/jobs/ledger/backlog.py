"""How much may wait: a submit beyond is refused, with an estimate of when there is room again."""

from __future__ import annotations

import math
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import func, select

from schemas.errors import QuotaExceeded
from workers.jobs.ledger.claims import UNENDED
from workers.jobs.ledger.engine import Ledger
from workers.jobs.ledger.tables import Job, Meter
from workers.jobs.metering import JOBS

_COUNTED_EVERY = timedelta(seconds=1)
_PAUSES = 50
"""A count is followed by a time at least so many times as long: however much waits, it costs little."""
_PACE_OVER = timedelta(seconds=30)
_ROOM = 0.01
"""The share of a limit that is to be free when those come back who were refused."""
_SOONEST, _LATEST, _UNKNOWN = 1, 600, 10
"""Seconds after which a submit may come again: least, most, and while the pace is not known."""


class Backlog:
    """The jobs that have not ended, of all projects and of each. May be used from any thread.

    ``most`` is the limit of all, ``most_of`` that of a project; 0: none. The ledger is counted about once
    a second, and this process's own submits in between; so several processes may together take in a little
    more than the limit.
    """

    def __init__(self, ledger: Ledger, most: int, most_of: Callable[[str], int]) -> None:
        self._ledger = ledger
        self._most, self._most_of = most, most_of
        self._lock = threading.Lock()
        self._count_again: datetime | None = None
        self._unended: Counter[str] = Counter()
        self._total = 0
        self._ended: tuple[datetime, float] | None = None
        self._pace = 0.0

    def admit(self, project: str) -> None:
        """Counts one more job of ``project``.

        Raises:
            QuotaExceeded: as many as may have not ended.
        """
        own = self._most_of(project)
        if not self._most and not own:
            return
        with self._lock:
            self._count()
            if own and self._unended[project] >= own:
                raise self._refusal(
                    f"This project has {self._unended[project]} jobs that have not ended, and may have {own}"
                    " (max_waiting_jobs)",
                    self._unended[project] - own,
                    own,
                )
            if self._most and self._total >= self._most:
                raise self._refusal(
                    f"{self._total} jobs have not ended, and no more than {self._most} may wait here"
                    " (OCTAVO_MAX_WAITING_JOBS)",
                    self._total - self._most,
                    self._most,
                )
            self._unended[project] += 1
            self._total += 1

    def _count(self) -> None:
        now = self._ledger.now()
        if self._count_again is not None and now < self._count_again:
            return
        rows = select(Job.project, func.count()).where(Job.status.in_(UNENDED)).group_by(Job.project)
        with self._ledger.read() as session:
            self._unended = Counter(dict(session.execute(rows).all()))
            ended = session.scalar(select(func.sum(Meter.value)).where(Meter.name == f"{JOBS.name}_total"))
        self._total = self._unended.total()
        self._count_again = now + max(_COUNTED_EVERY, _PAUSES * (self._ledger.now() - now))
        self._measure(now, ended or 0.0)

    def _measure(self, now: datetime, ended: float) -> None:
        """The pace, in jobs a second, since half a minute ago or more."""
        if self._ended is None:
            self._ended = now, ended
        since, before = self._ended
        if now - since >= _PACE_OVER:
            self._pace = (ended - before) / (now - since).total_seconds()
            self._ended = now, ended

    def _refusal(self, what: str, beyond: int, limit: int) -> QuotaExceeded:
        seconds = _UNKNOWN
        if self._pace > 0:
            ahead = beyond + max(1.0, _ROOM * limit)
            seconds = max(_SOONEST, min(_LATEST, math.ceil(ahead / self._pace)))
        return QuotaExceeded(
            f"{what}: submit it again in {seconds} seconds.", limit="max_waiting_jobs", retry_after=seconds
        )
