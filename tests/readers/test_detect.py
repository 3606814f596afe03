from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.readers.detect import detect
from schemas.errors import DocumentEmpty, UnsupportedFormat

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
BINARY = b"PK\x03\x04\x14\x00\x00\x00\x08\x00" * 10


def detected(tmp_path: Path, data: bytes, mime_type: str | None = None, name: str | None = None) -> str:
    path = tmp_path / "upload"
    path.write_bytes(data)
    return detect(path, mime_type, name).name


@pytest.mark.parametrize(
    ("data", "mime_type", "name", "expected"),
    [
        (PDF, None, None, "PDF"),
        (PDF, "text/html", "page.html", "PDF"),
        (b"\x00\x01junk" + PDF, "application/pdf", None, "PDF"),
        (PNG, "application/pdf", "scan.pdf", "PNG"),
        (b"\xff\xd8\xff\xe0", None, None, "JPEG"),
        (b"II*\x00\x08", None, None, "TIFF"),
        (b"a,b\n", "text/csv", "x.html", "CSV"),
        (b"a,b\n", None, "x.CSV", "CSV"),
        (b"a\tb\n", None, "x.tsv", "CSV"),
        (b"a,b\n", "application/octet-stream", "x.csv", "CSV"),
        (b"a,b\n", "application/vnd.ms-excel", "x.csv", "CSV"),
        (b"# T", "text/markdown; charset=utf-8", None, "Markdown"),
        (b"# T", None, "README.md", "Markdown"),
        (b"<p>x", "Text/HTML", None, "HTML"),
        (b"  <!-- a --> <!DOCTYPE html><p>", None, None, "HTML"),
        ("\ufeff<html>".encode(), None, "x", "HTML"),
        (b"<html><table>", "application/vnd.ms-excel", "x.xls", "HTML"),
        (b"<html><body>Not found", "application/pdf", "x.pdf", "HTML"),
        (b"just words", None, None, "plain text"),
        ("just words".encode("utf-16"), None, None, "plain text"),
        (b"just words", "text/plain", "x.md", "plain text"),
        (b"A PDF begins with %PDF- and a version.", "text/plain", None, "plain text"),
        (b"\x00\x01 damaged", "application/pdf", None, "PDF"),
    ],
)
def test_formats(tmp_path: Path, data: bytes, mime_type: str | None, name: str | None, expected: str) -> None:
    assert detected(tmp_path, data, mime_type, name) == expected


def test_no_bytes(tmp_path: Path) -> None:
    with pytest.raises(DocumentEmpty):
        detected(tmp_path, b"", "application/pdf")


@pytest.mark.parametrize(
    ("data", "mime_type", "name", "words"),
    [
        (BINARY, None, "report.docx", "DOCX files are not read yet"),
        (BINARY, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", None, "XLSX"),
        (b"{\\rtf1 x}", None, "x.rtf", "RTF"),
        (BINARY, None, None, "PDF, PNG"),
        (BINARY, "text/plain", "x.txt", "plain text"),
        (BINARY, "video/mp4", None, "video/mp4"),
    ],
)
def test_other_formats_are_refused_by_name(
    tmp_path: Path, data: bytes, mime_type: str | None, name: str | None, words: str
) -> None:
    with pytest.raises(UnsupportedFormat, match=words):
        detected(tmp_path, data, mime_type, name)
