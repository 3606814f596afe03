"""The API over an encrypted store: callers see no difference, but are told of what was damaged."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.api.service import make_services
from workers.jobs.services import Services

BYTES = b"confidential " * 20_000


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    services = make_services(tmp_path / "data", encrypt_blobs="required", secret_key="k" * 32)
    yield services
    services.close()


@pytest.fixture
def file_id(client: TestClient) -> str:
    return str(client.post("files", files={"file": ("a.bin", BYTES)}).json()["file_id"])


@pytest.fixture
def stored(services: Services, file_id: str) -> Path:
    return next((services.settings.folder / "blobs" / "files").rglob(f"{file_id}*"))


def test_sizes_and_checksums_are_those_of_the_file(client: TestClient, file_id: str, stored: Path) -> None:
    about = client.get(f"files/{file_id}/metadata").json()
    assert (about["file_size"], about["checksum_sha256"]) == (len(BYTES), hashlib.sha256(BYTES).hexdigest())
    answer = client.get(f"files/{file_id}/content")
    assert (answer.content, answer.headers["content-length"]) == (BYTES, str(len(BYTES)))
    assert stored.stat().st_size > len(BYTES)
    assert b"confidential" not in stored.read_bytes()


def test_a_damaged_file_is_told_of_and_named_in_the_log(
    client: TestClient, file_id: str, stored: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stored.write_bytes(stored.read_bytes()[:1000])
    answer = client.get(f"files/{file_id}/content")
    assert answer.status_code == 500
    assert "damaged where it is stored" in answer.json()["message"]
    assert file_id in caplog.text


def test_nothing_is_ready_without_the_key(
    client: TestClient, services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    services.blobs.put_bytes("installation", b"ours")
    assert client.get("http://localhost/readyz").status_code == 200
    other = make_services(services.settings.folder, encrypt_blobs="required", secret_key="o" * 32)
    client.app.state.services = other  # type: ignore[attr-defined]
    answer = client.get("http://localhost/readyz")
    other.close()
    assert answer.status_code == 503
    assert "OCTAVO_SECRET_KEY" in caplog.text
    assert "OCTAVO_SECRET_KEY" not in answer.text
