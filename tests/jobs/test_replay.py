"""Jobs begun anew, on SQLite and on a real Postgres."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from schemas.documents import Usage
from schemas.errors import InvalidJobState, NotFound
from schemas.options import Configuration
from schemas.progress import Report
from schemas.requests import JobRequest, JobType, SourceFields
from tests.clock import Clock
from workers.jobs.ledger.engine import Ledger
from workers.jobs.ledger.files import Files
from workers.jobs.ledger.jobs import Jobs
from workers.jobs.ledger.replay import Replays, request_of
from workers.jobs.ledger.reuse import Reuse
from workers.jobs.ledger.shards import Claim, Shards
from workers.jobs.ledger.tables import Job, Shard, StoredFile
from workers.jobs.ledger.windows import Window, Windows

PROJECT = "default/default"


class Desk:
    """Jobs of one project, and a worker that may be of another version each time."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.jobs, self.shards, self.windows = Jobs(ledger), Shards(ledger, max_attempts=3), Windows(ledger)
        self.replays, self.reuse, self.files = Replays(ledger), Reuse(ledger), Files(ledger)

    def submit(self, project: str = PROJECT, **source: str) -> str:
        source = source or {"file_url": "https://example.org/a.pdf"}
        fields = SourceFields.model_validate(source)
        request = JobRequest(job_type=JobType.PARSE, source=fields, configuration=Configuration())
        return self.jobs.create(project, request).id

    def job(self, job_id: str, project: str = PROJECT) -> Job:
        return self.jobs.get(project, job_id)

    def claim(self) -> Claim:
        claimed = self.shards.claim_next("cpu", "w", 30)
        assert claimed is not None
        return claimed

    def read(self, mark: str | None = "m", *, content: str | None = None, flawed: bool = False) -> Claim:
        """Reads the two windows of a job of four pages; returns the claim of its assembly."""
        claim = self.claim()
        self.shards.split(claim, 4, [1, 2, 3, 4], [], content)
        for number, pages in enumerate(([1, 2], [3, 4])):
            name = f"{mark} {pages}"
            assert self.windows.keep(
                claim, Window(number, pages, name, "blob", reading_mark=mark, flawed=flawed and number == 1)
            )
        assert self.shards.complete_pages(claim, Report(stage="read"))
        return self.claim()

    def work(self, mark: str | None = "m", **read: object) -> None:
        assembly = self.read(mark, **read)  # type: ignore[arg-type]
        key = f"jobs/{assembly.job_id}/result.json"
        assert self.shards.finish(
            assembly, key, 4, 4, Usage(pages_parsed=4), reading_mark=mark, reusable=not read.get("flawed")
        )


@pytest.fixture
def desk(ledger: Ledger) -> Desk:
    return Desk(ledger)


def test_an_ended_job_begins_as_if_it_were_new(desk: Desk, clock: Clock) -> None:
    job_id = desk.submit()
    desk.work(content="content")
    before = desk.job(job_id)
    clock.forward(100)
    again = desk.replays.begin(PROJECT, job_id, "gpu")
    assert again.id == job_id
    now = desk.job(job_id)
    assert (now.status, now.runs, now.version) == ("pending", 2, before.version + 1)
    assert (now.created_at, now.request) == (before.created_at, before.request)
    emptied = ("started_at finished_at error result_key result_of message_update progress total_pages"
               " pages_asked reading_mark content_mark cancel_requested_at")  # fmt: skip
    assert [getattr(now, name) for name in emptied.split()] == [None] * 12
    assert (now.pages_done, now.parsed_pages) == (0, 0)
    with desk.ledger.read() as session:
        (shard,) = session.scalars(select(Shard)).all()
    assert (shard.queue, shard.kind, shard.pages, shard.attempt) == ("gpu", "pages", None, 0)
    assert shard.queued_at > before.created_at


def test_it_runs_to_its_end_again(desk: Desk) -> None:
    job_id = desk.submit()
    desk.work()
    desk.replays.begin(PROJECT, job_id, "cpu")
    desk.work()
    job = desk.job(job_id)
    assert (job.status, job.runs, job.result_key) == ("successful", 2, f"jobs/{job_id}/result.json")
    assert len(desk.windows.of(job_id)) == 2


def test_a_failed_job_keeps_what_it_has(desk: Desk) -> None:
    job_id = desk.submit()
    assembly = desk.read()
    desk.shards.fail(assembly, "broken")
    desk.replays.begin(PROJECT, job_id, "cpu", {"m"})
    assert desk.job(job_id).error is None
    assert len(desk.windows.of(job_id)) == 2


def test_windows_with_flaws_are_read_again(desk: Desk) -> None:
    job_id = desk.submit()
    desk.work(flawed=True)
    desk.replays.begin(PROJECT, job_id, "cpu")
    assert [window.pages for window in desk.windows.of(job_id)] == [[1, 2]]


def test_a_strict_replay_takes_all_there_is(desk: Desk) -> None:
    job_id = desk.submit()
    desk.work(flawed=True)
    desk.replays.begin(PROJECT, job_id, "cpu", {"m"})
    assert len(desk.windows.of(job_id)) == 2


@pytest.mark.parametrize("allowed", [{"other"}, {"m", "other"}])
def test_a_strict_replay_is_refused_where_something_would_differ(desk: Desk, allowed: set[str]) -> None:
    job_id = desk.submit()
    desk.work()
    before = desk.job(job_id)
    with pytest.raises(InvalidJobState, match="adaptive"):
        desk.replays.begin(PROJECT, job_id, "cpu", allowed)
    after = desk.job(job_id)
    assert (after.status, after.runs, after.version) == ("successful", 1, before.version)
    assert len(desk.windows.of(job_id)) == 2


def test_work_of_older_versions_has_no_mark_and_so_would_differ(desk: Desk) -> None:
    job_id = desk.submit()
    desk.work(mark=None)
    with pytest.raises(InvalidJobState):
        desk.replays.begin(PROJECT, job_id, "cpu", {"m"})
    desk.replays.begin(PROJECT, job_id, "cpu")


def test_where_nothing_is_finished_nothing_can_differ(desk: Desk) -> None:
    job_id = desk.submit()
    desk.shards.fail(desk.claim(), "not found")
    desk.replays.begin(PROJECT, job_id, "cpu", {"m", "other"})


def test_a_job_that_runs_cannot_be_replayed(desk: Desk) -> None:
    job_id = desk.submit()
    for _ in range(2):
        with pytest.raises(InvalidJobState, match="still"):
            desk.replays.begin(PROJECT, job_id, "cpu")
        if desk.job(job_id).status == "pending":
            desk.claim()
    assert desk.job(job_id).status == "processing"


def test_jobs_of_others_are_unknown(desk: Desk) -> None:
    job_id = desk.submit("other/project")
    desk.work()
    with pytest.raises(NotFound):
        desk.replays.begin(PROJECT, job_id, "cpu")


def a_file(desk: Desk) -> StoredFile:
    return desk.files.add(
        "file_1",
        PROJECT,
        name="a",
        mime_type="text/plain",
        size=1,
        checksum="c",
        labels={},
        blob_key="files/1",
    )


def test_a_deleted_file_cannot_be_read_again(desk: Desk) -> None:
    file = a_file(desk)
    job_id = desk.submit(file_id=file.id)
    desk.work()
    desk.replays.begin(PROJECT, job_id, "cpu")
    desk.work()
    desk.files.delete(PROJECT, file.id)
    with pytest.raises(InvalidJobState, match="deleted"):
        desk.replays.begin(PROJECT, job_id, "cpu")


def test_a_replay_keeps_its_deleted_file_until_it_ends(desk: Desk) -> None:
    file = a_file(desk)
    job_id = desk.submit(file_id=file.id)
    desk.work()
    desk.replays.begin(PROJECT, job_id, "cpu")
    desk.files.delete(PROJECT, file.id)
    assert desk.files.discarded() == []


def late_calls(desk: Desk, old: Claim) -> list[Callable[[], object]]:
    return [
        lambda: desk.shards.renew(old, 30),
        lambda: desk.shards.moved(old),
        lambda: desk.shards.release(old),
        lambda: desk.shards.retry_later(old, "late"),
        lambda: desk.shards.set_source(old, "late"),
        lambda: desk.shards.split(old, 9, [1], [[2]]),
        lambda: desk.windows.keep(old, Window(0, [1], "late", "late")),
        lambda: desk.windows.drop(old, [1, 2, 3]),
        lambda: desk.windows.read_again(old, [1, 2, 3]),
        lambda: desk.shards.complete_pages(old),
        lambda: desk.shards.finish(old, "late", 1, 1),
        lambda: desk.shards.fail(old, "late"),
    ]


def test_who_still_works_on_the_run_before_changes_nothing(desk: Desk) -> None:
    """Not even the same worker, with the same attempt, at a shard that has the old one's id."""
    job_id = desk.submit()
    old = desk.claim()
    desk.jobs.cancel(PROJECT, job_id)
    desk.replays.begin(PROJECT, job_id, "cpu")
    new = desk.claim()
    with desk.ledger.write() as session:
        session.get_one(Shard, new.shard_id).id = old.shard_id
    version = desk.job(job_id).version
    assert not any(call() for call in late_calls(desk, old))
    assert (desk.job(job_id).version, desk.job(job_id).status) == (version, "processing")
    assert desk.windows.of(job_id) == []


def test_lost_windows_are_read_again_and_then_put_together(desk: Desk, clock: Clock) -> None:
    job_id = desk.submit()
    assembly = desk.read()
    assert desk.windows.read_again(assembly, [desk.windows.of(job_id)[1].id])
    assert [window.pages for window in desk.windows.of(job_id)] == [[1, 2]]
    assert desk.shards.claim_next("cpu", "w", 30) is None  # after a pause
    clock.forward(10)
    again = desk.claim()
    assert (again.kind, again.pages) == ("pages", [1, 2, 3, 4])
    assert desk.windows.keep(again, Window(1, [3, 4], "again", "blob"))
    assert desk.shards.complete_pages(again)
    last = desk.claim()
    assert (last.kind, last.strikes) == ("assemble", 2)
    assert desk.shards.finish(last, "r", 4, 4)


def test_a_store_that_loses_windows_again_and_again_ends_the_job(desk: Desk, clock: Clock) -> None:
    job_id = desk.submit()
    assembly = desk.read()
    for _ in range(2):
        assert desk.windows.read_again(assembly, [desk.windows.of(job_id)[0].id])
        clock.forward(300)
        again = desk.claim()
        desk.windows.keep(again, Window(0, [1, 2], "again", "blob"))
        desk.shards.complete_pages(again)
        assembly = desk.claim()
    assert not desk.windows.read_again(assembly, [desk.windows.of(job_id)[0].id])
    assert "blob store" in (desk.job(job_id).error or "")


def test_a_result_is_given_again_to_the_same_content(desk: Desk) -> None:
    first = desk.submit()
    desk.work(content="content")
    second = desk.submit()
    claim = desk.claim()
    assert desk.reuse.find(claim, "other") is None
    earlier = desk.reuse.find(claim, "content")
    assert earlier is not None
    assert earlier.id == first
    assert desk.reuse.take(claim, earlier, "jobs/2/result.json", Usage(pages_parsed=4))
    job = desk.job(second)
    assert (job.status, job.result_of, job.result_key) == ("successful", first, "jobs/2/result.json")
    assert (job.total_pages, job.parsed_pages, job.pages_asked, job.pages_done) == (4, 4, 4, 4)
    assert not desk.reuse.take(claim, earlier, "late", Usage())
    desk.jobs.delete(PROJECT, first)
    desk.submit()
    found = desk.reuse.find(desk.claim(), "content")
    assert found is not None
    assert found.id == second


def test_results_of_others_and_flawed_ones_are_not_given_again(desk: Desk) -> None:
    desk.submit("other/project")
    desk.work(content="content")
    desk.submit()
    desk.work(content="content", flawed=True)
    desk.submit()
    assembly = desk.read(content="content")
    desk.shards.fail(assembly, "broken")
    desk.submit()
    assert desk.reuse.find(desk.claim(), "content") is None


def test_a_request_of_another_version_cannot_be_replayed(desk: Desk) -> None:
    job = desk.job(desk.submit())
    assert request_of(job).source.file_url == "https://example.org/a.pdf"
    job.request = {"job_type": "dance"}
    with pytest.raises(InvalidJobState, match="another version"):
        request_of(job)
