"""What a whole service keeps on disk: for its user alone, and nothing of documents in clear if so wished."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.service import Service, ended, pdf, submit, upload

pytestmark = pytest.mark.end_to_end

KEY = {"OCTAVO_SECRET_KEY": secrets.token_hex(32)}
WORD = b"quokka"


@pytest.fixture
def encrypting(tmp_path: Path) -> Iterator[Service]:
    service = Service(tmp_path, {**KEY, "OCTAVO_ENCRYPT_BLOBS": "required"}).start()
    yield service
    service.stop()


def test_files_are_for_the_services_user_alone_and_documents_lie_nowhere_in_clear(
    encrypting: Service,
) -> None:
    document = pdf([f"The {WORD.decode()} sleeps."])
    with encrypting.client() as client:
        file_id = upload(client, document)
        result = ended(client, submit(client, file_id=file_id))
        assert WORD.decode() in result["document_markdown"]
        assert client.get(f"files/{file_id}/content").content == document
        raw = ended(client, submit(client, raw_text=f"A {WORD.decode()}.", mime_type="text/plain"))
        assert WORD.decode() in raw["document_markdown"]
    kept = [path for path in (encrypting.folder / "data").rglob("*") if path.is_file()]
    assert {path.name for path in kept} >= {"octavo.db", "result.json"}
    assert [path for path in kept if path.stat().st_mode & 0o077] == []
    assert [path for path in kept if WORD in path.read_bytes()] == []
    assert (encrypting.folder / "data").stat().st_mode & 0o777 == 0o700
