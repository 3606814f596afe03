"""Deliveries as their project sees them: the log, a sample, one sent again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from schemas.errors import InvalidJobState, NotFound
from schemas.webhooks import DeliveryStatus, EventType, sample
from workers.jobs.ledger.audit import Action, note
from workers.jobs.ledger.engine import Ledger
from workers.jobs.ledger.events import delivery
from workers.jobs.ledger.paging import Page, PageRequest, paginate
from workers.jobs.ledger.tables import Attempt, Delivery, Webhook
from workers.jobs.ledger.webhooks import known_webhook

_BATCH = 500


class Deliveries:
    """The deliveries of all projects; every caller's method names the project and the endpoint first."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def page(self, project: str, webhook_id: str, asked: PageRequest) -> Page[Delivery]:
        """A page of what an endpoint was sent or is to be.

        Raises:
            NotFound: there is no such endpoint.
        """
        with self._ledger.read() as session:
            known_webhook(session, project, webhook_id)
            return paginate(
                session, select(Delivery).where(Delivery.webhook_id == webhook_id), Delivery, asked
            )

    def get(self, project: str, webhook_id: str, delivery_id: str) -> Delivery:
        """One delivery.

        Raises:
            NotFound: there is no such endpoint, or it has no such delivery.
        """
        with self._ledger.read() as session:
            known_webhook(session, project, webhook_id)
            return _known(session, webhook_id, delivery_id)

    def attempts(self, deliveries: Collection[Delivery]) -> dict[str, list[Attempt]]:
        """The attempts at each of ``deliveries`` by its id, in order."""
        found: dict[str, list[Attempt]] = {row.id: [] for row in deliveries}
        with self._ledger.read() as session:
            rows = select(Attempt).where(Attempt.delivery_id.in_(found)).order_by(Attempt.number)
            for attempt in session.scalars(rows):
                found[attempt.delivery_id].append(attempt)
        return found

    def send_sample(self, project: str, webhook_id: str, event: EventType) -> Delivery:
        """Leaves an event of a made-up job for the endpoint.

        Raises:
            NotFound: there is no such endpoint.
            InvalidJobState: it is disabled.
        """
        with self._ledger.write() as session:
            webhook = _enabled(session, project, webhook_id)
            now = self._ledger.now()
            made_up = sample(event, now)
            row = delivery(webhook, event, made_up.job_id, made_up.body(event), now)
            session.add(row)
            note(session, Action.WEBHOOK_TESTED, project, webhook_id, now)
            return row

    def send_again(self, project: str, webhook_id: str, delivery_id: str) -> Delivery:
        """Makes a delivery due now, under its id, with all attempts before it; one being sent is left alone.

        Raises:
            NotFound: there is no such endpoint, or it has no such delivery.
            InvalidJobState: the endpoint is disabled.
        """
        with self._ledger.write() as session:
            _enabled(session, project, webhook_id)
            row = _known(session, webhook_id, delivery_id, lock=True)
            now = self._ledger.now()
            if row.claim is None or row.due_at <= now:
                row.status, row.tries, row.due_at = DeliveryStatus.PENDING.value, 0, now
                row.claim, row.finished_at = None, None
            note(session, Action.DELIVERY_REPEATED, project, delivery_id, now)
            return row

    def forget(self, older_than: timedelta) -> int:
        """Removes a batch of deliveries that are older, sent or not; returns how many."""
        limit = self._ledger.now() - older_than
        old = Delivery.webhook_id.in_(select(Webhook.id)), Delivery.created_at < limit
        with self._ledger.read() as session:
            ids = list(session.scalars(select(Delivery.id).where(*old).limit(_BATCH)))
        if ids:
            with self._ledger.write() as session:
                session.execute(delete(Delivery).where(Delivery.id.in_(ids)))
        return len(ids)


def _enabled(session: Session, project: str, webhook_id: str) -> Webhook:
    webhook = known_webhook(session, project, webhook_id, lock=True)
    if not webhook.enabled:
        raise InvalidJobState(f"The webhook {webhook_id!r} is disabled: enable it, then send.")
    return webhook


def _known(session: Session, webhook_id: str, delivery_id: str, *, lock: bool = False) -> Delivery:
    rows = select(Delivery).where(Delivery.webhook_id == webhook_id, Delivery.id == delivery_id)
    row = session.scalar(rows.with_for_update() if lock else rows)
    if row is None:
        raise NotFound(f"There is no delivery {delivery_id!r} of this webhook; it may be too long ago.")
    return row
