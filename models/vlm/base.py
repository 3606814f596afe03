"""What a vision model does, wherever it runs."""

from __future__ import annotations

from typing import Protocol

from models.base import Image
from schemas.vision import Transcript


class VisionModel(Protocol):
    """Answers a prompt about a picture. Safe to call from any thread."""

    def transcribe(self, image: Image, prompt: str) -> Transcript:
        """The answer to ``prompt``, the same each time as far as the model allows.

        Raises:
            VisionFailed: the model cannot be asked or gave no answer; the message is for the user.
        """
        ...
