"""Duties: each is one worker's at a time, and comes back when that one is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from tests.clock import Clock
from workers.jobs.ledger.duties import LEASE, Duties
from workers.jobs.ledger.engine import Ledger

EVERY = timedelta(hours=1)


@pytest.fixture
def duties(ledger: Ledger) -> Duties:
    return Duties(ledger)


def test_a_duty_is_one_workers_until_it_is_done_and_due_again(duties: Duties, clock: Clock) -> None:
    assert duties.due({"a": EVERY, "b": EVERY}) == ["a", "b"]
    assert duties.take("a", "one", EVERY)
    assert not duties.take("a", "two", EVERY)
    assert duties.due({"a": EVERY, "b": EVERY}) == ["b"]
    duties.done("a", "two")
    assert not duties.take("a", "two", EVERY)
    duties.done("a", "one")
    assert not duties.take("a", "two", EVERY)
    clock.forward(EVERY.total_seconds())
    assert duties.due({"a": EVERY}) == ["a"]
    assert duties.take("a", "two", EVERY)


def test_a_duty_of_a_worker_that_is_lost_is_anothers(duties: Duties, clock: Clock) -> None:
    assert duties.take("a", "one", EVERY)
    clock.forward(LEASE.total_seconds() - 1)
    assert duties.keep("a", "one")
    clock.forward(LEASE.total_seconds() - 1)
    assert not duties.take("a", "two", EVERY)
    clock.forward(2)
    assert duties.take("a", "two", EVERY)
    assert not duties.keep("a", "one")
    duties.give_back("a", "one")
    assert not duties.take("a", "three", EVERY)


def test_a_duty_that_is_given_back_is_due_at_once(duties: Duties) -> None:
    assert duties.take("a", "one", EVERY)
    duties.give_back("a", "one")
    assert duties.take("a", "two", EVERY)


def test_of_many_one_takes_it(duties: Duties) -> None:
    together = Barrier(8)

    def take(owner: str) -> bool:
        together.wait()
        return duties.take("a", owner, EVERY)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, map(str, range(8)))) == 1
