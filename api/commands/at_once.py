"""Many documents, one after another or several at a time; each that cannot be read costs only itself."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Sequence
from queue import SimpleQueue
from typing import TypeVar

from api.commands.inputs import Input

T = TypeVar("T")

_PATIENCE_SECONDS = 10.0
"""How long those in hand may take to be given up."""


def outcomes(
    inputs: Sequence[Input], work: Callable[[Input], T], at_a_time: int, interrupt: Callable[[], None]
) -> Generator[tuple[Input, T | Exception], None, None]:
    """Each input as it ends, with what ``work`` made of it or raised; close it to give up what is left.

    ``interrupt`` is called then, and on Ctrl-C, so that ``work`` that is under way ends.
    """
    if min(at_a_time, len(inputs)) <= 1:
        for one in inputs:
            yield one, _outcome(work, one)
        return
    waiting, ended = deque(inputs), SimpleQueue[tuple[Input, T | Exception]]()

    def read() -> None:
        while True:
            try:
                one = waiting.popleft()
            except IndexError:
                return
            ended.put((one, _outcome(work, one)))

    threads = [
        threading.Thread(target=read, name=f"reading-{number}", daemon=True)
        for number in range(min(at_a_time, len(inputs)))
    ]
    for thread in threads:
        thread.start()
    try:
        for _ in inputs:
            yield ended.get()
    except BaseException:
        waiting.clear()
        interrupt()
        raise
    finally:
        for thread in threads:
            thread.join(_PATIENCE_SECONDS)


def _outcome(work: Callable[[Input], T], one: Input) -> T | Exception:
    try:
        return work(one)
    except Exception as error:
        return error
