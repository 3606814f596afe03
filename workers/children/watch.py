"""One thread that looks after all children of this process: what outgrows its limits is ended, with a reason.

A child may not come to answer any more, and its parent waits for it: so another thread must look. What
a child starts is of its group of processes, and counts with it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from workers.children.limits import Limits

_LOOK_SECONDS, _REST_SECONDS = 0.1, 1.0
"""How often children are looked at while one is in a call, and while none is."""
_LOOKS_A_WALK = 5
"""Folders are looked at less often: some hold many files."""
_BLOCK = 512
"""Bytes of what ``st_blocks`` counts."""
_MOST_FILES = 20_000
"""In a scratch folder: more of them fill a disk's tables, however small they are."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a child was ended: ``cause`` is counted, ``reason`` is for users."""

    cause: str
    reason: str


class Ward:
    """A child that is looked after, and the call that it is in."""

    def __init__(self, pid: int, limits: Limits) -> None:
        self.pid, self.limits = pid, limits
        self.verdict: Verdict | None = None
        self._seconds = 0.0
        self._until: float | None = None
        self._computed = 0.0
        self._new_call = False
        self._looks = 0

    @property
    def in_call(self) -> bool:
        """Whether somebody waits for its answer."""
        return self._until is not None

    def begin(self, seconds: float) -> None:
        """A call begins, which may take ``seconds``."""
        self._seconds, self._until, self._new_call = seconds, time.monotonic() + seconds, True

    def end(self) -> None:
        """The call is over; what the child still does counts with it."""
        self._until = None

    def kill(self) -> None:
        """Ends it with all that it started."""
        for kill in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                kill(self.pid, signal.SIGKILL)

    def look(self, family: list[psutil.Process]) -> None:
        """Ends it if it has outgrown its limits; ``family`` are the processes of its group."""
        self.verdict = self.verdict or self._late() or self._grown(family) or self._wrote(family)
        if self.verdict is not None:
            self.kill()

    def _late(self) -> Verdict | None:
        if self._until is None or time.monotonic() < self._until:
            return None
        return Verdict("timeout", f"it took longer than {self._seconds:.0f} seconds and was stopped")

    def _grown(self, family: list[psutil.Process]) -> Verdict | None:
        resident, tasks, computed = 0, 0, 0.0
        for process in family:
            with contextlib.suppress(psutil.Error), process.oneshot():
                resident += process.memory_info().rss
                tasks += process.num_threads()
                computed += sum(process.cpu_times()[:4])
        if self._new_call:
            self._new_call, self._computed = False, computed
        most = self.limits
        if most.resident and resident > most.resident:
            reason = (
                f"it needs more memory than it may have ({most.setting}) and was stopped: send a simpler file"
            )
            return Verdict("memory", reason)
        if most.tasks and tasks > most.tasks:
            return Verdict("processes", "it started more processes than it may have and was stopped")
        if most.cpu_share and computed - self._computed > max(1.0, most.cpu_share * self._seconds):
            return Verdict("cpu", "it computed for longer than it may and was stopped")
        return None

    def _wrote(self, family: list[psutil.Process]) -> Verdict | None:
        folder, most = self.limits.folder, self.limits.disk
        self._looks += 1
        if folder is None or not most or self._looks % _LOOKS_A_WALK:
            return None
        if _has_more(folder, most - _unlinked(family)):
            return Verdict("disk", "unpacked it takes more room than it may have: send it in parts")
        return None


class Watch:
    """The thread, which starts with the first child, and the children."""

    def __init__(self) -> None:
        self._wards: set[Ward] = set()
        self._news = threading.Condition()
        self._thread: threading.Thread | None = None

    def add(self, ward: Ward) -> None:
        """Looks after ``ward`` from now on."""
        with self._news:
            self._wards.add(ward)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="watch-children", daemon=True)
                self._thread.start()

    def discard(self, ward: Ward) -> None:
        """Looks after ``ward`` no more."""
        with self._news:
            self._wards.discard(ward)

    @contextlib.contextmanager
    def call(self, ward: Ward, seconds: float) -> Iterator[None]:
        """Around a call, which may take ``seconds``."""
        with self._news:
            ward.begin(seconds)
            self._news.notify()
        try:
            yield
        finally:
            ward.end()

    def _run(self) -> None:
        while True:
            with self._news:
                if not any(ward.in_call for ward in self._wards):
                    self._news.wait(_REST_SECONDS if self._wards else None)
            time.sleep(_LOOK_SECONDS)
            with self._news:
                wards = list(self._wards)
            families = _families() if wards else {}
            for ward in wards:
                ward.look(families.get(ward.pid, []))


def _families() -> dict[int, list[psutil.Process]]:
    """All processes of this machine by their groups."""
    families: dict[int, list[psutil.Process]] = defaultdict(list)
    for pid in psutil.pids():
        with contextlib.suppress(OSError, psutil.Error):
            families[os.getpgid(pid)].append(psutil.Process(pid))
    return families


def _has_more(folder: Path, most: int) -> bool:
    """Whether there are more than ``most`` bytes, or very many files, in ``folder``."""
    files, taken, folders = 0, 0, [str(folder)]
    while folders and taken <= most and files <= _MOST_FILES:
        with contextlib.suppress(OSError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                files += 1
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                else:
                    taken += _BLOCK * entry.stat(follow_symlinks=False).st_blocks
                if taken > most or files > _MOST_FILES:
                    break
    return taken > most or files > _MOST_FILES


def _unlinked(family: list[psutil.Process]) -> int:
    """Bytes of the files without a name that they hold open; 0 where the system does not say."""
    taken: dict[tuple[int, int], int] = {}
    for process in family:
        with contextlib.suppress(OSError):
            for handle in Path(f"/proc/{process.pid}/fd").iterdir():
                with contextlib.suppress(OSError):
                    found = handle.stat()
                    if stat.S_ISREG(found.st_mode) and found.st_nlink == 0:
                        taken[found.st_dev, found.st_ino] = _BLOCK * found.st_blocks
    return sum(taken.values())


WATCH = Watch()
"""This process's."""
