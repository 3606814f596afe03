"""Pages of a job's document as pictures."""

from __future__ import annotations

import io

import psutil
import pymupdf
import pytest
from fastapi import FastAPI
from PIL import Image
from starlette.testclient import TestClient

from schemas.pictures import PictureRequest
from schemas.requests import SourceFields
from tests.waiting import runs, soon
from workers.jobs.services import Services
from workers.pictures import MOST_OPEN, PagePictures


def two_pages() -> bytes:
    document = pymupdf.open()
    for color in ((1, 0, 0), (0, 0, 1)):
        page = document.new_page(width=200, height=100)
        page.draw_rect(page.rect, fill=color, color=color)
    return bytes(document.tobytes())


@pytest.fixture
def parse_id(client: TestClient) -> str:
    file = client.post("files", files={"file": ("two.pdf", two_pages())}).json()["file_id"]
    return str(client.post("parse", json={"file_id": file}).json()["parse_id"])


def test_pages_are_drawn_at_the_width_that_is_asked_for(client: TestClient, parse_id: str) -> None:
    for number, expected in ((1, (255, 0, 0)), (2, (0, 0, 255))):
        answer = client.get(f"parse/{parse_id}/pages/{number}/picture", params={"width": 400})
        assert answer.headers["content-type"] == "image/webp"
        picture = Image.open(io.BytesIO(answer.content))
        assert picture.size == (400, 200)
        found = picture.convert("RGB").getpixel((200, 100))
        assert isinstance(found, tuple)
        assert all(abs(a - b) < 12 for a, b in zip(found, expected, strict=True))


@pytest.mark.parametrize("number", [3, 1000])
def test_a_page_that_is_not_there_is_not_found(client: TestClient, parse_id: str, number: int) -> None:
    answer = client.get(f"parse/{parse_id}/pages/{number}/picture")
    assert answer.status_code == 404
    assert "no such page" in answer.json()["message"]


def test_a_document_without_pages_or_bytes_has_no_picture(
    client: TestClient, services: Services, parse_id: str
) -> None:
    text = client.post("parse", json={"raw_text": "a", "mime_type": "text/plain"}).json()["parse_id"]
    assert client.get(f"parse/{text}/pages/1/picture").status_code == 404
    job = services.jobs.get("default/default", parse_id)
    assert job.source_key
    services.blobs.delete(job.source_key)
    answer = client.get(f"parse/{parse_id}/pages/1/picture")
    assert (answer.status_code, "gone" in answer.json()["message"]) == (404, True)


def test_a_lost_process_is_started_again(client: TestClient, app: FastAPI, parse_id: str) -> None:
    assert client.get(f"parse/{parse_id}/pages/1/picture").is_success
    process = psutil.Process(app.state.drawings._process.pid)
    process.kill()
    assert soon(lambda: not runs(process))
    assert soon(lambda: client.get(f"parse/{parse_id}/pages/1/picture").is_success)


def test_only_the_documents_looked_at_last_stay_open(services: Services, client: TestClient) -> None:
    file = client.post("files", files={"file": ("two.pdf", two_pages())}).json()["file_id"]
    key = services.files.get("default/default", file).blob_key
    source = SourceFields(file_id=file, file_name="two.pdf")
    pictures = PagePictures(services.settings, services.blobs)
    for job_id in "abcdefgh"[: MOST_OPEN + 2]:
        asked = {"number": 0, "job_id": job_id, "source_key": key, "source": source}
        assert pictures.draw(PictureRequest(page_number=1, width=64, **asked))
    assert list(pictures._open) == list("abcdefgh"[2 : MOST_OPEN + 2])
    pictures.close_idle(0.0)
    assert not pictures._open


def test_only_so_many_wait(client: TestClient, app: FastAPI, parse_id: str) -> None:
    assert client.get(f"parse/{parse_id}/pages/1/picture").is_success
    waiting = app.state.drawings._waiting
    waiting.update({-n: None for n in range(1, 33)})
    answer = client.get(f"parse/{parse_id}/pages/1/picture")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "2")
    waiting.clear()
    assert client.get(f"parse/{parse_id}/pages/1/picture").is_success


def test_who_opens_the_playground_finds_the_process_ready(client: TestClient, app: FastAPI) -> None:
    assert client.head("http://localhost/").is_success
    assert app.state.drawings._process is None
    assert client.get("http://localhost/").is_success
    process = app.state.drawings._process
    assert runs(psutil.Process(process.pid))
    assert client.get("http://localhost/").is_success
    assert app.state.drawings._process is process
