"""A vision model behind an OpenAI-compatible chat server."""

from __future__ import annotations

from models import images
from models.base import Image
from models.chat import ChatFailed, ChatServer, Naming, Traffic
from schemas.errors import VisionFailed
from schemas.vision import Transcript

_NAMING = Naming("The vision model", "OCTAVO_VISION", "OCTAVO_VISION")


class OpenAiServer:
    """Asks a ``ChatServer``, ``parallel`` pictures at a time.

    ``timeout`` is that of one try, in seconds; ``longest_side`` is of the picture that is sent, in pixels.
    """

    def __init__(
        self,
        base_url: str,
        model: str,
        api_key: str | None = None,
        *,
        timeout: float = 120.0,
        max_tokens: int = 8192,
        longest_side: int = 1800,
        parallel: int = 4,
    ) -> None:
        traffic = Traffic(parallel)
        self._server = ChatServer(
            base_url, model, api_key, _NAMING, traffic, timeout=timeout, max_tokens=max_tokens
        )
        self._longest_side = longest_side

    def transcribe(self, image: Image, prompt: str) -> Transcript:
        """See ``VisionModel``."""
        picture = images.jpeg_base64(images.within(image, self._longest_side))
        content = [
            {"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{picture}"}},
            {"type": "text", "text": prompt},
        ]
        try:
            answer = self._server.complete([{"role": "user", "content": content}])
        except ChatFailed as error:
            raise VisionFailed(error.message) from error
        return Transcript(answer.text, answer.input_tokens, answer.output_tokens, finished=answer.finished)

    def close(self) -> None:
        """Gives the connections back."""
        self._server.close()
