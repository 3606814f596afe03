"""What an OCR engine does."""

from __future__ import annotations

from typing import Protocol

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
