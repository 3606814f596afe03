"""Threads that take turns at one who answers, and whose like calls go together."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from schemas.errors import Interrupted
from tests.waiting import soon
from workers import patience
from workers.children import turns
from workers.children.turns import Turns


class Model:
    """Doubles numbers; keeps what it was asked together, and takes its time with the first call."""

    def __init__(self, line: Turns) -> None:
        self.line = line
        self.asked: list[list[int]] = []
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.threads = ThreadPoolExecutor(16)

    def ask(self, items: list[int]) -> list[int]:
        self.asked.append(items)
        self.begun.set()
        assert self.go_on.wait(20)
        if 13 in items:
            raise ValueError("unlucky")
        return [2 * item for item in items]

    def call(self, kind: str | None, item: int) -> Future[Any]:
        """A call on a thread of its own, once it stands in line."""
        before = self.line.load
        answer = self.threads.submit(self.line.take, kind, item, self.ask)
        assert soon(lambda: self.line.load > before)
        return answer

    def busy_with(self, item: int) -> Future[Any]:
        """A first call that is at work, so that others must wait."""
        answer = self.call("first", item)
        assert self.begun.wait(20)
        return answer


def test_what_waits_goes_together_in_the_order_in_which_it_came() -> None:
    model = Model(Turns(most=3))
    calls = [model.busy_with(0)]
    calls += [model.call(kind, item) for kind, item in (("a", 1), ("b", 2), ("a", 3), ("a", 4), ("a", 5))]
    model.go_on.set()
    assert [call.result(20) for call in calls] == [0, 2, 4, 6, 8, 10]
    assert model.asked == [[0], [1, 3, 4], [2], [5]]
    assert model.line.load == 0


@pytest.mark.parametrize(("most", "kind"), [(1, "a"), (8, None)])
def test_what_cannot_go_together_goes_alone(most: int, kind: str | None) -> None:
    model = Model(Turns(most))
    calls = [model.busy_with(0), *(model.call(kind, item) for item in (1, 2))]
    model.go_on.set()
    assert [call.result(20) for call in calls] == [0, 2, 4]
    assert model.asked == [[0], [1], [2]]


def test_who_finds_nobody_at_work_waits_for_others_but_not_for_ever() -> None:
    model = Model(Turns(most=2, seconds=3600))
    one = model.call("a", 1)
    assert model.asked == []  # it waits
    other = model.call("a", 2)
    model.go_on.set()
    assert (one.result(20), other.result(20)) == (2, 4)
    assert model.asked == [[1, 2]]
    alone = Model(Turns(most=2, seconds=0.01))
    alone.go_on.set()
    assert alone.line.take("a", 1, alone.ask) == 2


def test_one_that_fails_costs_no_other() -> None:
    model = Model(Turns(most=8))
    first = model.busy_with(0)
    calls = [model.call("a", item) for item in (12, 13, 14)]
    model.go_on.set()
    assert first.result(20) == 0
    assert calls[0].result(20) == 24
    with pytest.raises(ValueError, match="unlucky"):
        calls[1].result(20)
    assert calls[2].result(20) == 28
    assert model.asked == [[0], [12, 13, 14], [12], [13], [14]]


def test_work_that_must_stop_leaves_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "_LOOK_EVERY_SECONDS", 0.001)
    model = Model(Turns(most=8))
    first = model.busy_with(0)

    def stopped() -> Any:
        def check() -> None:
            raise Interrupted("cancelled")

        with patience.patient(check, lambda _: None):
            return model.line.take("a", 1, model.ask)

    with pytest.raises(Interrupted):
        model.threads.submit(stopped).result(20)
    last = model.call("a", 2)
    model.go_on.set()
    assert (first.result(20), last.result(20)) == (0, 4)
    assert model.asked == [[0], [2]]


def test_who_must_stop_while_asking_for_others_leaves_them_to_ask() -> None:
    model = Model(Turns(most=8))

    def stops(items: list[int]) -> list[int]:
        raise Interrupted("cancelled")

    first = model.busy_with(0)
    own = model.threads.submit(model.line.take, "a", 1, stops)
    assert soon(lambda: model.line.load == 2)
    other = model.call("a", 2)
    model.go_on.set()
    assert first.result(20) == 0
    with pytest.raises(Interrupted):
        own.result(20)
    assert other.result(20) == 4
