"""Page stage: keeps of a page what only extraction from the whole document needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from models import images
from pipelines.readers.base import Reader
from pipelines.work import PageWork

# Longest side of a kept picture (pixels): small print stays legible, a page takes some 200 kB.
_LONGEST_SIDE = 1600


class KeepEvidence:
    """Keeps the fields of an interactive form and, where a model is to look at it, the page's picture."""

    name: ClassVar[str] = "evidence"
    reads: ClassVar[frozenset[str]] = frozenset({"source"})
    writes: ClassVar[frozenset[str]] = frozenset({"fields", "picture"})
    batch: ClassVar[int] = 1

    def __init__(self, reader: Reader, *, pictures: bool) -> None:
        self._reader = reader
        self._pictures = pictures

    def __call__(self, pages: Sequence[PageWork]) -> None:
        """See ``PageStage``."""
        for page in pages:
            if page.source is None:
                continue
            page.fields = self._reader.fields(page.number)
            if self._pictures:
                shown = self._reader.render(page.number, page.source.ocr_scale)
                page.picture = images.jpeg(images.within(shown, _LONGEST_SIDE))
