"""How far a job is: the sum over its shards, whatever becomes of their workers."""

from __future__ import annotations

import pytest

from schemas.options import Configuration
from schemas.progress import Count, Report, duration, report_of
from schemas.requests import JobRequest, JobType, SourceFields
from tests.clock import Clock
from workers.jobs.ledger.engine import Ledger
from workers.jobs.ledger.jobs import Jobs
from workers.jobs.ledger.shards import Claim, Shards
from workers.jobs.ledger.tables import Job

PROJECT = "default/default"


@pytest.fixture
def jobs(ledger: Ledger) -> Jobs:
    return Jobs(ledger)


@pytest.fixture
def shards(ledger: Ledger) -> Shards:
    return Shards(ledger)


def submit(jobs: Jobs, project: str = PROJECT) -> Job:
    source = SourceFields(file_url="https://example.org/a.pdf")
    request = JobRequest(job_type=JobType.PARSE, source=source, configuration=Configuration())
    return jobs.create(project, request)


def claim(shards: Shards, owner: str = "w") -> Claim:
    claimed = shards.claim_next("cpu", owner, 30)
    assert claimed is not None
    return claimed


def told(jobs: Jobs, job: Job) -> Report:
    return report_of(jobs.get(PROJECT, job.id).progress)


def test_a_job_is_the_sum_of_its_shards(jobs: Jobs, shards: Shards) -> None:
    job = submit(jobs)
    first = claim(shards, "w1")
    shards.split(first, 6, [1, 2, 3], [[4, 5, 6]])
    second = claim(shards, "w2")
    shards.renew(first, 30, Report(stage="ocr", page=2, pages_done=1, stages={"ocr": 2}, pages_per_second=1))
    stages = {"text": 3, "ocr": 2}
    report = Report(stage="text", page=6, pages_done=2, failed_pages=1, stages=stages, pages_per_second=0.5)
    shards.renew(second, 30, report)
    whole = told(jobs, job)
    assert (whole.pages_done, whole.failed_pages, whole.stages) == (3, 1, {"text": 3, "ocr": 4})
    assert (whole.pages_per_second, whole.seconds_left) == (1.5, 2.0)
    row = jobs.get(PROJECT, job.id)
    assert row.pages_done == 3
    assert row.message_update == "page 6: text (3 of 6 pages, 1 failed, 1.5 pages/s, about 2 s left)"


def test_pages_in_hand_are_those_of_workers_that_live(jobs: Jobs, shards: Shards, clock: Clock) -> None:
    job = submit(jobs)
    first = claim(shards, "w1")
    shards.split(first, 6, [1, 2, 3], [[4, 5, 6]])
    second = claim(shards, "w2")
    shards.renew(first, 30, Report(stage="ocr", page=2, in_hand={2: "ocr", 3: "text"}))
    shards.renew(second, 30, Report(stage="text", page=6, in_hand={6: "text"}))
    assert told(jobs, job).in_hand == {2: "ocr", 3: "text", 6: "text"}
    clock.forward(20)
    shards.renew(second, 30, Report(stage="ocr", page=6, in_hand={6: "ocr"}))
    clock.forward(20)
    shards.renew(second, 30, Report(stage="table", page=6, in_hand={6: "table"}))
    assert told(jobs, job).in_hand == {6: "table"}


def test_a_shard_that_is_done_has_no_pace(jobs: Jobs, shards: Shards) -> None:
    job = submit(jobs)
    first = claim(shards)
    shards.split(first, 4, [1, 2], [[3, 4]])
    second = claim(shards)
    shards.renew(first, 30, Report(stage="ocr", page=1, pages_done=1, pages_per_second=9))
    assert not shards.complete_pages(first, Report(stage="ocr", page=2, pages_done=2, pages_per_second=9))
    assert told(jobs, job).pages_per_second is None
    shards.renew(second, 30, Report(stage="ocr", page=3, pages_done=1, pages_per_second=0.5))
    assert (told(jobs, job).pages_per_second, told(jobs, job).seconds_left) == (0.5, 2.0)


def test_pages_counted_once_stay_counted_when_another_takes_over(
    jobs: Jobs, shards: Shards, clock: Clock
) -> None:
    job = submit(jobs)
    lost = claim(shards, "w1")
    shards.split(lost, 8, [1, 2, 3, 4], [[5, 6, 7, 8]])
    shards.renew(lost, 30, Report(stage="ocr", page=4, pages_done=3, stages={"ocr": 4}, pages_per_second=2))
    clock.forward(31)
    held = [claim(shards, "w2"), claim(shards, "w3")]
    seen = []
    for done in range(5):
        for one in held:
            report = Report(stage="ocr", page=1, pages_done=done, stages={"ocr": done}, pages_per_second=1)
            shards.renew(one, 30, report)
            whole = told(jobs, job)
            seen.append(whole.pages_done)
            assert whole.stages["ocr"] <= 8
            assert (whole.pages_per_second or 0) <= 2  # that of the lost worker counts no more
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (3, 8)


def test_no_report_counts_more_than_there_is(jobs: Jobs, shards: Shards) -> None:
    job = submit(jobs)
    held = claim(shards)
    shards.renew(held, 30, Report(stage="opening the document", pages_done=5, stages={"ocr": 5}))
    assert told(jobs, job).pages_done == 0
    shards.split(held, 9, [4, 6], [])
    shards.renew(held, 30, Report(stage="ocr", page=6, pages_done=5, stages={"ocr": 5}))
    assert (told(jobs, job).pages_done, told(jobs, job).stages) == (2, {"ocr": 2})
    assert shards.complete_pages(held)
    assert jobs.get(PROJECT, job.id).message_update == "all pages are read"
    assembly = claim(shards)
    shards.renew(assembly, 30, Report(stage="joining the pages", pages_done=5, steps=Count(done=1, total=2)))
    assert told(jobs, job).pages_done == 2
    assert jobs.get(PROJECT, job.id).message_update == "joining the pages (1 of 2)"


def test_answers_and_the_time_of_a_stage_of_the_document_are_told(jobs: Jobs, shards: Shards) -> None:
    job = submit(jobs)
    held = claim(shards)
    shards.split(held, 1, [1], [])
    assert shards.complete_pages(held)
    report = Report(
        stage="filling the schema 'bill'",
        steps=Count(done=1, total=5),
        answers=Count(done=14, total=40),
        seconds_left=130.4,
    )
    shards.renew(claim(shards), 30, report)
    words = "filling the schema 'bill' (1 of 5, 14 of 40 answers, about 2 min left)"
    assert jobs.get(PROJECT, job.id).message_update == words


def test_the_place_in_the_queue_is_among_the_projects_own_work(
    jobs: Jobs, shards: Shards, clock: Clock
) -> None:
    first = submit(jobs)
    clock.forward(1)
    submit(jobs, "other/other")
    second = submit(jobs)
    clock.forward(1)
    third = submit(jobs)
    assert [jobs.queue_position(job) for job in (first, second, third)] == [1, 2, 3]
    while claim(shards).job_id != first.id:
        pass
    assert jobs.queue_position(jobs.get(PROJECT, first.id)) is None
    assert [jobs.queue_position(job) for job in (second, third)] == [1, 2]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0 s"), (89, "89 s"), (200, "3 min"), (5400, "1 h 30 min")],
)
def test_a_length_of_time_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words
