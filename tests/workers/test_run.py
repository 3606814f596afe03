"""A worker over a real ledger and real blobs, with a reader and models of the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.errors import DocumentEncrypted, DownloadInterrupted
from schemas.requests import JobType, ReadRequest
from tests.api.service import CountingDoorbell
from tests.workers.desk import PROJECT, Desk, drain, job_of, outputs, run_without_pauses, submit_text
from workers import marks, run
from workers.jobs.intake import submit
from workers.jobs.results import pages_read
from workers.jobs.services import Services
from workers.jobs.uploads import Received, keep


def test_a_job_is_read_window_by_window_and_joined(
    services: Services, worker: run.Worker, desk: Desk
) -> None:
    job = submit_text(services)
    assert [worker.run_one("cpu") for _ in range(3)] == [1, 2, 0]  # pages, pages with the assembly
    ended = job_of(services, job)
    assert (ended.status, ended.parsed_pages, ended.total_pages) == ("successful", 5, 5)
    assert desk.read == [1, 2, 3, 4, 5]
    assert [page["page_number"] for page in outputs(services, job)["pages"]] == [1, 2, 3, 4, 5]
    bell = services.doorbell
    assert isinstance(bell, CountingDoorbell)
    assert len(bell.rings) == 2  # the submit, the second shard


def test_pages_can_be_looked_at_while_the_rest_is_read(
    services: Services, worker: run.Worker, desk: Desk
) -> None:
    job = submit_text(services)
    seen: list[list[int]] = []

    def look(number: int) -> None:
        read, last = pages_read(services.windows.of(job.id), services.blobs, 0)
        assert pages_read(services.windows.of(job.id), services.blobs, last)[0].pages == []
        seen.append([page.page_number for page in read.pages])

    desk.before_page = look
    drain(worker)
    assert seen == [[], [], [1, 2], [1, 2], [1, 2, 3, 4]]


def test_only_the_pages_asked_for_are_read(services: Services, worker: run.Worker, desk: Desk) -> None:
    job = submit_text(services, page_range="2,4-9")
    drain(worker)
    assert desk.read == [2, 4, 5]
    assert job_of(services, job).total_pages == 5


def test_a_page_range_past_the_end_fails_with_the_page_count(
    services: Services, worker: run.Worker, desk: Desk
) -> None:
    job = submit_text(services, page_range="90")
    drain(worker)
    ended = job_of(services, job)
    assert ended.status == "failure"
    assert "5 pages" in (ended.error or "")


def test_a_lost_attempt_goes_on_after_the_last_finished_window(
    services: Services, worker: run.Worker, desk: Desk
) -> None:
    job = submit_text(services)

    def fail_once(number: int) -> None:
        if number == 3 and desk.read.count(1) == 1:
            desk.before_page = lambda _number: None
            raise RuntimeError("a bug")

    desk.before_page = fail_once
    run_without_pauses(services, worker, 1)
    assert job_of(services, job).status == "processing"
    drain(worker)
    assert job_of(services, job).status == "successful"
    assert desk.read.count(1) == 1  # the first window was not read again
    assert sorted(desk.read) == [1, 2, 3, 4, 5]


def test_pages_are_not_doubled_when_another_version_takes_over(
    services: Services, worker: run.Worker, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = submit_text(services)

    def fail_once(number: int) -> None:
        if number == 3:
            desk.before_page = lambda _number: None
            raise RuntimeError("a bug")

    desk.before_page = fail_once
    run_without_pauses(services, worker, 1)
    monkeypatch.setattr(marks, "READING_VERSION", "next")
    newer = run.Worker(services.settings, services)
    drain(newer)
    newer.stop()
    assert desk.read.count(1) == 2  # read again by the other version
    assert [page["page_number"] for page in outputs(services, job)["pages"]] == [1, 2, 3, 4, 5]
    windows = services.windows.of(job.id)
    assert [window.pages for window in windows] == [[1, 2], [3, 4], [5]]
    assert {window.reading_mark for window in windows} == {newer.reading_mark}


def test_a_document_that_cannot_be_read_fails_at_once(
    services: Services, worker: run.Worker, desk: Desk
) -> None:
    def refuse() -> None:
        raise DocumentEncrypted("The document is protected by a password.")

    desk.at_open = refuse
    job = submit_text(services)
    assert drain(worker) == 1
    assert job_of(services, job).error == "The document is protected by a password."


def test_what_may_heal_is_tried_three_times(services: Services, worker: run.Worker, desk: Desk) -> None:
    attempts = []

    def interrupted() -> None:
        attempts.append(1)
        raise DownloadInterrupted("The server did not answer.")

    desk.at_open = interrupted
    job = submit_text(services)
    run_without_pauses(services, worker, 5)
    assert len(attempts) == 3
    assert job_of(services, job).error == "The server did not answer."


def test_an_unexpected_error_tells_nothing_of_the_document(
    services: Services, worker: run.Worker, desk: Desk
) -> None:
    def explode() -> None:
        raise ValueError("secret words of the document")

    desk.at_open = explode
    job = submit_text(services)
    run_without_pauses(services, worker, 3)
    error = job_of(services, job).error or ""
    assert "secret" not in error
    assert "unexpected" in error


def test_a_worker_that_goes_down_gives_its_work_back(
    services: Services, worker: run.Worker, desk: Desk
) -> None:
    job = submit_text(services)
    desk.before_page = lambda number: worker.stop() if number == 3 else None
    worker.run_one("cpu")
    assert job_of(services, job).status == "processing"
    assert desk.read == [1, 2, 3]

    second = run.Worker(services.settings, services)
    desk.before_page = lambda number: None
    drain(second)
    second.stop()
    assert job_of(services, job).status == "successful"
    assert desk.read == [1, 2, 3, 3, 4, 5]  # page 3's window was not finished


def test_a_deleted_or_cancelled_job_frees_its_worker(
    services: Services, worker: run.Worker, desk: Desk
) -> None:
    job = submit_text(services)

    def cancel(number: int) -> None:
        if number == 1:
            services.jobs.cancel(PROJECT, job.id)
            worker._leases.renew_all()

    desk.before_page = cancel
    # The first renewal comes when there is news: the page that is done.
    worker.run_one("cpu")
    assert desk.read[-1] <= 2
    assert job_of(services, job).error == "cancelled"


def test_two_jobs_do_not_share_windows(services: Services, worker: run.Worker, desk: Desk) -> None:
    first, second = submit_text(services), submit_text(services)
    drain(worker)
    assert {job_of(services, job).status for job in (first, second)} == {"successful"}
    assert sorted(desk.read) == sorted([1, 2, 3, 4, 5] * 2)


def test_a_file_is_known_by_its_name_of_today(
    tmp_path: Path, services: Services, worker: run.Worker, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.pages = 1
    said = []

    def detect(_self: object, _path: Path, mime_type: str | None, name: str | None) -> str:
        said.append((mime_type, name))
        return "HTML"

    monkeypatch.setattr("workers.children.ReaderChild.detect", detect)
    for name, own_name in (("page.html", None), ("page", None), ("page", "page.csv")):
        path = tmp_path / "upload"
        path.write_bytes(b"the same bytes")
        file = keep(services, PROJECT, Received(path, name, "text/plain", 14, "checksum", {}))
        body = ReadRequest(file_id=file.id, file_name=own_name)
        submit(services, PROJECT, JobType.PARSE, body)
        drain(worker)
    assert said == [("text/plain", name) for name in ("page.html", "page", "page.csv")]
