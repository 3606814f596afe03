"""What a command took: by the clock, and of the processor by it and by all that it started."""

from __future__ import annotations

import contextlib
import ctypes
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import psutil

_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of linux/prctl.h


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds: of the clock, and of the processor by the whole tree of processes."""

    wall: float
    cpu: float


class CommandFailedError(Exception):
    """A command did not end as it should."""


def spent(
    command: Sequence[str],
    environment: Mapping[str, str],
    folder: str,
    code: int = 0,
    patience: float = 120.0,
) -> Spent:
    """Runs ``command`` in ``folder`` and waits for it and for what it leaves behind.

    Raises:
        CommandFailedError: its exit code is not ``code``, or it takes longer than ``patience`` seconds.
    """
    with _all_that_it_starts() as cpu:
        began = time.perf_counter()
        try:
            done = subprocess.run(
                command,
                env=dict(environment),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=patience,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise CommandFailedError(f"{command[-1]} took longer than {patience:.0f} s") from None
        wall = time.perf_counter() - began
        if done.returncode != code:
            said = done.stderr.decode(errors="replace").strip()[-500:]
            raise CommandFailedError(f"{' '.join(command)} ended with {done.returncode}: {said}")
    return Spent(wall, cpu())


def median(runs: Sequence[Spent]) -> Spent:
    """The medians of several runs."""
    return Spent(statistics.median(run.wall for run in runs), statistics.median(run.cpu for run in runs))


@contextlib.contextmanager
def _all_that_it_starts() -> Iterator[Callable[[], float]]:
    """Counts the processor's seconds of what ends in the block, and waits for what lives longer.

    A fork server is nobody's child once the command has ended: on Linux it becomes ours.
    """
    known = {child.pid for child in psutil.Process().children()}
    before = _children()
    _adopt(yes=True)
    try:
        yield lambda: _children() - before
        while left := [child.pid for child in psutil.Process().children() if child.pid not in known]:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(left[0], 0)
    finally:
        _adopt(yes=False)


def _adopt(*, yes: bool) -> None:
    """Whether processes further down that lose their parent become this one's children."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SUBREAPER, int(yes), 0, 0, 0)


def _children() -> float:
    times = os.times()
    return times.children_user + times.children_system
