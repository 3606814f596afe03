"""Asking the vision model: several pictures at once, heeding the word to stop."""

from __future__ import annotations

import contextvars
import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait

from models.base import Engines, Image
from schemas.errors import VisionFailed
from schemas.vision import Transcript, VisionTask

log = logging.getLogger(__name__)

_CHECK_SECONDS = 1.0

Answer = Transcript | VisionFailed


def ask(
    engines: Engines, pictures: Sequence[Image], task: VisionTask, check: Callable[[], None]
) -> list[Answer]:
    """The answers about ``pictures``, in their order; how many are asked at a time is the model's business.

    ``check`` is called about once a second; when it raises, the answers still out are left to themselves.
    """
    answers = [_on_a_thread(engines, picture, task) for picture in pictures]
    while wait(answers, timeout=_CHECK_SECONDS).not_done:
        check()
    return [answer.result() for answer in answers]


def _on_a_thread(engines: Engines, picture: Image, task: VisionTask) -> Future[Answer]:
    """The answer to come. The thread is a daemon: a slow answer must not hold a process that ends."""
    answer: Future[Answer] = Future()

    def work() -> None:
        try:
            answer.set_result(engines.transcribe(picture, task))
        except VisionFailed as error:
            answer.set_result(error)
        except Exception as error:  # a page that can be read locally is not lost for it
            log.warning("the vision model failed: %s", type(error).__name__)
            answer.set_result(VisionFailed(f"The vision model failed ({type(error).__name__})."))

    threading.Thread(target=contextvars.copy_context().run, args=(work,), daemon=True).start()
    return answer
