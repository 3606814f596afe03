"""How things stand now, for operators: short queries that scale with what waits, not with what ever was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, select

from schemas.webhooks import DeliveryStatus
from workers.jobs.ledger.claims import UNENDED
from workers.jobs.ledger.engine import Ledger
from workers.jobs.ledger.tables import Delivery, Job, Lane, Shard, ShardState, StoredFile, Webhook


@dataclass(frozen=True, slots=True)
class QueueState:
    """The work of a queue's lane. ``oldest_seconds``: how long the next is waiting."""

    queue: str
    lane: Lane
    waiting: int = 0
    running: int = 0
    oldest_seconds: float = 0.0


class Survey:
    """Counts over all projects."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def queues(self, names: Sequence[str]) -> list[QueueState]:
        """Each of the queues in each lane. Lost work, whose lease ran out, counts as running."""
        now = self._ledger.now()
        rows = (
            select(Shard.queue, Shard.lane, Shard.state, func.count(), func.min(Shard.queued_at))
            .where(
                Shard.queue.in_(names),
                Shard.state.in_((ShardState.PENDING.value, ShardState.RUNNING.value)),
            )
            .group_by(Shard.queue, Shard.lane, Shard.state)
        )
        with self._ledger.read() as session:
            found = {
                (queue, lane, state): (n, oldest) for queue, lane, state, n, oldest in session.execute(rows)
            }
        states = []
        for queue in names:
            for lane in Lane:
                waiting, oldest = found.get((queue, lane, ShardState.PENDING.value), (0, now))
                running, _ = found.get((queue, lane, ShardState.RUNNING.value), (0, now))
                # What is to be tried again later has its turn in the future.
                age = max(0.0, (now - oldest).total_seconds())
                states.append(QueueState(queue, lane, waiting, running, age))
        return states

    def jobs(self) -> dict[str, int]:
        """How many jobs have not ended, by status."""
        rows = select(Job.status, func.count()).where(Job.status.in_(UNENDED)).group_by(Job.status)
        with self._ledger.read() as session:
            return dict.fromkeys(UNENDED, 0) | dict(session.execute(rows).all())

    def endpoints(self) -> dict[str, int]:
        """How many webhook endpoints are ``healthy``, ``failing`` or ``disabled``."""
        state = case(
            (Webhook.enabled.is_(False), "disabled"),
            (Webhook.failing_since.is_not(None), "failing"),
            else_="healthy",
        )
        rows = select(state, func.count()).group_by(state)
        with self._ledger.read() as session:
            found: dict[str, int] = dict(session.execute(rows).all())
        return {name: found.get(name, 0) for name in ("healthy", "failing", "disabled")}

    def deliveries_waiting(self) -> int:
        """How many webhooks are still to be delivered, by endpoints that are enabled."""
        # By endpoint, as their index is: of years of deliveries only those that wait are looked at.
        rows = (
            select(func.count())
            .select_from(Webhook)
            .join(Delivery, Delivery.webhook_id == Webhook.id)
            .where(Webhook.enabled, Delivery.status == DeliveryStatus.PENDING.value)
        )
        with self._ledger.read() as session:
            return session.scalar(rows) or 0

    def stored(self) -> tuple[int, int]:
        """How many uploaded files there are, and their bytes."""
        rows = select(func.count(), func.sum(StoredFile.size)).where(StoredFile.deleted_at.is_(None))
        with self._ledger.read() as session:
            files, size = session.execute(rows).one()
        return files, int(size or 0)
