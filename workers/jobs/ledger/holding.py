"""Whether a claim still holds: asked first by every change that only a shard's holder may make."""

from __future__ import annotations

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from workers.jobs.ledger.claims import Claim
from workers.jobs.ledger.tables import Job, Shard, ShardState

# Made once: every step of a worker asks them.
_JOB = select(Job).where(Job.id == bindparam("job_id")).with_for_update()
_SHARD = (
    select(Shard)
    .where(
        Shard.id == bindparam("shard_id"),
        Shard.state == ShardState.RUNNING.value,
        Shard.lease_owner == bindparam("owner"),
        Shard.attempt == bindparam("attempt"),
    )
    .with_for_update()
)


def lock_job(session: Session, job_id: str) -> Job | None:
    """The job's row, locked to the end of the transaction."""
    return session.scalar(_JOB, {"job_id": job_id})


def held(session: Session, claim: Claim) -> tuple[Job, Shard] | None:
    """The job, locked, and the claimed shard, if it is still the claimer's and its job still runs."""
    job = lock_job(session, claim.job_id)
    if job is None or job.ended or job.runs != claim.run:
        return None
    own = {"shard_id": claim.shard_id, "owner": claim.owner, "attempt": claim.attempt}
    shard = session.scalar(_SHARD, own)
    return None if shard is None else (job, shard)


def free(shard: Shard, state: ShardState = ShardState.PENDING) -> None:
    """Takes the shard from whoever holds it; it is in ``state`` then."""
    shard.state, shard.lease_owner, shard.lease_until = state.value, None, None
