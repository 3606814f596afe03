"""The pixels of a picture that lies in a document: it is read like a picture file of its own."""

from __future__ import annotations

import tempfile
from pathlib import Path

from models.base import Image
from pipelines.readers.base import ReaderSetup
from pipelines.readers.image import ImageReader
from pipelines.readers.libreoffice import converted
from schemas.errors import DocumentError

_WMF = (b"\xd7\xcd\xc6\x9a", b"\x01\x00\x09\x00", b"\x02\x00\x09\x00")
_EMF_SIGNATURE = slice(40, 44)


def pixels_of(data: bytes, setup: ReaderSetup) -> Image | None:
    """The picture's first frame, RGB; metafiles (EMF, WMF) through LibreOffice, None where it is missing.

    Raises:
        DocumentError: it is damaged, too large, or of a kind that is not read here.
    """
    suffix = _metafile(data)
    if suffix and setup.soffice is None:
        return None
    with tempfile.TemporaryDirectory(dir=setup.scratch) as folder:
        path = Path(folder, f"picture{suffix}")
        path.write_bytes(data)
        if suffix:
            try:
                path = converted(path, "png", setup)
            except DocumentError:
                return None
        reader = ImageReader(path, setup)
        try:
            return reader.render(1, 1.0)
        finally:
            reader.close()


def _metafile(data: bytes) -> str:
    if data[_EMF_SIGNATURE] == b" EMF":
        return ".emf"
    return ".wmf" if data.startswith(_WMF) else ""
