"""Workers as they tell of themselves, on SQLite and on a real Postgres."""

from __future__ import annotations

from datetime import timedelta

from tests.clock import Clock
from workers.jobs.ledger.engine import Ledger
from workers.jobs.ledger.workers import ALIVE, Workers


def test_a_worker_is_alive_as_long_as_it_tells(ledger: Ledger, clock: Clock) -> None:
    workers = Workers(ledger)
    workers.tell("a", ["cpu"], "mark", 5)
    began = clock.moment
    clock.forward(20)
    workers.tell("b", ["gpu", "llm"], "other", 1 << 40)
    clock.forward(20)
    (alive,) = workers.alive()
    assert (alive.owner, alive.queues, alive.reading_mark, alive.rss) == (
        "b",
        ["gpu", "llm"],
        "other",
        1 << 40,
    )
    workers.tell("a", ["cpu"], "mark", 7)
    first, second = workers.alive(ALIVE)
    assert (first.owner, second.owner) == ("a", "b")
    assert (first.rss, first.started_at, first.seen_at) == (
        7,
        began,
        clock.moment - timedelta(microseconds=1),
    )


def test_a_worker_that_ends_is_forgotten(ledger: Ledger) -> None:
    workers = Workers(ledger)
    workers.tell("a", ["cpu"], "mark", 5)
    workers.forget("b")
    assert [worker.owner for worker in workers.alive()] == ["a"]
    workers.forget("a")
    assert workers.alive() == []


def test_workers_that_were_killed_are_forgotten_by_and_by(ledger: Ledger, clock: Clock) -> None:
    workers = Workers(ledger)
    workers.tell("killed", ["cpu"], "mark", 5)
    clock.forward(3601)
    workers.tell("b", ["cpu"], "mark", 5)
    assert [worker.owner for worker in workers.alive(timedelta(days=1))] == ["b"]
