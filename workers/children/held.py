"""What a reader child serves: the readers, without the right to start programs where none is needed."""

from __future__ import annotations

import ctypes
from pathlib import Path

from pipelines.readers.base import ReaderSetup
from pipelines.readers.host import LocalReader, may_convert
from schemas.reading import DocumentInfo
from workers import sandbox

# Of glibc's malloc.h: how much free memory is kept, and from which size on the kernel gives it each time.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_KEPT = 256 << 20


class HeldReader(LocalReader):
    """``LocalReader`` in a child of its own, for one document."""

    def __init__(self, setup: ReaderSetup) -> None:
        """Networks take and give back a hundred megabytes a page: they are kept for the next page."""
        super().__init__(setup)
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # not every C library has it
        if mallopt is not None:
            mallopt(_M_TRIM_THRESHOLD, _KEPT)
            mallopt(_M_MMAP_THRESHOLD, _KEPT)

    def open(self, path: Path, format_name: str) -> DocumentInfo:
        """See ``Reader.open``."""
        if not may_convert(format_name):
            sandbox.stay_alone()
        return super().open(path, format_name)
