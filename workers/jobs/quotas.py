"""What a project may use: requests a minute, pages a day, jobs that wait, bytes of files.

All limits of projects are judged here. ``Limits`` says what they are, 0 being none; what is used is counted
where it is used: ``rates`` (requests), ``ledger.usage`` (pages, bytes), ``ledger.backlog`` (jobs).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from schemas.errors import QuotaExceeded
from workers.jobs.ledger.backlog import Backlog
from workers.jobs.ledger.usage import ProjectUse, storage_full
from workers.jobs.rates import Rates
from workers.jobs.tenants import Limits


class Quotas:
    """The limits of all projects; may be used from any thread."""

    def __init__(self, limits: Limits, use: ProjectUse, rates: Rates, backlog: Backlog) -> None:
        self._limits, self._use, self._rates, self._backlog = limits, use, rates, backlog
        self._coming = Coming()

    def admit_request(self, project: str) -> None:
        """Counts one more request of the project.

        Raises:
            QuotaExceeded: too many came lately.
        """
        most = self._limits.of(project).requests_per_minute
        if most and (wait := self._rates.take(f"requests:{project}", most)):
            raise QuotaExceeded(
                f"This project may make {most} requests a minute (requests_per_minute): send it again in"
                f" {wait} seconds.",
                limit="requests_per_minute",
                retry_after=wait,
            )

    def admit_job(self, project: str) -> None:
        """Counts one more job that waits.

        Raises:
            QuotaExceeded: the pages of the day are read, or too many jobs wait.
        """
        most = self._limits.of(project).pages_per_day
        if most and (pages := self._use.pages_today(project)) >= most:
            wait = self._use.seconds_left_today()
            raise QuotaExceeded(
                f"{pages} pages were read for this project today, and it may have {most} a day"
                f" (pages_per_day): submit it again after midnight UTC, in {wait} seconds.",
                limit="pages_per_day",
                retry_after=wait,
            )
        self._backlog.admit(project)

    def upload(self, project: str) -> Upload:
        """An upload that comes in from now on; the caller closes it."""
        most = self._limits.of(project).stored_bytes
        return Upload(project, most, self._use.stored(project) if most else 0, self._coming)


class Coming:
    """Bytes of each project that come in at the moment, by this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bytes: dict[str, int] = {}

    def take(self, project: str, size: int) -> int:
        """Adds ``size``; returns how many it is now."""
        with self._lock:
            now = self._bytes.pop(project, 0) + size
            if now:
                self._bytes[project] = now
            return now


@dataclass(slots=True)
class Upload:
    """Bytes on their way into a project that has ``stored`` of at most ``most`` (0: any number).

    What its other uploads bring at the same time is counted too, so that together they do not fill the disk;
    whether the file fits in the end its transaction says (``ledger.usage.take_storage``).
    """

    project: str
    most: int
    stored: int
    _coming: Coming
    size: int = 0

    def grow(self, size: int) -> None:
        """Counts ``size`` bytes more.

        Raises:
            QuotaExceeded: they do not fit.
        """
        self.size += size
        coming = self._coming.take(self.project, size)
        if self.most and self.stored + coming > self.most:
            raise storage_full(self.stored, self.most)

    def close(self) -> None:
        """Says that nothing comes any more: it is stored by now, or refused."""
        self._coming.take(self.project, -self.size)
        self.size = 0
