"""What is kept, for how long, and what nobody owns: on SQLite and files, and on a real Postgres and S3."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from schemas.errors import FileUnknown, NotFound
from schemas.jobs import JobStatus
from schemas.options import Configuration
from schemas.requests import JobRequest, JobType, SourceFields
from tests.api.service import CountingDoorbell
from tests.clock import Clock
from workers.jobs import configuration
from workers.jobs.blobs import BlobStoreAway
from workers.jobs.disposal import remove_dataset, remove_file, remove_job
from workers.jobs.ledger.claims import Claim
from workers.jobs.ledger.engine import Ledger, migrate, open_engine
from workers.jobs.ledger.paging import PageRequest
from workers.jobs.ledger.removals import AGAIN, BATCH, WRITERS_LAST
from workers.jobs.ledger.tables import Checkpoint, DeletedJob, Shard, StoredFile
from workers.jobs.orphans import OLD, orphans
from workers.jobs.services import Services
from workers.jobs.tenants import Limits
from workers.sweep import HOUSEKEEPING, Sweeper

PROJECT, OTHER = "acme/invoices", "acme/archive"
DAY = timedelta(days=1).total_seconds()


class House:
    """An installation whose jobs are done at once, and its one worker's sweep."""

    def __init__(self, services: Services, clock: Clock) -> None:
        self.services, self.clock = services, clock
        self.stopping = threading.Event()
        self.sweeper = Sweeper(services, "worker", self.stopping)

    def submit(self, project: str = PROJECT, file_id: str | None = None, **more: str) -> str:
        url = None if file_id else "https://example.org/a.pdf"
        source = SourceFields(file_url=url, file_id=file_id)
        request = JobRequest(job_type=JobType.PARSE, source=source, configuration=Configuration())
        return self.services.jobs.create(project, request, **more).id

    def claim(self) -> Claim:
        """The next job, in work for as long as it takes."""
        claim = self.services.shards.claim_next("cpu", "worker", 100 * DAY)
        assert claim is not None
        return claim

    def end(self, claim: Claim) -> str:
        """Ends the job with a result."""
        blobs = self.services.blobs
        window, result = f"jobs/{claim.job_id}/windows/1", f"jobs/{claim.job_id}/result.json"
        blobs.put_bytes(window, b"[]")
        row = Checkpoint(job_id=claim.job_id, shard_ordinal=0, window=0, pages=[1], fingerprint="1")
        row.blob_key, row.created_at = window, self.clock()
        with self.services.ledger.write() as session:
            session.add(row)
        blobs.put_bytes(result, b"{}")
        assert self.services.shards.finish(claim, result, 1, 1)
        return claim.job_id

    def done(self, project: str = PROJECT, **more: str) -> str:
        job_id = self.submit(project, **more)
        assert self.end(self.claim()) == job_id
        return job_id

    def upload(self, checksum: str, project: str = PROJECT) -> StoredFile:
        key = f"files/{project}/file_{checksum}.pdf"
        self.services.blobs.put_bytes(key, b"%PDF")
        return self.services.files.add(
            f"file_{checksum}",
            project,
            name="a.pdf",
            mime_type="application/pdf",
            size=4,
            checksum=checksum,
            labels={},
            blob_key=key,
        )

    def stored(self, prefix: str = "jobs") -> list[str]:
        return sorted(blob.key for blob in self.services.blobs.walk(prefix))

    def job_ids(self, project: str = PROJECT) -> set[str]:
        return {job.id for job in self.services.jobs.page(project, PageRequest(1000)).items}

    def rows(self, table: type) -> int:
        with self.services.ledger.read() as session:
            return session.query(table).count()

    def tidy(self, seconds: float = 0) -> None:
        """Time passes, and everything that is due by then is done."""
        self.clock.forward(seconds + DAY / 2)
        self.sweeper.keep_house()


@pytest.fixture
def house(services: Services, clock: Clock) -> House:
    return House(services, clock)


def kept(services: Services, folder: Path, retention: str) -> None:
    """Has the configuration say so of the first project."""
    config = folder / "octavo.yaml"
    config.write_text(f"organizations: [{{id: acme, projects: [{{id: invoices, retention: {retention}}}]}}]")
    settings = services.settings.model_copy(update={"config": config})
    object.__setattr__(services, "limits", Limits(settings, configuration.Configuration(settings)))


def away(monkeypatch: pytest.MonkeyPatch, services: Services) -> None:
    def raising(*_: object) -> None:
        raise BlobStoreAway("ENOTCONN")

    for method in ("delete", "delete_prefix"):
        monkeypatch.setattr(services.blobs, method, raising)


# --------------------------------------------------------------------------- retention


def test_jobs_that_ended_long_ago_go_with_all_they_have(house: House, tmp_path: Path) -> None:
    kept(house.services, tmp_path, "{jobs_days: 2}")
    dataset = house.services.datasets.create(PROJECT, "kept", None, {})
    slow = house.submit()
    work = house.claim()
    old, elsewhere = house.done(dataset_id=dataset.id), house.done(OTHER)
    house.clock.forward(DAY)
    young = house.done(OTHER)
    assert house.end(work) == slow
    house.tidy(DAY / 2 + 1)
    with pytest.raises(NotFound):
        house.services.jobs.get(PROJECT, old)
    assert house.job_ids() == {slow}
    assert house.job_ids(OTHER) == {elsewhere, young}
    assert {key.split("/")[1] for key in house.stored()} == {slow, elsewhere, young}
    assert house.rows(Shard) == house.rows(Checkpoint) == 3
    assert house.services.datasets.get(PROJECT, dataset.id).name == "kept"


def test_a_job_that_has_not_ended_is_never_too_old(house: House, tmp_path: Path) -> None:
    kept(house.services, tmp_path, "{jobs_days: 1}")
    waiting = house.submit()
    house.tidy(30 * DAY)
    assert house.job_ids() == {waiting}
    assert house.services.jobs.get(PROJECT, waiting).status == JobStatus.PENDING


def test_files_go_by_their_last_upload_unless_a_job_waits_for_them(house: House, tmp_path: Path) -> None:
    kept(house.services, tmp_path, "{files_days: 2}")
    old, renewed, needed = (house.upload(name) for name in ("old", "renewed", "needed"))
    elsewhere = house.upload("elsewhere", OTHER)
    job = house.submit(file_id=needed.id)
    house.clock.forward(DAY)
    assert house.services.files.touch(PROJECT, "renewed", "a.pdf", {}) is not None
    house.tidy(DAY)
    with pytest.raises(FileUnknown):
        house.services.files.get(PROJECT, old.id)
    assert house.stored("files") == sorted(file.blob_key for file in (renewed, needed, elsewhere))
    assert house.end(house.claim()) == job
    house.tidy(2 * DAY)
    assert house.stored("files") == [elsewhere.blob_key]


def test_without_retention_everything_stays(house: House) -> None:
    job, file = house.done(), house.upload("a")
    house.tidy(5000 * DAY)
    assert house.job_ids() == {job}
    assert house.services.files.get(PROJECT, file.id).id == file.id


def test_windows_of_jobs_that_ended_a_while_ago_go_before_the_jobs(house: House) -> None:
    kept = house.services.settings.checkpoint_days * DAY
    slow = house.submit()
    work = house.claim()
    old = house.done()
    house.clock.forward(kept)
    young = house.done()
    assert house.end(work) == slow
    house.tidy()
    windows = [f"jobs/{job_id}/windows/1" for job_id in (slow, young)]
    results = [f"jobs/{job_id}/result.json" for job_id in (slow, young, old)]
    assert house.stored() == sorted(windows + results)
    assert house.rows(Checkpoint) == 2
    assert house.job_ids() == {slow, young, old}


def test_many_old_jobs_go_in_batches_and_others_are_let_in_between(house: House) -> None:
    with house.services.ledger.write() as session:
        first = house.done()
        job = house.services.jobs.get(PROJECT, first)
    copies = {column.key: getattr(job, column.key) for column in type(job).__table__.columns}
    with house.services.ledger.write() as session:
        session.execute(
            type(job).__table__.insert(), [{**copies, "id": f"parse_{number}"} for number in range(999)]
        )
    house.clock.forward(DAY)
    batches = []
    while batch := house.services.retention.delete_old_jobs(PROJECT, timedelta(days=0.5)):
        batches.append(batch)
    assert (sum(batches), max(batches)) == (1000, BATCH)
    assert house.rows(DeletedJob) == 1000


# --------------------------------------------------------------------------- deletes


def test_blobs_that_could_not_be_removed_are_removed_later(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, file = house.done(), house.upload("a")
    dataset = house.services.datasets.create(PROJECT, "set", None, {})
    house.done(dataset_id=dataset.id)
    with monkeypatch.context() as patch:
        away(patch, house.services)
        remove_job(house.services, PROJECT, job)
        remove_file(house.services, PROJECT, file.id)
        remove_dataset(house.services, PROJECT, dataset.id)
        house.tidy()
    assert len(house.stored("jobs")) == 4
    assert len(house.stored("files")) == 1
    house.tidy(AGAIN.total_seconds())
    assert house.stored("jobs") == house.stored("files") == []
    assert house.rows(DeletedJob) == house.rows(StoredFile) == 0


def test_what_a_worker_writes_after_its_job_was_deleted_goes_too(house: House) -> None:
    dataset = house.services.datasets.create(PROJECT, "set", None, {})
    job = house.submit(dataset_id=dataset.id)
    house.claim()
    remove_dataset(house.services, PROJECT, dataset.id)
    house.services.blobs.put_bytes(f"jobs/{job}/windows/1", b"late")
    house.clock.forward(WRITERS_LAST.total_seconds() - 60)
    house.sweeper.keep_house()
    assert house.stored() != []
    house.clock.forward(120)
    house.sweeper.keep_house()
    assert house.stored() == []
    assert house.rows(DeletedJob) == 0


def test_a_job_that_was_made_again_under_its_id_keeps_its_blobs(house: House) -> None:
    """A request that is repeated with its Idempotency-Key may make the job that was deleted meanwhile."""
    job = house.done()
    remove_job(house.services, PROJECT, job)
    assert house.done(job_id=job) == job
    house.tidy()
    assert len(house.stored()) == 2


def test_a_delete_of_a_dataset_that_was_broken_off_is_ended(house: House) -> None:
    dataset = house.services.datasets.create(PROJECT, "set", None, {})
    alone = house.done()
    house.done(dataset_id=dataset.id)
    house.submit(dataset_id=dataset.id)
    house.services.datasets.delete(PROJECT, dataset.id)
    house.tidy()
    assert house.job_ids() == {alone}
    assert {key.split("/")[1] for key in house.stored()} == {alone}


# --------------------------------------------------------------------------- what nobody owns


def test_blobs_without_a_row_go_once_they_are_old(house: House) -> None:
    job, file = house.done(), house.upload("a")
    owned = house.stored("jobs") + house.stored("files")
    blobs = house.services.blobs
    nobodys = ["files/acme/invoices/file_lost.pdf", "jobs/parse_lost/source", "jobs/parse_lost/windows/1"]
    for key in nobodys:
        blobs.put_bytes(key, b"1234")
    house.tidy()
    assert house.stored("jobs") + house.stored("files") == sorted(
        [*owned, *nobodys], key=lambda key: (not key.startswith("jobs"), key)
    )
    house.clock.forward(OLD.total_seconds() / 2 + 60)
    assert {(found.key, found.size) for found in orphans(house.services)} == {
        ("files/acme/invoices/file_lost.pdf", 4),
        ("jobs/parse_lost", 8),
    }
    house.tidy()
    assert house.stored("jobs") + house.stored("files") == owned
    assert house.services.jobs.get(PROJECT, job).id == job
    assert house.services.files.get(PROJECT, file.id).id == file.id


def test_the_blobs_of_another_database_are_spared(
    house: House, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    house.done()
    house.upload("a")
    house.tidy()
    owned = house.stored("jobs") + house.stored("files")
    settings = house.services.settings.model_copy(
        update={"database_url": SecretStr(f"sqlite:///{tmp_path / 'another.db'}")}
    )
    another = Services.from_settings(settings, CountingDoorbell())
    migrate(another.ledger.engine)
    another.ledger.now = house.clock
    house.clock.forward(30 * DAY)
    for _ in range(3):
        house.clock.forward(DAY)
        Sweeper(another, "another", threading.Event()).keep_house()
    assert "goes with another database" in caplog.text
    assert house.stored("jobs") + house.stored("files") == owned
    another.close()


def test_what_octavo_did_not_name_is_not_its_business(house: House) -> None:
    for key in ("jobs/nightly/log", "files/acme/invoices/notes.txt", "other/file_x"):
        house.services.blobs.put_bytes(key, b"1")
    for _ in range(3):
        house.tidy(30 * DAY)
    assert len(house.stored("jobs") + house.stored("files") + house.stored("other")) == 3


def test_the_bytes_of_a_deleted_file_are_a_waiting_jobs(house: House) -> None:
    file = house.upload("a")
    house.submit(file_id=file.id)
    remove_file(house.services, PROJECT, file.id)
    house.tidy(30 * DAY)
    assert house.stored("files") == [file.blob_key]


# --------------------------------------------------------------------------- duties


def test_a_duty_that_fails_keeps_none_of_the_others(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_project: str) -> None:
        raise RuntimeError("broken")

    house.done()
    house.tidy()
    monkeypatch.setattr(house.services.limits, "of", broken, raising=False)
    house.services.blobs.put_bytes("jobs/parse_lost/source", b"1")
    house.tidy(DAY)
    assert "retention failed" in caplog.text
    assert not house.services.blobs.exists("jobs/parse_lost/source")


def test_a_worker_that_goes_down_leaves_its_duty_to_another(house: House) -> None:
    for _ in range(3):
        job = house.done()
        remove_job(house.services, PROJECT, job)
    house.clock.forward(WRITERS_LAST.total_seconds())
    house.stopping.set()
    house.sweeper.keep_house()
    assert house.rows(DeletedJob) == 2
    Sweeper(house.services, "another", threading.Event()).keep_house()
    assert house.rows(DeletedJob) == 0


def test_nothing_is_done_twice_in_its_time(house: House) -> None:
    house.sweeper.keep_house()
    every = {name: duty.every for name, duty in HOUSEKEEPING.items()}
    assert house.services.duties.due(every) == []
    house.clock.forward(60)
    minutely = [name for name, pause in every.items() if pause == timedelta(minutes=1)]
    assert house.services.duties.due(every) == minutely != []


def test_a_sqlite_file_shrinks_when_much_was_deleted(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'ledger.db'}")
    migrate(engine)
    ledger = Ledger(engine)
    with ledger.write() as session:
        session.execute(text("CREATE TABLE big (x BLOB)"))
        session.execute(text("INSERT INTO big VALUES (zeroblob(20000000))"))
        session.execute(text("DROP TABLE big"))
    rounds = 0
    while ledger.shrink(500):
        rounds += 1
    with engine.connect() as connection:
        pages, size = (connection.scalar(text(f"PRAGMA {name}")) for name in ("page_count", "page_size"))
    assert rounds > 5
    assert pages * size < 8_000_000
    ledger.close()


def test_other_databases_look_after_their_space_themselves(services: Services) -> None:
    assert not services.ledger.shrink(500)
