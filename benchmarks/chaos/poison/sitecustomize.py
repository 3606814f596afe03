"""Python imports this at its start. It kills children that open a document with the mark in its beginning."""

import contextlib
import multiprocessing
import os
import signal
import sys
from pathlib import Path
from typing import Any

_MARK = os.environ["CHAOS_POISON"].encode()
_looking = False


def _look(event: str, arguments: tuple[Any, ...]) -> None:
    global _looking
    if event != "open" or _looking or multiprocessing.parent_process() is None:
        return
    _looking = True
    with contextlib.suppress(OSError, TypeError, ValueError):
        path = Path(os.fspath(arguments[0]))
        if path.name.startswith("source") and _MARK in path.read_bytes()[:256]:
            os.kill(os.getpid(), signal.SIGKILL)
    _looking = False


sys.addaudithook(_look)
