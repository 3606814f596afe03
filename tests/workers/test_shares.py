"""A long document is shared out among the threads of a worker that has nothing else to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from schemas.options import EnrichmentOptions
from schemas.requests import ReplayMode
from tests.api.service import make_services
from tests.workers.desk import PROJECT, Desk, drain, outputs, submit_text
from workers import sources
from workers.jobs.ledger.tables import Job, Shard, ShardKind
from workers.jobs.replaying import replay
from workers.jobs.services import Services
from workers.run import Worker

Make = Callable[..., Services]


@pytest.fixture(autouse=True)
def pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    """The document is one that is quickly opened."""
    monkeypatch.setattr(sources, "source_format", lambda *_: "PDF")


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    made: list[Services] = []

    def services(**settings: Any) -> Services:
        settings = {"page_window": 2, "shard_pages": 8, "workers": 3} | settings
        made.append(make_services(tmp_path, **settings))
        return made[-1]

    yield services
    for one in made:
        one.close()


def read_first(services: Services, *also: str, **options: Any) -> tuple[Job, Worker]:
    """A job whose first shard was read, while ``also`` waited."""
    job = submit_text(services, **options)
    for _ in also:
        submit_text(services)
    worker = Worker(services.settings, services)
    worker.run_one("cpu")
    return job, worker


def parts(services: Services, job: Job) -> list[list[int]]:
    """The pages of the job's shards."""
    shards = select(Shard).where(Shard.job_id == job.id, Shard.kind == ShardKind.PAGES.value)
    with services.ledger.read() as session:
        return [shard.pages or [] for shard in session.scalars(shards.order_by(Shard.ordinal))]


@pytest.mark.parametrize(
    ("pages", "sizes"),
    [(1, [1]), (2, [2]), (3, [2, 1]), (5, [2, 2, 1]), (7, [4, 3]), (12, [4, 4, 4]), (30, [8, 8, 8, 6])],
)
def test_every_thread_has_its_share_of_whole_windows(
    make: Make, desk: Desk, pages: int, sizes: list[int]
) -> None:
    services, desk.pages = make(), pages
    job, worker = read_first(services)
    assert [len(part) for part in parts(services, job)] == sizes
    drain(worker)
    worker.stop()
    assert sorted(desk.read) == list(range(1, pages + 1))
    assert len(outputs(services, job)["pages"]) == pages


def test_a_replay_that_is_cut_otherwise_takes_what_is_finished(make: Make, desk: Desk) -> None:
    services, desk.pages = make(), 7
    job, worker = read_first(services)
    drain(worker)
    desk.read.clear()
    replay(services, PROJECT, job.id, ReplayMode.ADAPTIVE)
    submit_text(services)
    worker.run_one("cpu")
    worker.stop()
    assert [len(part) for part in parts(services, job)] == [7]
    assert desk.read == []


def test_while_something_else_waits_it_is_not_cut(make: Make, desk: Desk) -> None:
    services, desk.pages = make(), 7
    job, worker = read_first(services, "another")
    worker.stop()
    assert [len(part) for part in parts(services, job)] == [7]


def test_what_costs_much_to_open_is_not_cut(make: Make, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "source_format", lambda *_: "DOCX")
    services, desk.pages = make(), 7
    job, worker = read_first(services)
    worker.stop()
    assert [len(part) for part in parts(services, job)] == [7]


@pytest.mark.parametrize(("model", "sizes"), [("m", [7]), ("", [4, 3])])
def test_shards_that_count_tokens_are_not_cut(make: Make, desk: Desk, model: str, sizes: list[int]) -> None:
    asks = {"llm_base_url": "http://127.0.0.1:9/v1", "llm_model": model} if model else {}
    services, desk.pages = make(**asks), 7
    job, worker = read_first(services, enrichment_options=EnrichmentOptions(table_summarization=True))
    worker.stop()
    assert [len(part) for part in parts(services, job)] == sizes
