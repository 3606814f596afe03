"""A document and its jobs for tests of workers."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import update

from pipelines.work import DONE, PageRecord, RunContext
from schemas.fragments import FragmentType, PageFragment, TextContent
from schemas.geometry import PageSize
from schemas.options import Configuration
from schemas.reading import DocumentInfo, DocumentPart
from schemas.requests import JobType, ReadRequest
from workers import run
from workers.jobs.intake import submit
from workers.jobs.ledger.tables import Job, Shard
from workers.jobs.results import outputs_of
from workers.jobs.services import Services

PROJECT = "default/default"


class Desk:
    """A document of ``pages`` pages that tells which were read, and can be made to fail."""

    def __init__(self) -> None:
        self.pages = 5
        self.read: list[int] = []
        self.before_page: Callable[[int], None] = lambda number: None
        self.at_open: Callable[[], None] = lambda: None

    def open(self, _path: Path, _format_name: str) -> DocumentInfo:
        self.at_open()
        return DocumentInfo([DocumentPart(self.pages, paged=True)])

    def close(self) -> None:
        pass

    def read_pages(
        self,
        _reader: object,
        _engines: object,
        _info: DocumentInfo,
        numbers: Sequence[int],
        _options: Configuration,
        context: RunContext,
    ) -> list[PageRecord]:
        records = []
        for number in numbers:
            context.check()
            self.before_page(number)
            self.read.append(number)
            content = TextContent(content=f"text of page {number}")
            fragment = PageFragment(fragment_type=FragmentType.TEXT, content=content, reading_order=0)
            records.append(PageRecord(number, PageSize(width=100, height=200), [fragment], [], []))
            context.progress(number, DONE)
        return records


def submit_text(services: Services, **fields: Any) -> Job:
    body = ReadRequest(raw_text="a b c", mime_type="text/plain", **fields)
    return submit(services, PROJECT, JobType.PARSE, body)


def drain(worker: run.Worker) -> int:
    steps = 0
    while worker.run_one("cpu"):
        steps += 1
    return steps


def job_of(services: Services, job: Job) -> Job:
    return services.jobs.get(PROJECT, job.id)


def outputs(services: Services, job: Job) -> dict[str, Any]:
    key = job_of(services, job).result_key
    assert key is not None
    found: dict[str, Any] = json.loads(b"".join(outputs_of(services.blobs, key)))
    return found


def run_without_pauses(services: Services, worker: run.Worker, times: int) -> None:
    """Runs shards as if the pause before each next attempt were over."""
    for _ in range(times):
        worker.run_one("cpu")
        end_pauses(services)


def end_pauses(services: Services) -> None:
    """What rests is due, and before what never rested."""
    now = services.ledger.now()
    with services.ledger.write() as session:
        resting = update(Shard).where(Shard.queued_at > now)
        session.execute(resting.values(queued_at=now - timedelta(hours=1)))
