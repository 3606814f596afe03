"""The process that draws pages for an API, which opens no document itself: ``python -m workers.drawing``.

Requests come as lines of JSON on its standard input, answers go to its standard output: a line of JSON, then
the picture. It ends when its input does.
"""

from __future__ import annotations

import logging
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import BinaryIO

from schemas.errors import OctavoError
from schemas.pictures import PictureAnswer, PictureRequest
from schemas.settings import Settings
from workers.children import warm_up
from workers.jobs.blobs import blobs_of
from workers.jobs.telemetry import LogSetup, configure_logging
from workers.pictures import IDLE_SECONDS, MOST_OPEN, PagePictures

log = logging.getLogger(__name__)


def main() -> None:
    """Draws until nobody asks any more."""
    requests, answers = _pipes()
    settings = Settings()
    configure_logging(LogSetup(settings.log_level, settings.log_format))
    blobs = blobs_of(settings)
    pictures = PagePictures(settings, blobs)
    over = threading.Event()
    threading.Thread(target=_close_idle, args=(pictures, over), daemon=True).start()
    # Before anybody asks: most of a first picture's time would be the imports of its reader.
    threading.Thread(target=warm_up, daemon=True).start()
    writing = threading.Lock()

    def answer(line: bytes) -> None:
        wanted = PictureRequest.model_validate_json(line)
        said, picture = _drawn(pictures, wanted)
        with writing:
            answers.write(said.model_dump_json().encode() + b"\n" + picture)
            answers.flush()

    with ThreadPoolExecutor(MOST_OPEN) as pool:
        for line in requests:
            pool.submit(answer, line)
        pool.shutdown(cancel_futures=True)
    over.set()
    pictures.close()


def _drawn(pictures: PagePictures, wanted: PictureRequest) -> tuple[PictureAnswer, bytes]:
    try:
        picture = pictures.draw(wanted)
    except OctavoError as error:
        return PictureAnswer(number=wanted.number, error=error.message), b""
    except Exception as error:
        log.warning("a page could not be drawn: %s", type(error).__name__)
        return PictureAnswer(number=wanted.number, error="an unexpected error; the server's log has it"), b""
    return PictureAnswer(number=wanted.number, size=len(picture)), picture


def _pipes() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output, for this process alone: its children neither hold them open nor use them."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    return requests, answers


def _close_idle(pictures: PagePictures, over: threading.Event) -> None:
    while not over.wait(IDLE_SECONDS):
        pictures.close_idle()


if __name__ == "__main__":
    main()
