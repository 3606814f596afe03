"""Reading without a service: the same pipeline and the same child processes, no ledger, no broker."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from pipelines.parse import assemble, read_pages
from pipelines.work import DONE, PageRecord, RunContext
from schemas.documents import ParsedDocument
from schemas.options import Configuration
from schemas.page_range import chosen_pages, in_parts
from schemas.settings import Settings
from workers.children import EngineChild, ReaderChild


def _silent(_done: int, _total: int) -> None:
    """Nobody watches."""


class LocalParser:
    """Reads files one after another; the models are loaded once and kept for the next file.

    ``seconds`` sums up the time of each stage over all files.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
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
        progress: Callable[[int, int], None] = _silent,
    ) -> ParsedDocument:
        """The document at ``path``. ``progress`` hears (pages done, pages in all) as the work goes.

        Raises:
            DocumentError: the document cannot be read; a page that cannot is in ``page_errors`` instead.
            InvalidPageRange: ``page_range`` makes no sense.
        """
        configuration = configuration or Configuration()
        info = self._reader.open(path, self._reader.detect(path, None, path.name))
        numbers = chosen_pages(page_range, info.page_count)
        progress(0, len(numbers))
        records: list[PageRecord] = []
        done = 0

        def page_moved(_number: int, stage: str) -> None:
            nonlocal done
            done += stage == DONE
            progress(done, len(numbers))

        context = RunContext(progress=page_moved, seconds=self.seconds)
        for window in in_parts(numbers, self._settings.page_window):
            records += read_pages(self._reader, self._engines, info, window, configuration, context)
        return assemble(
            records,
            info.page_count,
            configuration,
            self._engines,
            context,
            max_bad_page_share=self._settings.max_bad_page_share,
        )
