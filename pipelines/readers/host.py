"""The readers behind one door, in this process."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from models.base import Image
from pipelines.readers.base import FlowReader, PagedReader
from schemas.errors import UnsupportedFormat
from schemas.formats import FORMATS, supported_formats
from schemas.fragments import PageFragment
from schemas.geometry import BBox
from schemas.reading import DocumentInfo, SourcePage

# ``Format.reader`` → "module:Class", imported on first use. A paged reader also takes ``max_page_pixels``.
READERS: dict[str, str] = {
    "pdf": "pipelines.readers.pdf:PdfReader",
    "image": "pipelines.readers.image:ImageReader",
    "html": "pipelines.readers.html:HtmlReader",
    "markdown": "pipelines.readers.markdown:MarkdownReader",
    "csv": "pipelines.readers.csv:CsvReader",
    "text": "pipelines.readers.text:TextReader",
}


class LocalReader:
    """``pipelines.readers.base.Reader`` over one document at a time."""

    def __init__(self, *, max_page_pixels: int = 100_000_000) -> None:
        self._max_page_pixels = max_page_pixels
        self._paged: PagedReader | None = None
        self._flow: FlowReader | None = None

    def open(self, path: Path, format_name: str) -> DocumentInfo:
        """See ``Reader.open``; a document that was open before is closed.

        Raises:
            UnsupportedFormat: no format has this name.
        """
        self.close()
        known = next((f for f in FORMATS if f.name == format_name), None)
        if known is None:
            raise UnsupportedFormat(
                f"The format {format_name!r} is not read here; send {supported_formats()}."
            )
        module, _, cls = READERS[known.reader].partition(":")
        reader: Any = getattr(import_module(module), cls)
        if not known.paged:
            self._flow = reader(path)
            return DocumentInfo(page_count=1, paged=False)
        paged: PagedReader = reader(path, max_page_pixels=self._max_page_pixels)
        self._paged = paged
        return DocumentInfo(page_count=paged.page_count(), paged=True)

    def page(self, number: int, layout: bool) -> SourcePage:
        """See ``Reader.page``."""
        return self._pages().page(number, layout=layout)

    def render(self, number: int, scale: float, clip: BBox | None = None) -> Image:
        """See ``Reader.render``."""
        return self._pages().render(number, scale, clip)

    def fragments(self) -> list[PageFragment]:
        """See ``Reader.fragments``."""
        if self._flow is None:
            raise RuntimeError("no document without pages is open")
        return self._flow.fragments()

    def close(self) -> None:
        """Gives back what the open document holds."""
        if self._paged is not None:
            self._paged.close()
        self._paged = self._flow = None

    def _pages(self) -> PagedReader:
        if self._paged is None:
            raise RuntimeError("no document with pages is open")
        return self._paged
