"""Waiting inside a call that knows nothing of jobs: for models that others use, for a GPU's memory.

Whoever works on a job says, once and around all of it, how its lease is kept alive and how users are told.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Check = Callable[[], None]
Tell = Callable[[str], None]

_LOOK_EVERY_SECONDS = 1.0

_CHECK: ContextVar[Check] = ContextVar("check", default=lambda: None)
_TELL: ContextVar[Tell] = ContextVar("tell", default=lambda message: None)


@contextmanager
def patient(check: Check, tell: Tell) -> Iterator[None]:
    """Within the block waits call ``check``, which raises to end them, and ``tell`` what they are for."""
    outer = _CHECK.set(check), _TELL.set(tell)
    try:
        yield
    finally:
        _CHECK.reset(outer[0])
        _TELL.reset(outer[1])


def tell(message: str) -> None:
    """Says what is waited for."""
    _TELL.get()(message)


def check() -> None:
    """Keeps the work alive that waits.

    Raises:
        Interrupted: the work must stop.
    """
    _CHECK.get()()


def pause(seconds: float) -> None:
    """Waits.

    Raises:
        Interrupted: the work must stop.
    """
    limit = time.monotonic() + seconds
    _CHECK.get()()
    while (left := limit - time.monotonic()) > 0:
        time.sleep(min(left, _LOOK_EVERY_SECONDS))
        _CHECK.get()()


@contextmanager
def held(lock: threading.Lock) -> Iterator[None]:
    """Holds ``lock`` for the length of the block, however long others have it before.

    Raises:
        Interrupted: the work must stop before it was free.
    """
    while not lock.acquire(timeout=_LOOK_EVERY_SECONDS):
        _CHECK.get()()
    try:
        yield
    finally:
        lock.release()
