"""Pictures of documents' pages, for people who look at results: drawn in readers, not in this process.

The documents that were looked at last stay open in readers of their own, for a while: a person turns pages.
"""

from __future__ import annotations

import contextlib
import io
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from PIL import Image

from schemas.errors import DownloadFailed, PageUnreadable
from schemas.pictures import PictureRequest
from schemas.reading import DocumentInfo
from schemas.settings import Settings
from workers.children import ReaderChild
from workers.jobs.blobs import BlobMissing, BlobStore
from workers.scratch import Scratch
from workers.sources import source_format

MOST_OPEN = 3
"""Documents that are open at the same time; callers see to it that no more are asked for at once."""
IDLE_SECONDS = 60.0
_QUALITY = 85


@dataclass(slots=True)
class _Open:
    """A document in its reader, ``info`` once it is open. Who draws holds the lock; ``users`` mean to."""

    reader: ReaderChild
    cleanup: contextlib.ExitStack
    lock: threading.Lock = field(default_factory=threading.Lock)
    info: DocumentInfo | None = None
    users: int = 0
    used: float = 0.0


class PagePictures:
    """Draws pages of jobs' documents. May be used from any thread; ``close`` ends its readers."""

    def __init__(self, settings: Settings, blobs: BlobStore) -> None:
        self._settings = settings
        self._blobs = blobs
        self._scratch = Scratch(settings.folder / "scratch")
        self._lock = threading.Lock()
        self._open: dict[str, _Open] = {}

    def draw(self, wanted: PictureRequest) -> bytes:
        """The page as WebP.

        Raises:
            DocumentError: there is no such page, it cannot be drawn, or the document is gone.
        """
        with self._held(wanted.job_id) as document, document.lock:
            info = document.info or self._opened(wanted, document)
            number = wanted.page_number
            if not 1 <= number <= info.page_count or not info.parts[info.part_of(number)].paged:
                raise PageUnreadable("there is no such page, or it is of a kind that has no picture")
            page = document.reader.page(number, False)
            pixels = document.reader.render(number, wanted.width / page.width)
        picture = io.BytesIO()
        Image.fromarray(pixels).save(picture, "WEBP", quality=_QUALITY, method=2)
        return picture.getvalue()

    def close_idle(self, seconds: float = IDLE_SECONDS) -> None:
        """Ends the readers that nobody asked for so long."""
        self._close(lambda one: one.used < time.monotonic() - seconds)

    def close(self) -> None:
        """Ends all readers that nobody draws with."""
        self._close(lambda one: True)

    @contextlib.contextmanager
    def _held(self, job_id: str) -> Iterator[_Open]:
        """The job's document, which stays there for the length of the block."""
        with self._lock:
            one = self._open.get(job_id) or self._new()
            self._open[job_id] = one
            one.users += 1
            one.used = time.monotonic()
        try:
            self._make_room()
            yield one
        finally:
            with self._lock:
                one.users -= 1

    def _make_room(self) -> None:
        """Ends the readers that were not used for longest, where there are too many."""
        with self._lock:
            latest = sorted((one.used for one in self._open.values()), reverse=True)[:MOST_OPEN]
        self._close(lambda one: one.used < latest[-1])

    def _close(self, is_over: Callable[[_Open], bool]) -> None:
        with self._lock:
            over = [key for key, one in self._open.items() if not one.users and is_over(one)]
            ended = [self._open.pop(key) for key in over]
        for one in ended:
            one.cleanup.close()

    def _new(self) -> _Open:
        cleanup = contextlib.ExitStack()
        reader = ReaderChild(self._settings, self._scratch.make())
        cleanup.callback(reader.end)
        return _Open(reader, cleanup)

    def _opened(self, wanted: PictureRequest, document: _Open) -> DocumentInfo:
        folder = document.cleanup.enter_context(self._scratch.folder())
        path = folder / f"source{PurePosixPath(wanted.source_key).suffix}"
        try:
            self._blobs.fetch(wanted.source_key, path)
        except BlobMissing:
            raise DownloadFailed("its document is gone: the file was deleted") from None
        format_name = source_format(wanted.source, document.reader, path, wanted.source_key)
        document.info = document.reader.open(path, format_name)
        return document.info
