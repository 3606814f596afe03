from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest

from pipelines.readers.detection.containers import PROTECTED, type_in_ole, type_in_zip
from schemas.errors import DocumentEncrypted, DocumentUnreadable, TooLarge
from schemas.signatures import OLE, ZIP
from tests.readers.files import OFFICE, ole, open_document, package, zipped

WORD = f"{OFFICE}wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"


@pytest.fixture
def in_zip(tmp_path: Path):
    def look(data: bytes) -> str:
        (tmp_path / "file").write_bytes(data)
        return type_in_zip(tmp_path / "file")

    return look


@pytest.fixture
def in_ole(tmp_path: Path):
    def look(data: bytes) -> str:
        (tmp_path / "file").write_bytes(data)
        return type_in_ole(tmp_path / "file")

    return look


@pytest.mark.parametrize(
    ("main_type", "expected"),
    [
        (f"{WORD}.main+xml", WORD),
        (f"{OFFICE}wordprocessingml.template.main+xml", f"{OFFICE}wordprocessingml.template"),
        (
            "application/vnd.ms-word.document.macroEnabled.main+xml",
            "application/vnd.ms-word.document.macroenabled.12",
        ),
        (f"{OFFICE}spreadsheetml.sheet.main+xml", f"{OFFICE}spreadsheetml.sheet"),
        (
            "application/vnd.ms-excel.sheet.binary.macroEnabled.main",
            "application/vnd.ms-excel.sheet.binary.macroenabled.12",
        ),
        ("application/vnd.ms-visio.drawing.main+xml", "application/vnd.ms-visio.drawing"),
        ("application/vnd.ms-package.xps-fixeddocumentsequence+xml", "application/vnd.ms-xpsdocument"),
    ],
)
def test_packages_say_their_type(in_zip, main_type: str, expected: str) -> None:
    assert in_zip(package(main_type)) == expected


def test_embedded_packages_are_not_the_document(in_zip) -> None:
    types = (
        f'<Types><Default Extension="xlsx" ContentType="{OFFICE}spreadsheetml.sheet"/>'
        f"<Override ContentType='{WORD}.main+xml' PartName='/w.xml'/></Types>"
    )
    assert in_zip(zipped({"[Content_Types].xml": types})) == WORD
    assert in_zip(zipped({"[Content_Types].xml": types.encode("utf-16")})) == WORD


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"word/document.xml": "<x/>"}, WORD),
        (
            {"[Content_Types].xml": "broken", "ppt/presentation.xml": ""},
            f"{OFFICE}presentationml.presentation",
        ),
        ({"index.apxl": "<x/>"}, "application/vnd.apple.keynote"),
        ({"Index/Document.iwa": "x", "Index/Slide-12.iwa": "x"}, "application/vnd.apple.keynote"),
        (
            {"Index/Document.iwa": b"\0\x2a\0\0\x30\x18\x08\x01\x12\x0a\x08\x90\x4e\x12"},
            "application/vnd.apple.pages",
        ),
        (
            {"Index/Document.iwa": b"\0\x2a\0\0\x30\x18\x08\x01\x12\x0a\x08\x01\x12"},
            "application/vnd.apple.numbers",
        ),
        ({"index.xml": "<?xml version='1.0'?><sl:document x='y'>"}, "application/vnd.apple.pages"),
        ({"index.xml": "<index/>"}, ZIP),
        ({"META-INF/container.xml": "<x/>"}, "application/epub+zip"),
        ({"META-INF/MANIFEST.MF": ""}, "application/java-archive"),
        ({"mimetype": "application/hwp+zip"}, "application/hwp+zip"),
        ({"a.txt": "words"}, ZIP),
        ({}, ZIP),
    ],
)
def test_names_say_what_types_do_not(in_zip, parts: dict[str, str | bytes], expected: str) -> None:
    assert in_zip(zipped(parts)) == expected


def test_open_documents_say_their_type(in_zip) -> None:
    assert in_zip(open_document(ODT)) == ODT
    assert in_zip(open_document("application/epub+zip\n")) == "application/epub+zip"


def test_a_locked_open_document(in_zip) -> None:
    with pytest.raises(DocumentEncrypted, match="password"):
        in_zip(open_document(ODT, "<file-entry><manifest:encryption-data/></file-entry>"))


def test_a_locked_presentation_of_apple(in_zip) -> None:
    with pytest.raises(DocumentEncrypted, match="export it without"):
        in_zip(zipped({"Index/Slide-1.iwa": "x", ".iwph": "the usual one"}))


def test_a_locked_archive(in_zip) -> None:
    data = bytearray(zipped({"a.txt": "words"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(DocumentEncrypted, match="unpack it"):
        in_zip(bytes(data))


def test_a_cut_off_archive(in_zip) -> None:
    with pytest.raises(DocumentUnreadable, match="cut off"):
        in_zip(package(f"{WORD}.main+xml")[:-30])


def test_a_directory_that_lies_about_its_size(in_zip) -> None:
    data = bytearray(package(f"{WORD}.main+xml"))
    end = data.rindex(b"PK\x05\x06")
    data[end + 12 : end + 16] = struct.pack("<I", 1 << 30)
    with pytest.raises(TooLarge, match="more entries"):
        in_zip(bytes(data))


def test_a_directory_in_the_form_of_large_files(in_zip) -> None:
    data = package(f"{WORD}.main+xml")
    end = data.rindex(b"PK\x05\x06")
    count, size, offset = struct.unpack_from("<HII", data, end + 10)
    large = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, offset)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, end, 1)
    small = data[end : end + 10] + struct.pack("<HIIH", count, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    assert in_zip(data[:end] + large + locator + small) == WORD


def test_a_large_entry_is_read_in_part(in_zip) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b" " * (64 << 20))
        archive.writestr("word/document.xml", "")
    assert in_zip(out.getvalue()) == WORD


LOCKED_WORD = b"\xec\xa5\xc1\0" + b"\0" * 6 + struct.pack("<H", 0x0100)
LOCKED_BOOK = struct.pack("<HHHHHH", 0x809, 4, 0, 0, 0x2F, 2)
LOCKED_SLIDES = b"\0" * 12 + struct.pack("<I", 0xF3D1C4DF)


@pytest.mark.parametrize(
    ("streams", "expected"),
    [
        ({"WordDocument": b"\xec\xa5\xc1\0"}, "application/msword"),
        ({"WordDocument": LOCKED_WORD}, PROTECTED),
        ({"Workbook": struct.pack("<HHI", 0x809, 4, 0)}, "application/vnd.ms-excel"),
        ({"Book": LOCKED_BOOK}, PROTECTED),
        ({"PowerPoint Document": b"", "Current User": b"\0" * 16}, "application/vnd.ms-powerpoint"),
        ({"PowerPoint Document": b"", "Current User": LOCKED_SLIDES}, PROTECTED),
        ({"EncryptedPackage": b"", "EncryptionInfo": b""}, PROTECTED),
        ({"__properties_version1.0": b""}, "application/vnd.ms-outlook"),
        ({"VisioDocument": b""}, "application/vnd.visio"),
        ({"FileHeader": b"HWP Document File"}, "application/x-hwp"),
        ({"something": b""}, OLE),
    ],
)
def test_streams_say_what_an_older_file_is(in_ole, streams: dict[str, bytes], expected: str) -> None:
    assert in_ole(ole(streams)) == expected


def test_a_cut_off_older_file(in_ole) -> None:
    with pytest.raises(DocumentUnreadable, match="older Office file"):
        in_ole(ole({"WordDocument": b""})[:700])
