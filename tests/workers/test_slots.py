"""Threads on queues: no more at once than slots, no ring lost, and an end that waits for what is in hand."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import InterfaceError

from tests.waiting import soon
from workers.slots import Slots


class Pile:
    """Work on queues: counts what is left and how many were at it at the same time."""

    def __init__(self, **pieces: int) -> None:
        self.left = dict(pieces)
        self.at_once = dict.fromkeys(pieces, 0)
        self.most = dict.fromkeys(pieces, 0)
        self.lock = threading.Lock()
        self.gate = threading.Event()
        self.gate.set()

    def work(self, queue: str) -> bool:
        with self.lock:
            if self.left[queue] == 0:
                return False
            self.left[queue] -= 1
            self.at_once[queue] += 1
            self.most[queue] = max(self.most[queue], self.at_once[queue])
        self.gate.wait(20)
        with self.lock:
            self.at_once[queue] -= 1
        return True

    def add(self, queue: str) -> None:
        with self.lock:
            self.left[queue] += 1


def test_one_ring_does_all_that_waits() -> None:
    pile = Pile(cpu=50, llm=3)
    slots = Slots(pile.work, {"cpu": 2, "llm": 1})
    slots.start()
    slots.ring("cpu")
    assert soon(lambda: pile.left["cpu"] == 0)
    assert pile.left["llm"] == 3
    slots.close()
    assert slots.join(20)


def test_a_queue_never_has_more_at_work_than_slots_and_others_go_on() -> None:
    pile = Pile(cpu=9, llm=9)
    pile.gate.clear()
    slots = Slots(pile.work, {"cpu": 2, "llm": 4})
    slots.start()
    slots.ring("cpu", 9)
    slots.ring("llm", 9)
    assert soon(lambda: (pile.at_once["cpu"], pile.at_once["llm"]) == (2, 4))
    pile.gate.set()
    assert soon(lambda: not any(pile.left.values()))
    assert pile.most == {"cpu": 2, "llm": 4}
    slots.close()
    assert slots.join(20)


@given(rings=st.lists(st.booleans(), max_size=30))
def test_whatever_is_rung_for_while_all_are_busy_is_done(rings: list[bool]) -> None:
    pile = Pile(cpu=0)
    slots = Slots(pile.work, {"cpu": 1})
    slots.start()
    for later in rings:
        if later:
            pile.gate.clear()
        pile.add("cpu")
        slots.ring("cpu")
        pile.gate.set()
    assert soon(lambda: pile.left["cpu"] == 0)
    slots.close()
    assert slots.join(20)


def test_a_ring_during_the_last_look_is_looked_after() -> None:
    looks: list[str] = []

    def work(queue: str) -> bool:
        looks.append(queue)
        if len(looks) == 1:
            slots.ring(queue)  # as if work came in just after this look found none
        return False

    slots = Slots(work, {"cpu": 1})
    slots.start()
    slots.ring("cpu")
    assert soon(lambda: len(looks) == 2)
    slots.close()
    assert slots.join(20)


def test_closing_ends_what_is_in_hand_and_begins_nothing() -> None:
    pile = Pile(cpu=5)
    pile.gate.clear()
    slots = Slots(pile.work, {"cpu": 2})
    slots.start()
    slots.ring("cpu", 2)
    assert soon(lambda: pile.at_once["cpu"] == 2)
    slots.close()
    assert not slots.join(0.01)
    pile.gate.set()
    assert slots.join(20)
    assert (pile.left["cpu"], pile.at_once["cpu"]) == (3, 0)


@pytest.mark.parametrize(
    "error", [InterfaceError("", {}, OSError("the database is away")), RuntimeError("a bug")]
)
def test_a_look_that_fails_is_logged_and_the_next_ring_is_heard(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    failures = [error]
    done = threading.Event()

    def work(_queue: str) -> bool:
        if failures:
            raise failures.pop()
        done.set()
        return False

    slots = Slots(work, {"cpu": 1})
    slots.start()
    slots.ring("cpu")
    assert soon(lambda: "the queue cpu could not be" in caplog.text)
    slots.ring("cpu")
    assert done.wait(20)
    assert (caplog.records[0].exc_info is None) == isinstance(error, InterfaceError)
    slots.close()
    assert slots.join(20)


def test_without_any_queue_it_is_there_until_it_is_closed() -> None:
    slots = Slots(Pile().work, {})
    slots.start()
    assert not slots.join(0.01)
    slots.close()
    assert slots.join(20)


def test_a_ring_for_a_queue_of_others_is_ignored() -> None:
    slots = Slots(Pile(cpu=0).work, {"cpu": 1})
    slots.start()
    slots.ring("gpu")
    slots.close()
    assert slots.join(20)
