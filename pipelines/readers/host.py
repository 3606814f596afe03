"""The readers behind one door, in this process."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from models.base import Image
from pipelines.readers.base import DEFAULT_SETUP, Enclosed, Envelope, FlowReader, PagedReader, ReaderSetup
from pipelines.readers.detection.detect import detect
from pipelines.readers.inline import one_line
from pipelines.readers.libreoffice import converted
from schemas.acceptance import supported_formats
from schemas.documents import DocumentWarning, WarningKind
from schemas.errors import DocumentEmpty, DocumentError, NotFillable, TooLarge, UnsupportedFormat
from schemas.formats import Format, format_named
from schemas.forms import Blank, FilledForm, Filling
from schemas.geometry import BBox
from schemas.reading import (
    DocumentInfo,
    DocumentPart,
    Drawing,
    FlowPage,
    FlowView,
    FormField,
    SourcePage,
)

# ``Format.reader`` → "module:Class", imported on first use; built with the file's path and a ``ReaderSetup``.
READERS: dict[str, str] = {
    "pdf": "pipelines.readers.pdf.reader:PdfReader",
    "image": "pipelines.readers.image:ImageReader",
    "fixed": "pipelines.readers.pdf.fixed:FixedReader",
    "protected": "pipelines.readers.detection.protected:ProtectedReader",
    "docx": "pipelines.readers.docx.pages:DocxPages",
    "pptx": "pipelines.readers.pptx.reader:PptxReader",
    "html": "pipelines.readers.html.reader:HtmlReader",
    "markdown": "pipelines.readers.markdown:MarkdownReader",
    "csv": "pipelines.readers.csv:CsvReader",
    "boxnote": "pipelines.readers.boxnote:BoxNoteReader",
    "rst": "pipelines.readers.rst:RstReader",
    "latex": "pipelines.readers.latex.reader:LatexReader",
    "asciidoc": "pipelines.readers.asciidoc.reader:AsciidocReader",
    "xml": "pipelines.readers.xml.reader:XmlReader",
    "json": "pipelines.readers.json:JsonReader",
    "subtitles": "pipelines.readers.subtitles:SubtitleReader",
    "p7m": "pipelines.readers.p7m:P7mReader",
    "xlsx": "pipelines.readers.sheets.xlsx:XlsxReader",
    "xlsb": "pipelines.readers.sheets.xlsb:XlsbReader",
    "xls": "pipelines.readers.sheets.xls:XlsReader",
    "ods": "pipelines.readers.sheets.ods:OdsReader",
    "eml": "pipelines.readers.mail.eml:EmlReader",
    "msg": "pipelines.readers.mail.msg:MsgReader",
    "mhtml": "pipelines.readers.mail.mhtml:MhtmlReader",
    "epub": "pipelines.readers.epub:EpubReader",
    "notebook": "pipelines.readers.notebook:NotebookReader",
    "tnef": "pipelines.readers.mail.msg:TnefReader",
    "mbox": "pipelines.readers.mail.mbox:MboxReader",
    "text": "pipelines.readers.text:TextReader",
}

# Readers that never run LibreOffice: nothing lies in their documents that only it reads.
_ALONE = frozenset({"pdf", "image", "fixed", "csv", "json", "subtitles", "text"})

_Part = PagedReader | FlowReader
# Of a mailbox with more messages the rest is left out.
_MOST_PARTS = 10_000


def may_convert(format_name: str) -> bool:
    """Whether LibreOffice may be needed for a document of this format, or for what lies in it."""
    known = format_named(format_name)
    return known is None or bool(known.converts_to) or known.reader not in _ALONE


class LocalReader:
    """``pipelines.readers.base.Reader`` over one document at a time, and over what is enclosed in it."""

    def __init__(self, setup: ReaderSetup = DEFAULT_SETUP) -> None:
        self._setup = setup
        self._parts: list[_Part] = []
        self._names: list[str] = []
        self._info = DocumentInfo([])
        self._notes: list[DocumentWarning] = []
        # Bytes that what is unpacked may still take, over all envelopes.
        self._room = setup.max_unpacked_bytes

    def detect(self, path: Path, mime_type: str | None, name: str | None) -> str:
        """See ``Reader.detect``."""
        return detect(path, mime_type, name).name

    def open(self, path: Path, format_name: str) -> DocumentInfo:
        """See ``Reader.open``; a document that was open before is closed.

        Raises:
            UnsupportedFormat: no format has this name.
        """
        self.close()
        known = format_named(format_name)
        if known is None:
            raise UnsupportedFormat(
                f"The format {format_name!r} is not read here; send {supported_formats()}."
            )
        self._open(path, known, depth=0)
        parts = [
            DocumentPart(part.page_count(), isinstance(part, PagedReader), name)
            for part, name in zip(self._parts, self._names, strict=True)
        ]
        self._info = DocumentInfo(parts)
        return self._info

    def page(self, number: int, layout: bool) -> SourcePage:
        """See ``Reader.page``."""
        paged, own = self._paged(number)
        page = paged.page(own, layout=layout)
        page.number = number
        return page

    def level_page(self, number: int, layout: bool, angle: float) -> SourcePage:
        """See ``Reader.level_page``."""
        paged, own = self._paged(number)
        page = paged.level_page(own, layout=layout, angle=angle)
        page.number = number
        return page

    def render(self, number: int, scale: float, clip: BBox | None = None) -> Image:
        """See ``Reader.render``."""
        paged, own = self._paged(number)
        return paged.render(own, scale, clip)

    def fields(self, number: int) -> list[FormField]:
        """See ``Reader.fields``."""
        paged, own = self._paged(number)
        return paged.fields(own)

    def blanks(self, number: int) -> list[Blank]:
        """See ``Reader.blanks``."""
        part, own = self._part(number)
        return [replace(blank, page=number) for blank in part.blanks(own)]

    def fill(self, blanks: list[Blank], fillings: list[Filling], interactive: bool) -> FilledForm:
        """See ``Reader.fill``."""
        if len(self._parts) != 1:
            raise NotFillable("Several documents are in this file: send the one that is to be filled in.")
        return self._parts[0].fill(blanks, fillings, interactive=interactive)

    def inks(self, number: int) -> list[BBox]:
        """See ``Reader.inks``."""
        paged, own = self._paged(number)
        return paged.inks(own)

    def drawings(self, number: int) -> list[Drawing]:
        """See ``Reader.drawings``."""
        paged, own = self._paged(number)
        return paged.drawings(own)

    def flow_page(self, number: int, view: FlowView) -> FlowPage:
        """See ``Reader.flow_page``; what could not be opened of an envelope is told on the first page."""
        flow, own = self._flow(number)
        page = flow.flow_page(own, view)
        warnings = [warning.model_copy(update={"page_number": number}) for warning in page.warnings]
        return replace(page, warnings=warnings + (self._notes if number == 1 else []))

    def picture(self, number: int, index: int) -> Image | None:
        """See ``Reader.picture``."""
        flow, own = self._flow(number)
        return flow.picture(own, index)

    def close(self) -> None:
        """Gives back what the open document holds."""
        for part in self._parts:
            part.close()
        self._parts, self._names, self._notes, self._info = [], [], [], DocumentInfo([])
        self._room = self._setup.max_unpacked_bytes

    def _open(self, path: Path, known: Format, depth: int, name: str = "") -> None:
        """Adds the readers of a file's parts: its own, or its cover's and those of what is enclosed.

        ``name`` is that of an attachment, for the first of its parts.
        """
        if known.converts_to:
            path = converted(path, known.converts_to, self._setup, known.suffix)
        module, _, cls = READERS[known.reader].partition(":")
        make: Any = getattr(import_module(module), cls)
        reader: PagedReader | FlowReader | Envelope = make(
            path, replace(self._setup, max_unpacked_bytes=self._room)
        )
        if not isinstance(reader, Envelope):
            self._add(reader, name)
            return
        if depth >= self._setup.max_depth:
            raise TooLarge(
                f"Documents lie in this {known.name} more than {self._setup.max_depth} deep: "
                "take the inner ones out and send them alone."
            )
        cover, enclosed = reader.cover(), reader.enclosed()
        self._room = max(0, self._room - sum(inner.path.stat().st_size for inner in enclosed))
        if cover is None and not enclosed:
            raise DocumentEmpty(f"There is no document in this {known.name}.")
        if cover is not None:
            self._add(cover, name)
        for number, inner in enumerate(enclosed):
            if len(self._parts) >= _MOST_PARTS:
                rest = f"{len(enclosed) - number} more documents in the {known.name} were left out"
                self._note(WarningKind.TRUNCATED, f"{rest}: at most {_MOST_PARTS} are read.")
                break
            of_wrapper = name if number == 0 else ""
            self._open_inside(inner, depth + 1, inner.name if cover is not None else of_wrapper)

    def _open_inside(self, inner: Enclosed, depth: int, name: str) -> None:
        """Adds a document that lies in another; one that fails is only noted, unless it is all there is."""
        try:
            self._open(inner.path, detect(inner.path, inner.mime_type, inner.name), depth, name)
        except DocumentError as error:
            if not self._parts:
                raise
            self._note(WarningKind.FALLBACK, f"{inner.name} was left out: {error.message}")

    def _add(self, part: _Part, name: str) -> None:
        self._parts.append(part)
        self._names.append(one_line(name))

    def _note(self, kind: WarningKind, message: str) -> None:
        self._notes.append(DocumentWarning(kind=kind, message=message))

    def _paged(self, number: int) -> tuple[PagedReader, int]:
        part, own = self._part(number)
        if not isinstance(part, PagedReader):
            raise TypeError(f"page {number} comes ready")
        return part, own

    def _flow(self, number: int) -> tuple[FlowReader, int]:
        part, own = self._part(number)
        if not isinstance(part, FlowReader):
            raise TypeError(f"page {number} must be looked at")
        return part, own

    def _part(self, number: int) -> tuple[_Part, int]:
        """The reader of a page, and the page's number there."""
        index = self._info.part_of(number)
        if not 1 <= number <= self._info.page_count:
            raise RuntimeError(f"there is no page {number} in what is open")
        before = sum(part.page_count for part in self._info.parts[:index])
        return self._parts[index], number - before
