"""An engine at arm's length: started, fed, timed, and killed when it takes too long."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import msgspec
import psutil

from benchmarks.corpus import REPOSITORY
from benchmarks.peers import View
from benchmarks.scores.extraction import Filled
from benchmarks.scores.merges import FoundTable
from benchmarks.scores.regions import PageRegion
from schemas.geometry import BBox

_START_SECONDS = 120.0
_SAMPLE_SECONDS = 0.05


class EngineStartError(Exception):
    """The engine does not start: not installed, or it failed while loading."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One document read by one engine; ``error`` says why ``markdown`` is empty when it could not be.

    ``regions`` is None where the engine gives none, ``finds``, ``angle``, ``filled`` and ``merged`` (see
    ``peers.Reading``) too.
    """

    markdown: str
    seconds: float
    cpu_seconds: float
    error: str | None = None
    stages: dict[str, float] = field(default_factory=dict)
    regions: list[PageRegion] | None = None
    finds: list[PageRegion] | None = None
    angle: float | None = None
    filled: list[Filled] | None = None
    merged: list[FoundTable] | None = None


class EngineProcess:
    """A child process that holds one engine; started on first use and again after a crash."""

    def __init__(
        self, engine: str, limit_seconds: float, log: Path | None = None, view: View = View.ALL
    ) -> None:
        self.engine = engine
        self.view = view
        self.limit_seconds = limit_seconds
        self.peak_bytes = 0
        self._log = log
        self._process: psutil.Popen | None = None
        self._lines: SimpleQueue[str] = SimpleQueue()

    def __enter__(self) -> EngineProcess:
        self.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    def start(self) -> psutil.Popen:
        """Starts the engine and waits until it is loaded.

        Raises:
            EngineStartError: it does not come up.
        """
        with self._log.open("ab") if self._log else contextlib.nullcontext(subprocess.DEVNULL) as log:
            self._process = psutil.Popen(
                _command(self.engine, self.view),
                cwd=REPOSITORY,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
            )
        self._lines = SimpleQueue()
        threading.Thread(target=_pump, args=(self._process.stdout, self._lines), daemon=True).start()
        threading.Thread(target=self._watch, args=(self._process,), daemon=True).start()
        if not self._answer(_START_SECONDS).get("ready"):
            self.stop()
            raise EngineStartError(f"{self.engine} did not start; see {self._log or 'its messages'}.")
        return self._process

    def read(self, path: Path) -> Outcome:
        """Has one document read. A crash or timeout is an outcome too; the next one finds a new process."""
        process = self._process or self.start()
        started, cpu = time.perf_counter(), _cpu_seconds(process)
        with contextlib.suppress(OSError):
            process.stdin.write(f"{path.absolute()}\n")
            process.stdin.flush()
        answer = self._answer(self.limit_seconds)
        spent = _cpu_seconds(process) - cpu
        if "seconds" not in answer:
            self.stop()
            return Outcome("", time.perf_counter() - started, spent, answer["error"])
        return Outcome(
            answer.get("markdown", ""),
            answer["seconds"],
            spent,
            answer.get("error"),
            answer.get("stages", {}),
            _regions(answer.get("regions")),
            _regions(answer.get("finds")),
            answer.get("angle"),
            _filled(answer.get("filled")),
            msgspec.convert(answer.get("merged"), list[FoundTable] | None),
        )

    def stop(self) -> None:
        """Ends the process and all it started."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(psutil.NoSuchProcess):
            for child in [*process.children(recursive=True), process]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    child.kill()
        process.wait()

    def _answer(self, limit: float) -> dict[str, Any]:
        try:
            line = self._lines.get(timeout=limit)
        except Empty:
            return {"error": f"took longer than {limit:.0f} s"}
        return json.loads(line) if line else {"error": "the process died"}

    def _watch(self, process: psutil.Popen) -> None:
        while process.poll() is None:
            self.peak_bytes = max(self.peak_bytes, _memory_bytes(process))
            time.sleep(_SAMPLE_SECONDS)


def _command(engine: str, view: View) -> list[str]:
    return [sys.executable, "-m", "benchmarks.child", engine, view]


def _regions(found: list[dict[str, Any]] | None) -> list[PageRegion] | None:
    if found is None:
        return None
    return [PageRegion(r["label"], BBox(*r["box"]), r["page"], r["text"], r.get("score")) for r in found]


def _filled(found: list[dict[str, Any]] | None) -> list[Filled] | None:
    return None if found is None else [msgspec.convert(field, Filled) for field in found]


def _pump(stream: Any, lines: SimpleQueue[str]) -> None:
    for line in stream:
        lines.put(line)
    lines.put("")


def _tree(process: psutil.Process) -> Iterator[psutil.Process]:
    yield process
    with contextlib.suppress(psutil.Error):
        yield from process.children(recursive=True)


def _memory_bytes(process: psutil.Process) -> int:
    total = 0
    for member in _tree(process):
        with contextlib.suppress(psutil.Error):
            total += member.memory_info().rss
    return total


def _cpu_seconds(process: psutil.Process) -> float:
    """Processor time of the tree so far, ended and awaited children included."""
    total = 0.0
    for member in _tree(process):
        with contextlib.suppress(psutil.Error):
            times = member.cpu_times()
            total += sum(
                getattr(times, n, 0.0) for n in ("user", "system", "children_user", "children_system")
            )
    return total
