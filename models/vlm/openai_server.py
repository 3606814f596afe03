"""A vision model behind an OpenAI-compatible chat server: vLLM or another one's own, or a hosted one."""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

import openai

from models import images
from models.base import Image
from schemas.errors import VisionFailed
from schemas.vision import Transcript

# At DEBUG the client's logs hold whole requests and answers: the document.
logging.getLogger("openai").setLevel(logging.WARNING)

_RETRIES = 3
_REST_SECONDS = 60.0
"""How long a server that could not be reached is left alone: each page would wait for it in vain."""


class OpenAiServer:
    """Asks a server's chat completions, ``parallel`` at a time; trouble that may pass is tried again.

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
        # Without a key the client would take one from the environment, meant for another server.
        self._client = openai.OpenAI(
            base_url=base_url, api_key=api_key or "none", timeout=timeout, max_retries=_RETRIES
        )
        self._model, self._timeout, self._longest_side = model, timeout, longest_side
        self._settings: dict[str, Any] = {"max_tokens": max_tokens, "temperature": 0}
        self._slots = threading.BoundedSemaphore(parallel)
        self._left_alone_until = 0.0

    def transcribe(self, image: Image, prompt: str) -> Transcript:
        """See ``VisionModel``."""
        picture = images.jpeg_base64(images.within(image, self._longest_side))
        content = [
            {"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{picture}"}},
            {"type": "text", "text": prompt},
        ]
        with self._slots:
            if time.monotonic() < self._left_alone_until:
                raise VisionFailed("The vision model's server did not answer a moment ago.")
            return _transcript(self._ask([{"role": "user", "content": content}]))

    def close(self) -> None:
        """Gives the connections back."""
        self._client.close()

    def _ask(self, messages: list[dict[str, Any]]) -> Any:
        settings = self._settings
        try:
            return self._client.chat.completions.create(
                model=self._model,
                messages=messages,  # type: ignore[arg-type]
                **settings,
            )
        except openai.BadRequestError as error:
            adapted = _adapted(settings, str(error))
            if adapted is None:
                raise VisionFailed(
                    "The vision model's server refused the request (HTTP 400): the model may take no picture,"
                    " or less than OCTAVO_VISION_MAX_TOKENS."
                ) from error
            self._settings = adapted
            return self._ask(messages)
        except openai.APIConnectionError as error:
            self._left_alone_until = time.monotonic() + _REST_SECONDS
            raise VisionFailed(self._unreached(error)) from error
        except openai.APIStatusError as error:
            raise VisionFailed(_refused(error.status_code)) from error
        except (openai.OpenAIError, ValueError) as error:
            raise VisionFailed("The vision model's server gave an answer that makes no sense.") from error

    def _unreached(self, error: openai.APIConnectionError) -> str:
        if isinstance(error, openai.APITimeoutError):
            return f"The vision model took longer than {self._timeout:.0f} seconds (OCTAVO_VISION_TIMEOUT)."
        return "The vision model's server could not be reached (OCTAVO_VISION_BASE_URL)."


def _adapted(settings: dict[str, Any], complaint: str) -> dict[str, Any] | None:
    """The settings in the way that the server wants them; None if that is not what it complains of."""
    for name, other in (("max_tokens", "max_completion_tokens"), ("temperature", None)):
        if name in settings and name in complaint:
            kept = {key: value for key, value in settings.items() if key != name}
            return {**kept, other: settings[name]} if other else kept
    return None


def _refused(status: int) -> str:
    match status:
        case 401 | 403:
            return "The vision model's server refused the key (OCTAVO_VISION_API_KEY)."
        case 404:
            return "The vision model's server does not know the model (OCTAVO_VISION_MODEL)."
        case 429:
            return "The vision model's server has too many requests."
    return f"The vision model's server failed (HTTP {status})."


def _transcript(answer: Any) -> Transcript:
    """The first choice of a chat completion: nothing in it is taken for granted."""
    choices = getattr(answer, "choices", None)
    message = getattr(choices[0], "message", None) if isinstance(choices, list) and choices else None
    if message is None:
        raise VisionFailed("The vision model's server gave an answer that makes no sense.")
    reason = getattr(choices[0], "finish_reason", None) if choices else None
    text = getattr(message, "content", None)
    if getattr(message, "refusal", None) or reason == "content_filter":
        raise VisionFailed("The vision model refused to read it.")
    usage = getattr(answer, "usage", None)
    return Transcript(
        text if isinstance(text, str) else "",
        _count(usage, "prompt_tokens"),
        _count(usage, "completion_tokens"),
        finished=reason != "length",
    )


def _count(usage: object, name: str) -> int:
    count = getattr(usage, name, 0)
    return count if isinstance(count, int) and count > 0 else 0
