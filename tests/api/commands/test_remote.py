"""Reading by a service: uploaded, submitted, followed, fetched; cancelled when nobody wants it any more."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from api.commands.client import Client, Refused, ServiceError
from api.commands.remote import JobFailed, RemoteParser
from schemas.errors import Interrupted
from schemas.options import Configuration, FormFilling
from schemas.progress import Report
from schemas.requests import JobType
from tests.api.service import PDF, FakeWorker, document
from workers.jobs.services import Services

Act = Callable[[], object]


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "bill.pdf"
    path.write_bytes(PDF)
    return path


class Office:
    """Parsers of a service whose pauses are used for what ``meanwhile`` does."""

    def __init__(self, client: TestClient, services: Services) -> None:
        self.client, self.services, self.worker = client, services, FakeWorker(services)
        self.meanwhile: list[Act] = []
        self.stopped = threading.Event()

    def parser(self, calls: JobType = JobType.PARSE, **labels: Any) -> RemoteParser:
        return RemoteParser(Client(self.client, self._wait), calls, labels, self.stopped)

    def _wait(self, _seconds: float) -> None:
        if self.meanwhile:
            self.meanwhile.pop(0)()

    def jobs(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.client.get("parse").json()["items"]
        return items


@pytest.fixture
def office(client: TestClient, services: Services) -> Office:
    return Office(client, services)


def test_a_file_is_sent_followed_and_fetched(office: Office, paper: Path) -> None:
    whole = document(3, "text of a bill")
    office.meanwhile = [lambda: None, lambda: office.worker.work(whole)]
    heard: list[tuple[str, int]] = []
    asked = Configuration.model_validate({"parsing_options": {"chunking_strategy": "page"}})
    read = office.parser(kind="bill").parse(
        paper, asked, "1-3", lambda report, pages: heard.append((report.where, pages)), mime_type="text/plain"
    )
    (job,) = office.jobs()
    assert read.parse_id == job["parse_id"]
    assert read.model_dump(exclude={"parse_id"}) == whole.model_dump()
    assert (job["labels"], job["options"]["job_type"]) == ({"kind": "bill"}, "parse")
    assert (job["options"]["file_name"], job["options"]["page_range"]) == ("bill.pdf", "1-3")
    assert job["options"]["mime_type"] == "text/plain"
    assert job["options"]["configuration"]["parsing_options"]["chunking_strategy"] == "page"
    assert heard[:2] == [("sending", 0), ("waiting, place 1", 0)]


def test_an_address_is_fetched_by_the_service(office: Office) -> None:
    office.meanwhile = [office.worker.work]
    office.parser().parse("https://example.com/bill.pdf")
    (job,) = office.jobs()
    assert job["options"]["file_url"] == "https://example.com/bill.pdf"


def test_a_job_is_of_the_type_that_was_asked_for(office: Office, paper: Path) -> None:
    office.meanwhile = [office.worker.work, office.worker.work]
    classes = Configuration.model_validate({"page_classifications": [{"name": "bill"}]})
    office.parser(JobType.CLASSIFY).parse(paper, classes)
    office.parser().edit(paper, FormFilling(fill_prompt="Name: Ada"))
    assert [job["options"]["job_type"] for job in office.jobs()] == ["edit", "classify"]
    assert office.jobs()[0]["options"]["configuration"]["form_filling"]["fill_prompt"] == "Name: Ada"


def test_a_job_that_fails_tells_why(office: Office, paper: Path) -> None:
    office.meanwhile = [lambda: office.worker.fail("The document is torn.")]
    with pytest.raises(JobFailed, match=r"The document is torn\."):
        office.parser().parse(paper)


def test_a_refusal_is_of_the_document_or_of_the_options(office: Office, tmp_path: Path) -> None:
    empty = tmp_path / "empty.pdf"
    empty.touch()
    with pytest.raises(Refused, match="empty") as refused:
        office.parser().parse(empty)
    assert not refused.value.is_of_options
    (tmp_path / "a.pdf").write_bytes(PDF)
    vision = Configuration.model_validate({"parsing_options": {"ocr_model": "gemini3"}})
    with pytest.raises(Refused, match="gemini3") as refused:
        office.parser().parse(tmp_path / "a.pdf", vision)
    assert refused.value.is_of_options


def test_a_file_that_is_gone_is_told(office: Office, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot be opened: No such file"):
        office.parser().parse(tmp_path / "gone.pdf")


def test_ctrl_c_cancels_the_job(office: Office, paper: Path) -> None:
    def ctrl_c() -> None:
        raise KeyboardInterrupt

    office.meanwhile = [ctrl_c]
    with pytest.raises(KeyboardInterrupt):
        office.parser().parse(paper)
    assert [job["error"] for job in office.jobs()] == ["cancelled"]


def test_an_interrupted_parser_cancels_what_it_has_and_takes_nothing_on(office: Office, paper: Path) -> None:
    parser = office.parser()
    office.meanwhile = [parser.interrupt]
    with pytest.raises(Interrupted):
        parser.parse(paper)
    with pytest.raises(Interrupted):
        parser.parse(paper)
    assert [job["error"] for job in office.jobs()] == ["cancelled"]


def test_a_job_that_does_not_move_is_asked_for_less_often() -> None:
    pauses: list[float] = []
    waiting = {"current": 0, "total": None, "message": None, "timestamp": "2026-01-01T00:00:00Z"}

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("progress"):
            status = "successful" if len(pauses) == 20 else "pending"
            return httpx.Response(200, json={**waiting, "attributes": {"status": status}})
        if request.method == "POST":
            return httpx.Response(200, json={"parse_id": "parse_1"})
        return httpx.Response(200, json={**document(1).model_dump(mode="json"), "parse_id": "parse_1"})

    client = httpx.Client(transport=httpx.MockTransport(answer), base_url="http://localhost/documents/v2/")
    RemoteParser(Client(client, pauses.append)).parse("https://example.com/a")
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (0.1, 1.0)


def test_a_submit_that_is_tried_again_is_one_job(office: Office, paper: Path) -> None:
    lost = [True]

    class Lossy(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            request.read()
            headers = {name: request.headers[name] for name in request.headers if name != "host"}
            answer = office.client.request(
                request.method, str(request.url), content=request.content, headers=headers
            )
            if request.url.path.endswith("/parse") and request.method == "POST" and lost:
                lost.clear()
                raise httpx.ReadError("the connection broke off after the job was made")
            return httpx.Response(answer.status_code, content=answer.content)

    client = httpx.Client(
        transport=Lossy(), base_url="http://localhost/documents/v2/", headers=office.client.headers
    )
    office.meanwhile = [lambda: None, office.worker.work]
    RemoteParser(Client(client, office._wait)).parse(paper)
    assert len(office.jobs()) == 1


def test_nobody_there_is_told_at_once() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    pauses: list[float] = []
    client = httpx.Client(transport=httpx.MockTransport(refuse), base_url="http://localhost/documents/v2/")
    with pytest.raises(ServiceError, match="No service answers"):
        RemoteParser(Client(client, pauses.append)).greet()
    assert pauses == []


def test_who_is_to_wait_until_tomorrow_is_told_so() -> None:
    answer = httpx.Response(
        429, json={"message": "All pages of today are used."}, headers={"Retry-After": "7200"}
    )
    pauses: list[float] = []
    client = httpx.Client(
        transport=httpx.MockTransport(lambda request: answer), base_url="http://localhost/documents/v2/"
    )
    with pytest.raises(ServiceError, match="All pages of today are used"):
        Client(client, pauses.append).ask("GET", "parse")
    assert pauses == []


def test_a_result_of_the_wire_is_taken_whole(office: Office, paper: Path) -> None:
    office.meanwhile = [office.worker.work]
    read = office.parser().parse(paper)
    stored = office.client.get(f"parse/{read.parse_id}").json()
    shown = json.loads(json.dumps(read.model_dump()))
    assert shown == {name: stored[name] for name in shown}


def test_a_watcher_is_not_needed(office: Office, paper: Path) -> None:
    office.meanwhile = [office.worker.work]
    assert office.parser().parse(paper).total_pages == 2
    assert Report().where == "reading"
