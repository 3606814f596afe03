"""What a reader child serves: the readers, without the right to start programs where none is needed."""

from __future__ import annotations

from pathlib import Path

from pipelines.readers.host import LocalReader, may_convert
from schemas.reading import DocumentInfo
from workers import sandbox


class HeldReader(LocalReader):
    """``LocalReader`` in a child of its own, for one document."""

    def open(self, path: Path, format_name: str) -> DocumentInfo:
        """See ``Reader.open``."""
        if not may_convert(format_name):
            sandbox.stay_alone()
        return super().open(path, format_name)
