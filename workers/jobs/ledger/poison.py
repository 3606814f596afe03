"""Documents that take their workers down: how long to wait between attempts, and when to stop."""

from __future__ import annotations

import random
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.page_range import in_parts
from workers.jobs.ledger.claims import UNENDED
from workers.jobs.ledger.ending import end_badly
from workers.jobs.ledger.meters import once_committed
from workers.jobs.ledger.tables import Checkpoint, Job, Shard, ShardKind, ShardState
from workers.jobs.metering import SHARDS_LOST

LONGEST_PAUSE = 300.0
"""Most seconds between two attempts."""


def pause_seconds(strikes: int) -> float:
    """How long a shard rests after ``strikes`` attempts without progress: 2-4 s, 8-16 s, and so on."""
    return float(min(LONGEST_PAUSE, 4.0 ** min(strikes, 9)) * random.uniform(0.5, 1.0))  # noqa: S311 - no secret


def fail_poisoned(session: Session, now: datetime, max_attempts: int, page_window: int) -> list[str]:
    """Fails the jobs of shards that lost ``max_attempts`` workers since they last moved; returns their ids.

    ``page_window`` is how many pages are read together: the error names those that were.
    """
    lost = (
        select(Shard)
        .join(Job, Job.id == Shard.job_id)
        .where(
            Job.status.in_(UNENDED),
            Shard.state == ShardState.RUNNING.value,
            Shard.lease_until < now,
            Shard.strikes >= max_attempts,
        )
    )
    failed: list[str] = []
    for shard in session.scalars(lost.order_by(Shard.id)).all():
        job = session.scalar(
            select(Job)
            .where(Job.id == shard.job_id, Job.status.in_(UNENDED))
            .with_for_update(skip_locked=True)
        )
        if job is not None:
            end_badly(session, job, now, _error(session, shard, page_window))
            once_committed(session, partial(SHARDS_LOST.add, queue=shard.queue))
            failed.append(job.id)
    return failed


def _error(session: Session, shard: Shard, page_window: int) -> str:
    died = f"The worker died {shard.strikes} times, most likely for want of memory, while it"
    if shard.kind == ShardKind.ASSEMBLE:
        return f"{died} put the pages of this document together. Try fewer pages with page_range."
    if shard.pages is None:
        return f"{died} opened this document."
    pages = _pages_in_hand(session, shard, page_window)
    named = f"page {pages[0]}" if len(pages) == 1 else f"pages {pages[0]} to {pages[-1]}"
    return f"{died} read {named} of this document. Leave them out with page_range."


def _pages_in_hand(session: Session, shard: Shard, page_window: int) -> list[int]:
    """The first pages of the shard that are not finished."""
    checkpoints = session.scalars(select(Checkpoint.pages).where(Checkpoint.job_id == shard.job_id))
    done = {page for pages in checkpoints for page in pages}
    windows = list(in_parts(shard.pages or [], page_window))
    return next((window for window in windows if not done.issuperset(window)), windows[-1])
