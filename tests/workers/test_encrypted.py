"""Workers over an encrypted store: nothing of a document lies in it; damage is told of or made good."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.settings import Settings
from tests.api.service import make_services
from tests.workers.desk import Desk, drain, end_pauses, job_of, outputs, submit_text
from workers import run
from workers.ground import is_away
from workers.jobs.blobs import BlobsLocked, open_blobs
from workers.jobs.services import Services

WORDS = b"text of page"


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    services = make_services(
        tmp_path,
        page_window=2,
        shard_pages=4,
        lease_seconds=600,
        encrypt_blobs="required",
        secret_key="k" * 32,
    )
    yield services
    services.close()


def stored(services: Services, key: str) -> Path:
    return services.settings.folder / "blobs" / key


def everything_stored(settings: Settings) -> dict[str, bytes]:
    root = settings.folder / "blobs"
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_nothing_of_a_job_lies_open_in_the_store(services: Services, worker: run.Worker, desk: Desk) -> None:
    job = submit_text(services)
    drain(worker)
    assert WORDS.decode() in str(outputs(services, job))
    found = everything_stored(services.settings)
    assert {key.split("/")[2] for key in found} == {"source", "windows", "result.json"}
    assert all(WORDS not in data and b"a b c" not in data for data in found.values())


def test_a_document_that_was_tampered_with_fails_its_job_and_says_so(
    services: Services, worker: run.Worker, desk: Desk
) -> None:
    job, other = submit_text(services), submit_text(services)
    stored(services, f"jobs/{other.id}/source").replace(stored(services, f"jobs/{job.id}/source"))
    for _ in range(services.settings.max_attempts):
        worker.run_one("cpu")
        worker.run_one("cpu")
        end_pauses(services)
    assert "damaged where it is stored" in (job_of(services, job).error or "")
    assert desk.read == []


def test_windows_that_were_tampered_with_are_read_again(
    services: Services, worker: run.Worker, desk: Desk
) -> None:
    job = submit_text(services)

    def tamper(number: int) -> None:
        if number == 5 and 5 not in desk.read:
            window = stored(services, services.windows.of(job.id)[0].blob_key)
            window.write_bytes(window.read_bytes()[:-1])

    desk.before_page = tamper
    drain(worker)
    end_pauses(services)
    drain(worker)
    assert job_of(services, job).status == "successful"
    assert desk.read == [1, 2, 3, 4, 5, 1, 2]


def test_without_its_key_work_waits(services: Services) -> None:
    job = submit_text(services)
    others = open_blobs(services.settings.blobs, keys=["o" * 32])
    with pytest.raises(BlobsLocked) as caught:
        others.get_bytes(f"jobs/{job.id}/source")
    assert is_away(caught.value)
