"""What a sender does to the ledger: claim deliveries that are due, and tell what came of them.

A claim is a token and a time: while it lasts nobody else takes the delivery, and one whose sender died is due
again when it is over. A sender that was too slow tells nothing: its token is not there any more. The
endpoint's row is locked before the delivery's, as by everybody who takes both.
"""

from __future__ import annotations

import logging
import random
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import ColumnElement, Row, delete, func, select
from sqlalchemy.orm import Session

from schemas.webhooks import DeliveryStatus, next_attempt
from workers.jobs.ledger.engine import Ledger
from workers.jobs.ledger.meters import once_committed
from workers.jobs.ledger.tables import Attempt, Delivery, Job, Webhook
from workers.jobs.ledger.webhooks import signing_secrets
from workers.jobs.metering import WEBHOOK_ATTEMPTS, WEBHOOK_DELIVERIES

log = logging.getLogger(__name__)

DISABLED_AFTER = timedelta(days=5)
"""How long a series of failures may last."""

SERIES_PAUSE = timedelta(days=1)
"""A failure that comes later after the last one begins a new series."""

MAX_ATTEMPTS_KEPT = 20

_GONE = 410


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A delivery that this sender holds; ``secrets`` are sealed, the present one first."""

    id: str
    webhook_id: str
    url: str
    body: str
    secrets: list[str]
    claim: str
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt: a status with the beginning of the answer, or an ``error``."""

    attempted_at: datetime
    seconds: float
    status_code: int | None = None
    response: str | None = None
    error: str | None = None

    @property
    def delivered(self) -> bool:
        """Whether the endpoint took it: any 2xx."""
        return self.status_code is not None and 200 <= self.status_code < 300


class Dispatch:
    """The sender's side of the ledger. ``jitter`` gives numbers from 0 to 1."""

    def __init__(self, ledger: Ledger, jitter: Callable[[], float] = random.random) -> None:
        self._ledger = ledger
        self._jitter = jitter

    def claim(self, *, failing: bool, limit: int, at_once: int, lease_seconds: float) -> list[Outgoing]:
        """At most ``limit`` deliveries that are due, oldest first, now held by the caller.

        ``failing`` says whether for endpoints whose last attempt failed or for all others. ``at_once`` is how
        many may be held for one endpoint, by all senders together; those with the least held come first.
        """
        if limit <= 0:
            return []
        with self._ledger.read() as session:
            waiting = self._waiting(session, failing=failing, limit=limit, at_once=at_once)
        if not waiting:
            return []
        claimed: list[Outgoing] = []
        with self._ledger.write() as session:
            for webhook_id, held in waiting:
                room = min(at_once - held, limit - len(claimed))
                claimed += self._take(session, webhook_id, room, lease_seconds)
        return claimed

    def _waiting(
        self, session: Session, *, failing: bool, limit: int, at_once: int
    ) -> Sequence[Row[str, int]]:
        """Ids of endpoints that something is due for, with how much is held for each."""
        now = self._ledger.now()
        held = (
            select(func.count())
            .where(Delivery.webhook_id == Webhook.id, Delivery.claim.is_not(None), Delivery.due_at > now)
            .scalar_subquery()
        )
        oldest = (
            select(Delivery.due_at)
            .where(Delivery.webhook_id == Webhook.id, Delivery.status == DeliveryStatus.PENDING.value)
            .order_by(Delivery.due_at)
            .limit(1)
            .scalar_subquery()
        )
        fails: ColumnElement[bool] = Webhook.failing_since.is_not(None)
        rows = (
            select(Webhook.id, held)
            .where(Webhook.enabled, fails if failing else ~fails, oldest <= now, held < at_once)
            .order_by(held, oldest)
            .limit(limit)
        )
        return session.execute(rows).all()

    def _take(self, session: Session, webhook_id: str, room: int, lease_seconds: float) -> list[Outgoing]:
        if room <= 0:
            return []
        now = self._ledger.now()
        webhook = session.get(Webhook, webhook_id)
        if webhook is None or not webhook.enabled:
            return []
        rows = session.scalars(
            select(Delivery)
            .where(
                Delivery.webhook_id == webhook_id,
                Delivery.status == DeliveryStatus.PENDING.value,
                Delivery.due_at <= now,
            )
            .order_by(Delivery.due_at, Delivery.created_at)
            .limit(room)
            .with_for_update(skip_locked=True)
        ).all()
        for row in rows:
            row.claim, row.due_at = uuid.uuid4().hex, now + timedelta(seconds=lease_seconds)
        secrets = signing_secrets(webhook, now)
        traces = _traces(session, rows)
        return [
            Outgoing(
                row.id, webhook_id, webhook.url, row.body, secrets, row.claim or "", traces.get(row.job_id)
            )
            for row in rows
        ]

    def record(self, outgoing: Outgoing, outcome: Outcome) -> bool:
        """Writes the attempt down, and what follows from it; False: the delivery is not the caller's now."""
        with self._ledger.write() as session:
            webhook = session.scalar(
                select(Webhook).where(Webhook.id == outgoing.webhook_id).with_for_update(key_share=True)
            )
            row = session.scalar(
                select(Delivery)
                .where(Delivery.id == outgoing.id, Delivery.claim == outgoing.claim)
                .with_for_update()
            )
            if webhook is None or row is None:
                return False
            row.claim = None
            row.attempts += 1
            _log(session, row, outcome)
            once_committed(session, partial(_measure, outcome, row))
            if outcome.delivered:
                webhook.failing_since = webhook.failed_at = None
                _end(row, DeliveryStatus.DELIVERED, self._ledger.now())
            else:
                self._failed(webhook, row, outcome)
            return True

    def _failed(self, webhook: Webhook, row: Delivery, outcome: Outcome) -> None:
        now = self._ledger.now()
        row.tries += 1
        due = None if outcome.status_code == _GONE else next_attempt(now, row.tries, self._jitter())
        if due is None:
            _end(row, DeliveryStatus.FAILED, now)
        else:
            row.due_at = due
        if webhook.failed_at is None or now - webhook.failed_at > SERIES_PAUSE:
            webhook.failing_since = now
        webhook.failed_at = now
        if outcome.status_code == _GONE:
            _disable(webhook, "The endpoint answered 410 Gone.")
        elif webhook.failing_since and now - webhook.failing_since > DISABLED_AFTER:
            _disable(webhook, f"Every attempt failed for {DISABLED_AFTER.days} days.")


def _traces(session: Session, rows: Sequence[Delivery]) -> dict[str, str | None]:
    """The traces of the jobs that deliveries are about, as far as they are still there."""
    jobs = select(Job.id, Job.traceparent).where(Job.id.in_({row.job_id for row in rows}))
    return {job_id: traceparent for job_id, traceparent in session.execute(jobs)}  # noqa: C416 - rows are no pairs to mypy


def _measure(outcome: Outcome, row: Delivery) -> None:
    refused = "no_answer" if outcome.status_code is None else "refused"
    WEBHOOK_ATTEMPTS.add(outcome="delivered" if outcome.delivered else refused)
    if row.status != DeliveryStatus.PENDING.value:
        WEBHOOK_DELIVERIES.add(outcome=row.status)


def _log(session: Session, row: Delivery, outcome: Outcome) -> None:
    session.add(
        Attempt(
            delivery_id=row.id,
            number=row.attempts,
            attempted_at=outcome.attempted_at,
            seconds=outcome.seconds,
            status_code=outcome.status_code,
            response=outcome.response,
            error=outcome.error,
        )
    )
    session.execute(
        delete(Attempt).where(
            Attempt.delivery_id == row.id, Attempt.number <= row.attempts - MAX_ATTEMPTS_KEPT
        )
    )


def _end(row: Delivery, status: DeliveryStatus, now: datetime) -> None:
    row.status, row.finished_at = status.value, now


def _disable(webhook: Webhook, reason: str) -> None:
    webhook.enabled, webhook.disabled_reason = False, reason
    log.warning("webhook %s is disabled: %s", webhook.id, reason)
