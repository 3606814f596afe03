"""The API over Postgres and S3: the same answers, and nothing a caller sends upsets them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from api.app import create_app
from benchmarks.servers import S3
from schemas.progress import Report
from schemas.settings import Settings
from tests.api.service import KEY, PDF, CountingDoorbell, FakeWorker
from tests.api.test_results import EVENTS, events
from workers.jobs.ledger.engine import migrate
from workers.jobs.services import Services

pytestmark = pytest.mark.services


@pytest.fixture
def cluster(
    tmp_path: Path, postgres_url: str, s3_server: S3, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Services]:
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    settings = Settings(
        data_dir=tmp_path,
        database_url=SecretStr(postgres_url),
        blob_url=f"s3://{s3_server.bucket}/{tmp_path.name}",
        s3_endpoint_url=s3_server.endpoint_url,
        api_keys=(SecretStr(KEY),),
    )
    services = Services.from_settings(settings, CountingDoorbell())
    migrate(services.ledger.engine)
    services.access.refresh()
    yield services
    services.close()


@pytest.fixture
def cluster_client(cluster: Services) -> Iterator[TestClient]:
    with TestClient(
        create_app(cluster),
        base_url="http://localhost/documents/v2/",
        headers={"Authorization": f"Bearer {KEY}"},
        raise_server_exceptions=False,
    ) as client:
        yield client


def test_from_upload_to_delete(cluster: Services, cluster_client: TestClient) -> None:
    client = cluster_client
    assert client.get("http://localhost/readyz").status_code == 200
    file_id = client.put("files", files={"file": ("Größe.pdf", PDF * 1000)}).json()["file_id"]
    assert client.put("files", files={"file": ("b.pdf", PDF * 1000)}).json()["file_id"] == file_id
    assert client.get(f"files/{file_id}/content").content == PDF * 1000
    parse_id = client.post("parse", json={"file_id": file_id, "labels": {"a": ["ü", 1.5]}}).json()["parse_id"]
    assert FakeWorker(cluster).work() == parse_id
    found = client.get(f"parse/{parse_id}").json()
    assert (found["status"], found["labels"]) == ("successful", {"a": ["ü", 1.5]})
    assert events(client.get(f"parse/{parse_id}", headers=EVENTS).text) == [("parse_done", found)]
    assert [i["parse_id"] for i in client.get("parse?filename=b.p&limit=1").json()["items"]] == [parse_id]
    assert client.delete(f"parse/{parse_id}").status_code == 204
    assert not cluster.blobs.exists(f"jobs/{parse_id}/result.json")
    assert client.delete(f"files/{file_id}").status_code == 204
    assert client.get("files").json()["items"] == []


def test_what_postgres_cannot_store_is_no_server_error(cluster: Services, cluster_client: TestClient) -> None:
    client = cluster_client
    text = {"raw_text": "a\u0000b", "mime_type": "text/plain"}
    submitted = client.post(
        "parse", json={**text, "file_name": "a\u0000\ud7ffb", "labels": {"\u0000": "\u0000"}}
    )
    assert submitted.status_code == 200
    worker = FakeWorker(cluster)
    claim = worker.claim()
    assert cluster.blobs.get_bytes(claim.source_key or "") == b"a\x00b"
    assert cluster.shards.renew(claim, 60, Report(stage="page \x00"))
    assert cluster.shards.fail(claim, "bad \x00 and \udfff")
    found = client.get(f"parse/{claim.job_id}").json()
    assert (found["error"], found["labels"]) == ("bad  and ?", {"\u0000": "\u0000"})
    answers = [
        client.get("parse/%00"),
        client.get("parse?filename=%00&id=%00&dataset_name=%00"),
        client.get("files?file_name=a%00b"),
        client.get("files/file_%00/metadata"),
        client.post("parse", json={"file_id": "file_\u0000"}),
        client.delete("files/%00"),
        client.put("files", files={"file": ("a%00\udcff".encode("utf-8", "replace").decode(), PDF)}),
        client.get("files", headers={"Authorization": "Bearer \x00"}),
        client.get(f"parse/{'x' * 5000}"),
        client.post("parse", json={**text, "page_range": "99999999999"}),
        made := client.post("datasets", json={"name": "a", "description": "a\u0000b"}),
        client.put(f"datasets/{made.json().get('dataset_id')}", json={"description": "\u0000c"}),
    ]
    assert [a.status_code for a in answers if a.status_code >= 500] == []
    assert client.get("datasets").json()["items"][0]["description"] == "c"
