"""Asking the vision model: several pictures at once, heeding the word to stop."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial

from models.base import Engines, Image
from pipelines.asking import answers
from schemas.errors import VisionFailed
from schemas.vision import Transcript, VisionTask

log = logging.getLogger(__name__)

Answer = Transcript | VisionFailed


def ask(
    engines: Engines, pictures: Sequence[Image], task: VisionTask, check: Callable[[], None]
) -> list[Answer]:
    """The answers about ``pictures``, in their order; see ``pipelines.asking``."""
    return answers([partial(_answer, engines, picture, task) for picture in pictures], check)


def _answer(engines: Engines, picture: Image, task: VisionTask) -> Answer:
    try:
        return engines.transcribe(picture, task)
    except VisionFailed as error:
        return error
    except Exception as error:  # a page that can be read locally is not lost for it
        log.warning("the vision model failed: %s", type(error).__name__)
        return VisionFailed(f"The vision model failed ({type(error).__name__}).")
