"""Word documents with their pages: LibreOffice lays them out, the fragments are the document's own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from models.base import Image
from pipelines.readers.base import DEFAULT_SETUP, FlowReader, ReaderSetup
from pipelines.readers.docx.reader import DocxReader
from pipelines.readers.laid_out.document import LaidOutDocument
from pipelines.readers.laid_out.placement import PlacedPage, placed
from pipelines.readers.libreoffice import converted
from schemas.documents import DocumentWarning, WarningKind
from schemas.errors import DocumentError
from schemas.forms import Blank, FilledForm, Filling
from schemas.reading import FlowPage, FlowView


class DocxPages(FlowReader):
    """A Word document page by page, with sizes and boxes in points, as LibreOffice shows it.

    A paragraph over a page's end stands whole on the page where it starts, and so does a table; its box is
    around the part there. What LibreOffice does not show (hidden or moved text) stands with its neighbours
    and has no box; headers and footers are on each page that shows them. Without LibreOffice the document
    is one page without geometry; where it fails, a warning says so.

    Raises:
        DocumentUnreadable, DocumentEncrypted: see ``DocxReader``.
    """

    def __init__(self, path: Path, setup: ReaderSetup = DEFAULT_SETUP) -> None:
        self._reader = DocxReader(path, setup)
        self._notes: list[DocumentWarning] = []
        self._layout = self._laid_out(path, setup) if setup.soffice and setup.office_layout else None
        # The document in the view that was asked for last: its pages are asked for one by one.
        self._view: FlowView | None = None
        self._pages: list[FlowPage] = []
        self._indices: list[list[int]] = []

    def page_count(self) -> int:
        """See ``FlowReader``."""
        return self._layout.page_count if self._layout else 1

    def flow_page(self, number: int, view: FlowView) -> FlowPage:
        """See ``FlowReader``; warnings of the whole document come with its first page."""
        self._read(view)
        return self._pages[number - 1]

    def picture(self, number: int, index: int) -> Image | None:
        """See ``FlowReader``."""
        self._read(self._view or FlowView())
        return self._reader.picture(1, self._indices[number - 1][index])

    def blanks(self, number: int) -> list[Blank]:
        """See ``FlowReader``; all come with the first page."""
        return self._reader.blanks(1) if number == 1 else []

    def fill(self, blanks: Sequence[Blank], fillings: Sequence[Filling], *, interactive: bool) -> FilledForm:
        """See ``DocxReader.fill``."""
        return self._reader.fill(blanks, fillings, interactive=interactive)

    def close(self) -> None:
        """See ``FlowReader``."""
        self._reader.close()
        if self._layout:
            self._layout.close()

    def _laid_out(self, path: Path, setup: ReaderSetup) -> LaidOutDocument | None:
        try:
            return LaidOutDocument(converted(path, "pdf", setup, suffix=".docx"))
        except DocumentError as error:
            message = f"The document has no pages and boxes here: {error.message}"
            self._notes.append(DocumentWarning(kind=WarningKind.FALLBACK, message=message))
            return None

    def _read(self, view: FlowView) -> None:
        if view == self._view:
            return
        whole = self._reader.flow_page(1, view)
        if self._layout is None:
            self._pages, self._indices = [whole], [list(range(len(whole.fragments)))]
        else:
            pages = placed(whole.fragments, self._layout)
            self._indices = [[one.index for one in page.fragments] for page in pages]
            self._pages = [_flow_page(page, set(whole.pictures)) for page in pages]
            self._pages[0].warnings, self._pages[0].hidden = list(whole.warnings), list(whole.hidden)
        self._pages[0].warnings += self._notes
        self._view = view


def _flow_page(page: PlacedPage, pictures: set[int]) -> FlowPage:
    fragments = [one.fragment for one in page.fragments]
    shown = [at for at, one in enumerate(page.fragments) if one.index in pictures]
    return FlowPage(fragments, page.size, pictures=shown)
