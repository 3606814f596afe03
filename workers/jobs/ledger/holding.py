"""Whether a claim still holds: asked first by every change that only a shard's holder may make."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from workers.jobs.ledger.claims import Claim
from workers.jobs.ledger.tables import Job, Shard, ShardState


def lock_job(session: Session, job_id: str) -> Job | None:
    """The job's row, locked to the end of the transaction."""
    return session.scalar(select(Job).where(Job.id == job_id).with_for_update())


def held(session: Session, claim: Claim) -> tuple[Job, Shard] | None:
    """The job, locked, and the claimed shard, if it is still the claimer's and its job still runs."""
    job = lock_job(session, claim.job_id)
    if job is None or job.ended or job.runs != claim.run:
        return None
    shard = session.scalar(
        select(Shard)
        .where(
            Shard.id == claim.shard_id,
            Shard.state == ShardState.RUNNING.value,
            Shard.lease_owner == claim.owner,
            Shard.attempt == claim.attempt,
        )
        .with_for_update()
    )
    return None if shard is None else (job, shard)


def free(shard: Shard, state: ShardState = ShardState.PENDING) -> None:
    """Takes the shard from whoever holds it; it is in ``state`` then."""
    shard.state, shard.lease_owner, shard.lease_until = state.value, None, None
