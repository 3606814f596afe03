from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.readers.json import JsonReader
from schemas.errors import DocumentEmpty


def shown(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    (fragment,) = JsonReader(path).fragments()
    return str(fragment.content.content)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data"


def test_one_line_is_laid_out_and_no_value_changes(path: Path) -> None:
    assert shown(path, '{"b":1.10,"a":["é",1e999,12345678901234567890]}'.encode()) == (
        '```json\n{\n  "b": 1.10,\n  "a": [\n    "é",\n    1e999,\n    12345678901234567890\n  ]\n}\n```'
    )


def test_several_lines_stay(path: Path) -> None:
    assert shown(path, b'{"a": 1}\r\n{"a": 2}\r\n') == '```json\n{"a": 1}\n{"a": 2}\n```'


def test_what_is_no_json_is_shown(path: Path) -> None:
    assert shown(path, b'{"a": ') == '```json\n{"a":\n```'
    assert shown(path, b"[" * 100_000).count("[") == 100_000


def test_fences_in_values_do_not_end_the_block(path: Path) -> None:
    assert shown(path, b'["```"]').startswith("````json\n")


def test_utf16(path: Path) -> None:
    assert '"é"' in shown(path, '["é"]'.encode("utf-16"))


def test_nothing_to_read(path: Path) -> None:
    path.write_bytes(b" \n")
    with pytest.raises(DocumentEmpty):
        JsonReader(path)
