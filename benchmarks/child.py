"""The engine's own process: paths in, one a line; one JSON line out for each.

Run as ``python -m benchmarks.child ENGINE VIEW``. Whatever the engine prints goes to standard error.
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import asdict
from pathlib import Path

from benchmarks.peers import ENGINES, Read, View


def _answer(read: Read, path: Path) -> dict[str, object]:
    started = time.perf_counter()
    try:
        reading = read(path)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"[:300], "seconds": time.perf_counter() - started}
    return {
        "markdown": reading.markdown,
        "stages": reading.stages,
        "regions": None if reading.regions is None else [asdict(region) for region in reading.regions],
        "finds": None if reading.finds is None else [asdict(find) for find in reading.finds],
        "angle": reading.angle,
        "filled": None if reading.filled is None else [asdict(field) for field in reading.filled],
        "merged": None if reading.merged is None else [asdict(table) for table in reading.merged],
        "seconds": time.perf_counter() - started,
    }


def main(engine: str, view: View) -> None:
    """Serves until standard input ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    read = ENGINES[engine].load(view)
    print(json.dumps({"ready": True}), file=answers, flush=True)
    for line in sys.stdin:
        print(json.dumps(_answer(read, Path(line.rstrip("\n")))), file=answers, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], View(sys.argv[2]))
