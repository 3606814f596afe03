"""Random walks of several workers, with leases that run out: a job ends once, with all its pages done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from schemas.options import Configuration
from schemas.progress import Report
from schemas.requests import JobRequest, JobType, SourceFields
from workers.jobs.ledger.engine import Ledger, migrate, open_engine
from workers.jobs.ledger.jobs import Jobs
from workers.jobs.ledger.poison import LONGEST_PAUSE
from workers.jobs.ledger.shards import Claim, Shards
from workers.jobs.ledger.tables import Shard, ShardKind, ShardState
from workers.jobs.ledger.windows import Window, Windows

LEASE = 30.0
STEPS = st.tuples(
    st.sampled_from(
        [
            "claim",
            "claim",
            "claim",
            "stall",
            "renew",
            "split",
            "work",
            "release",
            "retry",
            "stall",
            "checkpoint",
        ]
    ),
    st.integers(0, 2),
)


class Walk:
    """One job, three workers that may lose their leases, and a clock."""

    def __init__(self, ledger: Ledger, clock: list[datetime]) -> None:
        self.ledger, self.clock = ledger, clock
        self.jobs, self.shards = Jobs(ledger), Shards(ledger, max_attempts=10_000)
        self.windows = Windows(ledger)
        request = JobRequest(
            job_type=JobType.PARSE,
            source=SourceFields(file_url="https://example.org/a.pdf"),
            configuration=Configuration(),
        )
        self.job_id = self.jobs.create("walk/walk", request).id
        self.held: list[Claim | None] = [None, None, None]
        self.latest: dict[int, Claim] = {}
        self.finished = 0
        self.versions = [1]

    def step(self, what: str, worker: int) -> None:
        claim = self.held[worker]
        if what == "stall":
            self.clock[0] += timedelta(seconds=LEASE + 1)
        elif what == "claim" and claim is None:
            self.held[worker] = self.claim(f"w{worker}")
        elif claim is not None:
            self.act(what, worker, claim)
        self.look()

    def claim(self, owner: str) -> Claim | None:
        claim = self.shards.claim_next("cpu", owner, LEASE)
        if claim is not None:
            self.latest[claim.shard_id] = claim
        return claim

    def fenced(self, claim: Claim, done: object) -> bool:
        """Only the latest claim of a shard may do anything to it."""
        assert not done or self.latest[claim.shard_id] is claim
        return bool(done)

    def act(self, what: str, worker: int, claim: Claim) -> None:
        if what == "renew":
            if not self.fenced(
                claim, self.shards.renew(claim, LEASE, Report(pages_done=1, stage=f"by {worker}"))
            ):
                self.held[worker] = None
        elif what == "split" and claim.kind is ShardKind.PAGES:
            self.fenced(claim, self.shards.split(claim, 7, [1, 2], [[3, 4], [5, 6]]))
        elif what == "checkpoint":
            self.fenced(claim, self.windows.keep(claim, Window(0, [1], f"f{claim.ordinal}", "blob")))
        elif what in ("release", "retry"):
            given_up = (
                self.shards.release(claim) if what == "release" else self.shards.retry_later(claim, "x")
            )
            self.fenced(claim, given_up)
            self.held[worker] = None
        elif what == "work":
            self.work(claim)
            self.held[worker] = None

    def work(self, claim: Claim) -> None:
        if claim.kind is ShardKind.ASSEMBLE:
            self.finished += self.fenced(claim, self.shards.finish(claim, "result", 6, 7))
        else:
            self.fenced(claim, self.shards.complete_pages(claim))

    def look(self) -> None:
        job = self.jobs.get("walk/walk", self.job_id)
        assert job.version >= self.versions[-1]
        self.versions.append(job.version)
        assert self.finished == (job.status == "successful")
        with self.ledger.read() as session:
            rows = list(session.scalars(select(Shard).where(Shard.job_id == self.job_id)))
        pages = [r for r in rows if r.kind == ShardKind.PAGES]
        assemble = [r for r in rows if r.kind == ShardKind.ASSEMBLE]
        assert len(pages) in (1, 3)
        assert len(assemble) == all(r.state == ShardState.DONE for r in pages)
        assert all((r.lease_owner is not None) == (r.state == ShardState.RUNNING) for r in rows)

    def to_the_end(self) -> None:
        self.clock[0] += timedelta(seconds=LONGEST_PAUSE + 3 * LEASE)
        while (claim := self.claim("last")) is not None:
            self.work(claim)
        self.look()
        assert self.finished == 1


@pytest.fixture(scope="module")
def clock() -> list[datetime]:
    return [datetime(2026, 1, 1, tzinfo=UTC)]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory, clock: list[datetime]) -> Iterator[Ledger]:
    engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('walks') / 'ledger.db'}")
    migrate(engine)
    ledger = Ledger(engine, lambda: clock[0])
    yield ledger
    ledger.close()


@settings(max_examples=50)
@given(steps=st.lists(STEPS, min_size=20, max_size=50))
def test_however_workers_come_and_go_the_job_ends_once(
    ledger: Ledger, clock: list[datetime], steps: list[tuple[str, int]]
) -> None:
    walk = Walk(ledger, clock)
    for what, worker in steps:
        walk.step(what, worker)
    walk.to_the_end()
