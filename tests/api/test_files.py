"""Files on the wire."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.uploads import upload_folder
from tests.api.service import KEY, PDF, FakeWorker, make_services
from tests.waiting import soon
from workers.jobs.disposal import discard_files
from workers.jobs.services import Services

BOUNDARY = "----boundary"


def multipart(*parts: tuple[str, bytes], end: bytes = b"--------boundary--\r\n") -> bytes:
    """A body of ``parts``: header lines and content."""
    body = b""
    for disposition, content in parts:
        body += b"------boundary\r\nContent-Disposition: form-data; %s\r\n\r\n" % disposition.encode()
        body += content + b"\r\n"
    return body + end


def send(client: TestClient, body: bytes, kind: str = f"multipart/form-data; boundary={BOUNDARY}"):
    return client.put("files", content=body, headers={"Content-Type": kind})


END = b"------boundary--\r\n"


@pytest.mark.parametrize("method", ["PUT", "POST"])
@pytest.mark.parametrize("part", ["file", "file_bytes"])
def test_upload_then_metadata_and_content(client: TestClient, method: str, part: str) -> None:
    answer = client.request(method, "files", files={part: ("Grüße 1.pdf", PDF)})
    assert answer.status_code == 200
    assert set(answer.json()) == {"file_id", "created_at"}
    file_id = answer.json()["file_id"]
    assert file_id.startswith("file_")
    found = client.get(f"files/{file_id}/metadata").json()
    assert (found["file_name"], found["file_size"], found["mime_type"]) == (
        "Grüße 1.pdf",
        len(PDF),
        "application/pdf",
    )
    assert found["checksum_sha256"] == hashlib.sha256(PDF).hexdigest()
    assert found["labels"] == {}
    content = client.get(f"files/{file_id}/content")
    assert content.content == PDF
    assert content.headers["x-content-type-options"] == "nosniff"
    assert content.headers["content-disposition"].startswith("attachment")


def test_the_same_bytes_are_the_same_file(client: TestClient) -> None:
    first = client.put("files", files={"file": ("a.pdf", PDF)}, data={"labels": '{"a": 1}'}).json()
    again = client.post("files", files={"file_bytes": ("b.pdf", PDF)}, data={"labels": "b=x=y"}).json()
    assert first == again
    items = client.get("files").json()["items"]
    assert [(i["file_name"], i["labels"]) for i in items] == [("b.pdf", {"a": 1, "b": "x=y"})]
    assert client.delete(f"files/{first['file_id']}").status_code == 204
    assert client.put("files", files={"file": ("a.pdf", PDF)}).json()["file_id"] != first["file_id"]


@pytest.mark.parametrize(
    ("uploads", "kept"),
    [
        ([("notes", None), ("notes.txt", None)], "text/plain"),
        ([("notes.txt", None), ("notes", None)], "text/plain"),
        ([("notes.txt", None), ("notes.txt", "text/markdown")], "text/markdown"),
    ],
)
def test_the_latest_word_on_the_type_counts(
    client: TestClient, uploads: list[tuple[str, str | None]], kept: str
) -> None:
    for name, kind in uploads:
        part = (name, b"# x", kind) if kind else (name, b"# x")
        file_id = client.put("files", files={"file": part}).json()["file_id"]
    found = client.get(f"files/{file_id}/metadata").json()
    assert (found["file_name"], found["mime_type"]) == (uploads[-1][0], kept)
    assert client.get(f"files/{file_id}/content").headers["content-type"].startswith(kept)
    assert client.post("parse", json={"file_id": file_id}).status_code == 200


@pytest.mark.parametrize(
    ("kind", "before"),
    [
        (f"Multipart/Form-Data; boundary={BOUNDARY}", b""),
        (f"multipart/form-data; boundary={BOUNDARY}", b"For readers without MIME: nothing here.\r\n"),
        (f"multipart/form-data; boundary={BOUNDARY}", b"\r\n"),
    ],
)
def test_multipart_in_its_less_usual_forms(client: TestClient, kind: str, before: bytes) -> None:
    body = before + multipart(('name="file"; filename="a.pdf"', PDF), end=END)
    for size in (5, len(body)):
        answer = client.put(
            "files",
            content=(body[i : i + size] for i in range(0, len(body), size)),
            headers={"Content-Type": kind},
        )
        assert answer.status_code == 200
        assert client.get(f"files/{answer.json()['file_id']}/content").content == PDF


def test_repeated_label_parts_add_up(client: TestClient) -> None:
    body = multipart(
        ('name="labels"', b"a=1"),
        ('name="file"; filename="x.csv"', b"a,b\n"),
        ('name="labels"', b"b=2"),
        ('name="other"', b"ignored"),
        end=END,
    )
    file_id = send(client, body).json()["file_id"]
    found = client.get(f"files/{file_id}/metadata").json()
    assert found["labels"] == {"a": "1", "b": "2"}
    assert found["mime_type"] == "text/csv"


@pytest.mark.parametrize(
    ("name", "kind", "content", "expected"),
    [
        ("a.pdf", None, b"x", "application/pdf"),
        ("a.PDF", "application/octet-stream", b"x", "application/pdf"),
        ("a.bin", "text/markdown; charset=utf-8", b"x", "text/markdown"),
        ("nothing", None, PDF, "application/pdf"),
        *(
            ("a.csv", not_a_type, b"x", "text/csv")
            for not_a_type in (
                "text/中",
                "text/plain\x0bfoo",
                "text/plain/x",
                "not a type",
                "\x01",
                "/",
                "a/" + "b" * 128,
            )
        ),
        ("nothing", None, b"\x00\x01", "application/octet-stream"),
        ("a.xyz", None, b"\x89PNG\r\n\x1a\nrest", "image/png"),
        ("a.docx", None, b"PK", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ],
)
def test_how_the_type_is_found(
    client: TestClient, name: str, kind: str | None, content: bytes, expected: str
) -> None:
    head = f'name="file"; filename="{name}"' + (f"\r\nContent-Type: {kind}" if kind else "")
    file_id = send(client, multipart((head, content), end=END)).json()["file_id"]
    assert client.get(f"files/{file_id}/metadata").json()["mime_type"] == expected


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\\\docs\\\\a.pdf", "a.pdf"),
        ("a\u202egnp.pdf", "agnp.pdf"),
        ("a\x07b.pdf", "ab.pdf"),
        ("x" * 600 + ".pdf", "x" * 255),
    ],
)
def test_hostile_names_are_cleaned(client: TestClient, sent: str, kept: str) -> None:
    body = multipart((f'name="file"; filename="{sent}"', PDF), end=END)
    file_id = send(client, body).json()["file_id"]
    assert client.get(f"files/{file_id}/metadata").json()["file_name"] == kept


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        ("application/json", b"{}", "INVALID_MULTIPART"),
        ("multipart/form-data", b"", "INVALID_MULTIPART"),
        (None, multipart(('name="other"', b"x"), end=END), "INVALID_MULTIPART"),
        (None, END, "INVALID_MULTIPART"),
        (None, b"garbage that is no boundary", "INVALID_MULTIPART"),
        (
            None,
            multipart(('name="file"; filename="a"', b"x"), ('name="file"; filename="b"', b"y"), end=END),
            "INVALID_MULTIPART",
        ),
        (None, b"", "MULTIPART_STREAM_END"),
        (None, multipart(('name="file"; filename="a"', b"x" * 5000), end=b"")[:-100], "MULTIPART_STREAM_END"),
        (None, multipart(('name="file"; filename="a"', b"x" * 5000), end=b""), "MULTIPART_STREAM_END"),
        (None, multipart(('name="file"; filename="a.pdf"', b""), end=END), "INVALID_FILE"),
        (
            None,
            multipart(('name="labels"', b"[1]"), ('name="file"; filename="a"', b"x"), end=END),
            "INVALID_FILE",
        ),
        (
            None,
            multipart(('name="labels"', b'{"a": NaN}'), ('name="file"; filename="a"', b"x"), end=END),
            "INVALID_FILE",
        ),
    ],
)
def test_bad_uploads(
    client: TestClient, services: Services, kind: str | None, body: bytes, code: str
) -> None:
    answer = send(client, body, kind or f"multipart/form-data; boundary={BOUNDARY}")
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert client.get("files").json()["items"] == []
    assert list((services.settings.folder / "uploads").glob("*")) == []


@pytest.fixture
def small_client(tmp_path: Path) -> Iterator[TestClient]:
    services = make_services(tmp_path / "small", max_upload_bytes=300_000)
    with TestClient(
        create_app(services),
        base_url="http://localhost/documents/v2/",
        headers={"Authorization": f"Bearer {KEY}"},
    ) as client:
        yield client
    services.close()


@pytest.mark.parametrize("size", [300_001, 5_000_000])
def test_too_large_an_upload_is_stopped_on_its_way(small_client: TestClient, size: int) -> None:
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        yield b'------boundary\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        while taken < size:
            taken += 50_000
            yield b"x" * 50_000
        yield b"\r\n" + END

    answer = small_client.put(
        "files",
        content=endless(),
        headers={"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"},
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "INVALID_FILE")
    assert small_client.put("files", files={"file": ("a", b"x" * 300_000)}).status_code == 200


def test_a_size_over_the_limit_is_refused_by_the_word_alone(small_client: TestClient) -> None:
    taken = []

    def body() -> Iterator[bytes]:
        taken.append(1)
        yield b"never needed"

    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "Content-Length": "9000000000"}
    assert small_client.put("files", content=body(), headers=headers).status_code == 413


def test_lists_carry_both_spellings(client: TestClient) -> None:
    client.put("files", files={"file": ("a.pdf", PDF)})
    listed = client.get("files").json()
    assert {"has_more", "next_cursor", "prev_cursor", "hasMore", "nextCursor", "prevCursor"} <= set(listed)
    item = listed["items"][0]
    for snake, camel in {
        "file_id": "id",
        "file_name": "name",
        "file_size": "fileSize",
        "mime_type": "mimeType",
        "created_at": "createdAt",
        "updated_at": "updatedAt",
    }.items():
        assert item[snake] == item[camel]


def test_filters(client: TestClient) -> None:
    for name in ("Alpha.pdf", "beta.txt"):
        client.put("files", files={"file": (name, name.encode())})

    def names(**query: str) -> list[str]:
        return [i["name"] for i in client.get("files", params=query).json()["items"]]

    assert names() == ["beta.txt", "Alpha.pdf"]
    assert names(filename="Alp") == names(file_name="Alp") == ["Alpha.pdf"]
    assert names(filename="alp") == []
    moment = client.get("files").json()["items"][1]["created_at"]
    assert names(created_before=moment) == ["Alpha.pdf"]
    assert names(created_after=moment) == ["beta.txt", "Alpha.pdf"]
    assert names(created_after="2999-01-01T00:00:00Z") == []
    assert names(filename="", created_after="") == ["beta.txt", "Alpha.pdf"]


@pytest.mark.parametrize("file_id", ["file_unknown", "tensorlake-unknown", "x", "%00", "..%2f..%2fetc"])
def test_unknown_files(client: TestClient, file_id: str) -> None:
    for answer in (
        client.get(f"files/{file_id}/metadata"),
        client.get(f"files/{file_id}/content"),
        client.delete(f"files/{file_id}"),
    ):
        assert answer.json()["code"] == "ENTITY_NOT_FOUND"
        assert answer.status_code in (400, 404)


def test_a_deleted_file_is_gone_and_its_bytes_with_the_last_job(
    client: TestClient, services: Services, worker: FakeWorker
) -> None:
    file_id = client.put("files", files={"file": ("a.pdf", PDF)}).json()["file_id"]
    blob_key = services.files.get("default/default", file_id).blob_key
    parse_id = client.post("parse", json={"file_id": file_id}).json()["parse_id"]
    assert client.delete(f"files/{file_id}").status_code == 204
    assert client.delete(f"files/{file_id}").status_code == 400
    assert services.blobs.exists(blob_key)
    worker.work()
    assert discard_files(services) == 1
    assert not services.blobs.exists(blob_key)
    assert client.get(f"parse/{parse_id}").json()["pages"] is not None


def test_old_clients_send_a_content_type_without_a_body(client: TestClient) -> None:
    assert client.get("files", headers={"Content-Type": "application/json"}).status_code == 200
    file_id = client.put("files", files={"file": ("a.pdf", PDF)}).json()["file_id"]
    assert client.delete(f"files/{file_id}", headers={"Content-Type": "application/json"}).status_code == 204


def test_chunked_uploads(client: TestClient) -> None:
    body = multipart(
        ('name="file_bytes"; filename="a.pdf"', PDF * 1000), ('name="labels"', b'{"n": [1]}'), end=END
    )
    answer = client.post(
        "files",
        content=(body[i : i + 777] for i in range(0, len(body), 777)),
        headers={"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"},
    )
    found = client.get(f"files/{answer.json()['file_id']}/metadata").json()
    assert found["file_size"] == len(PDF) * 1000
    assert found["labels"] == json.loads('{"n": [1]}')


def test_what_a_dead_process_left_is_cleared_at_the_start_and_later(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.app._CLEAR_SECONDS", 0.01)
    folder = upload_folder(services.settings)
    folder.mkdir()
    old, fresh, other = (folder / name for name in ("upload-old", "upload-fresh", "note"))
    for path in (old, fresh, other):
        path.write_bytes(b"x")
    for path in (old, other):
        os.utime(path, (0, 0))
    with TestClient(create_app(services)):
        assert sorted(p.name for p in folder.iterdir()) == ["note", "upload-fresh"]
        os.utime(fresh, (0, 0))
        assert soon(lambda: not fresh.exists())
