from __future__ import annotations

import shutil
import struct
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pictures

from pipelines.readers import media
from pipelines.readers.base import ReaderSetup
from pipelines.readers.media import pixels_of
from schemas.errors import DocumentError, TooLarge, UnsupportedFormat


def wmf(width: int, height: int, color: int = 0) -> bytes:
    """A placeable metafile (MS-WMF) with a filled rectangle that covers it."""

    def record(function: int, *words: int) -> bytes:
        return struct.pack(f"<IH{len(words)}H", 3 + len(words), function, *words)

    records = (
        record(0x020B, 0, 0)  # window origin
        + record(0x020C, height, width)  # window extent
        + record(0x02FC, 0, color & 0xFFFF, color >> 16, 0)  # brush
        + record(0x012D, 0)  # is selected
        + record(0x041B, height, width, 0, 0)  # rectangle
        + record(0)
    )
    words = [0xCDD7, 0x9AC6, 0, 0, 0, width, height, 1440, 0, 0]
    checksum = 0
    for word in words:
        checksum ^= word
    header = struct.pack("<HHHIHIH", 1, 9, 0x300, 9 + len(records) // 2, 1, 9, 0)
    return struct.pack("<11H", *words, checksum) + header + records


def test_a_picture_is_read_like_a_file(tmp_path: Path) -> None:
    pixels = np.full((10, 20, 3), 200, np.uint8)
    file = BytesIO()
    Pictures.fromarray(pixels).save(file, "BMP")
    read = pixels_of(file.getvalue(), ReaderSetup(scratch=tmp_path))
    assert read is not None
    assert (read == pixels).all()
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_picture_is_a_document_error(tmp_path: Path) -> None:
    with pytest.raises(DocumentError):
        pixels_of(b"no picture", ReaderSetup(scratch=tmp_path))


def test_metafiles_need_libreoffice(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFormat):
        pixels_of(wmf(1440, 720), ReaderSetup(scratch=tmp_path))


def test_only_the_first_metafiles_are_drawn_and_each_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawings: list[bytes] = []

    def draw(data: bytes, suffix: str, setup: ReaderSetup) -> None:
        drawings.append(data)

    monkeypatch.setattr(media, "_drawing", draw)
    setup = ReaderSetup(scratch=tmp_path)
    files = [wmf(100 + n, 100) for n in range(11)]
    for _ in range(2):
        for file in files[:10]:
            pixels_of(file, setup)
    assert drawings == files[:10]
    with pytest.raises(TooLarge, match="metafiles"):
        pixels_of(files[10], setup)
    pixels_of(files[10], ReaderSetup(scratch=tmp_path / "another document"))


@pytest.mark.engines
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_draws_a_metafile(tmp_path: Path) -> None:
    soffice = Path(str(shutil.which("soffice")))
    read = pixels_of(wmf(1440, 720, 0x0000FF), ReaderSetup(scratch=tmp_path, soffice=soffice))
    assert read is not None
    height, width = read.shape[:2]
    assert 1.8 < width / height < 2.2
    assert tuple(read[height // 2, width // 2]) == (255, 0, 0)
