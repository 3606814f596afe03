"""Reading here and now, by ``workers.local.LocalParser``; addresses are fetched by the guarded client."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from api.commands.loading import loading
from schemas.documents import ParsedDocument
from schemas.errors import DocumentUnreadable
from schemas.options import Configuration, FormFilling
from schemas.progress import Report
from schemas.settings import Settings

if TYPE_CHECKING:
    from types import TracebackType

    from api.commands.remote import Watch


def _silent(_report: Report, _pages: int) -> None:
    """Nobody watches."""


class HereParser:
    """Reads documents in this process tree; for several threads.

    An address is fetched as a worker fetches one: from public hosts and those of ``OCTAVO_FILE_URL_ALLOW``,
    through at most five redirects, so that a list of addresses from elsewhere leads to nothing inside.
    """

    def __init__(self, settings: Settings) -> None:
        with loading():
            from workers.local import LocalParser

        self._settings = settings
        self._parser = LocalParser(settings)

    def __enter__(self) -> HereParser:
        self._parser.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._parser.__exit__(kind, error, trace)

    def interrupt(self) -> None:
        """Ends what is read in other threads."""
        self._parser.interrupt()

    def parse(
        self,
        source: Path | str,
        configuration: Configuration | None = None,
        page_range: str = "",
        watch: Watch = _silent,
        *,
        mime_type: str | None = None,
    ) -> ParsedDocument:
        """The document at ``source``; ``watch`` hears of every page and stage.

        Raises:
            DocumentError: the document cannot be had or read.
        """
        with self._at_hand(source, mime_type, watch) as (path, kind):
            return self._parser.parse(path, configuration, page_range, watch, mime_type=kind)

    def edit(
        self,
        source: Path | str,
        filling: FormFilling,
        watch: Watch = _silent,
        *,
        mime_type: str | None = None,
    ) -> ParsedDocument:
        """The form at ``source`` filled in.

        Raises:
            DocumentError: the document cannot be had or read, or is of a kind that cannot be filled in.
        """
        with self._at_hand(source, mime_type, watch) as (path, kind):
            return self._parser.edit(path, filling, watch, mime_type=kind)

    @contextmanager
    def _at_hand(
        self, source: Path | str, mime_type: str | None, watch: Watch
    ) -> Iterator[tuple[Path, str | None]]:
        """A file with the document, and what it is if that is said; what was fetched is gone after it."""
        if isinstance(source, Path):
            try:
                source.open("rb").close()  # told here and now in the system's words
            except OSError as error:
                raise DocumentUnreadable(f"It cannot be opened: {error.strerror}.") from None
            yield source, mime_type
            return
        from workers.jobs.outbound import Outbound

        watch(Report(stage="fetching"), 0)
        kept = self._settings
        outbound = Outbound(kept.file_url_allow, kept.max_upload_bytes, kept.download_timeout)
        with tempfile.TemporaryDirectory(prefix="octavo-") as folder:
            path = Path(folder) / "fetched"
            download = outbound.fetch(source, path)
            named = path.with_suffix(PurePosixPath(download.file_name or "").suffix)
            path.rename(named)
            yield named, mime_type or download.mime_type
