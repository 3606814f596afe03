"""How long a parser may compute that is slow on what nobody writes by hand."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

PARSER_SECONDS = 10.0
"""Enough for the longest manuals in one file; then their text alone is read."""
_AGAIN_SECONDS = 1.0


class OutOfTimeError(Exception):
    """The allowance is spent."""


@contextmanager
def allowed(seconds: float) -> Iterator[None]:
    """Ends the block with ``OutOfTimeError`` when this process has computed for so long in it.

    Only the main thread can be ended so (a reader child has no other); elsewhere the block may take longer.
    Raised again and again until the block is left: libraries catch what they do not know.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(_signal: int, _frame: FrameType | None) -> None:
        raise OutOfTimeError

    before = signal.signal(signal.SIGVTALRM, end)
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds, _AGAIN_SECONDS)
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.0)
        signal.signal(signal.SIGVTALRM, before)
