"""Reading without a service: the same pipeline and the same child processes, no ledger, no broker."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType

from pipelines.parse import assemble, read_pages
from pipelines.work import PageRecord, RunContext
from schemas.documents import ParsedDocument
from schemas.errors import Interrupted
from schemas.formats import opens_quickly
from schemas.options import Configuration, FormFilling
from schemas.page_range import chosen_pages, in_parts
from schemas.progress import Report
from schemas.reading import DocumentInfo
from schemas.settings import Sandbox, Settings
from workers.children import EngineChild, ReaderChild
from workers.children.readers import Readers
from workers.progress import Progress
from workers.sandbox.trial import make_sure

log = logging.getLogger(__name__)

Watch = Callable[[Report, int], None]
"""Hears how far a document is, and how many pages are to be read of it."""

_Read = Callable[[ReaderChild, list[int], RunContext], list[PageRecord]]
"""Reads pages of the document that is open in the reader."""


def _silent(_report: Report, _pages: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class _Document:
    """A document that is open in ``reader``."""

    path: Path
    format_name: str
    reader: ReaderChild
    info: DocumentInfo


class LocalParser:
    """Reads files; the models are loaded once and kept for the next file. For several threads.

    ``settings.concurrency`` readers are at work at once: one for each file in hand, and what is left of them
    on the pages of a long one. ``seconds`` sums up the time of each stage over all files and readers.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        if settings.sandbox is Sandbox.REQUIRED:
            make_sure(settings)
        self._engines = EngineChild(settings)
        self._readers = Readers(settings)
        self._helpers = ThreadPoolExecutor(settings.concurrency, "help-reading")
        self._free = threading.Semaphore(settings.concurrency)
        self._stopped = threading.Event()
        self._summing = threading.Lock()
        self.seconds: dict[str, float] = {}

    def __enter__(self) -> LocalParser:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.interrupt()

    def interrupt(self) -> None:
        """Ends what is in hand now, in other threads; nothing can be read any more."""
        self._stopped.set()
        self._readers.close()
        self._engines.close()

    def parse(
        self,
        path: Path,
        configuration: Configuration | None = None,
        page_range: str = "",
        watch: Watch = _silent,
        *,
        mime_type: str | None = None,
    ) -> ParsedDocument:
        """The document at ``path``; ``watch`` hears of every page and stage, from one thread at a time.

        ``mime_type`` says what it is, where neither its content nor its name shows it.

        Raises:
            DocumentError: the document cannot be read; a page that cannot is in ``page_errors`` instead.
            InvalidPageRange: ``page_range`` makes no sense.
            Interrupted: ``interrupt`` was called; or as ``watch`` raised it.
        """
        configuration = configuration or Configuration()
        with self._opened(path, mime_type) as document:
            info = document.info
            numbers = chosen_pages(page_range, info.page_count, self._settings.max_pages)
            context = self._context(watch, len(numbers))

            def read(reader: ReaderChild, pages: list[int], context: RunContext) -> list[PageRecord]:
                return read_pages(reader, self._engines, info, pages, configuration, context)

            records = self._read(document, numbers, read, context)
            worst = self._settings.max_bad_page_share
            with self._timed(context) as its_own:
                return assemble(
                    records, info.page_count, configuration, self._engines, its_own, max_bad_page_share=worst
                )

    def edit(
        self, path: Path, filling: FormFilling, watch: Watch = _silent, *, mime_type: str | None = None
    ) -> ParsedDocument:
        """The form at ``path`` filled in; ``watch`` and ``mime_type`` as in ``parse``.

        Raises:
            DocumentError: the document cannot be read, or is of a kind that cannot be filled in.
            Interrupted: as ``parse`` does.
        """
        from pipelines.edit import edit, read_form

        with self._opened(path, mime_type) as document:
            info, engines = document.info, self._engines
            numbers = list(range(1, info.page_count + 1))
            context = self._context(watch, info.page_count)

            def read(reader: ReaderChild, pages: list[int], context: RunContext) -> list[PageRecord]:
                return read_form(reader, engines, info, pages, filling, context)

            records = self._read(document, numbers, read, context)
            pages, worst, reader = info.page_count, self._settings.max_bad_page_share, document.reader
            with self._timed(context) as its_own:
                return edit(records, pages, filling, reader, engines, its_own, max_bad_page_share=worst)

    @contextmanager
    def _opened(self, path: Path, mime_type: str | None) -> Iterator[_Document]:
        """The document in a reader, when there is one free."""
        with self._free, self._readers.reader() as reader:
            self._check()
            format_name = reader.detect(path, mime_type, path.name)
            yield _Document(path, format_name, reader, reader.open(path, format_name))

    def _read(
        self, document: _Document, numbers: list[int], read: _Read, context: RunContext
    ) -> list[PageRecord]:
        """The records of ``numbers``: read by the document's reader, and by others while some are free."""

        def one(reader: ReaderChild, pages: list[int]) -> list[PageRecord]:
            with self._timed(replace(context, check=windows.check)) as its_own:
                return read(reader, pages, its_own)

        most = self._settings.concurrency if opens_quickly(document.format_name) else 1
        size = min(self._settings.page_window, max(1, -(-len(numbers) // most)))
        windows = _Windows(in_parts(numbers, size), one, context.check)
        helpers: list[Future[None]] = []
        try:
            while (window := windows.take()) is not None:
                while most > 1 and len(helpers) < windows.left and self._free.acquire(blocking=False):
                    helpers.append(self._helpers.submit(self._help, document, windows))
                windows.read(document.reader, window)
        except BaseException as error:
            windows.give_up(error)
        wait(helpers)
        return windows.records()

    def _help(self, document: _Document, windows: _Windows) -> None:
        """Reads windows in another reader. One that cannot open the document leaves them to the others."""
        try:
            with self._readers.reader() as reader:
                reader.open(document.path, document.format_name)
                while (window := windows.take()) is not None:
                    windows.read(reader, window)
        except Exception as error:
            if windows.failure is None and not isinstance(error, Interrupted):
                log.warning("a document is read by one reader less: %s", type(error).__name__)
        finally:
            self._free.release()

    @contextmanager
    def _timed(self, context: RunContext) -> Iterator[RunContext]:
        """``context`` for one thread; the times of its stages are summed up in the end."""
        its_own = replace(context, seconds={})
        try:
            yield its_own
        finally:
            with self._summing:
                for stage, seconds in its_own.seconds.items():
                    self.seconds[stage] = self.seconds.get(stage, 0.0) + seconds

    def _context(self, watch: Watch, pages: int) -> RunContext:
        """A run that ``watch`` hears of, beginning with no page done."""
        progress, telling = Progress(), threading.Lock()

        def show() -> None:
            with telling:  # nobody is told of less than before
                watch(progress.report(), pages)

        def page(number: int, stage: str) -> None:
            progress.page(number, stage)
            show()

        def tell(message: str, done: int | None = None, total: int | None = None) -> None:
            progress.tell(message, done, total)
            show()

        progress.begin(pages)
        show()
        return RunContext(check=self._check, progress=page, tell=tell)

    def _check(self) -> None:
        if self._stopped.is_set():
            raise Interrupted("The reading was ended.")


class _Windows:
    """The windows of one document, which several readers share. One that fails ends the others."""

    def __init__(
        self,
        windows: Sequence[list[int]],
        read: Callable[[ReaderChild, list[int]], list[PageRecord]],
        check: Callable[[], None],
    ) -> None:
        self._waiting = deque(enumerate(windows))
        self._read, self._check = read, check
        self._records: dict[int, list[PageRecord]] = {}
        self.failure: BaseException | None = None

    @property
    def left(self) -> int:
        """How many nobody took yet."""
        return len(self._waiting)

    def take(self) -> tuple[int, list[int]] | None:
        """The next one, if there is."""
        try:
            return self._waiting.popleft()
        except IndexError:
            return None

    def read(self, reader: ReaderChild, window: tuple[int, list[int]]) -> None:
        """Reads one that was taken."""
        index, pages = window
        try:
            self._records[index] = self._read(reader, pages)
        except BaseException as error:
            self.give_up(error)
            raise

    def give_up(self, error: BaseException) -> None:
        """Nothing more is taken, and what is in hand is interrupted."""
        self.failure = self.failure or error
        self._waiting.clear()

    def check(self) -> None:
        """Raises ``Interrupted`` if they are given up, or the reading is to end."""
        if self.failure is not None:
            raise Interrupted("The reading was ended.")
        self._check()

    def records(self) -> list[PageRecord]:
        """Those of all windows in the order of the pages, or what went wrong."""
        if self.failure is not None:
            raise self.failure
        return [record for _, records in sorted(self._records.items()) for record in records]
