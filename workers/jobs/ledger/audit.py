"""The audit log: who did what to which id.

A change is noted in the transaction that makes it, by the method that makes it, whoever calls: the two are
there together or not at all. What only looks, and what was refused, is collected and written every few
seconds, the same as one row; a process that is killed takes the last of it with it.

Rows have ids only: never a name, a text or a secret.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from schemas.ids import is_id
from workers.jobs import tracing
from workers.jobs.ledger.engine import Ledger
from workers.jobs.ledger.tables import AuditEvent
from workers.jobs.metering import AUDIT_LOST

log = logging.getLogger(__name__)

_MOST_WAITING = 10_000
"""Rows that are kept while the database is away."""

_MOST_REFUSED = 20
"""Refused callers that are told apart within a few seconds: strangers must not fill the table."""

_BATCH = 5000
_INSERT = insert(AuditEvent)


class Action(StrEnum):
    """What is told of. The word before the dot is the kind of ``target``."""

    FILE_UPLOADED = "file.uploaded"
    FILE_READ = "file.read"
    FILE_DELETED = "file.deleted"
    JOB_SUBMITTED = "job.submitted"
    JOB_READ = "job.read"
    JOB_CANCELLED = "job.cancelled"
    JOB_REPLAYED = "job.replayed"
    JOB_DELETED = "job.deleted"
    DATASET_CREATED = "dataset.created"
    DATASET_CHANGED = "dataset.changed"
    DATASET_READ = "dataset.read"
    DATASET_DELETED = "dataset.deleted"
    WEBHOOK_CREATED = "webhook.created"
    WEBHOOK_CHANGED = "webhook.changed"
    WEBHOOK_TESTED = "webhook.tested"
    WEBHOOK_DELETED = "webhook.deleted"
    WEBHOOK_REVEALED = "webhook.revealed"
    WEBHOOK_ROTATED = "webhook.rotated"
    DELIVERY_REPEATED = "delivery.repeated"
    KEY_CREATED = "key.created"
    KEY_CHANGED = "key.changed"
    KEY_REVOKED = "key.revoked"
    CONFIGURATION_READ = "configuration.read"
    UNAUTHORIZED = "access.unauthorized"
    FORBIDDEN = "access.forbidden"


_REFUSED = frozenset((Action.UNAUTHORIZED, Action.FORBIDDEN))


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a key's id, or one of the words below; ``address`` is where from."""

    name: str
    address: str | None = None


ANYONE, CLI, CONFIGURATION, STRANGER = "anyone", "cli", "configuration", "stranger"
"""Who asks an open service; commands on the operator's machine; the settings and the YAML; without a key."""

_ACTOR: ContextVar[Actor | None] = ContextVar("actor", default=None)


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """Whatever is done in this block, and in threads that it waits for, ``actor`` does; else ``CLI`` does."""
    token = _ACTOR.set(actor)
    try:
        yield
    finally:
        _ACTOR.reset(token)


def note(session: Session, action: Action, project: str, target: str, now: datetime) -> None:
    """Writes down what this transaction does to ``target``.

    If that fails the change stands all the same, and the log and a metric tell of it.
    """
    row = _row(_Entry.of(action, project, target), _Seen(now, tracing.trace_id(), 1))
    session.flush()  # what is wrong with the change itself is not for here
    connection = session.connection()
    try:
        with connection.begin_nested():
            connection.execute(_INSERT, row)
    except SQLAlchemyError as error:
        _lost(1, type(error).__name__)


@dataclass(frozen=True, slots=True)
class _Entry:
    """What makes a row; the same within a few seconds is one."""

    action: Action
    project: str | None
    target: str | None
    actor: str
    address: str | None

    @classmethod
    def of(cls, action: Action, project: str | None, target: str | None) -> _Entry:
        """With who acts now."""
        actor = _ACTOR.get() or Actor(CLI)
        return cls(action, project, target, actor.name, actor.address)


@dataclass(frozen=True, slots=True)
class _Seen:
    """When something happened first, in which trace, and how often since."""

    at: datetime
    trace_id: str | None
    times: int


def _row(entry: _Entry, seen: _Seen) -> dict[str, Any]:
    return {**asdict(entry), **asdict(seen)}


class AuditLog:
    """The log of all projects; may be used from any thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._lock = threading.Lock()
        self._waiting: dict[_Entry, _Seen] = {}
        self._refused = 0

    def write(self, action: Action, project: str, target: str) -> None:
        """Writes down, at once, what no other transaction does."""
        with self._ledger.write() as session:
            note(session, action, project, target, self._ledger.now())

    def collect(self, action: Action, project: str | None, target: str | None = None) -> None:
        """Writes down, soon, what was looked at or refused. A ``target`` without an id's form is left out."""
        target = target if target and is_id(target) else None
        seen = _Seen(self._ledger.now(), tracing.trace_id(), 1)
        self._merge({_Entry.of(action, project, target): seen})

    def flush(self) -> None:
        """Writes what was collected; if that fails it is kept for the next time, as much as may wait."""
        with self._lock:
            waiting, self._waiting, self._refused = self._waiting, {}, 0
        if not waiting:
            return
        try:
            with self._ledger.write() as session:
                session.execute(_INSERT, list(map(_row, waiting.keys(), waiting.values())))
        except SQLAlchemyError:
            self._merge(waiting)
            raise

    def _merge(self, more: Mapping[_Entry, _Seen]) -> None:
        lost = 0
        with self._lock:
            for entry, seen in more.items():
                if entry.action in _REFUSED and entry not in self._waiting:
                    if self._refused >= _MOST_REFUSED:
                        entry = replace(entry, target=None, address=None)
                    self._refused += 1
                if (known := self._waiting.get(entry)) is not None:
                    self._waiting[entry] = replace(known, times=known.times + seen.times)
                elif len(self._waiting) < _MOST_WAITING:
                    self._waiting[entry] = seen
                else:
                    lost += seen.times
        if lost:
            _lost(lost, "too many wait")

    def events(
        self,
        *,
        project: str | None = None,
        actor: str | None = None,
        since: datetime | None = None,
        most: int = 1000,
    ) -> list[AuditEvent]:
        """The last ``most`` events, the oldest first, narrowed to what is given."""
        rows = select(AuditEvent).order_by(AuditEvent.at.desc(), AuditEvent.id.desc()).limit(most)
        rows = rows.where(AuditEvent.project == project) if project else rows
        rows = rows.where(AuditEvent.actor == actor) if actor else rows
        rows = rows.where(AuditEvent.at >= since) if since else rows
        with self._ledger.read() as session:
            return list(session.scalars(rows))[::-1]

    def forget(self, older_than: timedelta) -> int:
        """Removes a batch of what is longer ago; returns how many rows."""
        old = select(AuditEvent.id).where(AuditEvent.at < self._ledger.now() - older_than).limit(_BATCH)
        with self._ledger.read() as session:
            ids = list(session.scalars(old))
        if ids:
            with self._ledger.write() as session:
                session.execute(delete(AuditEvent).where(AuditEvent.id.in_(ids)))
        return len(ids)


def _lost(number: int, reason: str) -> None:
    AUDIT_LOST.add(number)
    log.error("%d entries of the audit log could not be written: %s", number, reason)
