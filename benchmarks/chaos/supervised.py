"""Processes that are started again whenever they end, as any supervisor of services would."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

_PAUSE_SECONDS = 0.5


class Supervised:
    """A command that runs from ``start`` to ``stop``. ``ends`` are the exit codes of its runs so far."""

    def __init__(self, argv: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self._argv, self._environment, self.log = list(argv), dict(environment), log
        self._stopping = threading.Event()
        self._changing = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self.ends: list[int] = []

    def start(self) -> None:
        """Starts it for the first time."""
        self._spawn()
        self._watcher.start()

    def tree(self) -> list[psutil.Process]:
        """The process and all below it; empty while it is down."""
        process = self._process
        try:
            root = psutil.Process(process.pid) if process and process.poll() is None else None
            return [root, *root.children(recursive=True)] if root else []
        except psutil.NoSuchProcess:
            return []

    def stop(self, patience: float) -> bool:
        """Asks it to end; killed when it has not after ``patience`` seconds, then False."""
        with self._changing:
            self._stopping.set()
            process = self._process
        if process is None:
            return True
        process.terminate()
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return False
        return True

    def _spawn(self) -> None:
        with self._changing:
            if self._stopping.is_set():
                return
            with self.log.open("ab") as log:
                self._process = subprocess.Popen(
                    self._argv, env=self._environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
                )

    def _watch(self) -> None:
        while not self._stopping.is_set():
            assert self._process is not None
            self.ends.append(self._process.wait())
            self._stopping.wait(_PAUSE_SECONDS)
            self._spawn()


def until(condition: Callable[[], bool], patience: float, pause: float = 0.1) -> bool:
    """Whether it comes true within ``patience`` seconds."""
    limit = time.monotonic() + patience
    while not condition():
        if time.monotonic() > limit:
            return False
        time.sleep(pause)
    return True
