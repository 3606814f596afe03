from __future__ import annotations

import io
from pathlib import Path

import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from pipelines.readers.detection.containers import PROTECTED, type_in_ole
from pipelines.readers.detection.detect import detect
from pipelines.readers.detection.protected import ProtectedReader
from schemas.errors import DocumentEncrypted
from tests.readers.files import OFFICE, ole, package

# Of some length: the library encrypts no shorter ones.
BOOK = package(f"{OFFICE}spreadsheetml.sheet.main+xml", part="a" * 3000)


def locked(path: Path, password: str) -> Path:
    with path.open("wb") as file:
        OOXMLFile(io.BytesIO(BOOK)).encrypt(password, file)
    return path


def test_a_book_that_asks_nobody_for_its_password(tmp_path: Path) -> None:
    path = locked(tmp_path / "a", "VelvetSweatshop")
    assert type_in_ole(path) == PROTECTED
    assert detect(path, None, "a.xlsx").reader == "protected"
    reader = ProtectedReader(path)
    (inside,) = reader.enclosed()
    assert reader.cover() is None
    assert inside.path.read_bytes() == BOOK
    assert detect(inside.path, inside.mime_type, inside.name).name == "XLSX"


def test_a_password_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(DocumentEncrypted, match="without one"):
        ProtectedReader(locked(tmp_path / "a", "secret"))


def test_what_is_locked_in_an_unknown_way(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(ole({"EncryptedPackage": b"", "EncryptionInfo": b"\x09\0\x09\0"}))
    with pytest.raises(DocumentEncrypted):
        ProtectedReader(tmp_path / "a")
