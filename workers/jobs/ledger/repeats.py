"""Requests that came with an ``Idempotency-Key``: each is done once, and its answer given again for a day."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from schemas.errors import InvalidField, InvalidJobState
from schemas.ids import new_id
from workers.jobs.ledger.engine import Ledger
from workers.jobs.ledger.tables import KeyedRequest

KEPT = timedelta(hours=24)
CLAIM = timedelta(seconds=60)
"""How long a request may take before another with its key may think its process dead."""


@dataclass(frozen=True, slots=True)
class FirstTime:
    """The caller is to do what is asked.

    A job that it makes has the id ``job_id``: one that an earlier, lost request made is found by it.
    """

    project: str
    key: str
    claim: str
    job_id: str


@dataclass(frozen=True, slots=True)
class EarlierAnswer:
    """What was answered the first time."""

    status_code: int
    answer: str


class Repeats:
    """The keys of all projects."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def claim(self, project: str, key: str, fingerprint: str) -> FirstTime | EarlierAnswer:
        """Whether the request that ``fingerprint`` stands for was made before with ``key``.

        Raises:
            InvalidField: another request was.
            InvalidJobState: it was, and is still being worked on.
        """
        try:
            return self._claim(project, key, fingerprint)
        except IntegrityError:  # another was first by a moment
            return self._claim(project, key, fingerprint)

    def _claim(self, project: str, key: str, fingerprint: str) -> FirstTime | EarlierAnswer:
        with self._ledger.write() as session:
            now = self._ledger.now()
            row = session.get(KeyedRequest, (project, key), with_for_update=True)
            if row is not None and row.created_at < now - KEPT:
                session.delete(row)
                session.flush()
                row = None
            if row is None:
                row = KeyedRequest(
                    project=project,
                    key=key,
                    fingerprint=fingerprint,
                    job_id=new_id("parse"),
                    created_at=now,
                )
                session.add(row)
            elif row.fingerprint != fingerprint:
                raise InvalidField(
                    "This Idempotency-Key was sent with another request: take a new key for a new request."
                )
            elif row.answer is not None and row.status_code is not None:
                return EarlierAnswer(row.status_code, row.answer)
            elif row.claimed_until is not None and row.claimed_until > now:
                raise InvalidJobState(
                    "The request that first came with this Idempotency-Key is still being worked on: send it"
                    " again in a moment."
                )
            row.claim, row.claimed_until = uuid.uuid4().hex, now + CLAIM
            return FirstTime(project, key, row.claim, row.job_id)

    def answered(self, request: FirstTime, status_code: int, answer: str) -> None:
        """Keeps the answer of a request that was done."""
        with self._ledger.write() as session:
            if (row := _claimed(session, request)) is not None:
                row.status_code, row.answer = status_code, answer
                row.claim, row.claimed_until = None, None

    def refused(self, request: FirstTime) -> None:
        """Forgets a request that changed nothing: its key may come with a better one."""
        with self._ledger.write() as session:
            if (row := _claimed(session, request)) is not None:
                session.delete(row)

    def broken_off(self, request: FirstTime) -> None:
        """Lets the same request come again at once: how far it was done is not known."""
        with self._ledger.write() as session:
            if (row := _claimed(session, request)) is not None:
                row.claim, row.claimed_until = None, None

    def forget(self) -> None:
        """Removes what is over."""
        over = KeyedRequest.created_at < self._ledger.now() - KEPT
        with self._ledger.read() as session:
            if session.scalar(select(KeyedRequest.key).where(over).limit(1)) is None:
                return
        with self._ledger.write() as session:
            session.execute(delete(KeyedRequest).where(over))


def _claimed(session: Session, request: FirstTime) -> KeyedRequest | None:
    row = session.get(KeyedRequest, (request.project, request.key), with_for_update=True)
    return row if row is not None and row.claim == request.claim else None
