"""Back-pressure: as many jobs as may wait, of all and of each project, and when to come again."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from schemas.errors import QuotaExceeded
from schemas.options import Configuration
from schemas.requests import JobRequest, JobType, SourceFields
from tests.clock import Clock
from workers.jobs.ledger.backlog import Backlog
from workers.jobs.ledger.engine import Ledger
from workers.jobs.ledger.jobs import Jobs
from workers.jobs.ledger.meters import Meters
from workers.jobs.ledger.shards import Shards
from workers.jobs.metering import JOBS

REQUEST = JobRequest(
    job_type=JobType.PARSE,
    source=SourceFields(file_url="https://example.org/a.pdf"),
    configuration=Configuration(),
)


def backlog(ledger: Ledger, most: int = 0, **own: int) -> Backlog:
    return Backlog(ledger, most, lambda project: own.get(project, 0))


def submit(ledger: Ledger, gate: Backlog, project: str = "a", times: int = 1) -> None:
    for _ in range(times):
        gate.admit(project)
        Jobs(ledger).create(project, REQUEST)


def end_one(ledger: Ledger) -> None:
    shards = Shards(ledger)
    claim = shards.claim_next("cpu", "w", 30)
    assert claim is not None
    assert shards.fail(claim, "over")


def test_no_more_than_the_limit_are_taken_in(ledger: Ledger, clock: Clock) -> None:
    gate = backlog(ledger, most=3)
    submit(ledger, gate, "a", 2)
    submit(ledger, gate, "b")
    for project in "abc":
        with pytest.raises(QuotaExceeded, match="OCTAVO_MAX_WAITING_JOBS"):
            gate.admit(project)
    end_one(ledger)
    clock.forward(1)
    gate.admit("c")


def test_a_project_s_own_limit_is_its_own(ledger: Ledger) -> None:
    gate = backlog(ledger, most=10, a=2)
    submit(ledger, gate, "a", 2)
    with pytest.raises(QuotaExceeded, match="max_waiting_jobs"):
        gate.admit("a")
    submit(ledger, gate, "b", 3)


def test_jobs_that_run_count_and_those_that_ended_do_not(ledger: Ledger, clock: Clock) -> None:
    gate = backlog(ledger, most=2)
    submit(ledger, gate, times=2)
    Shards(ledger).claim_next("cpu", "w", 30)
    clock.forward(1)
    with pytest.raises(QuotaExceeded):
        gate.admit("a")


def test_another_process_hears_of_jobs_that_it_did_not_take_in(ledger: Ledger, clock: Clock) -> None:
    here, there = backlog(ledger, most=4), backlog(ledger, most=4)
    submit(ledger, here, times=3)
    submit(ledger, there)
    clock.forward(1)
    for gate in (here, there):
        with pytest.raises(QuotaExceeded):
            gate.admit("a")


def test_many_submits_are_counted_with_one_look(ledger: Ledger) -> None:
    asked: list[str] = []
    event.listen(ledger.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    gate = backlog(ledger, most=50)
    for _ in range(50):
        gate.admit("a")
    with pytest.raises(QuotaExceeded):
        gate.admit("a")
    assert sum("FROM jobs" in statement for statement in asked) == 1


def test_without_limits_nothing_is_asked(ledger: Ledger) -> None:
    asked: list[str] = []
    event.listen(ledger.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    backlog(ledger).admit("a")
    assert asked == []


@pytest.mark.parametrize(("ended", "seconds"), [(62, 1), (7, 5), (4, 8), (0, 10), (0.001, 600)])
def test_when_to_come_again_follows_the_pace(
    ledger: Ledger, clock: Clock, ended: float, seconds: int
) -> None:
    gate = backlog(ledger, most=1)
    Meters(ledger).add({(f"{JOBS.name}_total", "{}"): 100.0})
    submit(ledger, gate)
    clock.forward(1)
    with pytest.raises(QuotaExceeded) as unknown:
        gate.admit("a")
    assert unknown.value.retry_after == 10
    clock.forward(30)
    Meters(ledger).add({(f"{JOBS.name}_total", "{}"): ended})
    with pytest.raises(QuotaExceeded) as known:
        gate.admit("a")
    assert known.value.retry_after == seconds
    assert f"in {seconds} seconds" in known.value.message
