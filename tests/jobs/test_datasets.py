"""Datasets in the ledger, on SQLite and on a real Postgres."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from schemas.errors import AlreadyExists, NotFound
from schemas.options import Configuration
from schemas.requests import JobRequest, JobType, SourceFields
from workers.jobs.ledger.datasets import DatasetFilter, Datasets
from workers.jobs.ledger.engine import Ledger
from workers.jobs.ledger.jobs import JobFilter, Jobs
from workers.jobs.ledger.paging import PageRequest
from workers.jobs.ledger.shards import Shards

PROJECT, OTHER = "default/default", "default/other"
REQUEST = JobRequest(
    job_type=JobType.DATASET,
    source=SourceFields(file_url="https://example.org/a.pdf"),
    configuration=Configuration(),
)


def test_names_are_taken_per_project(ledger: Ledger) -> None:
    datasets = Datasets(ledger)
    row = datasets.create(PROJECT, "one", None, {})
    assert datasets.create(OTHER, "one", None, {}).id != row.id
    with pytest.raises(AlreadyExists):
        datasets.create(PROJECT, "one", None, {})
    with pytest.raises(NotFound):
        datasets.get(OTHER, row.id)
    with pytest.raises(NotFound):
        datasets.delete(OTHER, row.id)


def test_a_change_merges_the_configuration(ledger: Ledger) -> None:
    datasets = Datasets(ledger)
    row = datasets.create(PROJECT, "one", "words", {"a": {"x": 1}, "b": 2})
    changed = datasets.change(PROJECT, row.id, {"configuration": {"a": {"y": 1}}})
    assert (changed.configuration, changed.description) == ({"a": {"y": 1}, "b": 2}, "words")
    assert datasets.get(PROJECT, row.id).configuration == changed.configuration


def test_jobs_count_by_status_and_go_with_their_dataset(ledger: Ledger) -> None:
    datasets, jobs, shards = Datasets(ledger), Jobs(ledger), Shards(ledger)
    row, empty = datasets.create(PROJECT, "one", None, {}), datasets.create(PROJECT, "two", None, {})
    own = [jobs.create(PROJECT, REQUEST, dataset_id=row.id).id for _ in range(2)]
    claim = shards.claim_next("cpu", "worker", 30)
    assert claim is not None
    assert claim.job_id == own[0]
    alone = jobs.create(PROJECT, REQUEST).id
    assert datasets.counts([row.id, empty.id]) == {row.id: {"pending": 1, "processing": 1}, empty.id: {}}
    everything = PageRequest(10)
    assert [one.id for one in datasets.page(PROJECT, everything, DatasetFilter(busy=True)).items] == [row.id]
    assert [one.id for one in datasets.page(PROJECT, everything, DatasetFilter(busy=False)).items] == [
        empty.id
    ]
    datasets.delete(PROJECT, row.id)
    assert datasets.half_deleted() == [row.id]
    assert sorted(datasets.delete_jobs(row.id)) == sorted(own)
    assert datasets.delete_jobs(row.id) == datasets.half_deleted() == []
    assert not shards.renew(claim, 30)
    assert [one.id for one in jobs.page(PROJECT, everything).items] == [alone]
    assert jobs.page(PROJECT, everything, JobFilter(dataset_id=row.id)).items == []
    with pytest.raises(NotFound):
        jobs.create(PROJECT, REQUEST, dataset_id=row.id)


def test_no_job_is_left_of_a_dataset_that_is_deleted_meanwhile(ledger: Ledger) -> None:
    datasets, jobs = Datasets(ledger), Jobs(ledger)
    row = datasets.create(PROJECT, "one", None, {})
    together = Barrier(4)

    def submit() -> None:
        together.wait()
        for _ in range(10):
            try:
                jobs.create(PROJECT, REQUEST, dataset_id=row.id)
            except NotFound:
                return

    def remove() -> None:
        together.wait()
        datasets.delete(PROJECT, row.id)
        datasets.delete_jobs(row.id)

    with ThreadPoolExecutor(4) as pool:
        for done in [*(pool.submit(submit) for _ in range(3)), pool.submit(remove)]:
            done.result()
    assert jobs.page(PROJECT, PageRequest(100)).items == []
