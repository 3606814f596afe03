from __future__ import annotations

import contextlib
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.readers.detection.detect import detect
from pipelines.readers.detection.text_kinds import office_xml, text_kind, text_of_head
from schemas.acceptance import likely_mime_type
from schemas.errors import DocumentEmpty, DocumentError, DocumentUnreadable, UnsupportedFormat
from schemas.formats import FORMATS, bare_mime_type, mime_type_of_name
from schemas.refused import REFUSED
from tests.readers.files import ole, zipped

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


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"<?xml version='1.0'?>\n<!-- a -->\n<html xmlns='http://www.w3.org/1999/xhtml'>", "HTML"),
        (b"a,b,c\n1,2,3\n4,5,6\n", "CSV"),
        (b"a\tb\n1\t2\n3\t4\n", "CSV"),
        (b"Dear Ann, Bob\nhello, you\nbye, then\n", "plain text"),
        (b"# Title\n\n- one\n- two\n", "Markdown"),
        (b"one - two\nthree\n", "plain text"),
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n", "subtitles"),
        (b'{"a": [1, 2]}', "JSON"),
        (b"[note] to self", "plain text"),
        (b"<angle> brackets", "plain text"),
        (b"| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n", "Markdown"),
    ],
)
def test_texts_that_nothing_is_said_of(tmp_path: Path, data: bytes, expected: str) -> None:
    assert detected(tmp_path, data) == expected
    assert detected(tmp_path, data, "text/plain") == expected
    assert detected(tmp_path, data, "text/plain", "notes.txt") in {"plain text", "subtitles"}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        ("<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a/>", "application/xml"),
        ("<feed xmlns='http://www.w3.org/2005/Atom'>", "application/xml"),
        ("From: a@b.c\nSubject: x\n\nhello", "message/rfc822"),
        ("Received: by x\n\tfor y\nX-Odd: 1\nDate: today\n", "message/rfc822"),
        ("From: me\n to: nobody", "text/plain"),
        ("Note: this\nThat: thing\n\n", "text/plain"),
        ("From a@b.c Sat Jan  1 00:00:00 2000\nFrom: a@b.c\n", "application/mbox"),
        (
            "From: <Saved by X>\nMIME-Version: 1.0\nContent-Type: multipart/related;\n type=a\n\n",
            "multipart/related",
        ),
        ("From: a\nTo: b\nContent-Type: multipart/related;\n type=a\n\n", "message/rfc822"),
    ],
)
def test_kinds_of_text(text: str, kind: str) -> None:
    assert text_kind(text) == kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (
            "<?xml?><office:document office:mimetype='application/vnd.oasis.opendocument.text'>",
            "text-flat-xml",
        ),
        (
            "<office:document office:mimetype='application/vnd.oasis.opendocument.text-template'>",
            "text-flat-xml",
        ),
        ("<?xml?><?mso-application progid='Word.Document'?><w:wordDocument xmlns:w='x'>", "ms-wordml"),
        ("<Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'>", "ms-spreadsheetml"),
    ],
)
def test_office_documents_in_one_xml_file(text: str, kind: str) -> None:
    assert (office_xml(text) or "").endswith(kind)
    assert office_xml(text_of_head(text.encode("utf-16"))) == office_xml(text)
    assert office_xml(f"As in {text}") is None


def test_no_bytes(tmp_path: Path) -> None:
    with pytest.raises(DocumentEmpty):
        detected(tmp_path, b"", "application/pdf")


@pytest.mark.parametrize(
    ("data", "mime_type", "name", "words"),
    [
        (zipped({"a.txt": "x"}), None, "report.zip", "archive.* Unpack it"),
        (zipped({"a.txt": "x"}), "application/pdf", "report.pdf", "archive"),
        (zipped({"index.xml": "<ls:document>"}), None, "a.numbers", "Apple Numbers .* as Excel or PDF"),
        (b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3", None, None, "OneNote"),
        (ole({"something": b"x"}), "application/msword", "a.doc", "unknown kind.* save it as PDF"),
        (b"<pkg:package xmlns:pkg='x'>", None, "a.xml", "save it as DOCX"),
        (b"\x00\x00\x01\x00\x01\x00", None, "a.ico", "Save it as PNG"),
        (b"ID3\x04\x00", None, "song", "audio or video.* Send the document itself"),
        (b"MZ" + b"\x90\x00" * 40, "text/plain", "x.txt", "program"),
        (b"\x00\x01\x02\x03", None, None, r"unknown.*drawings \(PDF, .*pictures \(PNG, "),
        (b"\x00\x01\x02\x03", "video/mp4", None, "audio or video"),
        (b"\x00\x01\x02\x03", "chemical/x-pdb", None, "chemical/x-pdb"),
    ],
)
def test_other_kinds_are_refused_by_name(
    tmp_path: Path, data: bytes, mime_type: str | None, name: str | None, words: str
) -> None:
    with pytest.raises(UnsupportedFormat, match=words):
        detected(tmp_path, data, mime_type, name)


def test_bytes_that_are_not_the_text_they_are_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(DocumentUnreadable, match="HTML but holds binary data"):
        detected(tmp_path, b"\x00\x01\x02\x03", "text/html")


@settings(max_examples=300, deadline=1000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.sampled_from(
        [b"", b"PK\x03\x04", zipped({"a": "b"}), ole({"Workbook": b""})[:1600], b"<", b"\x30\x82"]
    ),
    rest=st.binary(max_size=600),
    mime_type=st.sampled_from(
        [None, "text/plain", "application/pdf", "text/html; charset=x", "application/msword"]
    ),
    name=st.sampled_from([None, "x", "a.docx", "b.csv", "c.zip", ".tsv"]),
)
def test_any_bytes_are_a_format_or_refused(
    tmp_path: Path, start: bytes, rest: bytes, mime_type: str | None, name: str | None
) -> None:
    with contextlib.suppress(DocumentError):
        assert detected(tmp_path, start + rest, mime_type, name)


@pytest.mark.parametrize(
    "text",
    [
        "<!---->" * 900,
        "<!-- ",
        "<? ?>" * 900,
        "<!DOCTYPE [ ] ",
        "From " + "x" * 4000,
        "[" * 4000,
        "a:" * 2000,
        "]>" * 2000,
        "{" * 4000,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    started = time.process_time()
    for repeated in (text, text * 3, (text * 4000)[:4096], "<!DOCTYPE x [" + (text * 4000)[:4000]):
        text_kind(repeated[:4096])
        office_xml(repeated[:4096])
    assert time.process_time() - started < 2


def test_types_are_written_as_they_are_compared() -> None:
    for known in FORMATS:
        assert all(bare_mime_type(kind) == kind for kind in known.mime_types), known.name
        assert all(mime_type_of_name(f"x{suffix.upper()}") in known.mime_types for suffix in known.extensions)
    refused = {kind for row in REFUSED for kind in row.mime_types}
    assert not refused & {kind for known in FORMATS for kind in known.mime_types}


@pytest.mark.parametrize(
    ("head", "stated", "expected"),
    [
        (PDF, "application/vnd.apple.pages", "application/pdf"),
        (PDF, "text/html", "text/html"),
        (BINARY, None, "application/zip"),
        (BINARY, "application/vnd.apple.pages", "application/vnd.apple.pages"),
        (b"words", None, "text/plain"),
        ("caf\u00e9".encode()[:-1], None, "text/plain"),
        (b"\xff\x00\x01", None, None),
        (b"\xff\x00\x01", "audio/mpeg", "audio/mpeg"),
    ],
)
def test_an_uploads_type(head: bytes, stated: str | None, expected: str | None) -> None:
    assert likely_mime_type(head, stated) == expected
