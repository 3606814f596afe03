"""Reading without a service: the same pipeline and the same child processes, no ledger, no broker."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from pipelines.parse import assemble, read_pages
from pipelines.work import PageRecord, RunContext
from schemas.documents import ParsedDocument
from schemas.options import Configuration, FormFilling
from schemas.page_range import chosen_pages, in_parts
from schemas.progress import Report
from schemas.reading import DocumentInfo
from schemas.settings import Sandbox, Settings
from workers.children import EngineChild, ReaderChild
from workers.progress import Progress
from workers.sandbox.trial import make_sure

Watch = Callable[[Report, int], None]
"""Hears how far a document is, and how many pages are to be read of it."""


def _silent(_report: Report, _pages: int) -> None:
    """Nobody watches."""


class LocalParser:
    """Reads files one after another; the models are loaded once and kept for the next file.

    ``seconds`` sums up the time of each stage over all files.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        if settings.sandbox is Sandbox.REQUIRED:
            make_sure(settings)
        self._engines = EngineChild(settings)
        self._reader = ReaderChild(settings)
        self.seconds: dict[str, float] = {}

    def __enter__(self) -> LocalParser:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._reader.close()
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
        """The document at ``path``; ``watch`` hears of every page and stage.

        ``mime_type`` says what it is, where neither its content nor its name shows it.

        Raises:
            DocumentError: the document cannot be read; a page that cannot is in ``page_errors`` instead.
            InvalidPageRange: ``page_range`` makes no sense.
        """
        configuration = configuration or Configuration()
        info = self._open(path, mime_type)
        numbers = chosen_pages(page_range, info.page_count, self._settings.max_pages)
        context = self._context(watch, len(numbers))
        records: list[PageRecord] = []
        for window in in_parts(numbers, self._settings.page_window):
            records += read_pages(self._reader, self._engines, info, window, configuration, context)
        worst = self._settings.max_bad_page_share
        return assemble(
            records, info.page_count, configuration, self._engines, context, max_bad_page_share=worst
        )

    def edit(
        self, path: Path, filling: FormFilling, watch: Watch = _silent, *, mime_type: str | None = None
    ) -> ParsedDocument:
        """The form at ``path`` filled in; ``watch`` and ``mime_type`` as in ``parse``.

        Raises:
            DocumentError: the document cannot be read, or is of a kind that cannot be filled in.
        """
        from pipelines.edit import edit, read_form

        info = self._open(path, mime_type)
        context = self._context(watch, info.page_count)
        records: list[PageRecord] = []
        for window in in_parts(list(range(1, info.page_count + 1)), self._settings.page_window):
            records += read_form(self._reader, self._engines, info, window, filling, context)
        worst = self._settings.max_bad_page_share
        return edit(
            records, info.page_count, filling, self._reader, self._engines, context, max_bad_page_share=worst
        )

    def _open(self, path: Path, mime_type: str | None) -> DocumentInfo:
        return self._reader.open(path, self._reader.detect(path, mime_type, path.name))

    def _context(self, watch: Watch, pages: int) -> RunContext:
        """A run that ``watch`` hears of, beginning with no page done."""
        progress = Progress()

        def page(number: int, stage: str) -> None:
            progress.page(number, stage)
            watch(progress.report(), pages)

        def tell(message: str, done: int | None = None, total: int | None = None) -> None:
            progress.tell(message, done, total)
            watch(progress.report(), pages)

        progress.begin(pages)
        watch(progress.report(), pages)
        return RunContext(progress=page, tell=tell, seconds=self.seconds)
