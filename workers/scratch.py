"""Where documents are worked on: a folder of this process, which others clear away when it is gone."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

_LOCK = ".lock"
_OLD_SECONDS = 24 * 3600.0


class Scratch:
    """A folder below ``root``, made with its first use.

    A file beside it is locked for as long as the process lives: numbers of processes say nothing to a
    worker in another container that has the same data folder, and come again after a restart.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self.path = root / uuid.uuid4().hex
        self._lock: int | None = None

    @contextlib.contextmanager
    def folder(self) -> Iterator[Path]:
        """A new folder in it, removed with the block."""
        self.make()
        with tempfile.TemporaryDirectory(dir=self.path, ignore_cleanup_errors=True) as folder:
            yield Path(folder)

    def make(self) -> Path:
        """Makes it, with its lock, if it is not there."""
        if self._lock is None:
            self._root.mkdir(parents=True, exist_ok=True)
            self._lock = _locked(self.path.with_suffix(_LOCK))
        self.path.mkdir(mode=0o700, exist_ok=True)
        return self.path

    def clear_others(self) -> None:
        """Removes what processes that were killed left."""
        for lock in self._root.glob(f"*{_LOCK}"):
            if lock.stem != self.path.name:
                _remove_if_nobodys(lock)
        for entry in self._root.glob("*"):
            if entry.suffix != _LOCK and not entry.with_suffix(_LOCK).exists() and _is_old(entry):
                _remove(entry)


def _locked(path: Path) -> int:
    """The handle of the file ``path``, made and locked: while it is open nobody takes it for left behind."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX)
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_ino == os.fstat(handle).st_ino:
                return handle
        os.close(handle)  # somebody who cleared up was between the two


def _remove_if_nobodys(lock: Path) -> None:
    try:
        handle = os.open(lock, os.O_RDWR)
    except FileNotFoundError:
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    else:
        _remove(lock.with_suffix(""))
        lock.unlink(missing_ok=True)
    finally:
        os.close(handle)


def _is_old(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime > _OLD_SECONDS
    except FileNotFoundError:
        return False


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
