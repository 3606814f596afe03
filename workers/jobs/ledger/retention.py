"""What is kept too long, and what of the blobs is anybody's: the ledger's side of keeping house.

Each method is one short transaction over a bounded number of rows; whoever calls goes on until there is
nothing left.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, delete, exists, func, select

from workers.jobs.ledger.claims import UNENDED
from workers.jobs.ledger.engine import Ledger
from workers.jobs.ledger.removals import BATCH, delete_jobs
from workers.jobs.ledger.tables import Checkpoint, Installation, Job, StoredFile, owned


class Retention:
    """Jobs and files of all projects by their age."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def projects(self) -> Iterator[str]:
        """All projects that have jobs or files."""
        found = self._project_after("")
        while found is not None:
            yield found
            found = self._project_after(found)

    def _project_after(self, project: str) -> str | None:
        # One step along the indexes: a SELECT DISTINCT would read every row.
        with self._ledger.read() as session:
            firsts = (
                session.scalar(select(func.min(table.project)).where(table.project > project))
                for table in (Job, StoredFile)
            )
            return min((first for first in firsts if first is not None), default=None)

    def old_jobs(self, project: str, kept: timedelta) -> int:
        """How many jobs of ``project`` ended longer than ``kept`` ago."""
        with self._ledger.read() as session:
            old = _old_jobs(project, self._ledger.now() - kept)
            return session.scalar(select(func.count()).select_from(old.subquery())) or 0

    def delete_old_jobs(self, project: str, kept: timedelta) -> int:
        """Deletes a batch of those, the oldest first; returns how many. ``Removals`` has their blobs."""
        now = self._ledger.now()
        old = _old_jobs(project, now - kept).order_by(Job.created_at, Job.id).limit(BATCH)
        with self._ledger.write() as session:
            jobs = session.scalars(old.with_for_update(skip_locked=True)).all()
            return len(delete_jobs(session, jobs, now))

    def old_files(self, project: str, kept: timedelta) -> int:
        """How many files of ``project`` were last uploaded longer than ``kept`` ago, and no job waits for."""
        with self._ledger.read() as session:
            old = _old_files(project, self._ledger.now() - kept)
            return session.scalar(select(func.count()).select_from(old.subquery())) or 0

    def delete_old_files(self, project: str, kept: timedelta) -> int:
        """Makes a batch of those unknown; returns how many. ``Files.discarded`` has their blobs."""
        now = self._ledger.now()
        old = _old_files(project, now - kept).order_by(StoredFile.created_at, StoredFile.id).limit(BATCH)
        with self._ledger.write() as session:
            files = session.scalars(old.with_for_update(skip_locked=True)).all()
            for file in files:
                file.deleted_at = now
            return len(files)

    def with_old_windows(self, kept: timedelta) -> list[str]:
        """Some jobs that ended longer than ``kept`` ago and have windows of pages still."""
        rows = select(Checkpoint.job_id).where(*_old_windows(self._ledger.now() - kept)).distinct()
        with self._ledger.read() as session:
            return list(session.scalars(rows.limit(BATCH)))

    def forget_windows(self, job_ids: Collection[str], kept: timedelta) -> None:
        """Forgets the windows of those of the jobs that have not begun anew."""
        with self._ledger.write() as session:
            old = _old_windows(self._ledger.now() - kept)
            session.execute(
                delete(Checkpoint).where(Checkpoint.job_id.in_(job_ids), *old),
                execution_options={"synchronize_session": False},
            )

    def installation(self) -> str:
        """The name of this ledger: no other has it."""
        with self._ledger.read() as session:
            return session.scalars(select(Installation.id)).one()

    def jobs_among(self, ids: Collection[str]) -> set[str]:
        """Which of ``ids`` are jobs'."""
        with self._ledger.read() as session:
            return set(session.scalars(select(Job.id).where(Job.id.in_(ids))))

    def files_among(self, ids: Collection[str]) -> set[str]:
        """Which of ``ids`` are files', also of those that are deleted and still needed."""
        with self._ledger.read() as session:
            return set(session.scalars(select(StoredFile.id).where(StoredFile.id.in_(ids))))


def _old_jobs(project: str, before: datetime) -> Select[Job]:
    # That it was made before follows, and there is an index for it.
    return owned(Job, project).where(
        Job.created_at < before,
        Job.finished_at < before,
        Job.status.not_in(UNENDED),
    )


def _old_windows(before: datetime) -> tuple[ColumnElement[bool], ...]:
    old = select(Job.id).where(
        Job.id == Checkpoint.job_id, Job.finished_at < before, Job.status.not_in(UNENDED)
    )
    return Checkpoint.created_at < before, old.exists()


def _old_files(project: str, before: datetime) -> Select[StoredFile]:
    needed = exists().where(Job.source_key == StoredFile.blob_key, Job.status.in_(UNENDED))
    return owned(StoredFile, project).where(
        StoredFile.created_at < before, StoredFile.updated_at < before, ~needed
    )
