# mypy: disable-error-code="no-untyped-call"
"""Pages that are fixed as a PDF's are, in other formats: XPS documents and SVG drawings, read as PDFs."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pymupdf

from models.layout.pymupdf import PYMUPDF
from pipelines.readers.base import DEFAULT_SETUP, ReaderSetup
from pipelines.readers.pdf.reader import PdfReader
from schemas.errors import DocumentEmpty, DocumentUnreadable, TooLarge

_MOST_BYTES = 256 << 20


class FixedReader(PdfReader):
    """An XPS document (a page a page) or an SVG drawing (one page). Units are points."""

    def __init__(self, path: Path, setup: ReaderSetup = DEFAULT_SETUP) -> None:
        """Turns the file into a PDF and opens that.

        Raises:
            DocumentEmpty: it has no pages.
            DocumentUnreadable: it is damaged.
            TooLarge: it has more bytes than can be turned into a PDF.
        """
        if path.stat().st_size > _MOST_BYTES:
            raise TooLarge(
                f"The document is larger than the {_MOST_BYTES >> 20} MB that can be read of its format: "
                "print it to PDF and send that."
            )
        # From memory: a drawing shall not reach for the files beside it.
        data = path.read_bytes()
        try:
            kind = "xps" if data[:2] == b"PK" else "svg"
            with PYMUPDF, pymupdf.open(stream=data, filetype=kind) as document:
                pages = document.page_count
                pdf = document.convert_to_pdf() if pages else b""
        except Exception as error:  # MuPDF raises many kinds, some of them bare
            raise DocumentUnreadable("The document is too damaged to be opened: print it to PDF.") from error
        if not pages:
            raise DocumentEmpty("The document has no pages.")
        self._file = tempfile.NamedTemporaryFile(suffix=".pdf", dir=setup.scratch)  # noqa: SIM115 (till close)
        self._file.write(pdf)
        self._file.flush()
        super().__init__(Path(self._file.name), setup)

    def close(self) -> None:
        """See ``PagedReader``."""
        super().close()
        self._file.close()
