"""Endpoints as their project sees them: made, read, listed, changed, removed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from schemas.errors import NotFound, QuotaExceeded
from schemas.ids import new_id
from workers.jobs.ledger.audit import Action, note
from workers.jobs.ledger.engine import Ledger
from workers.jobs.ledger.paging import Page, PageRequest, paginate
from workers.jobs.ledger.tables import Delivery, Webhook, owned
from workers.jobs.ledger.usage import SOME_TIME

MAX_WEBHOOKS = 50
"""Endpoints of one project: every event is written down once for each."""

_BATCH = 500
_MAX_OLD_SECRETS = 4


class Webhooks:
    """The endpoints of all projects; every method but ``renew`` names the project first."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def create(
        self, project: str, *, url: str, name: str, event_types: list[str], enabled: bool, secret: str
    ) -> Webhook:
        """Records an endpoint; ``secret`` is sealed.

        Raises:
            QuotaExceeded: the project has as many as it may.
        """
        now = self._ledger.now()
        row = Webhook(
            id=new_id("webhook"),
            project=project,
            url=url,
            name=name,
            event_types=event_types,
            enabled=enabled,
            secret=secret,
            old_secrets={},
            created_at=now,
            updated_at=now,
        )
        with self._ledger.write() as session:
            count = len(session.scalars(owned(Webhook, project).limit(MAX_WEBHOOKS)).all())
            if count >= MAX_WEBHOOKS:
                raise QuotaExceeded(
                    f"A project may have {MAX_WEBHOOKS} webhooks: remove one that is not needed any more.",
                    limit="webhooks",
                    retry_after=SOME_TIME,
                )
            session.add(row)
            note(session, Action.WEBHOOK_CREATED, project, row.id, now)
        return row

    def get(self, project: str, webhook_id: str) -> Webhook:
        """An endpoint of the project.

        Raises:
            NotFound: there is none with this id.
        """
        with self._ledger.read() as session:
            return known_webhook(session, project, webhook_id)

    def page(self, project: str, asked: PageRequest) -> Page[Webhook]:
        """A page of the project's endpoints."""
        with self._ledger.read() as session:
            return paginate(session, owned(Webhook, project), Webhook, asked)

    def change(self, project: str, webhook_id: str, changes: Mapping[str, Any]) -> Webhook:
        """Sets the columns in ``changes``. An endpoint that is enabled starts without a past.

        Raises:
            NotFound: there is none with this id.
        """
        with self._ledger.write() as session:
            row = known_webhook(session, project, webhook_id, lock=True)
            for column, value in changes.items():
                setattr(row, column, value)
            if "enabled" in changes:
                row.disabled_reason = row.failing_since = row.failed_at = None
            row.updated_at = self._ledger.now()
            note(session, Action.WEBHOOK_CHANGED, project, webhook_id, row.updated_at)
            return row

    def rotate(self, project: str, webhook_id: str, secret: str, old_until: datetime) -> Webhook:
        """Gives the endpoint a new, sealed secret; the present one signs too until ``old_until``.

        Raises:
            NotFound: there is none with this id.
        """
        with self._ledger.write() as session:
            row = known_webhook(session, project, webhook_id, lock=True)
            now = self._ledger.now()
            old = {sealed: row.old_secrets[sealed] for sealed in signing_secrets(row, now)[1:]}
            newest = [(row.secret, old_until.isoformat()), *old.items()][:_MAX_OLD_SECRETS]
            row.secret, row.old_secrets, row.updated_at = secret, dict(newest), now
            note(session, Action.WEBHOOK_ROTATED, project, webhook_id, now)
            return row

    def renew(self, renewed: Callable[[str], str]) -> int:
        """Seals the secrets of all endpoints anew; returns how many endpoints there are."""
        with self._ledger.write() as session:
            rows = session.scalars(select(Webhook).with_for_update()).all()
            for row in rows:
                row.secret = renewed(row.secret)
                row.old_secrets = {renewed(sealed): until for sealed, until in row.old_secrets.items()}
        return len(rows)

    def delete(self, project: str, webhook_id: str) -> None:
        """Removes the endpoint with all its deliveries, sent or not.

        Raises:
            NotFound: there is none with this id.
        """
        with self._ledger.write() as session:
            known_webhook(session, project, webhook_id, lock=True).enabled = False
        while self._drop_deliveries(webhook_id):
            pass
        with self._ledger.write() as session:
            session.delete(known_webhook(session, project, webhook_id, lock=True))
            note(session, Action.WEBHOOK_DELETED, project, webhook_id, self._ledger.now())

    def _drop_deliveries(self, webhook_id: str) -> bool:
        """Drops a batch: there may be very many, and others must be let at the database in between."""
        some = select(Delivery.id).where(Delivery.webhook_id == webhook_id).limit(_BATCH)
        with self._ledger.write() as session:
            ids = list(session.scalars(some))
            session.execute(delete(Delivery).where(Delivery.id.in_(ids)))
        return bool(ids)


def known_webhook(session: Session, project: str, webhook_id: str, *, lock: bool = False) -> Webhook:
    """An endpoint of the project, locked against other changes if asked.

    Raises:
        NotFound: there is none with this id.
    """
    rows = owned(Webhook, project).where(Webhook.id == webhook_id)
    row = session.scalar(rows.with_for_update(key_share=True) if lock else rows)
    if row is None:
        raise NotFound(f"There is no webhook {webhook_id!r} in this project; it may have been deleted.")
    return row


def signing_secrets(webhook: Webhook, now: datetime) -> list[str]:
    """The sealed secrets that sign at ``now``: the present one, then those that were rotated lately."""
    old = [s for s, until in webhook.old_secrets.items() if datetime.fromisoformat(until) > now]
    return [webhook.secret, *old]
