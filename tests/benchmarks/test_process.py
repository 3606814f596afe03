from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from benchmarks import process
from benchmarks.peers import View
from benchmarks.process import EngineProcess, EngineStartError
from tests.waiting import runs, soon

CHILD = """
import json, os, sys, time
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    name = line.strip().rsplit("/", 1)[-1]
    if name == "crash": os._exit(3)
    if name == "hang": time.sleep(60)
    answer = {"error": "Bad: no"} if name.startswith("bad") else {"markdown": name, "stages": {"s": 1.0}}
    print(json.dumps({**answer, "seconds": 0.5}), flush=True)
"""


def fake_engine(folder: Path) -> Callable[[str, View], list[str]]:
    """The command of an engine that answers by the file's name."""
    script = folder / "child.py"
    script.write_text(CHILD, encoding="utf-8")
    return lambda _engine, _view: [sys.executable, str(script)]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> EngineProcess:
    monkeypatch.setattr(process, "_command", fake_engine(tmp_path))
    return EngineProcess("any", limit_seconds=0.7)


def test_a_crash_a_hang_and_an_error_cost_one_document_each(engine: EngineProcess) -> None:
    with engine:
        assert engine.read(Path("good")).markdown == "good"
        assert engine.read(Path("bad")).error == "Bad: no"
        assert engine.read(Path("crash")).error == "the process died"
        assert engine.read(Path("good")).stages == {"s": 1.0}
        assert engine.read(Path("hang")).error == "took longer than 1 s"
        assert engine.read(Path("good")).error is None
    assert engine.peak_bytes > 0


def test_nothing_is_left_running(engine: EngineProcess) -> None:
    others = psutil.Process().children(recursive=True)  # the servers of other tests
    with engine:
        engine.read(Path("good"))
        started = [p for p in psutil.Process().children(recursive=True) if p not in others]
        assert started
    assert soon(lambda: not any(map(runs, started)))


def test_an_engine_that_does_not_come_up_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        process, "_command", lambda _engine, _view: [sys.executable, "-c", "raise SystemExit(1)"]
    )
    with pytest.raises(EngineStartError, match="any"):
        EngineProcess("any", limit_seconds=1.0).start()
