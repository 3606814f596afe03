"""Limits of projects on the wire: 429 with a true Retry-After; others feel nothing, and nothing is left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from api import uploads
from api.app import create_app
from tests.api.service import KEY, PDF, FakeWorker, make_services
from workers.jobs.ledger.windows import Window
from workers.jobs.metering import COLLECTED
from workers.jobs.services import Services

TEXT = {"raw_text": "a", "mime_type": "text/plain"}
CONFIG = """
organizations:
  - id: acme
    limits: {{stored_bytes: 0, pages_per_day: 0}}
    projects:
      - id: small
        limits: {limits}
        api_keys: [key-of-small]
      - id: other
        api_keys: [key-of-other]
"""


class Service:
    """A service whose project ``acme/small`` has limits, which may change."""

    def __init__(self, folder: Path) -> None:
        self.config = folder / "octavo.yaml"
        self.limit("{}")
        self.services = make_services(folder / "data", config=self.config)
        self.app = create_app(self.services)

    def limit(self, limits: str) -> None:
        self.config.write_text(CONFIG.format(limits=limits))

    def client(self, key: str = "key-of-small") -> TestClient:
        headers = {"Authorization": f"Bearer {key}"}
        return TestClient(self.app, "http://testserver/documents/v2/", headers=headers)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    service = Service(tmp_path)
    yield service
    service.services.close()


def refused(answer: Response, limit: str) -> int:
    """After how many seconds one may come again, of an answer that refuses."""
    assert answer.status_code == 429, answer.text
    body = answer.json()
    assert body["code"] == "QUOTA_EXCEEDED"
    assert body["details"] is None
    assert f"({limit})" in body["message"]
    return int(answer.headers["Retry-After"])


def upload(client: TestClient, size: int, fill: bytes = b"a") -> Response:
    return client.put("files", files={"file": ("a.pdf", PDF + fill * (size - len(PDF)))})


def on_disk(services: Services) -> list[Path]:
    folders = (services.settings.folder / name for name in ("uploads", "blobs"))
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


# --------------------------------------------------------------------------- requests a minute


def test_a_project_that_comes_too_often_is_told_when_to_come_again(service: Service) -> None:
    service.limit("{requests_per_minute: 3}")
    moment = [1_800_000_000_000]
    service.services.rates.now = lambda: moment[0]
    small, other = service.client(), service.client("key-of-other")
    assert [small.get("files").status_code for _ in range(3)] == [200] * 3
    assert refused(small.get("files"), "requests_per_minute") == 20
    assert refused(small.post("parse", json=TEXT), "requests_per_minute") == 20
    assert other.get("files").status_code == 200
    moment[0] += 20_000
    assert small.get("files").status_code == 200
    assert small.get("nothing-here").status_code == 429
    service.limit("{requests_per_minute: 0}")
    assert small.get("files").status_code == 200


def test_what_is_refused_is_counted_by_its_limit(service: Service) -> None:
    COLLECTED.take()
    service.limit("{requests_per_minute: 1}")
    small = service.client()
    for _ in range(3):
        small.get("files")
    assert COLLECTED.take()["octavo_refusals_total", '{"limit": "requests_per_minute"}'] == 2


# --------------------------------------------------------------------------- pages a day


def test_when_the_pages_of_the_day_are_read_no_job_is_taken_in_until_the_next(service: Service) -> None:
    services, client = service.services, service.client()
    now = [datetime(2026, 1, 1, 23, 0, tzinfo=UTC)]
    services.ledger.now = lambda: now[0]
    service.limit("{pages_per_day: 5}")
    worker = FakeWorker(services)
    job = client.post("parse", json=TEXT).json()["parse_id"]
    claim = worker.claim()
    services.windows.keep(claim, Window(0, [1, 2, 3, 4], "print", "blob"))
    assert client.post("parse", json=TEXT, headers={"Idempotency-Key": "a"}).status_code == 200
    services.windows.keep(claim, Window(1, [5], "second", "blob"))
    assert refused(client.post("parse", json=TEXT), "pages_per_day") == 3600
    assert client.post("parse", json=TEXT, headers={"Idempotency-Key": "a"}).status_code == 200
    assert client.post(f"parse/{job}/cancel").status_code == 200
    assert refused(client.post(f"parse/{job}/replay", json={}), "pages_per_day") == 3600
    assert client.get(f"parse/{job}").status_code == 200
    assert service.client("key-of-other").post("parse", json=TEXT).status_code == 200
    now[0] = datetime(2026, 1, 2, tzinfo=UTC)
    assert client.post(f"parse/{job}/replay", json={}).status_code == 200


# --------------------------------------------------------------------------- bytes of files


def test_an_upload_that_does_not_fit_is_refused_and_leaves_nothing(service: Service) -> None:
    service.limit("{stored_bytes: 1000}")
    client = service.client()
    file_id = upload(client, 600).json()["file_id"]
    before = on_disk(service.services)
    assert refused(upload(client, 401, b"b"), "stored_bytes") == 3600
    assert on_disk(service.services) == before
    assert upload(client, 400, b"b").status_code == 200
    assert client.delete(f"files/{file_id}").status_code == 204
    assert upload(client, 600, b"c").status_code == 200
    assert upload(service.client("key-of-other"), 5000).status_code == 200


def test_it_is_refused_before_it_is_on_the_disk(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    service.limit("{stored_bytes: 1000}")
    largest, discard = 0, uploads.IncomingFile.discard

    def discarded(upload: uploads.IncomingFile) -> None:
        nonlocal largest
        largest = max(largest, upload._file.tell())
        discard(upload)

    monkeypatch.setattr(uploads.IncomingFile, "discard", discarded)
    client, other = service.client(), service.services.quotas.upload("acme/small")
    refused(upload(client, 8 << 20), "stored_bytes")
    other.grow(1000)
    refused(upload(client, 1000), "stored_bytes")
    assert (
        largest == 0
    )  # one is larger than there is room, and for the other all room is taken by one on its way
    other.close()
    assert upload(client, 1000).status_code == 200


def test_an_upload_that_broke_off_gives_its_room_back(service: Service) -> None:
    service.limit("{stored_bytes: 1000}")
    client = service.client()
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    for _ in range(3):
        torn = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + b"a" * 900
        answer = client.put("files", content=torn, headers=headers)
        assert answer.json()["code"] == "MULTIPART_STREAM_END"
    assert upload(client, 1000).status_code == 200


def test_the_settings_hold_where_the_yaml_says_nothing(tmp_path: Path) -> None:
    services = make_services(tmp_path, stored_bytes=100, requests_per_minute=7, pages_per_day=9)
    limits = services.limits.of("default/default")
    assert (limits.stored_bytes, limits.requests_per_minute, limits.pages_per_day) == (100, 7, 9)
    headers = {"Authorization": f"Bearer {KEY}"}
    with TestClient(create_app(services), "http://testserver/documents/v2/", headers=headers) as client:
        refused(upload(client, 101), "stored_bytes")
    services.close()
