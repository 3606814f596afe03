"""Duties: what one worker at a time does for all, now and then. A row is the lease of whoever does it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError

from workers.jobs.ledger.engine import Ledger
from workers.jobs.ledger.tables import Duty

LEASE = timedelta(minutes=2)
"""How long a worker that says nothing keeps a duty; after one that failed, the time until the next try."""


class Duties:
    """The duties of a ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def due(self, every: Mapping[str, timedelta]) -> list[str]:
        """Which duties of ``every`` were last done so long ago or more, and nobody does; in order."""
        now = self._ledger.now()
        with self._ledger.read() as session:
            rows = {row.name: row for row in session.scalars(select(Duty).where(Duty.name.in_(every)))}
        return [name for name, pause in every.items() if _is_due(rows.get(name), now - pause, now)]

    def take(self, name: str, owner: str, every: timedelta) -> bool:
        """Whether ``owner`` is to do it now: it is due, and nobody was quicker."""
        now = self._ledger.now()
        try:
            with self._ledger.write() as session:
                row = session.get(Duty, name, with_for_update=True)
                if not _is_due(row, now - every, now):
                    return False
                row = row or Duty(name=name)
                row.owner, row.until = owner, now + LEASE
                session.add(row)
        except IntegrityError:  # another was first by a moment
            return False
        return True

    def keep(self, name: str, owner: str) -> bool:
        """Says that ``owner`` still does it; False: it is another's by now, or done."""
        with self._ledger.write() as session:
            if (row := session.scalar(_held(name, owner))) is None:
                return False
            row.until = self._ledger.now() + LEASE
            return True

    def done(self, name: str, owner: str) -> None:
        """Says that ``owner`` has done it."""
        with self._ledger.write() as session:
            if (row := session.scalar(_held(name, owner))) is not None:
                row.done_at = row.until = self._ledger.now()

    def give_back(self, name: str, owner: str) -> None:
        """Says that ``owner`` goes before it is done: another may go on at once."""
        with self._ledger.write() as session:
            if (row := session.scalar(_held(name, owner))) is not None:
                row.until = self._ledger.now()


def _is_due(row: Duty | None, last: datetime, now: datetime) -> bool:
    return row is None or (row.until <= now and (row.done_at is None or row.done_at <= last))


def _held(name: str, owner: str) -> Select[Duty]:
    return select(Duty).where(Duty.name == name, Duty.owner == owner).with_for_update()
