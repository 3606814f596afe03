"""``octavo files``: what is sent, kept and fetched again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.api.commands.conftest import Office
from workers.jobs.services import Services


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_from_upload_to_delete(office: Office, here: Path) -> None:
    (here / "bill [1].txt").write_bytes(b"one")
    (here / "note.txt").write_bytes(b"two")
    labels = ("--label", "customer=acme", "--label", "formula=a=b")
    ids = office.octavo("files", "upload", "bill [1].txt", "note.txt", *labels).split()
    assert len(ids) == 2
    assert [file["file_id"] for file in office.lines("files", "list")] == ids[::-1]
    (bill,) = office.lines("files", "list", "--name", "bill")
    assert (bill["file_name"], bill["file_size"]) == ("bill [1].txt", 3)
    assert bill["labels"] == {"customer": "acme", "formula": "a=b"}
    assert office.lines("files", "list", "--since", "2999-01-01") == []
    assert "bill [1].txt" in office.octavo("files", "list")
    for word in ("bill [1].txt", ids[0]):
        assert json.loads(office.octavo("files", "show", word, "--json")) == bill
        assert bill["checksum_sha256"] in office.octavo("files", "show", word)
    office.octavo("files", "delete", "note.txt", ids[0])
    assert office.lines("files", "list") == []


def test_what_is_uploaded_is_told_with_its_path(office: Office, here: Path) -> None:
    (here / "a.txt").write_bytes(b"one")
    (here / "empty.txt").write_bytes(b"")
    said = office.octavo("files", "upload", "empty.txt", "a.txt", "--json", code=1)
    assert "empty.txt: " in said
    (told,) = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert told["path"] == "a.txt"
    assert told["file_id"] == office.lines("files", "list")[0]["file_id"]
    office.octavo("files", "upload", "none.txt", code=2)
    office.octavo("files", "upload", "a.txt", "--label", "customer", code=2)


def test_bytes_come_back_as_they_were(office: Office, here: Path) -> None:
    content = bytes(range(256)) * 1000
    file_id = office.upload("x.bin", content)
    office.octavo("files", "download", "x.bin")
    assert (here / "x.bin").read_bytes() == content
    assert "--force" in office.octavo("files", "download", file_id, code=1)
    (here / "x.bin").write_bytes(b"")
    office.octavo("files", "download", file_id, "--force")
    assert (here / "x.bin").read_bytes() == content
    (here / "folder").mkdir()
    office.octavo("files", "download", file_id, "--output", "folder")
    assert (here / "folder" / "x.bin").read_bytes() == content
    office.octavo("files", "download", file_id, "--output", "nowhere/x.bin", code=1)
    assert "no file" in office.octavo("files", "download", "file_" + "6" * 21, code=1).lower()


def test_a_files_name_is_no_path(office: Office, here: Path) -> None:
    office.octavo("files", "download", office.upload("../../.evil\x1b.txt"))
    assert [path.name for path in here.iterdir()] == ["evil.txt"]


def test_bytes_that_are_not_those_of_the_upload_are_not_kept(
    office: Office, here: Path, services: Services
) -> None:
    file_id = office.upload("x.bin", b"as it was")
    services.blobs.put_bytes(services.files.get("default/default", file_id).blob_key, b"otherwise")
    assert "checksum" in office.octavo("files", "download", file_id, code=1)
    assert list(here.iterdir()) == []
