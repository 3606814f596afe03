"""Asking models elsewhere: several questions at once, heeding the word to stop."""

from __future__ import annotations

import contextvars
import logging
import re
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from functools import partial
from typing import TypeVar

from models.base import Engines
from schemas.errors import LlmFailed
from schemas.llm import LlmName, Question, Reply

log = logging.getLogger(__name__)

T = TypeVar("T")

_CHECK_SECONDS = 1.0
_AT_ONCE = 32
"""Threads that wait for answers: how many questions a server gets at a time is its model's business."""


# What Markdown and HTML show, fetch or follow: pictures, links, where links lead, tags.
_TARGET = re.compile(r"^ {0,3}\[[^\[\]\n]+\]:.*$", re.MULTILINE)
_IMAGE = re.compile(r"!\[[^\[\]]*\]\([^()]*\)")
_LINK = re.compile(r"\[([^\[\]]*)\]\([^()]*\)")
_TAG = re.compile(r"</?[A-Za-z!?][^<>]*>")
_BEGUN = re.compile(r"\](?=[(\[])|<(?=[A-Za-z/!?])")


def plain(answer: str) -> str:
    """What a model wrote in its own words, as text: without pictures and tags, of links the words alone.

    A page that shows it may render it: an injected picture would carry away what its address holds.
    """
    for pattern, instead in ((_TARGET, ""), (_IMAGE, ""), (_LINK, r"\1"), (_TAG, "")):
        answer = pattern.sub(instead, answer)
    return _BEGUN.sub(lambda found: f"{found[0]} ", answer).strip()


def ask_llm(
    engines: Engines, questions: Sequence[Question], llm: LlmName, check: Callable[[], None]
) -> list[Reply | LlmFailed]:
    """The answers of a language model, or why there is none, in the order of the questions.

    ``check`` is called about once a second; when it raises, the answers still out are left to themselves.
    """
    return answers([partial(_reply, engines, question, llm) for question in questions], check)


def answers(calls: Sequence[Callable[[], T]], check: Callable[[], None]) -> list[T]:
    """What each of ``calls`` gives, in their order; they run on threads of their own. ``check``: as above."""
    given: list[T] = []
    for first in range(0, len(calls), _AT_ONCE):
        pending = [_on_a_thread(call) for call in calls[first : first + _AT_ONCE]]
        while wait(pending, timeout=_CHECK_SECONDS).not_done:
            check()
        given += [one.result() for one in pending]
    return given


def _reply(engines: Engines, question: Question, llm: LlmName) -> Reply | LlmFailed:
    try:
        return engines.answer(question, llm)
    except LlmFailed as error:
        return error
    except Exception as error:  # what can be done without a model is not lost for it
        log.warning("the language model failed: %s", type(error).__name__)
        return LlmFailed(f"The language model failed ({type(error).__name__}).")


def _on_a_thread(call: Callable[[], T]) -> Future[T]:
    """The answer to come. The thread is a daemon: a slow answer must not hold a process that ends."""
    answer: Future[T] = Future()

    def work() -> None:
        try:
            answer.set_result(call())
        except BaseException as error:  # told to whoever waits for it
            answer.set_exception(error)

    threading.Thread(target=contextvars.copy_context().run, args=(work,), daemon=True).start()
    return answer
