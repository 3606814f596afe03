"""Uploaded files: one row for the same bytes in the same project."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute

from schemas.errors import FileUnknown, InvalidFile
from schemas.json_values import judge_labels
from workers.jobs.ledger.audit import Action, note
from workers.jobs.ledger.claims import UNENDED
from workers.jobs.ledger.engine import Ledger
from workers.jobs.ledger.paging import Page, PageRequest, paginate
from workers.jobs.ledger.tables import Job, StoredFile, owned
from workers.jobs.ledger.usage import take_storage

TextColumn = InstrumentedAttribute[str] | InstrumentedAttribute[str | None]


class Files:
    """The files of all projects; every caller's method names the project first."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def touch(
        self, project: str, checksum: str, name: str, labels: dict[str, Any], mime_type: str | None = None
    ) -> StoredFile | None:
        """The file with these bytes, renamed and its labels merged, as by an upload; None: not here.

        ``mime_type``: what the upload says of it, if anything.

        Raises:
            InvalidFile: the merged labels cannot be kept.
        """
        with self._ledger.write() as session:
            row = session.scalar(
                owned(StoredFile, project).where(StoredFile.checksum == checksum).with_for_update()
            )
            if row is not None:
                row.name, row.mime_type = name, mime_type or row.mime_type
                row.labels = {**row.labels, **labels}
                judge_labels(row.labels, InvalidFile)
                row.updated_at = self._ledger.now()
                note(session, Action.FILE_UPLOADED, project, row.id, row.updated_at)
            return row

    def add(
        self,
        file_id: str,
        project: str,
        *,
        name: str,
        mime_type: str,
        size: int,
        checksum: str,
        labels: dict[str, Any],
        blob_key: str,
        most_bytes: int = 0,
    ) -> StoredFile:
        """Records a file whose bytes are stored; the earlier row if another upload of them was first.

        ``most_bytes`` of files are all that the project may have (0: any number).

        Raises:
            InvalidFile: see ``touch``.
            QuotaExceeded: it does not fit.
        """
        now = self._ledger.now()
        row = StoredFile(
            id=file_id,
            project=project,
            name=name,
            mime_type=mime_type,
            size=size,
            checksum=checksum,
            labels=labels,
            blob_key=blob_key,
            created_at=now,
            updated_at=now,
        )
        try:
            with self._ledger.write() as session:
                session.add(row)
                session.flush()
                take_storage(session, project, size, most_bytes)
                note(session, Action.FILE_UPLOADED, project, file_id, now)
        except IntegrityError:
            earlier = self.touch(project, checksum, name, labels, mime_type)
            if earlier is None:
                raise
            return earlier
        return row

    def get(self, project: str, file_id: str) -> StoredFile:
        """A file of the project.

        Raises:
            FileUnknown: there is none with this id.
        """
        with self._ledger.read() as session:
            return _known(session.scalar(owned(StoredFile, project).where(StoredFile.id == file_id)), file_id)

    def page(
        self,
        project: str,
        asked: PageRequest,
        *,
        name: str | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
    ) -> Page[StoredFile]:
        """A page of the project's files, by part of the name and time of upload, ends included."""
        rows = owned(StoredFile, project)
        if name:
            rows = rows.where(contains(StoredFile.name, name))
        if created_after:
            rows = rows.where(StoredFile.created_at >= created_after)
        if created_before:
            rows = rows.where(StoredFile.created_at <= created_before)
        with self._ledger.read() as session:
            return paginate(session, rows, StoredFile, asked)

    def delete(self, project: str, file_id: str) -> None:
        """Makes the file unknown; its bytes go with ``forget`` once no job needs them.

        Raises:
            FileUnknown: there is none with this id.
        """
        with self._ledger.write() as session:
            row = session.scalar(owned(StoredFile, project).where(StoredFile.id == file_id).with_for_update())
            now = self._ledger.now()
            _known(row, file_id).deleted_at = now
            note(session, Action.FILE_DELETED, project, file_id, now)

    def discarded(self, limit: int = 100, file_id: str | None = None) -> list[StoredFile]:
        """Deleted files (or ``file_id`` if it is one) whose bytes no unfinished job needs any more.

        In no order, so that some whose bytes cannot be removed do not keep the others.
        """
        needed = select(Job.id).where(Job.source_key == StoredFile.blob_key, Job.status.in_(UNENDED))
        rows = select(StoredFile).where(StoredFile.deleted_at.is_not(None), ~needed.exists())
        if file_id is not None:
            rows = rows.where(StoredFile.id == file_id)
        with self._ledger.read() as session:
            return list(session.scalars(rows.order_by(func.random()).limit(limit)))

    def forget(self, file_id: str) -> None:
        """Removes the row of a deleted file, after its bytes."""
        with self._ledger.write() as session:
            row = session.get(StoredFile, file_id)
            if row is not None and row.deleted_at is not None:
                session.delete(row)
                take_storage(session, row.project, -row.size)


def contains(column: TextColumn, part: str) -> ColumnElement[bool]:
    """Whether the text has ``part`` in it, case counting: LIKE ignores case on SQLite and has wildcards."""
    return func.replace(column, part, "") != column


def _known(row: StoredFile | None, file_id: str) -> StoredFile:
    if row is None:
        raise FileUnknown(f"There is no file {file_id!r} in this project; it may have been deleted.")
    return row
