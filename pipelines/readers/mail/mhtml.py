"""Web pages saved with their pictures in one file (MHTML, RFC 2557)."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urljoin

from pipelines.readers.base import DEFAULT_SETUP, ReaderSetup
from pipelines.readers.html.illustrations import IllustratedPage
from pipelines.readers.html.reader import html_of
from pipelines.readers.mail.headers import parsed
from pipelines.readers.mail.mime import addresses_of, content, location_of
from schemas.errors import DocumentUnreadable

_PAGES = {"text/html", "application/xhtml+xml"}


class MhtmlReader(IllustratedPage):
    """The page as any HTML, with the pictures that were saved with it.

    Raises:
        DocumentUnreadable: there is no page in it.
    """

    def __init__(self, path: Path, setup: ReaderSetup = DEFAULT_SETUP) -> None:
        try:
            parts = [part for part in parsed(path.read_bytes()).walk() if not part.is_multipart()]
        except RecursionError as error:
            raise _no_page() from error
        page = next((part for part in parts if part.get_content_type() in _PAGES), None)
        if page is None:
            raise _no_page()
        self._base = location_of(page)
        self._files: dict[str, bytes] = {}
        for part in parts:
            for address in addresses_of(part):
                self._files.setdefault(address, content(part))
        super().__init__(html_of(content(page), page.get_content_charset()), self._file, setup)

    def _file(self, address: str) -> bytes | None:
        """What was saved from an address, which may be relative to that of the page."""
        return self._files.get(address) or self._files.get(urljoin(self._base, address))


def _no_page() -> DocumentUnreadable:
    return DocumentUnreadable("There is no web page in the file: save the page again, or as PDF.")
