"""How long a parser may compute that is slow on what nobody writes by hand."""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

PARSER_SECONDS = 30.0
"""Enough for the longest manuals in one file; then their text alone is read."""
_AGAIN_SECONDS, _MOST_TIMES = 1.0, 60
_SOONEST = 0.01


class OutOfTimeError(Exception):
    """The allowance is spent."""


@contextmanager
def allowed(seconds: float) -> Iterator[None]:
    """Ends the block with ``OutOfTimeError`` when its thread has computed for so long in it.

    Raised again and again until the block is left: libraries catch what they do not know. A thread beside it
    watches; a timer's signal would come to any thread, one of a library that has hardly a stack as well.
    """
    over = threading.Event()
    thread = threading.get_ident()
    watch = threading.Thread(target=_watch, args=(thread, seconds, over), daemon=True)
    watch.start()
    try:
        yield
    finally:
        over.set()
        watch.join()
        _raise_in(thread, None)  # what was not raised yet is not raised any more


def _watch(thread: int, seconds: float, over: threading.Event) -> None:
    clock = time.pthread_getcpuclockid(thread)
    end = time.clock_gettime(clock) + seconds
    while (left := end - time.clock_gettime(clock)) > 0:
        if over.wait(max(left, _SOONEST)):
            return
    for _ in range(_MOST_TIMES):
        _raise_in(thread, OutOfTimeError)
        if over.wait(_AGAIN_SECONDS):
            return


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    """Has ``thread`` raise ``error`` at its next step in Python; None takes one back."""
    raised = ctypes.py_object() if error is None else ctypes.py_object(error)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), raised)
