"""How much a child may take: what the kernel counts for each process, and what the parent watches."""

from __future__ import annotations

import contextlib
import resource
from pathlib import Path

import msgspec

_OPEN_FILES = 1024
_LOCKED_BYTES = 8 << 20


class Limits(msgspec.Struct, frozen=True):
    """What a child may take; 0 means no limit.

    The kernel holds each of its processes to ``address_space`` and ``file_size``, in bytes. The parent
    watches them all together: ``resident`` bytes of memory, ``tasks`` (processes and threads),
    ``cpu_share`` (seconds of computing for each second that a call may take), ``disk`` bytes in ``folder``.
    ``setting`` is the name of the setting that says how much memory there is.
    """

    address_space: int = 0
    file_size: int = 0
    resident: int = 0
    tasks: int = 0
    cpu_share: float = 0.0
    disk: int = 0
    folder: Path | None = None
    setting: str = ""

    def set(self) -> None:
        """Puts the kernel's part upon this process and all that it starts."""
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        _lower(resource.RLIMIT_NOFILE, _OPEN_FILES)
        _lower(resource.RLIMIT_MEMLOCK, _LOCKED_BYTES)
        if self.file_size:
            _lower(resource.RLIMIT_FSIZE, self.file_size)
        if self.address_space:
            with contextlib.suppress(ValueError, OSError):  # macOS refuses this one
                _lower(resource.RLIMIT_AS, self.address_space)


def _lower(limit: int, value: int) -> None:
    _, most = resource.getrlimit(limit)
    value = value if most == resource.RLIM_INFINITY else min(value, most)
    resource.setrlimit(limit, (value, value))
