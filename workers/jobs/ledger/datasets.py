"""Datasets as their project sees them: a name, a configuration, and the jobs that were made with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from schemas.errors import AlreadyExists, NotFound
from schemas.ids import new_id
from workers.jobs.ledger.audit import Action, note
from workers.jobs.ledger.claims import UNENDED
from workers.jobs.ledger.ending import end_badly
from workers.jobs.ledger.engine import Ledger
from workers.jobs.ledger.files import contains
from workers.jobs.ledger.paging import Page, PageRequest, paginate
from workers.jobs.ledger.removals import BATCH, delete_jobs
from workers.jobs.ledger.tables import Dataset, Job, owned

_DELETED = "cancelled: the dataset that this job belongs to was deleted"


@dataclass(frozen=True, slots=True)
class DatasetFilter:
    """What a list is narrowed to; None: not by this. ``busy``: some of its jobs have not ended."""

    name: str | None = None
    busy: bool | None = None


class Datasets:
    """The datasets of all projects; every caller's method names the project first."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def create(
        self, project: str, name: str, description: str | None, configuration: dict[str, Any]
    ) -> Dataset:
        """Records a dataset.

        Raises:
            AlreadyExists: the project has one of this name.
        """
        now = self._ledger.now()
        row = Dataset(
            id=new_id("dataset"),
            project=project,
            name=name,
            description=description,
            configuration=configuration,
            created_at=now,
            updated_at=now,
        )
        try:
            with self._ledger.write() as session:
                session.add(row)
                session.flush()
                note(session, Action.DATASET_CREATED, project, row.id, now)
        except IntegrityError:
            raise _taken(name) from None
        return row

    def get(self, project: str, dataset_id: str) -> Dataset:
        """A dataset of the project.

        Raises:
            NotFound: there is none with this id.
        """
        with self._ledger.read() as session:
            return known_dataset(session, project, dataset_id)

    def page(self, project: str, asked: PageRequest, wanted: DatasetFilter) -> Page[Dataset]:
        """A page of the project's datasets; names are narrowed to those that have ``wanted.name`` in them."""
        rows = owned(Dataset, project)
        if wanted.name:
            rows = rows.where(contains(Dataset.name, wanted.name))
        if wanted.busy is not None:
            rows = rows.where(_is_busy() if wanted.busy else ~_is_busy())
        with self._ledger.read() as session:
            return paginate(session, rows, Dataset, asked)

    def change(self, project: str, dataset_id: str, changes: Mapping[str, Any]) -> Dataset:
        """Sets the columns in ``changes``; of ``configuration`` only the keys that are given.

        Raises:
            NotFound: there is none with this id.
            AlreadyExists: another one has the new name.
        """
        try:
            with self._ledger.write() as session:
                row = known_dataset(session, project, dataset_id, lock=True)
                for column, value in changes.items():
                    new = {**row.configuration, **value} if column == "configuration" else value
                    setattr(row, column, new)
                row.updated_at = self._ledger.now()
                note(session, Action.DATASET_CHANGED, project, dataset_id, row.updated_at)
                return row
        except IntegrityError:
            raise _taken(str(changes.get("name"))) from None

    def delete(self, project: str, dataset_id: str) -> None:
        """Removes the dataset; ``delete_jobs`` then removes its jobs.

        Raises:
            NotFound: there is none with this id.
        """
        with self._ledger.write() as session:
            session.delete(known_dataset(session, project, dataset_id, lock=True))
            note(session, Action.DATASET_DELETED, project, dataset_id, self._ledger.now())

    def delete_jobs(self, dataset_id: str) -> list[str]:
        """Removes a batch of the jobs of a dataset that is gone, ended or not; returns their ids.

        Whoever works on one of them loses its lease; endpoints are told that these jobs failed.
        ``Removals`` remembers that they have blobs.
        """
        now = self._ledger.now()
        rows = select(Job).where(Job.dataset_id == dataset_id).order_by(Job.id).limit(BATCH)
        with self._ledger.write() as session:
            jobs = session.scalars(rows.with_for_update()).all()
            for job in jobs:
                if not job.ended:
                    end_badly(session, job, now, _DELETED)
            session.flush()
            return delete_jobs(session, jobs, now)

    def half_deleted(self) -> list[str]:
        """Datasets that are gone and have jobs still: whoever deleted them did not come to an end."""
        named = select(Job.dataset_id).where(Job.dataset_id.is_not(None)).distinct().subquery()
        gone = ~exists().where(Dataset.id == named.c.dataset_id)
        with self._ledger.read() as session:
            return list(session.scalars(select(named.c.dataset_id).where(gone)))

    def counts(self, dataset_ids: list[str]) -> dict[str, dict[str, int]]:
        """How many jobs of each status every dataset has; a status without jobs is left out."""
        found: dict[str, dict[str, int]] = {dataset_id: {} for dataset_id in dataset_ids}
        rows = (
            select(Job.dataset_id, Job.status, func.count())
            .where(Job.dataset_id.in_(dataset_ids))
            .group_by(Job.dataset_id, Job.status)
        )
        with self._ledger.read() as session:
            for dataset_id, status, count in session.execute(rows):
                found[dataset_id or ""][status] = count
        return found


def known_dataset(
    session: Session, project: str, dataset_id: str, *, lock: bool = False, keep: bool = False
) -> Dataset:
    """A dataset of the project. ``lock``: against all other changes; ``keep``: against being removed.

    Raises:
        NotFound: there is none with this id.
    """
    rows = owned(Dataset, project).where(Dataset.id == dataset_id)
    if lock or keep:
        rows = rows.with_for_update(read=not lock)
    row = session.scalar(rows)
    if row is None:
        raise NotFound(f"There is no dataset {dataset_id!r} in this project; it may have been deleted.")
    return row


def _is_busy() -> ColumnElement[bool]:
    return select(Job.id).where(Job.dataset_id == Dataset.id, Job.status.in_(UNENDED)).exists()


def _taken(name: str) -> AlreadyExists:
    return AlreadyExists(f"There is a dataset {name!r} in this project already: choose another name.")
