"""Pages of a job that is still being read."""

from __future__ import annotations

from starlette.testclient import TestClient

from schemas.documents import Page, PageFault, PagesRead
from tests.api.service import PDF, FakeWorker
from workers.jobs.ledger.claims import Claim
from workers.jobs.ledger.windows import Window
from workers.jobs.results import WINDOWS_AT_ONCE
from workers.jobs.services import Services
from workers.steps import sealed


def keep(services: Services, claim: Claim, number: int, *, with_blob: bool = True) -> None:
    """A window of one page, as a worker keeps it."""
    key = f"jobs/{claim.job_id}/windows/{number}"
    fault = PageFault(page_number=number, stage="ocr", code="PAGE", message="It is torn.")
    read = PagesRead(
        pages=[] if number == 2 else [Page(page_number=number)], page_errors=[fault] if number == 2 else []
    )
    if with_blob:
        services.blobs.put_bytes(key, sealed(f"print {number}", [], read.model_dump_json().encode()))
    assert services.windows.keep(claim, Window(number, [number], f"print {number}", key))


def test_pages_come_as_they_are_read(client: TestClient, services: Services, worker: FakeWorker) -> None:
    file = client.post("files", files={"file": ("a.pdf", PDF)}).json()["file_id"]
    job = client.post("parse", json={"file_id": file}).json()["parse_id"]
    nothing = client.get(f"parse/{job}/pages").json()
    assert nothing == {"pages": [], "page_errors": [], "next": 0}
    claim = worker.claim()
    keep(services, claim, 1)
    keep(services, claim, 2)
    answer = client.get(f"parse/{job}/pages").json()
    assert [page["page_number"] for page in answer["pages"]] == [1]
    assert [fault["message"] for fault in answer["page_errors"]] == ["It is torn."]
    keep(services, claim, 3)
    answer = client.get(f"parse/{job}/pages", params={"after": answer["next"]}).json()
    assert [page["page_number"] for page in answer["pages"]] == [3]
    again = client.get(f"parse/{job}/pages", params={"after": answer["next"]}).json()
    assert again == {"pages": [], "page_errors": [], "next": answer["next"]}


def test_an_answer_has_only_so_many_and_goes_past_what_is_gone(
    client: TestClient, services: Services, worker: FakeWorker
) -> None:
    job = client.post("parse", json={"raw_text": "a", "mime_type": "text/plain"}).json()["parse_id"]
    claim = worker.claim()
    for number in range(3, 4 + WINDOWS_AT_ONCE):
        keep(services, claim, number, with_blob=number != 3)
    first = client.get(f"parse/{job}/pages").json()
    assert len(first["pages"]) == WINDOWS_AT_ONCE - 1
    rest = client.get(f"parse/{job}/pages", params={"after": first["next"]}).json()
    assert [page["page_number"] for page in rest["pages"]] == [3 + WINDOWS_AT_ONCE]


def test_what_is_no_place_is_refused(client: TestClient) -> None:
    job = client.post("parse", json={"raw_text": "a", "mime_type": "text/plain"}).json()["parse_id"]
    for after in ("-1", "x", str(2**63)):
        assert client.get(f"parse/{job}/pages", params={"after": after}).status_code == 422
    assert client.get("parse/parse_none/pages").status_code == 404
