"""Many files through a dataset: results are written, a second run does only what is missing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import httpx
import pytest
import typer
from starlette.testclient import TestClient
from typer.testing import CliRunner, Result

from api.__main__ import app
from api.commands import datasets as dataset_commands
from api.commands.batch import Batch, Item, Running, Standing, Tally
from api.commands.client import Client, ServiceError
from api.commands.inputs import Found, Input
from schemas.progress import Report
from tests.api.service import PDF, FakeWorker
from workers.jobs.services import Services


@pytest.fixture
def files(tmp_path: Path) -> list[Item]:
    items = []
    for number in range(3):
        path = tmp_path / f"bill {number}.pdf"
        path.write_bytes(PDF + b"%d" % number)
        items.append(Item(path, Path("in") / path.name))
    return items


class Office:
    """A batch whose pauses are used by a worker; ``failing`` names the files that it cannot read."""

    def __init__(self, client: TestClient, services: Services, output: Path) -> None:
        self.client, self.services, self.output = client, services, output
        self.failing: set[str] = set()
        self.worked: list[str] = []
        self.failed_pages = 0

        self.told: list[Standing] = []

    def run(self, items: list[Item], options: dict[str, Any] | None = None) -> Tally:
        return Batch(Client(self.client, self._work), self.output, self._hear).run("bills", items, options)

    def _hear(self, standing: Standing) -> None:
        self.told.append(replace(standing, tally=replace(standing.tally)))

    def _work(self, seconds: float) -> None:
        claim = self.services.shards.claim_next("cpu", "fake", 60)
        if claim is None:
            return
        name = claim.request.source.file_name or ""
        self.worked.append(name)
        if name in self.failing:
            self.services.shards.fail(claim, "It is torn.")
            return
        self.services.shards.split(claim, 2, [1, 2], [])
        self.services.shards.complete_pages(claim, Report(failed_pages=self.failed_pages))
        FakeWorker(self.services).assemble(_document())


def _document() -> Any:
    from tests.api.service import document

    return document(2, "text of a bill")


@pytest.fixture
def office(client: TestClient, services: Services, tmp_path: Path) -> Office:
    return Office(client, services, tmp_path / "out")


def test_results_are_written_and_all_together(office: Office, files: list[Item]) -> None:
    tally = office.run(files)
    assert (tally.done, tally.reused, tally.pages, tally.failed) == (3, 0, 6, [])
    folder = office.output / "in"
    assert (folder / "bill 1.pdf.md").read_text() == "text of a bill"
    assert json.loads((folder / "bill 1.pdf.json").read_text())["status"] == "successful"
    lines = [json.loads(line) for line in (office.output / "results.jsonl").read_text().splitlines()]
    assert [line["file"] for line in lines] == [str(item.source) for item in files]
    assert all(line["document_markdown"] == "text of a bill" for line in lines)


def test_it_tells_of_files_and_pages_as_it_goes(office: Office, files: list[Item]) -> None:
    office.failed_pages = 1
    tally = office.run(files)
    assert tally.failed_pages == 3
    first, last = office.told[0], office.told[-1]
    assert (first.tally.ended, first.pages, first.pages_per_second, first.seconds_left) == (
        0,
        None,
        None,
        None,
    )
    assert (last.tally.ended, last.pages_done, last.pages, last.running) == (3, 6, 6, 0)
    assert last.seconds_left == 0
    done = [one.pages_done for one in office.told]
    assert done == sorted(done)
    opened = next(one for one in office.told if one.tally.ended == 1)
    assert (opened.pages_done, opened.pages) == (2, 6)  # the others have as many, as far as is known
    office.told.clear()
    office.run(files)
    assert office.told[-1].pages_per_second is None  # what an earlier run read has no pace


def test_a_file_in_hand_counts_with_the_pages_that_it_has(tmp_path: Path, client: TestClient) -> None:
    batch = Batch(Client(client), tmp_path)
    running = [Running(Item(tmp_path, tmp_path), "a", 3, 10), Running(Item(tmp_path, tmp_path), "b")]
    standing = batch._standing(Tally(done=1, pages=2), running, files=4)
    assert (standing.pages_done, standing.pages) == (5, 24)


def test_a_second_run_reads_only_what_is_missing_or_failed(office: Office, files: list[Item]) -> None:
    office.failing = {"bill 1.pdf"}
    tally = office.run(files[:2])
    assert tally.failed == [(files[1].source, "It is torn.")]
    office.failing.clear()
    (office.output / "in" / "bill 0.pdf.md").unlink()
    tally = office.run(files)
    assert (tally.done, tally.reused, tally.failed) == (3, 1, [])
    assert office.worked == ["bill 0.pdf", "bill 1.pdf", "bill 1.pdf", "bill 2.pdf"]
    assert (office.output / "in" / "bill 0.pdf.md").exists()


def test_a_dataset_is_found_among_many_of_like_names(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.commands.client._LIST_PAGE", 2)
    for name in ("bills", "bills-2025", "bills-2026", "old-bills"):
        assert office.client.post("datasets", json={"name": name}).status_code == 200
    office.run([])
    assert len(office.client.get("datasets").json()["items"]) == 4


def test_other_options_are_another_reading(office: Office, files: list[Item]) -> None:
    office.run(files[:1])
    options = {"parsing_options": {"chunking_strategy": "page"}}
    assert office.run(files[:1], options).reused == 0
    assert office.run(files[:1], options).reused == 1
    assert office.run(files[:1]).reused == 1
    assert len(office.worked) == 2


def test_a_changed_file_is_read_again(office: Office, files: list[Item]) -> None:
    office.run(files[:1])
    files[0].source.write_bytes(PDF + b"changed")
    assert office.run(files[:1]).reused == 0


def test_what_the_service_refuses_costs_only_itself(
    office: Office, files: list[Item], tmp_path: Path
) -> None:
    empty = tmp_path / "empty.pdf"
    empty.write_bytes(b"")
    tally = office.run([Item(empty, Path(empty.name)), *files])
    assert (tally.done, [path for path, _ in tally.failed]) == (3, [empty])
    assert "empty" in tally.failed[0][1]


def test_a_service_that_is_busy_or_restarts_is_waited_for(office: Office, files: list[Item]) -> None:
    asked: list[str] = []
    pauses: list[float] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.method)
        if len(asked) == 1:
            raise httpx.ConnectError("refused")
        if len(asked) == 2:
            return httpx.Response(429, json={"message": "full"}, headers={"Retry-After": "7"})
        if request.url.path.endswith("/files") and asked.count("PUT") == 1:
            return httpx.Response(503, json={"message": "down"})
        content = request.read()
        sent = office.client.request(
            request.method, str(request.url), content=content, headers=dict(request.headers)
        )
        return httpx.Response(sent.status_code, content=sent.content)

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        office._work(seconds)

    client = httpx.Client(
        transport=httpx.MockTransport(answer),
        base_url=str(office.client.base_url),
        headers=dict(office.client.headers),
    )
    tally = Batch(Client(client, sleep), office.output).run("bills", files[:1])
    assert (tally.done, pauses[:3]) == (1, [1.0, 7.0, 1.0])


@pytest.mark.parametrize(
    ("status", "says"), [(401, "--key"), (500, "The service answered 500")], ids=["no key", "broken"]
)
def test_a_service_of_no_use_is_told(tmp_path: Path, status: int, says: str) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(status))
    client = httpx.Client(transport=transport, base_url="http://localhost/documents/v2/")
    with pytest.raises(ServiceError, match=says):
        Batch(Client(client, lambda seconds: None), tmp_path).run("bills", [])


@pytest.mark.parametrize("answer", [b"{}", b"[]", b"<html>"])
def test_another_service_is_told(tmp_path: Path, answer: bytes) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(200, content=answer))
    client = httpx.Client(transport=transport, base_url="http://localhost/documents/v2/")
    with pytest.raises(ServiceError, match="another service"):
        Batch(Client(client), tmp_path).run("bills", [])


def test_results_of_the_same_name_have_places_of_their_own(tmp_path: Path) -> None:
    found = Found([Input(name, name, PurePosixPath("in/one.pdf")) for name in "abc"])
    items = dataset_commands._items(found)
    assert [str(item.target) for item in items] == ["in/one.pdf", "in/one.pdf-2", "in/one.pdf-3"]


def test_an_address_is_fetched_by_the_service_and_not_read_twice(office: Office, tmp_path: Path) -> None:
    item = Item("https://example.com/bill.pdf", Path("bill.pdf"))
    assert office.run([item]).done == 1
    assert office.run([item]).reused == 1
    assert (office.output / "bill.pdf.md").read_text() == "text of a bill"


def test_inputs_may_be_named_in_a_list(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("a/one.pdf\n\n odd.zzz \n")
    assert dataset_commands._named([str(tmp_path / "list.txt")]) == ["a/one.pdf", "odd.zzz"]
    with pytest.raises(typer.Exit):
        dataset_commands._named(["gone"])


def test_a_list_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "list").write_bytes(b"\xff\xfe")
    with pytest.raises(typer.Exit):
        dataset_commands._named([str(tmp_path / "list")])


@pytest.fixture
def octavo(office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Result]:
    """The commands for datasets with the office's service."""
    monkeypatch.setattr(Client, "of", lambda *_, **__: Client(office.client, office._work))
    monkeypatch.setattr(TestClient, "close", lambda self: None)  # it is the fixture's
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(app, ["dataset", *words])


def test_a_dataset_from_its_making_to_its_end(
    octavo: Callable[..., Result], files: list[Item], office: Office
) -> None:
    made = octavo("create", "bills", "--description", "what is to be paid", "--chunking", "page")
    assert made.stdout.startswith("dataset_")
    office.failing = {"bill 1.pdf"}
    done = octavo("parse", "bills", "bill *.pdf", "gone.pdf", "-o", "out")
    assert done.exit_code == 1
    assert "gone.pdf: There is no such file." in done.stderr
    assert "bill 1.pdf: It is torn." in done.stderr
    assert "2 of 3 documents are read; results in out." in done.stderr
    assert Path("out/bill 0.pdf.md").read_text() == "text of a bill"

    told = json.loads(octavo("status", "bills", "--json").stdout)
    assert told["analytics"]["total_successful_parse_jobs"] == 2
    assert told["configuration"]["parsing_options"]["chunking_strategy"] == "page"
    lines = dict(line.split(None, 1) for line in octavo("status", "bills").stdout.splitlines() if " " in line)
    assert (lines["read"].strip(), lines["failed"].strip()) == ("2", "1")
    assert "bills" in octavo("list").stdout
    assert json.loads(octavo("list", "--json").stdout)["description"] == "what is to be paid"
    results = [json.loads(line) for line in octavo("results", "bills").stdout.splitlines()]
    assert [one["document_markdown"] for one in results] == ["text of a bill"] * 2

    assert octavo("delete", "bills").exit_code == 1  # nobody said yes
    assert octavo("delete", made.stdout.strip(), "--yes").exit_code == 0
    assert octavo("list", "--json").stdout == ""
    assert octavo("status", "bills").exit_code == 1


def test_options_that_are_given_become_the_dataset_s(
    octavo: Callable[..., Result], files: list[Item], office: Office
) -> None:
    octavo("parse", "bills", "bill 0.pdf", "-o", "out", "--with", "words")
    assert octavo("parse", "bills", "bill 0.pdf", "-o", "out").exit_code == 0
    told = json.loads(octavo("status", "bills", "--json").stdout)
    assert told["configuration"]["parsing_options"]["include_words"] is True
    assert told["analytics"]["total_jobs"] == 1


@pytest.mark.parametrize("words", [["--pages", "1"], ["--options", "bad.json"]])
def test_what_a_dataset_cannot_be_told_is_wrong_use(
    octavo: Callable[..., Result], files: list[Item], words: list[str]
) -> None:
    Path("bad.json").write_text('{"page_range": "1"}')
    assert octavo("parse", "bills", "bill 0.pdf", "-o", "out", *words).exit_code == 2


def test_a_key_that_no_header_can_have_is_refused() -> None:
    with pytest.raises(ServiceError, match="ASCII"):
        Client.of("http://127.0.0.1:1", "ü")
