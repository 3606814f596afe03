"""Waiting for what another process or thread does."""

from __future__ import annotations

import time
from collections.abc import Callable

import psutil


def soon(condition: Callable[[], bool], patience: float = 20.0) -> bool:
    """Whether it comes true within ``patience`` seconds: long, for machines that are busy."""
    limit = time.monotonic() + patience
    while not condition():
        if time.monotonic() > limit:
            return False
        time.sleep(0.01)
    return True


def runs(process: psutil.Process | int) -> bool:
    """Whether it has not ended: an orphan that has stays a zombie where nobody collects it."""
    try:
        if isinstance(process, int):
            process = psutil.Process(process)
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
