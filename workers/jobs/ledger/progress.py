"""How far a job is, put together from what the workers of its shards report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from schemas.jobs import JobStatus
from schemas.progress import Report, report_of
from workers.jobs.ledger.tables import Job, Shard, ShardKind, ShardState
from workers.jobs.storable import storable

_PARTS = select(Shard.kind, Shard.state, Shard.lease_until, Shard.progress).where(
    Shard.job_id == bindparam("job_id")
)


@dataclass(frozen=True, slots=True)
class Part:
    """A shard of a job as it stands: its report, without a pace and pages in hand where nobody is at it."""

    kind: ShardKind
    state: ShardState
    report: Report


def keep(shard: Shard, report: Report) -> Report:
    """Keeps what the shard's worker reports, with no count of pages lower than before; returns what is kept.

    Pages that were counted once stay counted: what a lost worker had in hand is read again, unseen.
    """
    pages = 0 if shard.kind == ShardKind.ASSEMBLE else len(shard.pages or ())
    kept = _never_less(report_of(shard.progress), report, pages)
    shard.progress, shard.pages_done = kept.model_dump(exclude_defaults=True), kept.pages_done
    return kept


def parts_of(session: Session, job: Job, now: datetime) -> list[Part]:
    """All shards of the job. The cost is one row for each."""
    parts = []
    for kind, state, lease_until, told in session.execute(_PARTS, {"job_id": job.id}):
        report = report_of(told)
        if state != ShardState.RUNNING or lease_until is None or lease_until <= now:
            report = report.model_copy(update={"pages_per_second": None, "in_hand": {}})
        parts.append(Part(ShardKind(kind), ShardState(state), report))
    return parts


def show(job: Job, latest: Report, parts: Iterable[Part]) -> None:
    """Sums the job's shards up in its row; ``latest`` says what is being done."""
    whole = _summed(latest, [part.report for part in parts], job.pages_asked)
    message = storable(whole.message(job.pages_asked)) if latest.stage else job.message_update
    if (whole.pages_done, message) != (job.pages_done, job.message_update):
        job.version += 1
    job.pages_done, job.message_update = whole.pages_done, message
    job.progress = whole.model_dump(exclude_defaults=True)


def _never_less(before: Report, report: Report, pages: int) -> Report:
    """``report`` of a shard of so many pages, with no count of pages lower than ``before``."""
    stages = Counter(before.stages) | Counter(report.stages)
    return report.model_copy(
        update={
            "pages_done": min(max(before.pages_done, report.pages_done), pages),
            "stages": {stage: min(count, pages) for stage, count in stages.items()},
        }
    )


def _summed(latest: Report, parts: Iterable[Report], pages_asked: int | None) -> Report:
    done, failed, pace = 0, 0, 0.0
    stages: Counter[str] = Counter()
    in_hand: dict[int, str] = {}
    for part in parts:
        done += part.pages_done
        failed += part.failed_pages
        pace += part.pages_per_second or 0.0
        stages.update(part.stages)
        in_hand |= part.in_hand
    seconds = latest.seconds_left
    if pages_asked is not None and done < pages_asked:
        seconds = (pages_asked - done) / pace if pace else None
    return latest.model_copy(
        update={
            "pages_done": done,
            "failed_pages": failed,
            "stages": dict(stages),
            "in_hand": in_hand,
            "pages_per_second": round(pace, 3) if pace else None,
            "seconds_left": round(seconds, 1) if seconds is not None else None,
        }
    )


def queue_position(session: Session, job: Job) -> int | None:
    """The place of a job that waits among the waiting work of its project, the next being 1; else None."""
    if job.status != JobStatus.PENDING:
        return None
    waits = Shard.state == ShardState.PENDING.value
    own = session.scalar(select(Shard).where(Shard.job_id == job.id, waits).limit(1))
    if own is None:
        return None
    sooner = or_(Shard.lane < own.lane, and_(Shard.lane == own.lane, Shard.queued_at < own.queued_at))
    before = select(func.count()).where(Shard.queue == own.queue, waits, Shard.project == own.project, sooner)
    return 1 + (session.scalar(before) or 0)
