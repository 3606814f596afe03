"""Which shard is next, and what a worker that claims it gets.

Lost work comes first: shards whose lease ran out. Then projects take turns: of those that have the least
running on the queue, the one that follows the last served by name, as in round robin (Nagle, "On Packet
Switches with Infinite Storage", RFC 970). Within a project what somebody waits for goes first, save for a
share of the turns; the other lanes share alike, by what they have running. Within a lane, age.

Only seeks in the index ``ix_shards_turn``: what a claim costs grows with the projects that have something
running, not with what waits.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, String, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from schemas.jobs import JobStatus
from schemas.requests import JobRequest
from workers.jobs.ledger.meters import once_committed
from workers.jobs.ledger.tables import Job, Lane, Shard, ShardKind, ShardState, UtcDateTime
from workers.jobs.metering import SHARDS_LOST

UNENDED = (JobStatus.PENDING.value, JobStatus.PROCESSING.value)

_SHARE_OF_OTHERS = 0.25
"""The share of a project's turns in which what nobody waits for goes before what somebody does."""

_REST = timedelta(seconds=30)
"""How long work rests that lost two workers without moving."""


# --------------------------------------------------------------------------- what is asked, made once

_QUEUE, _NOW = bindparam("queue", type_=String), bindparam("now", type_=UtcDateTime)
_RESTED = bindparam("rested", type_=UtcDateTime)
_MAX_STRIKES = bindparam("max_strikes", type_=Integer)


def _waits(shard: type[Shard]) -> ColumnElement[bool]:
    return and_(shard.queue == _QUEUE, shard.state == ShardState.PENDING.value, shard.queued_at <= _NOW)


def _runs(shard: type[Shard]) -> ColumnElement[bool]:
    return and_(shard.queue == _QUEUE, shard.state == ShardState.RUNNING.value, shard.lease_until >= _NOW)


def _may_have_another() -> ColumnElement[bool]:
    """Of what lost its worker, what may have another.

    A worker that dies takes the innocent down with the guilty: on their last chance they rest, to let others
    through, and run one at a time.
    """
    other = aliased(Shard)
    last_chance = select(other.id).where(_runs(other), other.strikes >= _MAX_STRIKES)
    return and_(
        Shard.queue == _QUEUE,
        Shard.state == ShardState.RUNNING.value,
        Shard.lease_until < _NOW,
        Shard.strikes < _MAX_STRIKES,
        or_(Shard.strikes < _MAX_STRIKES - 1, and_(Shard.lease_until < _RESTED, ~last_chance.exists())),
    )


def _projects(goes_on: Callable[[ColumnElement[str]], ColumnElement[bool]]) -> Select[str]:
    """Projects that something waits of, by name: those ``after`` one, and on from each that ``goes_on``.

    A loose index scan: from each project one seek finds the next.
    """

    def following(project: ColumnElement[str]) -> Select[str]:
        shard = aliased(Shard)
        rows = select(shard.project).where(_waits(shard), shard.project > project)
        return rows.order_by(shard.project).limit(1)

    first = following(bindparam("after", type_=String)).scalar_subquery()
    seen = select(first.label("project")).cte("seen", recursive=True)
    others = following(seen.c.project).correlate(seen).scalar_subquery()
    seen = seen.union_all(select(others).where(goes_on(seen.c.project)))
    return select(seen.c.project).where(seen.c.project.is_not(None))


_ALL_PROJECTS = _projects(lambda project: project.is_not(None))
_PROJECTS_TO_AN_IDLE_ONE = _projects(lambda project: project.in_(bindparam("busy", expanding=True)))
_RUNNING = (
    select(Shard.project, Shard.lane, func.count()).where(_runs(Shard)).group_by(Shard.project, Shard.lane)
)
_LOST = (
    select(Shard)
    .where(_may_have_another())
    .order_by(Shard.lease_until)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_OLDEST = (
    select(Shard)
    .where(_waits(Shard), Shard.project == bindparam("project"), Shard.lane == bindparam("lane"))
    .order_by(Shard.queued_at, Shard.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_MOST = bindparam("most", type_=Integer)
_CLAIMABLE = [
    select(func.count()).select_from(select(Shard.id).where(condition).limit(_MOST).subquery())
    for condition in (_waits(Shard), _may_have_another())
]


@dataclass(frozen=True, slots=True)
class Claim:
    """A shard that this worker holds, and what it needs to know of the job. ``pages`` None: not known yet.

    ``run`` and ``attempt`` fence it; ``strikes`` counts the claims since the shard last moved, with this one.
    """

    job_id: str
    project: str
    request: JobRequest
    shard_id: int
    ordinal: int
    kind: ShardKind
    queue: str
    pages: list[int] | None
    run: int
    attempt: int
    strikes: int
    owner: str
    source_key: str | None
    total_pages: int | None
    traceparent: str | None

    @property
    def is_first(self) -> bool:
        """Whether nobody had it before: nothing of its work is done."""
        return self.run == 1 and self.attempt == 1

    @classmethod
    def of(cls, shard: Shard, job: Job, owner: str) -> Claim:
        """The claim of a shard that ``owner`` just took.

        Raises:
            pydantic.ValidationError: the job's request is not one that this version knows.
        """
        return cls(
            job_id=job.id,
            project=job.project,
            request=JobRequest.model_validate(job.request),
            shard_id=shard.id,
            ordinal=shard.ordinal,
            kind=ShardKind(shard.kind),
            queue=shard.queue,
            pages=shard.pages,
            run=job.runs,
            attempt=shard.attempt,
            strikes=shard.strikes,
            owner=owner,
            source_key=job.source_key,
            total_pages=job.total_pages,
            traceparent=job.traceparent,
        )


class Turns:
    """Whose turn it is on each queue: one worker's way round the projects. May be used from any thread.

    Each worker goes its own way, so that none waits for another; where it begins is chance, so that workers
    that live short leave nobody out.
    """

    def __init__(self, chance: random.Random | None = None) -> None:
        self._chance = chance or random.Random()  # noqa: S311 - no secret
        self._served: dict[str, str] = {}

    def next_shard(self, session: Session, queue: str, now: datetime, max_strikes: int) -> Shard | None:
        """The shard to claim, locked; None when there is none that others are not just claiming."""
        here: dict[str, Any] = {"queue": queue, "now": now}
        if shard := session.scalar(_LOST, {**here, "rested": now - _REST, "max_strikes": max_strikes}):
            once_committed(session, partial(SHARDS_LOST.add, queue=queue))
            return shard
        running: dict[str, Counter[int]] = {}
        for name, lane, count in session.execute(_RUNNING, here):
            running.setdefault(name, Counter())[lane] = count
        in_vain: set[str] = set()
        while (project := self._project(session, here, running, in_vain)) is not None:
            self._served[queue] = project
            for lane in self._lanes(running.get(project, Counter())):
                if shard := session.scalar(_OLDEST, {**here, "project": project, "lane": lane}):
                    return shard
            in_vain.add(project)  # others are just claiming what it has
        return None

    def _project(
        self, session: Session, here: dict[str, Any], running: dict[str, Counter[int]], in_vain: set[str]
    ) -> str | None:
        """Of the waiting projects with the least running, the next after the one that was served last."""
        queue = here["queue"]
        if queue not in self._served:
            everybody = session.scalars(_ALL_PROJECTS, {**here, "after": ""}).all()
            self._served[queue] = self._chance.choice(everybody) if everybody else ""
        busy = running.keys() | in_vain
        found: list[str] = []
        for after in (self._served[queue], ""):
            if not found or found[-1] in busy:
                asked = {**here, "after": after, "busy": list(busy)}
                found += session.scalars(_PROJECTS_TO_AN_IDLE_ONE, asked)
        found = [project for project in found if project not in in_vain]
        return min(found, key=lambda project: running.get(project, Counter()).total(), default=None)

    def _lanes(self, running: Counter[int]) -> list[Lane]:
        """In which order the lanes of a project have their turn; ``running``: what each has at work."""
        others = sorted((Lane.REST, Lane.BATCH), key=lambda lane: (running[lane], self._chance.random()))
        after = self._chance.random() < _SHARE_OF_OTHERS
        return [*others, Lane.SOON] if after else [Lane.SOON, *others]


def count_claimable(session: Session, queue: str, now: datetime, max_strikes: int, most: int) -> int:
    """How many shards of the queue could be claimed now; it stops counting at ``most``."""
    asked = {"queue": queue, "now": now, "rested": now - _REST, "max_strikes": max_strikes, "most": most}
    return min(most, sum(session.scalar(counted, asked) or 0 for counted in _CLAIMABLE))
