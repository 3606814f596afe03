"""What projects use: pages and jobs by day, and the bytes of their files.

Each number changes in the transaction that changes what it counts, so that it is exact whatever is tried
again: a page counts when the window that it was read in is kept.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from schemas.errors import QuotaExceeded
from workers.jobs.ledger.engine import Ledger
from workers.jobs.ledger.tables import ProjectDay, ProjectStorage

SOME_TIME = 3600
"""Seconds after which to come again where nobody knows: room is made by deleting something."""


def count_use(session: Session, project: str, now: datetime, *, pages: int = 0, jobs: int = 0) -> None:
    """Adds to what the project used on the day of ``now`` (UTC)."""
    used = {"project": project, "day": _day(now), "pages": pages, "jobs": jobs}
    session.connection().execute(_adding_use(session.get_bind().dialect.name), used)


@cache
def _adding_use(dialect: str) -> Any:
    """Made once: every window of pages and every job is counted by it."""
    new = _insert(dialect, ProjectDay)
    grown = {"pages": ProjectDay.pages + new.excluded.pages, "jobs": ProjectDay.jobs + new.excluded.jobs}
    return new.on_conflict_do_update(index_elements=["project", "day"], set_=grown)


def take_storage(session: Session, project: str, size: int, most: int = 0) -> None:
    """Adds ``size`` bytes (or gives them back) to what the project has stored.

    Until the transaction ends no other one of the project gets past here: of two files that do not both fit
    one is refused.

    Raises:
        QuotaExceeded: that were more than ``most`` (0: any number).
    """
    new = _insert(session.get_bind().dialect.name, ProjectStorage).values(project=project, bytes=size)
    grown = new.on_conflict_do_update(
        index_elements=["project"], set_={"bytes": ProjectStorage.bytes + new.excluded.bytes}
    )
    stored = session.scalar(grown.returning(ProjectStorage.bytes)) or 0
    if most and size > 0 and stored > most:
        raise storage_full(stored - size, most)


def storage_full(stored: int, most: int) -> QuotaExceeded:
    """What an upload is answered that does not fit beside ``stored`` bytes."""
    return QuotaExceeded(
        f"This project has {stored} bytes of files and may have {most} (stored_bytes), so that this one does"
        " not fit: delete files that are not needed any more.",
        limit="stored_bytes",
        retry_after=SOME_TIME,
    )


class ProjectUse:
    """What all projects use."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def pages_today(self, project: str) -> int:
        """The pages that were read for the project since midnight (UTC)."""
        with self._ledger.read() as session:
            row = session.get(ProjectDay, (project, _day(self._ledger.now())))
        return row.pages if row else 0

    def seconds_left_today(self) -> int:
        """Whole seconds until the next day (UTC) has begun."""
        now = self._ledger.now().astimezone(UTC)
        midnight = datetime.combine(now.date() + timedelta(days=1), time.min, UTC)
        return math.ceil((midnight - now).total_seconds())

    def stored(self, project: str) -> int:
        """The bytes of the project's files."""
        with self._ledger.read() as session:
            row = session.get(ProjectStorage, project)
        return row.bytes if row else 0

    def days(self, days: int, project: str | None = None) -> Sequence[ProjectDay]:
        """What was used in the last ``days``, today being one, by project and day."""
        rows = select(ProjectDay).where(ProjectDay.day > _day(self._ledger.now()) - timedelta(days=days))
        rows = rows.where(ProjectDay.project == project) if project else rows
        with self._ledger.read() as session:
            return session.scalars(rows.order_by(ProjectDay.project, ProjectDay.day)).all()

    def storage(self, project: str | None = None) -> dict[str, int]:
        """The bytes of the files of each project that has any."""
        rows = select(ProjectStorage).where(ProjectStorage.bytes > 0).order_by(ProjectStorage.project)
        rows = rows.where(ProjectStorage.project == project) if project else rows
        with self._ledger.read() as session:
            return {row.project: row.bytes for row in session.scalars(rows)}

    def forget(self, older_than: timedelta) -> None:
        """Removes the days that are longer ago."""
        with self._ledger.write() as session:
            session.execute(delete(ProjectDay).where(ProjectDay.day < _day(self._ledger.now() - older_than)))


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def _insert(dialect: str, table: type[ProjectDay | ProjectStorage]) -> Any:
    """An INSERT that may say what is to be done where there is a row already."""
    return (postgresql if dialect == "postgresql" else sqlite).insert(table)
