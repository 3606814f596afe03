"""Several questions at once: answers in order, and a word to stop that is heard."""

from __future__ import annotations

import threading
from functools import partial

import pytest

from pipelines.asking import answers, ask_llm
from schemas.errors import Interrupted, LlmFailed
from schemas.llm import LlmName, Question, Reply
from tests.fakes.engines import FakeEngines


def test_answers_come_in_the_order_of_the_calls_and_at_the_same_time() -> None:
    together = threading.Barrier(3, timeout=20)

    def call(number: int) -> int:
        together.wait()
        return number

    assert answers([partial(call, number) for number in range(3)], lambda: None) == [0, 1, 2]


def test_many_calls_are_all_answered() -> None:
    assert answers([partial(str, number) for number in range(100)], lambda: None) == [*map(str, range(100))]


def test_an_error_comes_to_whoever_asked() -> None:
    with pytest.raises(ZeroDivisionError):
        answers([lambda: 1 // 0], lambda: None)


def test_waiting_ends_when_the_work_is_to_stop() -> None:
    released = threading.Event()

    def check() -> None:
        raise Interrupted("the job was cancelled")

    with pytest.raises(Interrupted):
        answers([partial(released.wait, 20)], check)
    released.set()


def test_what_the_model_cannot_do_is_an_answer() -> None:
    engines = FakeEngines(replies=[ValueError("secret text"), LlmFailed("No.", 3, 1), Reply("Yes.")])
    replies = [ask_llm(engines, [Question("", "")], LlmName.SONNET, lambda: None)[0] for _ in range(3)]
    unexpected, failed, reply = replies
    assert isinstance(unexpected, LlmFailed)
    assert "secret" not in unexpected.message
    assert isinstance(failed, LlmFailed)
    assert (failed.message, failed.input_tokens) == ("No.", 3)
    assert reply == Reply("Yes.")
    assert engines.calls == ["answer sonnet"] * 3
