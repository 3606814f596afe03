"""Spare children: one is forked for each that is taken, and what goes wrong there costs nobody anything."""

from __future__ import annotations

import itertools
import logging
from typing import cast

import pytest

from tests.waiting import soon
from workers.children.spares import Spare, Spares


class _Process:
    def is_alive(self) -> bool:
        return True


class _Made:
    """Stands for a spare."""

    def __init__(self) -> None:
        self.process = _Process()
        self.ended = False

    def end(self) -> None:
        self.ended = True


def _made(spare: Spare | None) -> _Made | None:
    return cast("_Made | None", spare)


def test_who_comes_later_finds_one() -> None:
    made: list[_Made] = []

    def fork() -> Spare:
        made.append(_Made())
        return cast("Spare", made[-1])

    spares = Spares(fork, 2)
    assert spares.take() is None
    assert soon(lambda: spares.waiting == 1)
    assert _made(spares.take()) is made[0]
    assert soon(lambda: spares.waiting == 1)
    spares.close()
    assert [one.ended for one in made] == [False, True]
    assert spares.take() is None


def test_a_quick_fork_is_for_whoever_comes_next(monkeypatch: pytest.MonkeyPatch) -> None:
    ask = Spares._have_another_forked

    def ask_and_be_overtaken(spares: Spares) -> None:
        ask(spares)
        assert soon(lambda: spares.waiting == 1)

    monkeypatch.setattr(Spares, "_have_another_forked", ask_and_be_overtaken)
    spares = Spares(lambda: cast("Spare", _Made()), 1)
    assert spares.take() is None
    assert [spares.take() is None for _ in range(3)] == [False, False, False]
    spares.close()


def test_a_fork_that_fails_does_not_end_the_forking(caplog: pytest.LogCaptureFixture) -> None:
    tries = itertools.count()

    def fork() -> Spare:
        if next(tries) == 0:
            raise OSError("out of processes")
        return cast("Spare", _Made())

    spares = Spares(fork, 1)
    with caplog.at_level(logging.WARNING):
        assert spares.take() is None
        assert soon(lambda: "OSError" in caplog.text)
    assert spares.take() is None
    assert soon(lambda: spares.waiting == 1)
    spares.close()
