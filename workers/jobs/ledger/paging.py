"""Pages of a list, newest first, by a cursor that stays good while rows come and go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from sqlalchemy import Select, tuple_
from sqlalchemy.orm import Session

from workers.jobs.ledger.tables import Dataset, Delivery, Job, StoredFile, Webhook

Row = TypeVar("Row", Dataset, Job, StoredFile, Webhook, Delivery)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between two rows: beside the row with this time and id, whether or not it still exists.

    Without an id it is before all rows of its time.
    """

    created_at: datetime
    id: str


@dataclass(frozen=True, slots=True)
class PageRequest:
    """At most ``limit`` rows older than ``cursor``, or with ``backward`` the rows just newer than it."""

    limit: int
    cursor: Cursor | None = None
    backward: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows newest first. ``next`` leads to older rows, ``prev`` to newer ones; None: there are none."""

    items: list[T]
    next: Cursor | None
    prev: Cursor | None


def paginate(session: Session, rows: Select[Row], model: type[Row], page: PageRequest) -> Page[Row]:
    """The asked page of ``rows`` (a query over ``model`` without an order)."""
    found = _beside(session, rows, model, page.cursor, backward=page.backward, limit=page.limit + 1)
    more, found = len(found) > page.limit, found[: page.limit]
    if page.backward:
        found.reverse()
    if not found:
        return _past_an_end(session, rows, model, page)
    first, last = (Cursor(row.created_at, row.id) for row in (found[0], found[-1]))
    if page.backward:
        older, newer = bool(_beside(session, rows, model, last, backward=False, limit=1)), more
    else:
        newer = page.cursor is not None and bool(_beside(session, rows, model, first, backward=True, limit=1))
        older = more
    return Page(found, last if older else None, first if newer else None)


def _past_an_end(session: Session, rows: Select[Row], model: type[Row], page: PageRequest) -> Page[Row]:
    """An empty page; where its cursor passed the last row, one leads back to that row."""
    if page.cursor is not None:
        for row in _beside(session, rows, model, None, backward=not page.backward, limit=1):
            if page.backward:
                return Page([], Cursor(row.created_at + timedelta.resolution, ""), None)
            return Page([], None, Cursor(row.created_at, ""))
    return Page([], None, None)


def _beside(
    session: Session,
    rows: Select[Row],
    model: type[Row],
    cursor: Cursor | None,
    *,
    backward: bool,
    limit: int,
) -> list[Row]:
    key = tuple_(model.created_at, model.id)
    if cursor is not None:
        place = tuple_(cursor.created_at, cursor.id)
        rows = rows.where(key > place if backward else key < place)
    order = (model.created_at, model.id) if backward else (model.created_at.desc(), model.id.desc())
    return list(session.scalars(rows.order_by(*order).limit(limit)))
