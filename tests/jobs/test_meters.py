"""What happens is counted once, over all processes, and how things stand is told of."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from schemas.jobs import JobStatus
from schemas.options import Configuration
from schemas.requests import JobRequest, JobType, SourceFields
from schemas.webhooks import EventType
from tests.clock import Clock
from workers.jobs.ledger.datasets import Datasets
from workers.jobs.ledger.dispatch import Dispatch, Outcome
from workers.jobs.ledger.ending import end_badly
from workers.jobs.ledger.engine import Ledger
from workers.jobs.ledger.jobs import Jobs
from workers.jobs.ledger.meters import Meters
from workers.jobs.ledger.shards import Shards
from workers.jobs.ledger.survey import QueueState, Survey
from workers.jobs.ledger.tables import Job, Lane
from workers.jobs.ledger.webhooks import Webhooks
from workers.jobs.metering import COLLECTED, JOB_SECONDS, METRICS, PAGES, STAGE_SECONDS, Histogram

PROJECT = "default/default"


@pytest.fixture(autouse=True)
def _nothing_left() -> Iterator[None]:
    COLLECTED.take()
    yield
    COLLECTED.take()


def totals(ledger: Ledger) -> dict[str, float]:
    """What was counted, as Prometheus writes it."""
    meters = Meters(ledger)
    COLLECTED.flush(meters)
    found = {}
    for total in meters.totals():
        labels = ",".join(f'{name}="{value}"' for name, value in sorted(total.labels.items()))
        found[f"{total.name}{{{labels}}}"] = total.value
    return found


def request() -> JobRequest:
    source = SourceFields(raw_text="a", mime_type="text/plain")
    return JobRequest(job_type=JobType.PARSE, source=source, configuration=Configuration())


def add_endpoint(ledger: Ledger, *, enabled: bool = True) -> None:
    Webhooks(ledger).create(
        PROJECT,
        url="https://a.example/",
        name="",
        event_types=[EventType.CREATED.value],
        enabled=enabled,
        secret="sealed",
    )


class Store:
    """Keeps amounts, or fails."""

    def __init__(self) -> None:
        self.broken = False
        self.added: list[dict[Any, float]] = []

    def add(self, amounts: Any) -> None:
        if self.broken:
            raise OSError
        self.added.append(dict(amounts))


def test_what_could_not_be_added_is_added_the_next_time() -> None:
    store = Store()
    PAGES.add(format="PDF", outcome="ok")
    store.broken = True
    with pytest.raises(OSError):  # noqa: PT011 - it is the store's own
        COLLECTED.flush(store)
    PAGES.add(2, format="PDF", outcome="ok")
    store.broken = False
    COLLECTED.flush(store)
    COLLECTED.flush(store)
    key = ("octavo_pages_total", '{"format": "PDF", "outcome": "ok"}')
    assert store.added == [{key: 3.0}, {}]


def test_numbers_of_several_processes_come_together(ledger: Ledger) -> None:
    PAGES.add(3, format="PDF", outcome="ok")
    assert totals(ledger) == {'octavo_pages_total{format="PDF",outcome="ok"}': 3.0}
    PAGES.add(format="PDF", outcome="ok")
    PAGES.add(format="DOCX", outcome="page_unreadable")
    assert totals(ledger) == {
        'octavo_pages_total{format="DOCX",outcome="page_unreadable"}': 1.0,
        'octavo_pages_total{format="PDF",outcome="ok"}': 4.0,
    }


def test_time_is_summed_up_whether_or_not_the_work_fails(ledger: Ledger) -> None:
    for error in (None, ValueError()):
        try:
            with STAGE_SECONDS.time(stage="ocr"):
                if error:
                    raise error
        except ValueError:
            pass
    found = totals(ledger)
    assert found['octavo_stage_seconds_count{stage="ocr"}'] == 2
    assert 0 < found['octavo_stage_seconds_sum{stage="ocr"}'] < 1


def test_each_time_is_in_the_lowest_bucket_that_holds_it(ledger: Ledger) -> None:
    for seconds in (0.0, 1.0, 1.1, 86400.0, 1e9):
        JOB_SECONDS.observe(seconds, type="parse")
    found = totals(ledger)
    buckets = {k.split('"')[1]: v for k, v in found.items() if "_bucket" in k}
    assert buckets == {"0.5": 1.0, "1.0": 1.0, "2.0": 1.0, "86400.0": 1.0, "+Inf": 1.0}
    assert len(Histogram.BUCKETS) == len(Histogram.BOUNDS) + 1


def test_names_are_prometheus_own() -> None:
    assert len({metric.name for metric in METRICS}) == len(METRICS)
    for metric in METRICS:
        assert metric.name.startswith("octavo_")
        assert not metric.name.endswith(("_total", "_sum", "_count", "_bucket"))
        assert metric.help.endswith(".")


def test_an_end_of_a_job_is_counted_with_its_times(ledger: Ledger, clock: Clock) -> None:
    jobs, shards = Jobs(ledger), Shards(ledger)
    job = jobs.create(PROJECT, request())
    clock.forward(3)
    claim = shards.claim_next("cpu", "w", 60)
    assert claim is not None
    clock.forward(30)
    shards.fail(claim, "It cannot be read.")
    jobs.cancel(PROJECT, jobs.create(PROJECT, request()).id)
    found = totals(ledger)
    assert found['octavo_jobs_ended_total{outcome="failure",type="parse"}'] == 1
    assert found['octavo_jobs_ended_total{outcome="cancelled",type="parse"}'] == 1
    assert found['octavo_job_seconds_sum{type="parse"}'] == pytest.approx(33, abs=0.01)
    assert found['octavo_job_wait_seconds_sum{type="parse"}'] == pytest.approx(3, abs=0.01)
    assert jobs.get(PROJECT, job.id).status == JobStatus.FAILURE


def test_what_was_undone_is_not_counted(ledger: Ledger) -> None:
    jobs = Jobs(ledger)
    job = jobs.create(PROJECT, request())

    def end_and_break() -> None:
        with ledger.write() as session:
            end_badly(session, session.get_one(Job, job.id), ledger.now(), "no")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        end_and_break()
    assert totals(ledger) == {}


def test_attempts_of_webhooks_are_counted_by_what_came_of_them(ledger: Ledger, clock: Clock) -> None:
    dispatch = Dispatch(ledger, lambda: 0.5)
    add_endpoint(ledger)
    Jobs(ledger).create(PROJECT, request())
    for status in (500, None, 204):
        (outgoing,) = [
            one
            for failing in (False, True)
            for one in dispatch.claim(failing=failing, limit=1, at_once=1, lease_seconds=60)
        ]
        dispatch.record(outgoing, Outcome(clock(), 0.1, status))
        clock.forward(3600)
    found = totals(ledger)
    for outcome in ("refused", "no_answer", "delivered"):
        assert found[f'octavo_webhook_attempts_total{{outcome="{outcome}"}}'] == 1
    assert found['octavo_webhook_deliveries_ended_total{outcome="delivered"}'] == 1


def test_queues_are_told_of_by_lane(ledger: Ledger, clock: Clock) -> None:
    jobs, shards, survey = Jobs(ledger), Shards(ledger), Survey(ledger)
    for _ in range(3):
        jobs.create(PROJECT, request())
        clock.forward(10)
    shards.claim_next("cpu", "w", 60)
    dataset = Datasets(ledger).create(PROJECT, "d", None, {})
    jobs.create(PROJECT, request(), dataset_id=dataset.id)
    states = {(s.queue, s.lane): s for s in survey.queues(["cpu", "gpu"])}
    assert len(states) == 2 * len(Lane)
    soon, batch = states["cpu", Lane.SOON], states["cpu", Lane.BATCH]
    assert (soon.waiting, soon.running, soon.oldest_seconds) == (2, 1, pytest.approx(20, abs=0.01))
    assert (batch.waiting, batch.running, batch.oldest_seconds) == (1, 0, pytest.approx(0, abs=0.01))
    assert states["gpu", Lane.SOON] == QueueState("gpu", Lane.SOON)
    assert survey.jobs() == {"pending": 3, "processing": 1}


def test_work_that_waits_for_its_next_attempt_has_no_age_yet(ledger: Ledger) -> None:
    Jobs(ledger).create(PROJECT, request())
    shards = Shards(ledger)
    claim = shards.claim_next("cpu", "w", 60)
    assert claim is not None
    shards.retry_later(claim, "Later.")
    (soon, *_) = Survey(ledger).queues(["cpu"])
    assert (soon.waiting, soon.oldest_seconds) == (1, 0.0)


def test_webhooks_and_files_are_told_of(ledger: Ledger) -> None:
    survey = Survey(ledger)
    assert (survey.endpoints(), survey.deliveries_waiting(), survey.stored()) == (
        {"healthy": 0, "failing": 0, "disabled": 0}, 0, (0, 0),
    )  # fmt: skip
    add_endpoint(ledger)
    add_endpoint(ledger, enabled=False)
    Jobs(ledger).create(PROJECT, request())
    assert survey.endpoints() == {"healthy": 1, "failing": 0, "disabled": 1}
    assert survey.deliveries_waiting() == 1


def test_what_several_add_at_once_is_all_there(ledger: Ledger) -> None:
    meters = Meters(ledger)
    keys = [("octavo_pages_total", f'{{"format": "{name}", "outcome": "ok"}}') for name in "ABCDEF"]

    def add(turn: int) -> None:
        some = keys if turn % 2 else keys[::-1]
        for _ in range(20):
            meters.add(dict.fromkeys(some, 1.0))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(4)))
    assert {total.value for total in meters.totals()} == {80.0}
