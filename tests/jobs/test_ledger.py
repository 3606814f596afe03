"""The ledger's contract, on SQLite and on a real Postgres."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from schemas.errors import FileUnknown, InvalidJobState, NotFound
from schemas.options import Configuration
from schemas.progress import Report
from schemas.requests import JobRequest, JobType, SourceFields
from tests.clock import Clock
from workers.jobs.ledger import engine as engine_module
from workers.jobs.ledger.engine import Ledger, is_current, migrate, open_engine
from workers.jobs.ledger.files import Files
from workers.jobs.ledger.jobs import JobFilter, Jobs
from workers.jobs.ledger.paging import PageRequest
from workers.jobs.ledger.shards import Claim, Shards
from workers.jobs.ledger.tables import Base, Job, ShardKind, StoredFile
from workers.jobs.ledger.windows import Window, Windows

PROJECT = "default/default"


@pytest.fixture
def jobs(ledger: Ledger) -> Jobs:
    return Jobs(ledger)


@pytest.fixture
def shards(ledger: Ledger) -> Shards:
    return Shards(ledger, max_attempts=3)


@pytest.fixture
def windows(ledger: Ledger) -> Windows:
    return Windows(ledger)


@pytest.fixture
def files(ledger: Ledger) -> Files:
    return Files(ledger)


def parse_request(**source: object) -> JobRequest:
    return JobRequest(
        job_type=JobType.PARSE, source=SourceFields.model_validate(source), configuration=Configuration()
    )


def submit(jobs: Jobs, project: str = PROJECT) -> Job:
    return jobs.create(project, parse_request(file_url="https://example.org/a.pdf"))


def claim(shards: Shards, owner: str = "w1", lease: float = 30) -> Claim:
    claimed = shards.claim_next("cpu", owner, lease)
    assert claimed is not None
    return claimed


def test_migrated_tables_are_those_the_code_expects(ledger: Ledger) -> None:
    assert is_current(ledger.engine)
    migrate(ledger.engine)
    with ledger.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_several_processes_may_migrate_at_once(tmp_path: Path) -> None:
    engines = [open_engine(f"sqlite:///{tmp_path / 'new.db'}") for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(migrate, engines))
    assert all(is_current(engine) for engine in engines)
    for engine in engines:
        engine.dispose()


def test_a_sqlite_file_is_for_its_owner_alone_and_so_is_what_lies_beside_it(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'data' / 'ledger.db'}")
    migrate(engine)
    rights = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "data").iterdir()}
    engine.dispose()
    assert rights == dict.fromkeys(("ledger.db", "ledger.db-wal", "ledger.db-shm"), 0o600)
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


def test_many_first_connections_to_a_new_database_all_succeed(tmp_path: Path) -> None:
    def first(barrier: Barrier, path: Path) -> int:
        engine = open_engine(f"sqlite:///{path}")
        barrier.wait()
        with engine.connect() as connection:
            answer = connection.exec_driver_sql("SELECT 1").scalar_one()
        engine.dispose()
        return int(answer)

    for number in range(20):
        barrier = Barrier(8)
        with ThreadPoolExecutor(8) as pool:
            answers = pool.map(first, [barrier] * 8, [tmp_path / f"{number}.db"] * 8)
            assert list(answers) == [1] * 8


def test_sqlite_puts_what_is_promised_on_the_disk_and_notes_of_work_with_it(tmp_path: Path) -> None:
    ledger = Ledger(open_engine(f"sqlite:///{tmp_path / 'ledger.db'}"))

    def synchronous(*, lasting: bool) -> int:
        with ledger.write(lasting=lasting) as session:
            return int(session.connection().exec_driver_sql("PRAGMA synchronous").scalar_one())

    normal, full = 1, 2
    assert [synchronous(lasting=lasting) for lasting in (True, False, False, True)] == [
        *(full, normal, normal, full)
    ]
    with ledger.write() as session:
        assert session.connection().exec_driver_sql("PRAGMA synchronous").scalar_one() == full
    ledger.close()


@pytest.mark.services
def test_a_connection_to_postgres_that_lay_idle_is_tried_first(
    new_postgres_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = new_postgres_database()
    ledger, other = Ledger(open_engine(url)), Ledger(open_engine(url))
    monkeypatch.setattr(engine_module, "_IDLE_SECONDS", 3600.0)
    assert _cut_off(ledger, other)
    with pytest.raises(OperationalError), ledger.read() as session:  # not tried
        session.execute(text("SELECT 1"))
    monkeypatch.setattr(engine_module, "_IDLE_SECONDS", -1.0)
    assert _cut_off(ledger, other)
    with ledger.read() as session:
        assert session.scalar(text("SELECT 1")) == 1
    with ledger.write() as session:
        assert session.scalar(text("SELECT 2")) == 2
    ledger.close()
    other.close()


def _cut_off(ledger: Ledger, other: Ledger) -> bool:
    """Has the server end the connection that ``ledger`` has in its pool."""
    with ledger.read() as session:
        backend = session.scalar(text("SELECT pg_backend_pid()"))
    with other.read() as session:
        return bool(session.scalar(text("SELECT pg_terminate_backend(:of, 5000)"), {"of": backend}))


@pytest.mark.services
def test_readers_of_postgres_begin_no_transaction(new_postgres_database: Callable[[], str]) -> None:
    ledger = Ledger(open_engine(new_postgres_database()))
    moment = text("SELECT now() = statement_timestamp()")  # now(): when the transaction began
    with ledger.read() as session:
        assert [session.scalar(moment) for _ in range(3)] == [True] * 3
    with ledger.write() as session:
        assert session.scalar(text("SELECT 1"))
        assert session.scalar(moment) is False
    ledger.close()


def test_who_ends_the_pages_may_go_on_with_the_assembly(jobs: Jobs, shards: Shards) -> None:
    job = submit(jobs)
    shards.split(first := claim(shards), 2, [1], [[2]])
    last = claim(shards)
    assert shards.complete_pages(first, lease_seconds=30) is False
    assembly = shards.complete_pages(last, lease_seconds=30)
    assert isinstance(assembly, Claim)
    assert (assembly.kind, assembly.attempt, assembly.strikes) == (ShardKind.ASSEMBLE, 1, 1)
    assert assembly.total_pages == 2
    assert shards.claim_next("cpu", "another", 30) is None
    assert shards.renew(assembly, 30)
    assert shards.release(assembly)
    again = claim(shards, "another")
    assert (again.kind, again.attempt) == (ShardKind.ASSEMBLE, 2)
    assert not shards.finish(assembly, "results/late", 2, 2)
    assert shards.finish(again, "results/x", 2, 2)
    assert jobs.get(PROJECT, job.id).status == "successful"


def test_an_assembly_of_another_queue_waits_there(jobs: Jobs, shards: Shards) -> None:
    submit(jobs)
    shards.split(first := claim(shards), 1, [1], [])
    assert shards.complete_pages(first, assembly_queue="llm", lease_seconds=30) is True
    assert shards.claim_next("cpu", "w1", 30) is None
    assert shards.claim_next("llm", "w1", 30) is not None


def test_an_assembly_whose_worker_is_lost_is_claimed_by_another(
    jobs: Jobs, shards: Shards, clock: Clock
) -> None:
    submit(jobs)
    shards.split(first := claim(shards), 1, [1], [])
    taken = shards.complete_pages(first, lease_seconds=30)
    assert isinstance(taken, Claim)
    assert shards.claim_next("cpu", "another", 30) is None
    clock.forward(31)
    again = claim(shards, "another")
    assert (again.kind, again.strikes) == (ShardKind.ASSEMBLE, 2)
    assert not shards.renew(taken, 30)


def test_a_job_goes_from_claim_to_result(jobs: Jobs, shards: Shards) -> None:
    job = submit(jobs)
    first = claim(shards)
    assert (first.job_id, first.kind, first.pages, first.attempt) == (job.id, ShardKind.PAGES, None, 1)
    assert first.request.source.file_url == "https://example.org/a.pdf"
    assert jobs.get(PROJECT, job.id).status == "processing"
    assert shards.set_source(first, "sources/x")
    new = shards.split(first, 6, [1, 2], [[3, 4], [5]])
    assert len(new) == 2
    assert shards.claimable("cpu") == 2
    others = [claim(shards, "w2"), claim(shards, "w3")]
    assert [c.pages for c in others] == [[3, 4], [5]]
    assert all((c.total_pages, c.source_key) == (6, "sources/x") for c in others)
    assert shards.renew(others[0], 30, Report(pages_done=1, stage="reading"))
    seen = jobs.get(PROJECT, job.id)
    assert (seen.pages_done, seen.pages_asked, seen.message_update) == (1, 5, "reading")
    assert [shards.complete_pages(c) for c in (others[0], first, others[1])] == [False, False, True]
    assemble = claim(shards)
    assert assemble.kind is ShardKind.ASSEMBLE
    assert shards.finish(assemble, "results/x", 5, 6)
    done = jobs.get(PROJECT, job.id)
    assert (done.status, done.result_key, done.parsed_pages, done.total_pages, done.pages_done) == (
        "successful",
        "results/x",
        5,
        6,
        5,
    )
    assert done.finished_at is not None
    assert shards.claim_next("cpu", "w", 30) is None


def test_many_workers_never_claim_the_same_shard(jobs: Jobs, shards: Shards) -> None:
    made = {submit(jobs).id for _ in range(24)}

    def work(owner: str) -> list[str]:
        found = []
        while (claimed := shards.claim_next("cpu", owner, 600)) is not None:
            found.append(claimed.job_id)
        return found

    with ThreadPoolExecutor(8) as pool:
        taken = [job_id for part in pool.map(work, map(str, range(8))) for job_id in part]
    assert sorted(taken) == sorted(made)


def test_only_the_last_of_many_that_finish_together_assembles(jobs: Jobs, shards: Shards) -> None:
    for _ in range(5):
        submit(jobs)
        first = claim(shards)
        shards.split(first, 6, [1], [[n] for n in range(2, 7)])
        claims = [first, *(claim(shards, f"w{n}") for n in range(5))]
        with ThreadPoolExecutor(6) as pool:
            last = list(pool.map(shards.complete_pages, claims))
        assert sum(last) == 1
        assert shards.fail(claim(shards), "enough")


def test_a_lost_lease_changes_nothing(jobs: Jobs, shards: Shards, windows: Windows, clock: Clock) -> None:
    job = submit(jobs)
    lost = claim(shards, "w1", 30)
    assert shards.claim_next("cpu", "w2", 30) is None
    clock.forward(31)
    held = claim(shards, "w2", 30)
    assert (held.shard_id, held.attempt) == (lost.shard_id, 2)
    before = jobs.get(PROJECT, job.id).version
    assert not shards.renew(lost, 30, Report(pages_done=5, stage="late"))
    assert not shards.set_source(lost, "late")
    assert shards.split(lost, 9, [1], [[2]]) == []
    assert not windows.keep(lost, Window(0, [1], "f", "late"))
    assert not shards.complete_pages(lost)
    assert not shards.finish(lost, "late", 1, 1)
    assert not shards.fail(lost, "late")
    assert not shards.release(lost)
    assert not shards.retry_later(lost, "late")
    after = jobs.get(PROJECT, job.id)
    assert (after.version, after.status, after.source_key) == (before, "processing", None)
    assert windows.of(job.id) == []
    assert shards.renew(held, 30)


def test_a_second_claim_by_the_same_worker_fences_its_first(jobs: Jobs, shards: Shards, clock: Clock) -> None:
    submit(jobs)
    lost = claim(shards, "w1")
    clock.forward(31)
    held = claim(shards, "w1")
    assert not shards.finish(lost, "late", 1, 1)
    assert shards.finish(held, "good", 1, 1)


def test_work_that_is_given_back_has_no_strike(jobs: Jobs, shards: Shards) -> None:
    submit(jobs)
    for attempt in (1, 2, 3, 4, 5):
        claimed = claim(shards)
        assert (claimed.attempt, claimed.strikes) == (attempt, 1)
        assert shards.release(claimed)


def test_a_retry_waits_and_the_last_one_fails_the_job(jobs: Jobs, shards: Shards, clock: Clock) -> None:
    job = submit(jobs)
    for attempt in (1, 2):
        claimed = claim(shards)
        assert claimed.attempt == attempt
        assert shards.retry_later(claimed, "the server did not answer")
        clock.forward(4**attempt / 2 - 0.1)
        assert shards.claim_next("cpu", "w", 30) is None
        clock.forward(4**attempt / 2 + 0.1)
    assert not shards.retry_later(claim(shards), "the server did not answer")
    failed = jobs.get(PROJECT, job.id)
    assert (failed.status, failed.error) == ("failure", "the server did not answer")


def test_failing_a_job_stops_its_other_shards(jobs: Jobs, shards: Shards) -> None:
    job = submit(jobs)
    first = claim(shards)
    shards.split(first, 3, [1], [[2], [3]])
    other = claim(shards, "w2")
    assert shards.fail(first, "broken")
    assert not shards.renew(other, 30)
    assert shards.claimable("cpu") == 0
    assert not shards.fail(job.id, "again")
    assert jobs.get(PROJECT, job.id).error == "broken"


def test_checkpoints_are_kept_once_a_fingerprint(jobs: Jobs, shards: Shards, windows: Windows) -> None:
    job = submit(jobs)
    claimed = claim(shards)
    assert windows.keep(claimed, Window(1, [3, 4], "b", "blob/b"))
    assert windows.keep(claimed, Window(0, [1, 2], "a", "blob/a"))
    assert windows.keep(claimed, Window(0, [1, 2], "a", "blob/a2"))
    assert [(c.window, c.pages, c.blob_key) for c in windows.of(job.id)] == [
        (0, [1, 2], "blob/a2"),
        (1, [3, 4], "blob/b"),
    ]


def test_the_last_window_is_kept_with_the_end_of_its_shard(
    jobs: Jobs, shards: Shards, windows: Windows, clock: Clock
) -> None:
    job = submit(jobs)
    lost = claim(shards)
    shards.split(lost, 2, [1, 2], [])
    clock.forward(31)
    held = claim(shards, "w2")
    assert not shards.complete_pages(lost, window=Window(0, [1, 2], "late", "blob/late"))
    assert windows.of(job.id) == []
    assert shards.complete_pages(held, window=Window(0, [1, 2], "a", "blob/a", failed=1, flawed=True))
    (kept,) = windows.of(job.id)
    assert (kept.pages, kept.blob_key, kept.failed, kept.flawed) == ([1, 2], "blob/a", 1, True)
    assert kept.shard_ordinal == held.ordinal


def test_the_version_grows_only_with_what_can_be_seen(jobs: Jobs, shards: Shards) -> None:
    job = submit(jobs)
    claimed = claim(shards)
    shards.renew(claimed, 30, Report(pages_done=1, stage="page 1"))
    version = jobs.get(PROJECT, job.id).version
    shards.renew(claimed, 30, Report(pages_done=1, stage="page 1"))
    assert jobs.changed({job.id: version}) == ([], set())
    shards.renew(claimed, 30, Report(pages_done=2, stage="page 2"))
    changed, gone = jobs.changed({job.id: version, "parse_gone": 1})
    assert [j.id for j in changed] == [job.id]
    assert gone == {"parse_gone"}


def add_file(files: Files, project: str = PROJECT, checksum: str = "c1", name: str = "a.pdf") -> StoredFile:
    file_id = f"file_{project}_{checksum}_{name}"
    return files.add(
        file_id,
        project,
        name=name,
        mime_type="application/pdf",
        size=3,
        checksum=checksum,
        labels={"a": 1},
        blob_key=f"files/{file_id}",
    )


def test_the_same_bytes_are_one_file_in_a_project(files: Files) -> None:
    first = add_file(files)
    again = add_file(files, name="b.pdf")
    assert again.id == first.id
    assert again.name == "b.pdf"
    assert again.created_at == first.created_at < again.updated_at
    assert add_file(files, "other/project").id != first.id
    merged = files.touch(PROJECT, "c1", "c.pdf", {"b": 2})
    assert merged is not None
    assert merged.labels == {"a": 1, "b": 2}


def test_a_deleted_file_is_unknown_but_its_bytes_wait_for_the_jobs(
    files: Files, jobs: Jobs, shards: Shards
) -> None:
    file = add_file(files)
    jobs.create(PROJECT, parse_request(file_id=file.id))
    files.delete(PROJECT, file.id)
    with pytest.raises(FileUnknown):
        files.delete(PROJECT, file.id)
    with pytest.raises(NotFound):
        jobs.create(PROJECT, parse_request(file_id=file.id))
    assert files.discarded() == []
    claimed = claim(shards)
    assert claimed.source_key == file.blob_key
    shards.finish(claimed, "r", 1, 1)
    assert [f.id for f in files.discarded()] == [file.id]
    files.forget(file.id)
    assert files.discarded() == []
    assert add_file(files, name="new").id != file.id


def test_another_project_sees_nothing(files: Files, jobs: Jobs) -> None:
    file, job = add_file(files), submit(jobs)
    for call in (
        lambda: files.get("other/project", file.id),
        lambda: files.delete("other/project", file.id),
    ):
        with pytest.raises(FileUnknown):
            call()
    for refused in (
        lambda: jobs.get("other/project", job.id),
        lambda: jobs.delete("other/project", job.id),
        lambda: jobs.create("other/project", parse_request(file_id=file.id)),
    ):
        with pytest.raises(NotFound):
            refused()
    assert files.page("other/project", PageRequest(10)).items == []
    assert jobs.page("other/project", PageRequest(10)).items == []


def test_only_ended_jobs_are_deleted(jobs: Jobs, shards: Shards, windows: Windows) -> None:
    job = submit(jobs)
    with pytest.raises(InvalidJobState):
        jobs.delete(PROJECT, job.id)
    claimed = claim(shards)
    windows.keep(claimed, Window(0, [1], "a", "blob/a"))
    shards.finish(claimed, "r", 1, 1)
    jobs.delete(PROJECT, job.id)
    with pytest.raises(NotFound):
        jobs.get(PROJECT, job.id)
    assert windows.of(job.id) == []


def test_filters(jobs: Jobs, shards: Shards, files: Files) -> None:
    file = add_file(files, name="Report_100%.pdf")
    of_file = jobs.create(PROJECT, parse_request(file_id=file.id, file_name=file.name))
    of_url = submit(jobs)
    assert shards.finish(claim(shards), "r", 1, 1)
    of_file = jobs.get(PROJECT, of_file.id)
    assert of_file.finished_at is not None

    def found(**wanted: object) -> list[str]:
        return [j.id for j in jobs.page(PROJECT, PageRequest(10), JobFilter(**wanted)).items]  # type: ignore[arg-type]

    tick = timedelta(microseconds=1)
    assert found() == [of_url.id, of_file.id]
    assert found(id=of_file.id) == [of_file.id]
    assert found(status="successful") == [of_file.id]
    assert found(file_name="100%") == [of_file.id]
    assert found(file_name="report") == []
    assert found(file_name="_") == [of_file.id]
    assert found(dataset_name="any") == []
    assert found(created_after=of_url.created_at) == [of_url.id]
    assert found(created_before=of_file.created_at) == [of_file.id]
    assert found(created_before=of_file.created_at - tick) == []
    assert found(finished_after=of_file.finished_at, finished_before=of_file.finished_at) == [of_file.id]
    assert found(finished_after=of_file.finished_at + tick) == []


def test_a_request_that_cannot_be_read_fails_and_does_not_block(
    ledger: Ledger, jobs: Jobs, shards: Shards
) -> None:
    odd, good = submit(jobs), submit(jobs)
    with ledger.write() as session:
        session.get_one(Job, odd.id).request = {"job_type": "dance"}
    assert claim(shards).job_id == good.id
    failed = jobs.get(PROJECT, odd.id)
    assert (failed.status, "another version" in (failed.error or "")) == ("failure", True)


def test_the_same_bytes_uploaded_at_once_are_one_file(files: Files) -> None:
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda n: add_file(files, name=f"{n}.pdf"), range(12)))
    assert len({file.id for file in made}) == 1
