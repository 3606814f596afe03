"""Work on a queue that nobody serves does not wait in silence."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from schemas.options import Configuration
from schemas.queues import Queue
from schemas.requests import JobRequest, JobType, SourceFields
from tests.api.service import make_services
from tests.clock import Clock
from workers.jobs.ledger.engine import Ledger
from workers.jobs.ledger.jobs import Jobs
from workers.jobs.ledger.shards import Shards
from workers.jobs.ledger.unserved import Unserved
from workers.jobs.ledger.workers import Workers
from workers.sweep import tell_of_unserved

REQUEST = JobRequest(
    job_type=JobType.PARSE,
    source=SourceFields(file_url="https://example.org/a.pdf"),
    configuration=Configuration(),
)
Submit = Callable[[str], str]


@pytest.fixture
def submit(ledger: Ledger) -> Submit:
    return lambda queue: Jobs(ledger).create("a/a", REQUEST, queue=queue).id


def test_only_queues_without_a_living_worker_and_with_old_work_are_unserved(
    ledger: Ledger, clock: Clock, submit: Submit
) -> None:
    unserved = Unserved(ledger)
    submit("cpu")
    submit("gpu")
    assert unserved.queues(Queue) == []
    clock.forward(61)
    Workers(ledger).tell("w", ["cpu", "notify"], "mark", 0)
    assert unserved.queues(Queue) == ["gpu"]
    clock.forward(61)  # by now the worker is silent, too
    assert unserved.queues(Queue) == ["cpu", "gpu"]


def test_their_jobs_say_so_once(ledger: Ledger, clock: Clock, submit: Submit) -> None:
    jobs, unserved = Jobs(ledger), Unserved(ledger)
    waits, other = submit("gpu"), submit("cpu")
    clock.forward(61)
    young = submit("gpu")
    assert (unserved.tell("gpu"), unserved.tell("gpu")) == (1, 0)
    told = jobs.get("a/a", waits)
    assert (told.message_update, told.version) == ("waiting for a worker that serves the queue gpu", 2)
    assert jobs.get("a/a", other).message_update is None
    assert jobs.get("a/a", young).message_update is None


def test_what_somebody_works_on_is_served(ledger: Ledger, clock: Clock, submit: Submit) -> None:
    submit("gpu")
    Shards(ledger).claim_next("gpu", "w", 600)
    clock.forward(61)
    assert Unserved(ledger).queues(Queue) == []


def test_the_log_names_the_queue(tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    services = make_services(tmp_path)
    services.ledger.now = clock
    job = services.jobs.create("a/a", REQUEST, queue="llm").id
    clock.forward(61)
    with caplog.at_level(logging.WARNING):
        tell_of_unserved(services, lambda: None)
    assert "octavo worker --queue llm" in caplog.text
    assert services.jobs.get("a/a", job).message_update is not None
    services.close()
