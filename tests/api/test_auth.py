"""Who is let in, and into which project."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from api.app import create_app
from schemas.settings import Settings
from tests.api.service import KEY, PDF, make_services
from workers.jobs.configuration import Configuration, ConfigurationError
from workers.jobs.services import Services

CONFIG = """
listen_addr: 0.0.0.0:8700
on_prem_enabled: true
on_prem:
  organizations:
    - id: acme
      projects:
        - id: invoices
          api_keys: [acme-invoices-1, {key: acme-invoices-2, scopes: [read, write]}]
        - id: contracts
          api_keys: [acme-contracts-1]
"""


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def connect(services: Services, host: str = "127.0.0.1", name: str = "localhost") -> TestClient:
    return TestClient(create_app(services), base_url=f"http://{name}/documents/v2/", client=(host, 50000))


@pytest.fixture
def open_services(tmp_path: Path) -> Iterator[Services]:
    services = make_services(tmp_path / "open", api_keys=())
    yield services
    services.close()


@pytest.fixture
def tenants(tmp_path: Path) -> Iterator[Services]:
    config = tmp_path / "octavo.yaml"
    config.write_text(CONFIG)
    services = make_services(tmp_path / "data", config=config)
    yield services
    services.close()


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Bearer wrong", f"Basic {KEY}", KEY, f"Bearer {KEY}x"]
)
def test_without_a_good_key_nothing_is_looked_at(services: Services, header: str | None) -> None:
    client = connect(services)
    headers = {} if header is None else {"Authorization": header}
    for method, path, content in (
        ("POST", "parse", b"not json"),
        ("POST", "parse", b'{"file_url": "http://127.0.0.1/"}'),
        ("PUT", "files", b"not multipart"),
        ("GET", "parse?limit=-1", b""),
        ("GET", "files", b""),
        ("GET", "parse/parse_unknown", b""),
        ("POST", "webhooks", b""),
        ("GET", "datasets", b""),
        ("GET", "nothing", b""),
        ("GET", "http://localhost/documents/v2", b""),
        ("PATCH", "files", b""),
        ("OPTIONS", "parse", b""),
    ):
        answer = client.request(method, path, content=content, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHORIZED")


def test_a_key_opens_its_own_project_only(tenants: Services) -> None:
    client = connect(tenants)
    file_id = client.put("files", files={"file": ("a.pdf", PDF)}, headers=bearer("acme-invoices-1")).json()[
        "file_id"
    ]
    parse_id = client.post("parse", json={"file_id": file_id}, headers=bearer("acme-invoices-2")).json()[
        "parse_id"
    ]
    for key in ("acme-contracts-1", KEY):
        assert client.get("files", headers=bearer(key)).json()["items"] == []
        assert client.get("parse", headers=bearer(key)).json()["items"] == []
        assert client.get(f"files/{file_id}/metadata", headers=bearer(key)).status_code == 400
        assert client.get(f"files/{file_id}/content", headers=bearer(key)).status_code == 400
        assert client.delete(f"files/{file_id}", headers=bearer(key)).status_code == 400
        assert client.get(f"parse/{parse_id}", headers=bearer(key)).status_code == 404
        assert client.get(f"parse/{parse_id}/progress", headers=bearer(key)).status_code == 404
        assert client.delete(f"parse/{parse_id}", headers=bearer(key)).status_code == 404
        assert client.post("parse", json={"file_id": file_id}, headers=bearer(key)).status_code == 404
    assert client.get(f"parse/{parse_id}", headers=bearer("acme-invoices-1")).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X-Tensorlake-Organization-Id": "acme", "X-Tensorlake-Project-Id": "invoices"}, 200),
        ({"X-Forwarded-Project-Id": "invoices"}, 200),
        ({"X-Tensorlake-Project-Id": "contracts"}, 403),
        ({"X-Tensorlake-Organization-Id": "default"}, 403),
        ({"X-Forwarded-Organization-Id": "other"}, 403),
    ],
)
def test_id_headers_must_agree_with_the_key(tenants: Services, headers: dict[str, str], status: int) -> None:
    answer = connect(tenants).get("files", headers={**bearer("acme-invoices-1"), **headers})
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["code"] == "FORBIDDEN"


@pytest.mark.parametrize("headers", [{}, bearer("anything"), {"Authorization": "nonsense"}])
def test_without_keys_this_machine_is_let_in(open_services: Services, headers: dict[str, str]) -> None:
    assert open_services.access.is_open()
    assert connect(open_services).get("files", headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("host", "name", "headers"),
    [
        ("192.0.2.7", "localhost", {}),
        ("testclient", "localhost", {}),
        ("127.0.0.1", "rebound.example.org", {}),
        ("127.0.0.1", "localhost", {"Origin": "https://example.org"}),
        ("127.0.0.1", "localhost", {"Origin": "null"}),
        ("127.0.0.1", "localhost", {"Origin": "http://localhost:1@example.org"}),
        ("127.0.0.1", "localhost", {"Origin": "http://localhost/"}),
        ("127.0.0.1", "localhost", {"X-Forwarded-For": "127.0.0.1"}),
        ("127.0.0.1", "localhost", {"X-Real-IP": "127.0.0.1"}),
        ("127.0.0.1", "localhost", {"Forwarded": "for=192.0.2.7"}),
        ("127.0.0.1", "localhost", {"Via": "1.1 proxy"}),
        *(
            ("127.0.0.1", "localhost", {"Host": forged.encode()})
            for forged in (
                "",
                "[",
                "a b",
                "é",
                "a{b.example.org",
                "example.org:",
                "example.org:80:80",
                "localhost@example.org",
                "example.org#localhost",
                "127.0.0.1\\@example.org",
                "localhost:x",
                "localhost.example.org",
                "localhost\n",
            )
        ),
    ],
)
def test_without_keys_nobody_else_is(
    open_services: Services, host: str, name: str, headers: dict[str, str | bytes]
) -> None:
    answer = connect(open_services, host, name).get("files", headers=headers)  # type: ignore[arg-type]
    assert answer.status_code == 401
    assert "OCTAVO_API_KEYS" in answer.json()["message"]


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST:8700", "127.0.0.1:1", "[::1]", "[::1]:8700"])
def test_every_name_of_this_machine_will_do(open_services: Services, name: str) -> None:
    client = connect(open_services)
    assert client.get("files", headers={"Host": name}).status_code == 200
    assert client.get("files", headers={"Origin": f"http://{name}"}).status_code == 200


def test_an_open_service_honours_the_id_headers(open_services: Services) -> None:
    client = connect(open_services)
    own = {"X-Tensorlake-Organization-Id": "a", "X-Tensorlake-Project-Id": "b"}
    client.put("files", files={"file": ("a.pdf", PDF)}, headers=own)
    assert len(client.get("files", headers=own).json()["items"]) == 1
    assert client.get("files").json()["items"] == []
    for bad in ("../x", "a/b", "", "ü", "a" * 200):
        answer = client.get("files", headers={"X-Tensorlake-Project-Id": bad.encode()})  # type: ignore[dict-item]
        assert answer.status_code == 403


def test_once_a_key_existed_the_service_is_never_open_again(open_services: Services) -> None:
    key, secret = open_services.keys.issue("default/default")
    client = connect(open_services)
    assert client.get("files", headers=bearer(secret)).status_code == 200
    assert client.get("files").status_code == 401
    open_services.keys.revoke(key.id)
    assert client.get("files", headers=bearer(secret)).status_code == 401
    assert client.get("files").status_code == 401
    assert not open_services.access.is_open()


def test_a_key_that_is_configured_no_more_is_revoked(tmp_path: Path) -> None:
    for keys, good, bad in (
        (("first-key-1", "second-key"), "first-key-1", "third-key-1"),
        (("second-key", "third-key-1"), "third-key-1", "first-key-1"),
        (("first-key-1",), "first-key-1", "second-key"),
    ):
        services = make_services(tmp_path / "data", api_keys=tuple(map(SecretStr, keys)))
        client = connect(services)
        assert client.get("files", headers=bearer(good)).status_code == 200
        assert client.get("files", headers=bearer(bad)).status_code == 401
        services.close()


def test_secrets_are_not_kept(services: Services) -> None:
    rows = services.keys.all()
    assert len(rows) == 1
    assert all(KEY not in str(vars(row)) for row in rows)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("organizations: [", "not YAML"),
        ("organizations: 7", "organizations"),
        ("organizations: [{id: 'a/b'}]", "organizations.0.id"),
        ("organizations: [{id: a, projects: [{id: p, api_keys: [secret7]}]}]", "api_keys.0"),
        (
            "organizations: [{id: a, projects: [{id: p, api_keys: [{key: secret-77, scopes: [fly]}]}]}]",
            "scopes",
        ),
        (
            "organizations: [{id: a, projects: [{id: p, api_keys: [secret77]},"
            " {id: q, api_keys: [secret77]}]}]",
            "a/p and a/q",
        ),
    ],
)
def test_a_bad_configuration_is_told_without_its_secrets(tmp_path: Path, text: str, said: str) -> None:
    config = tmp_path / "octavo.yaml"
    config.write_text(text)
    with pytest.raises(ConfigurationError) as error:
        Configuration(Settings(data_dir=tmp_path, config=config)).now()
    assert said in error.value.message
    assert "secret" not in error.value.message
