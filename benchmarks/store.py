"""Results on disk: one JSON a run under ``benchmarks/out``, with what is needed to repeat it."""

from __future__ import annotations

import json
import os
import platform
import shlex
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from benchmarks.corpus import REPOSITORY
from benchmarks.peers import ENGINES

_MODEL = "OCTAVO_LLM_MODEL"
OUT = REPOSITORY / "benchmarks" / "out"


def write(name: str, result: dict[str, object], engines: Iterable[str] = ()) -> Path:
    """Stores a result with its circumstances; an older one of the same name is replaced.

    ``engines`` names the engines whose versions matter; Octavo's own is the commit.
    """
    OUT.mkdir(parents=True, exist_ok=True)
    path = OUT / f"{name}.json"
    path.write_text(
        json.dumps({**circumstances(engines), **result}, indent=1, ensure_ascii=False), encoding="utf-8"
    )
    return path


def read_all(prefix: str, folder: Path | None = None) -> list[dict[str, Any]]:
    """The stored results whose name starts so, by name; ``folder``: where they are, if not here."""
    paths = sorted((folder or OUT).glob(f"{prefix}*.json"))
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths]


def circumstances(engines: Iterable[str] = ()) -> dict[str, object]:
    """The command, the machine, the date and the versions of this run."""
    return {
        "command": shlex.join(["python", "-m", "benchmarks", *sys.argv[1:]]),
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "machine": machine(),
        "versions": {"python": platform.python_version(), "commit": _commit()}
        | {name: ENGINES[name].version() for name in engines if name != "octavo"}
        | ({"language model": os.environ[_MODEL]} if os.environ.get(_MODEL) else {}),
    }


def machine() -> str:
    """The processor, its cores, the memory and the system, in words."""
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.machine()}"
    )


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or "unknown processor"


def _commit() -> str:
    answer = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.stdout.strip() or "unknown"
