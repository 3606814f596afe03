"""Where the vision model runs: on a server, asked from this process, or in a child of its own.

Only this process has the server's key and may use the network; a checkpoint of one's own shares neither its
memory nor its time with the other models.
"""

from __future__ import annotations

import functools
import logging
import tempfile
import threading
from pathlib import Path
from typing import Protocol

from models.base import Image
from models.vlm.base import VisionModel
from schemas.errors import DocumentError, VisionFailed
from schemas.settings import Settings
from schemas.vision import Transcript
from workers import patience
from workers.asked import AskedVision
from workers.children import Child, Limits
from workers.gpu import GpuRoom, OnGpu
from workers.sandbox.rules import as_set, for_models

log = logging.getLogger(__name__)

_MARGIN_SECONDS = 30.0
"""A child cuts its answer by itself when the time is up: what it may be late."""
_FIRST_TIME = 3
"""The first answer, for which the model is loaded, may take this many times as long as others."""


class Vision(VisionModel, Protocol):
    """A vision model that can be shut down."""

    def close(self) -> None:
        """Ends it; a call in flight may fail."""
        ...


def open_vision(settings: Settings) -> Vision | None:
    """The vision model that the settings name, not yet asked or loaded; None when they name none."""
    if settings.vision_base_url and settings.vision_model:
        from models.vlm.openai_server import OpenAiServer

        key = settings.vision_api_key
        server = OpenAiServer(
            settings.vision_base_url,
            settings.vision_model,
            key.get_secret_value() if key else None,
            timeout=settings.vision_timeout,
            max_tokens=settings.vision_max_tokens,
            longest_side=settings.vision_longest_side,
            parallel=settings.vision_parallel,
        )
        return AskedVision(server, settings.vision_model)
    return VisionChild(settings) if settings.vision_local_model else None


class VisionChild:
    """A local checkpoint in a child, one picture at a time for all threads; started again when lost."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._room = GpuRoom.of(settings, "torch")
        self._lock = threading.Lock()
        self._child: Child | None = None
        self._closed = False

    def transcribe(self, image: Image, prompt: str) -> Transcript:
        """See ``VisionModel``."""
        with patience.held(self._lock):
            try:
                return self._room.steadily(lambda: self._ask(image, prompt), self._drop)
            except VisionFailed:
                raise
            except DocumentError as error:
                log.warning("the vision model's process failed: %s", error.message)
                raise VisionFailed(f"The vision model failed: {error.message}.") from error

    def _ask(self, image: Image, prompt: str) -> Transcript:
        seconds = self._settings.vision_timeout
        if self._closed:
            raise VisionFailed("The vision model is shut down.")
        if self._child is not None and self._child.alive:
            answer: Transcript = self._child.call(
                "transcribe", image, prompt, timeout=seconds + _MARGIN_SECONDS
            )
            return answer
        with self._room.turn():
            self._child = self._fresh()
            timeout = _FIRST_TIME * seconds + _MARGIN_SECONDS
            first: Transcript = self._child.call("transcribe", image, prompt, timeout=timeout)
            return first

    def _drop(self) -> None:
        if self._child is not None:
            self._child.kill("memory")
            self._child = None

    def close(self) -> None:
        """See ``Vision``."""
        self._closed = True
        if self._child is not None:
            self._child.kill()

    def _fresh(self) -> Child:
        from models.vlm.transformers_local import TransformersModel

        settings = self._settings
        make = functools.partial(
            TransformersModel,
            settings.vision_local_model or "",
            settings.device.value,
            max_tokens=settings.vision_max_tokens,
            longest_side=settings.vision_longest_side,
            timeout=settings.vision_timeout,
        )
        scratch = tempfile.TemporaryDirectory(prefix="octavo-vision-", ignore_cleanup_errors=True)
        rules = as_set(settings, for_models(settings, Path(scratch.name), programs=False))
        return Child(functools.partial(OnGpu, make), VisionModel, Limits(), rules, scratch)
