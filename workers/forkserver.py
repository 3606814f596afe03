"""The server that children are forked from, with the heavy imports done: so one starts in milliseconds.

Nothing of Octavo is imported here, so that whoever will want children can start it before all else: its
imports then go on beside those of the process itself.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
from collections.abc import Iterator
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import ForkServerContext

# The first gives up the environment. The one that looks libraries up by running programs: children may not.
_PRELOADED = [
    "workers.bare",
    "pipelines.readers.pdf.reader",
    "pipelines.readers.host",
    "workers.children.inside",
    "pyseccomp",
    "pyzbar.pyzbar",
    "workers.children.shared",
]


def start() -> None:
    """Starts it unless it runs, and does not wait for its imports."""
    context()
    resource_tracker.ensure_running()  # it lets Ctrl-C through again
    with _without_ctrl_c():
        forkserver.ensure_running()


def context() -> ForkServerContext:
    """The way to start processes by it."""
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(_PRELOADED)
    return found


@contextlib.contextmanager
def _without_ctrl_c() -> Iterator[None]:
    """What is started in the block never hears of Ctrl-C, which is for us: also not while it imports."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
