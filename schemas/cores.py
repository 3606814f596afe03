"""How many cores this process may use: a container's share of a machine, not the machine's own number."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_GROUPS = Path("/sys/fs/cgroup")
_OWN_GROUP = Path("/proc/self/cgroup")


@cache
def cores() -> int:
    """Cores that this process may use, one at least; a quota of one and a half counts as two."""
    return max(1, math.ceil(min(_bound_to(), quota(_GROUPS, _OWN_GROUP))))


def _bound_to() -> int:
    """Cores that the scheduler lets this process run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def quota(groups: Path, own_group: Path) -> float:
    """Cores' worth of time that control groups (version 2, else 1) allow; infinite where none says.

    Args:
        groups: where the control groups are mounted.
        own_group: the file that names this process's own, one line a hierarchy.
    """
    return min((*_second_version(groups, own_group), *_first_version(groups)), default=math.inf)


def _second_version(groups: Path, own_group: Path) -> Iterator[float]:
    """Of every group that this process is in, from its own up to the root."""
    lines = _read(own_group).splitlines()
    path = next((line.removeprefix("0::/") for line in lines if line.startswith("0::/")), "")
    group = groups / path
    for folder in (group, *group.parents):
        if not folder.is_relative_to(groups):
            return
        match _read(folder / "cpu.max").split():
            case [time, period] if time.isdecimal() and period.isdecimal() and int(period):
                yield int(time) / int(period)


def _first_version(groups: Path) -> Iterator[float]:
    """Of the group that is mounted as a container's root."""
    time, period = (_read(groups / "cpu" / f"cpu.cfs_{name}_us").strip() for name in ("quota", "period"))
    if time.isdecimal() and period.isdecimal() and int(period):  # no quota is -1
        yield int(time) / int(period)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, ValueError):
        return ""
