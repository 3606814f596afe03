"""Work that takes its workers down, on SQLite and on a real Postgres."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.options import Configuration
from schemas.requests import JobRequest, JobType, SourceFields
from tests.clock import Clock
from workers.jobs.ledger.engine import Ledger
from workers.jobs.ledger.jobs import Jobs
from workers.jobs.ledger.poison import LONGEST_PAUSE, pause_seconds
from workers.jobs.ledger.shards import Claim, Shards
from workers.jobs.ledger.tables import Job
from workers.jobs.ledger.windows import Window, Windows

PROJECT = "default/default"
WINDOW = 2


class Desk:
    """One job whose workers die."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self.clock = clock
        self.jobs, self.shards = Jobs(ledger), Shards(ledger, max_attempts=3)
        self.windows = Windows(ledger)
        self.id = self.submit()

    def submit(self) -> str:
        source = SourceFields(file_url="https://example.org/a.pdf")
        request = JobRequest(job_type=JobType.PARSE, source=source, configuration=Configuration())
        return self.jobs.create(PROJECT, request).id

    @property
    def job(self) -> Job:
        return self.jobs.get(PROJECT, self.id)

    def claim(self) -> Claim:
        claimed = self.shards.claim_next("cpu", "w", 30)
        assert claimed is not None
        return claimed

    def die(self) -> None:
        """The worker that has the shard is gone, and the sweep comes by."""
        self.clock.forward(61)
        self.shards.fail_poisoned(WINDOW)

    def read(self, claim: Claim, pages: list[int]) -> None:
        assert self.windows.keep(claim, Window(pages[0], pages, f"window {pages}", "blob"))


@pytest.fixture
def desk(ledger: Ledger, clock: Clock) -> Desk:
    return Desk(ledger, clock)


def test_three_deaths_at_the_opening_end_the_job(desk: Desk) -> None:
    for _ in range(3):
        assert not desk.job.ended
        desk.claim()
        assert desk.shards.fail_poisoned(WINDOW) == []
        desk.die()
    assert desk.job.status == "failure"
    assert "3 times" in (desk.job.error or "")
    assert "opened this document" in (desk.job.error or "")
    assert desk.shards.claim_next("cpu", "w", 30) is None
    assert desk.shards.fail_poisoned(WINDOW) == []


def test_a_document_that_moves_on_may_lose_any_number_of_workers(desk: Desk) -> None:
    first = desk.claim()
    desk.shards.split(first, 20, list(range(1, 21)), [])
    for page in range(1, 21, 2):
        desk.read(desk.claim() if page > 1 else first, [page, page + 1])
        desk.die()
    last = desk.claim()
    assert (last.attempt, last.strikes) == (11, 2)
    assert desk.shards.complete_pages(last)


def test_three_deaths_on_the_same_pages_end_the_job_and_they_are_named(desk: Desk) -> None:
    claimed = desk.claim()
    desk.shards.split(claimed, 6, [1, 2, 3, 4, 5, 6], [])
    desk.read(claimed, [1, 2])
    desk.die()
    desk.claim()
    desk.die()
    assert not desk.job.ended
    desk.claim()
    desk.die()
    assert "pages 3 to 4" in (desk.job.error or "")


def test_a_lone_page_is_named_alone(desk: Desk) -> None:
    desk.shards.split(desk.claim(), 9, [9], [])
    desk.die()
    for _ in range(2):
        desk.claim()
        desk.die()
    assert "page 9 of" in (desk.job.error or "")


def test_three_deaths_at_the_end_are_told_as_such(desk: Desk) -> None:
    assert desk.shards.complete_pages(desk.claim())
    for _ in range(3):
        desk.claim()
        desk.die()
    assert "put the pages" in (desk.job.error or "")


def test_the_innocent_are_not_taken_for_the_guilty(desk: Desk) -> None:
    """A document kills the worker that has another in hand, too, which never gets a window done in time."""
    guilty, innocent = desk.id, desk.submit()
    for _ in range(2):
        assert {desk.claim().job_id, desk.claim().job_id} == {guilty, innocent}
        desk.die()
    alone = desk.claim()
    fresh = desk.submit()
    assert desk.claim().job_id == fresh
    assert desk.shards.claim_next("cpu", "w", 30) is None
    assert desk.shards.claimable("cpu") == 0
    if alone.job_id == guilty:
        desk.die()
        assert desk.job.status == "failure"
    else:
        desk.read(alone, [1])
    others = {desk.claim().job_id for _ in range(2 if alone.job_id == guilty else 1)}
    assert others == ({innocent, fresh} if alone.job_id == guilty else {guilty})


def test_what_lost_two_workers_rests_and_lets_others_through(desk: Desk, clock: Clock) -> None:
    for _ in range(2):
        desk.claim()
        clock.forward(31)
    other = desk.submit()
    assert desk.claim().job_id == other
    assert desk.shards.claim_next("cpu", "w", 30) is None
    clock.forward(29)
    assert desk.claim().job_id == desk.id


def test_steps_that_are_kept_count_as_moves(desk: Desk) -> None:
    for _ in range(5):
        assert desk.shards.moved(desk.claim())
        desk.die()
    assert not desk.job.ended
    lost = desk.claim()
    desk.die()
    assert desk.claim().attempt == lost.attempt + 1
    assert not desk.shards.moved(lost)


def test_errors_count_like_deaths(desk: Desk, clock: Clock) -> None:
    desk.claim()
    desk.die()
    assert desk.shards.retry_later(desk.claim(), "broken")
    clock.forward(LONGEST_PAUSE)
    assert not desk.shards.retry_later(desk.claim(), "broken")
    assert desk.job.error == "broken"


@given(strikes=st.integers(0, 10_000))
def test_pauses_grow_and_differ_and_have_an_end(strikes: int) -> None:
    longest = min(LONGEST_PAUSE, 4.0 ** min(strikes, 9))
    pauses = [pause_seconds(strikes) for _ in range(8)]
    assert all(longest / 2 <= pause <= longest for pause in pauses)
    assert len(set(pauses)) > 1
