"""The pixels of a picture that lies in a document: it is read like a picture file of its own."""

from __future__ import annotations

import hashlib
import tempfile
from functools import lru_cache
from pathlib import Path

import numpy as np

from models.base import Image
from pipelines.readers.base import PagedReader, ReaderSetup
from pipelines.readers.image import ImageReader
from pipelines.readers.libreoffice import converted
from schemas.errors import TooLarge

_WMF = (b"\xd7\xcd\xc6\x9a", b"\x01\x00\x09\x00", b"\x02\x00\x09\x00")
_EMF_SIGNATURE = slice(40, 44)
# Each of them takes LibreOffice seconds.
_MOST_METAFILES = 10
_METAFILE_SCALE = 2.0
_NEARLY_WHITE = 250


def pixels_of(data: bytes, setup: ReaderSetup) -> Image | None:
    """The picture's first frame, RGB; None for a metafile in which nothing is drawn.

    Metafiles (EMF, WMF) are drawn by LibreOffice, the first of a document only.

    Raises:
        DocumentError: it is damaged, too large, or of a kind that is not read here.
    """
    suffix = _metafile(data)
    if not suffix:
        with tempfile.NamedTemporaryFile(dir=setup.scratch) as file:
            file.write(data)
            file.flush()
            return _first_page(ImageReader(Path(file.name), setup), 1.0)
    drawn, mark = _drawn(setup), hashlib.sha256(data).digest()
    if mark not in drawn:
        if len(drawn) >= _MOST_METAFILES:
            raise TooLarge(f"The document has more than {_MOST_METAFILES} metafiles as pictures.")
        drawn[mark] = None
        drawn[mark] = _drawing(data, suffix, setup)
    return drawn[mark]


@lru_cache(maxsize=1)
def _drawn(setup: ReaderSetup) -> dict[bytes, Image | None]:
    """The metafiles of a document that were drawn, by their hash: ``setup.scratch`` is the document's own."""
    return {}


def _drawing(data: bytes, suffix: str, setup: ReaderSetup) -> Image | None:
    """What a metafile draws, without the page that LibreOffice puts it on."""
    from pipelines.readers.pdf.reader import PdfReader

    with tempfile.TemporaryDirectory(dir=setup.scratch) as folder:
        path = Path(folder, f"picture{suffix}")
        path.write_bytes(data)
        page = _first_page(PdfReader(converted(path, "pdf", setup), setup), _METAFILE_SCALE)
    inked = np.min(page, axis=2) < _NEARLY_WHITE
    rows, columns = np.flatnonzero(np.any(inked, axis=1)), np.flatnonzero(np.any(inked, axis=0))
    if not rows.size:
        return None
    return np.ascontiguousarray(page[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


def _first_page(reader: PagedReader, scale: float) -> Image:
    try:
        return reader.render(1, scale)
    finally:
        reader.close()


def _metafile(data: bytes) -> str:
    if data[_EMF_SIGNATURE] == b" EMF":
        return ".emf"
    return ".wmf" if data.startswith(_WMF) else ""
