"""``octavo jobs``: what is asked of a service, and what is told of its answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.api.commands.conftest import Office
from tests.api.service import FakeWorker, document
from workers.jobs.services import Services


def test_jobs_are_listed_newest_first_and_narrowed(office: Office, worker: FakeWorker) -> None:
    done, failed, waiting = (office.submit(name) for name in ("done.pdf", "failed.pdf", "waits [1].pdf"))
    worker.work()
    worker.fail("It is torn.")
    assert [job["parse_id"] for job in office.lines("jobs", "list")] == [waiting, failed, done]
    assert [job["parse_id"] for job in office.lines("jobs", "list", "--limit", "1")] == [waiting]
    assert [job["parse_id"] for job in office.lines("jobs", "list", "--status", "failure")] == [failed]
    assert [job["parse_id"] for job in office.lines("jobs", "list", "--name", "don")] == [done]
    assert len(office.lines("jobs", "list", "--since", "1h", "--limit", "0")) == 3
    assert office.lines("jobs", "list", "--since", "2999-01-01") == []
    head, *rows = office.octavo("jobs", "list").splitlines()
    assert head.split()[:4] == ["id", "status", "document", "pages"]
    assert [row.split()[:2] for row in rows] == [
        [waiting, "pending"],
        [failed, "failure"],
        [done, "successful"],
    ]
    assert "waits [1].pdf" in rows[0]
    assert "It is torn." in rows[1]
    assert rows[2].split()[3] == "1"


def test_a_job_is_named_by_its_id_or_by_its_document(office: Office, worker: FakeWorker) -> None:
    job = office.submit("bill.pdf")
    worker.work()
    for word in (job, "bill.pdf"):
        assert json.loads(office.octavo("jobs", "show", word, "--json"))["parse_id"] == job
        assert "successful" in office.octavo("jobs", "show", word)
    assert "octavo jobs list" in office.octavo("jobs", "show", "bill", code=1)
    assert "octavo jobs list" in office.octavo("jobs", "show", "parse_" + "6" * 21, code=1)
    other = office.submit("bill.pdf")
    said = office.octavo("jobs", "show", "bill.pdf", code=1)
    assert job in said
    assert other in said


def test_a_job_for_an_address_is_named_by_it(office: Office) -> None:
    address = "https://example.org/bill.pdf"
    job = office.client.post("parse", json={"file_url": address}).json()["parse_id"]
    assert json.loads(office.octavo("jobs", "show", address, "--json"))["parse_id"] == job
    assert address in office.octavo("jobs", "list")


def test_a_terminal_has_a_line_a_row_and_ids_whole(
    office: Office, worker: FakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = [office.submit(f"{letter * 50}.pdf") for letter in "ab"]
    monkeypatch.setenv("FORCE_COLOR", "1")  # as in a terminal
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    _, *rows = office.octavo("jobs", "list").splitlines()
    assert [row.split()[0] for row in rows] == jobs[::-1]
    assert all(len(row) <= 80 and "…" in row for row in rows)
    assert "about" not in office.octavo("jobs", "list")
    worker.fail("It is torn.")
    assert "about" in office.octavo("jobs", "list")


def test_a_result_is_printed_or_written(office: Office, worker: FakeWorker, tmp_path: Path) -> None:
    job = office.submit("bill.pdf")
    assert "octavo jobs follow" in office.octavo("jobs", "result", job, code=1)
    worker.work(document(text="[bold] words"))
    assert office.octavo("jobs", "result", job) == "[bold] words\n"
    whole = json.loads(office.octavo("jobs", "result", job, "--format", "json"))
    assert (whole["parse_id"], len(whole["pages"])) == (job, 2)
    assert office.octavo("jobs", "result", job, "-o", str(tmp_path / "bill.md")) == ""
    assert (tmp_path / "bill.md").read_text() == "[bold] words\n"
    office.octavo("jobs", "result", job, "-o", str(tmp_path / "none" / "bill.md"), code=2)
    failed = office.submit("torn.pdf")
    worker.fail("It is torn.")
    assert "It is torn." in office.octavo("jobs", "result", failed, code=1)


def test_following_ends_with_the_job(office: Office, worker: FakeWorker) -> None:
    job = office.submit("bill.pdf")
    waited: list[float] = []

    def work(seconds: float) -> None:
        waited.append(seconds)
        worker.work()

    office.while_waiting = work
    office.octavo("jobs", "follow", job)
    assert len(waited) == 1


def test_following_a_job_that_fails_has_an_exit_code(office: Office, worker: FakeWorker) -> None:
    office.submit("torn.pdf")
    worker.fail("It is torn.")
    office.submit("good.pdf")
    office.while_waiting = lambda _seconds: worker.work() and None
    said = office.octavo("jobs", "follow", "torn.pdf", "good.pdf", code=1)
    assert "torn.pdf: It is torn." in said
    assert "good.pdf: 1 page." in said


def test_cancelled_run_again_and_deleted(office: Office, services: Services, worker: FakeWorker) -> None:
    one, two = office.submit("one.pdf"), office.submit("two.pdf")
    office.octavo("jobs", "cancel", "one.pdf", two)
    assert [job["error"] for job in office.lines("jobs", "list")] == ["cancelled", "cancelled"]
    said = office.octavo("jobs", "cancel", one, two, code=1)
    assert one in said
    assert two in said
    office.octavo("jobs", "replay", one)
    assert services.jobs.get("default/default", one).status == "pending"
    assert "still pending" in office.octavo("jobs", "delete", one, two, code=1)
    assert [job["parse_id"] for job in office.lines("jobs", "list")] == [one]
    office.octavo("jobs", "cancel", one)
    assert "No worker is running" in office.octavo("jobs", "replay", one, "--strict", code=1)


@pytest.mark.parametrize(
    "words",
    [
        ("list", "--status", "detecting_layout"),
        ("list", "--since", "yesterday"),
        ("list", "--since", "2026-13-01"),
        ("list", "--limit", "-1"),
        ("follow",),
    ],
)
def test_wrong_use_has_an_exit_code_of_its_own(office: Office, words: tuple[str, ...]) -> None:
    office.octavo("jobs", *words, code=2)


def test_what_is_shown_of_strangers_words_moves_no_cursor(office: Office) -> None:
    office.submit("a\x1b[2Jb.pdf")
    shown = office.octavo("jobs", "list")
    assert "\x1b" not in shown
    assert "[2Jb.pdf" in shown
