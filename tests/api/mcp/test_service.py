"""A library over a service, whose worker is made up."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.mcp.library import Source, Unusable
from api.mcp.service import ServiceLibrary
from schemas.errors import OctavoError
from schemas.jobs import JobStatus
from schemas.options import FormFilling
from tests.api.mcp.made import lease
from tests.api.service import KEY, FakeWorker
from workers.jobs.services import Services


@pytest.fixture
def library(client: TestClient) -> ServiceLibrary:
    return ServiceLibrary(client)  # type: ignore[arg-type]  # one HTTP client is like another


@pytest.fixture
def paper(tmp_path: Path) -> Source:
    path = tmp_path / "lease.pdf"
    path.write_bytes(b"%PDF-1.7 lease")
    return Source("lease.pdf", path=path)


def test_a_file_is_sent_read_and_its_result_fetched(
    library: ServiceLibrary, paper: Source, worker: FakeWorker
) -> None:
    parse_id = library.begin(paper, {"parsing_options": {"table_merging": True}}, "1-3")
    assert library.standing(parse_id).status is JobStatus.PENDING
    worker.work(lease())
    assert library.standing(parse_id).status is JobStatus.SUCCESSFUL
    assert library.result(parse_id).pages == lease().pages
    assert library.source(parse_id).file_id
    assert library.source(parse_id).name == "lease.pdf"
    assert [entry.id for entry in library.readings("lease", None, 5).entries] == [parse_id]
    assert [entry.name for entry in library.uploads("", None, 5).entries] == ["lease.pdf"]


def test_the_document_of_a_reading_can_be_read_again(
    library: ServiceLibrary, paper: Source, worker: FakeWorker, services: Services
) -> None:
    first = library.begin(paper, {})
    second = library.begin(library.source(first), {}, "2")
    jobs = [services.jobs.get("default/default", one) for one in (first, second)]
    assert jobs[0].file_id == jobs[1].file_id


def test_a_form_is_an_edit(library: ServiceLibrary, paper: Source, services: Services) -> None:
    parse_id = library.begin_filling(paper, FormFilling(fill_prompt="Name: Ada"))
    assert services.jobs.get("default/default", parse_id).job_type == "edit"


def test_a_reading_is_cancelled_once(library: ServiceLibrary, paper: Source) -> None:
    parse_id = library.begin(paper, {})
    library.cancel(parse_id)
    library.cancel(parse_id)
    assert library.standing(parse_id).status is JobStatus.FAILURE


def test_a_result_that_was_deleted_is_not_given_from_memory(
    library: ServiceLibrary, paper: Source, worker: FakeWorker, client: TestClient
) -> None:
    parse_id = library.begin(paper, {})
    worker.work(lease())
    library.result(parse_id)
    assert client.delete(f"parse/{parse_id}").status_code == 204
    with pytest.raises(OctavoError):
        library.result(parse_id)


@pytest.mark.parametrize("parse_id", ["../files", "parse_1/../../x", "", "parse_ABC?x=1"])
def test_what_is_no_id_is_not_asked_for(library: ServiceLibrary, parse_id: str) -> None:
    for ask in (library.standing, library.result, library.source, library.cancel):
        with pytest.raises(Unusable, match="no id"):
            ask(parse_id)


def test_only_a_good_key_is_let_in(client: TestClient) -> None:
    assert ServiceLibrary(client).admits()  # type: ignore[arg-type]
    client.headers["Authorization"] = f"Bearer {KEY}x"
    assert not ServiceLibrary(client).admits()  # type: ignore[arg-type]


def test_who_relays_for_others_says_so() -> None:
    library = ServiceLibrary.of("http://127.0.0.1:1", "k", relays=True)
    assert "Via" in library._http.headers
    library.close()
    library = ServiceLibrary.of("http://127.0.0.1:1", "k")
    assert "Via" not in library._http.headers
    library.close()
