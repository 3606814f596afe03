"""Page stage: the places on a form that can be filled in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from models.base import Engines
from pipelines.readers.base import Reader
from pipelines.work import PageWork


class FindBlanks:
    """Finds what can be filled in on each page: fields of the file's own form, and what is only drawn.

    ``interactive``: the file's fields are used; ``drawn``: on pages where the file knows none, lines, boxes
    and gaps are looked for, too.
    """

    name: ClassVar[str] = "blanks"
    reads: ClassVar[frozenset[str]] = frozenset({"number"})
    writes: ClassVar[frozenset[str]] = frozenset({"blanks"})
    batch: ClassVar[int] = 1

    def __init__(self, reader: Reader, engines: Engines, *, interactive: bool, drawn: bool) -> None:
        self._reader = reader
        self._engines = engines
        self._interactive = interactive
        self._drawn = drawn

    def __call__(self, pages: Sequence[PageWork]) -> None:
        """See ``PageStage``."""
        for page in pages:
            if self._interactive:
                page.blanks = self._reader.blanks(page.number)
