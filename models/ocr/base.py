"""What an OCR engine does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from models.base import Image
from schemas.reading import TextLine


class OcrEngine(Protocol):
    """Reads the text of an upright page picture. Safe to call from any thread.

    Engines that run beside the other models are rows of ``models.catalog``, built with the process's
    ``Runtime`` and ``OcrSetup``.
    """

    def read(self, image: Image) -> list[TextLine]:
        """Lines with words and confidences (0 to 1), top to bottom; boxes in pixels of ``image``.

        Raises:
            PageUnreadable: the engine cannot read this picture; the message says what to do.
        """
        ...


@runtime_checkable
class PageBatches(Protocol):
    """An engine that is faster with several pages at once."""

    def read_all(self, pictures: Sequence[Image]) -> list[list[TextLine]]:
        """What ``OcrEngine.read`` gives for each."""
        ...
