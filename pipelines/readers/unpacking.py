"""Where the documents inside another go: files of the scratch folder, under names of our own."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path, PurePosixPath

from pipelines.readers.base import Enclosed, ReaderSetup
from schemas.errors import TooLarge

_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,10}")
_LONGEST_NAME = 200


class Unpacking:
    """Gathers what an envelope encloses, in order, as long as it is no larger than allowed."""

    def __init__(self, setup: ReaderSetup) -> None:
        self.enclosed: list[Enclosed] = []
        self._folder = Path(tempfile.mkdtemp(prefix="unpacked-", dir=setup.scratch))
        self._limit = self._room = setup.max_unpacked_bytes

    def add(self, data: bytes, name: str, mime_type: str | None = None) -> None:
        """Writes a document; of its name only the extensions get into a path: they tell the types of texts.

        Raises:
            TooLarge: all of them together are larger than allowed.
        """
        self._room -= len(data)
        if self._room < 0:
            raise TooLarge(
                f"The documents inside are larger than the {self._limit} bytes that are allowed unpacked: "
                "send them one by one, or raise OCTAVO_MAX_UNPACKED_BYTES."
            )
        name = " ".join(name.split())[-_LONGEST_NAME:]
        suffixes = PurePosixPath(name.replace("\\", "/")).suffixes[-2:]
        safe = "".join(suffix for suffix in suffixes if _SUFFIX.fullmatch(suffix))
        path = self._folder / f"{len(self.enclosed) + 1}{safe}"
        path.write_bytes(data)
        self.enclosed.append(Enclosed(path, name, mime_type))
