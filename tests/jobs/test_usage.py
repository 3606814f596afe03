"""What projects use, on SQLite and Postgres: each page and byte exactly once, whatever is tried again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from alembic import command

from schemas.errors import QuotaExceeded
from schemas.ids import new_id
from tests.clock import Clock
from tests.jobs.test_replay import PROJECT, Desk
from workers.jobs.ledger.audit import Action
from workers.jobs.ledger.engine import Ledger, _alembic, migrate
from workers.jobs.ledger.files import Files
from workers.jobs.ledger.tables import Base, StoredFile
from workers.jobs.ledger.usage import ProjectUse
from workers.jobs.ledger.windows import Window
from workers.jobs.services import Services
from workers.sweep import HOUSEKEEPING

DAY = 24 * 3600


@pytest.fixture
def desk(ledger: Ledger) -> Desk:
    return Desk(ledger)


@pytest.fixture
def use(ledger: Ledger) -> ProjectUse:
    return ProjectUse(ledger)


def days(use: ProjectUse) -> list[tuple[str, int, int]]:
    return [(row.project, row.pages, row.jobs) for row in use.days(30)]


def store(ledger: Ledger, size: int, most: int = 0, content: str | None = None) -> StoredFile:
    file_id = new_id("file")
    return Files(ledger).add(
        file_id,
        PROJECT,
        name="a.pdf",
        mime_type="application/pdf",
        size=size,
        checksum=content or file_id,
        labels={},
        blob_key=f"files/{file_id}",
        most_bytes=most,
    )


# --------------------------------------------------------------------------- pages and jobs


def test_pages_count_when_they_are_kept_and_jobs_when_they_end(desk: Desk, use: ProjectUse) -> None:
    desk.submit()
    assembly = desk.read()
    assert days(use) == [(PROJECT, 4, 0)]
    assert use.pages_today(PROJECT) == 4
    assert desk.shards.finish(assembly, "key", 4, 4)
    assert days(use) == [(PROJECT, 4, 1)]
    assert use.pages_today("acme/other") == 0


def test_a_window_that_is_kept_twice_counts_once(desk: Desk, use: ProjectUse) -> None:
    desk.submit()
    claim = desk.claim()
    for _ in range(3):  # as by a worker that did not hear that it was kept
        assert desk.windows.keep(claim, Window(0, [1, 2], "print", "blob"))
    assert use.pages_today(PROJECT) == 2


def test_who_lost_the_lease_counts_nothing(desk: Desk, use: ProjectUse, clock: Clock) -> None:
    desk.submit()
    late = desk.claim()
    clock.forward(1000)
    now = desk.claim()
    assert desk.windows.keep(now, Window(0, [1, 2], "print", "blob"))
    assert not desk.windows.keep(late, Window(0, [1, 2], "other", "blob"))
    assert use.pages_today(PROJECT) == 2


def test_pages_of_a_job_that_fails_count_too(desk: Desk, use: ProjectUse) -> None:
    job_id = desk.submit()
    assert desk.windows.keep(desk.claim(), Window(0, [1, 2], "print", "blob"))
    desk.jobs.cancel(PROJECT, job_id)
    desk.jobs.delete(PROJECT, job_id)
    assert days(use) == [(PROJECT, 2, 1)]


def test_a_replay_counts_what_is_read_again(desk: Desk, use: ProjectUse) -> None:
    job_id = desk.submit()
    desk.work(flawed=True)
    desk.replays.begin(PROJECT, job_id, "cpu")
    desk.work()
    # Of four pages the two with flaws were read again.
    assert days(use) == [(PROJECT, 6, 2)]


def test_pages_whose_blobs_were_lost_count_once(desk: Desk, use: ProjectUse, clock: Clock) -> None:
    job_id = desk.submit()
    assembly = desk.read()
    first, _ = desk.windows.of(job_id)
    assert desk.windows.read_again(assembly, [first.id])
    assert use.pages_today(PROJECT) == 2
    clock.forward(1000)
    assert desk.windows.keep(desk.claim(), Window(0, [1, 2], "again", "blob"))
    assert use.pages_today(PROJECT) == 4


def test_a_day_is_one_of_utc(desk: Desk, use: ProjectUse, clock: Clock) -> None:
    clock.forward(DAY - 60)
    assert use.seconds_left_today() == 60
    desk.submit()
    claim = desk.claim()
    desk.windows.keep(claim, Window(0, [1, 2], "print", "blob"))
    clock.forward(61)
    assert use.pages_today(PROJECT) == 0
    assert desk.shards.renew(claim, 30) is True
    desk.windows.keep(claim, Window(1, [3], "second", "blob"))
    assert days(use) == [(PROJECT, 2, 0), (PROJECT, 1, 0)]
    assert [row.pages for row in use.days(1)] == [1]
    clock.forward(DAY)
    use.forget(timedelta(days=1))
    assert days(use) == [(PROJECT, 1, 0)]


def test_pages_of_many_workers_at_once_are_all_counted(desk: Desk, use: ProjectUse) -> None:
    claims = []
    for _ in range(8):
        desk.submit()
        claims.append(desk.claim())
    with ThreadPoolExecutor(8) as pool:
        assert all(
            pool.map(lambda claim: desk.windows.keep(claim, Window(0, [1, 2, 3], "print", "blob")), claims)
        )
    assert use.pages_today(PROJECT) == 24


# --------------------------------------------------------------------------- bytes


def test_of_uploads_at_once_as_many_are_kept_as_fit(ledger: Ledger, use: ProjectUse) -> None:
    def kept(_: int) -> bool:
        try:
            store(ledger, 30, most=100)
        except QuotaExceeded:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(kept, range(8))) == 3
    assert use.stored(PROJECT) == 90
    assert use.storage() == {PROJECT: 90}
    assert use.storage("acme/other") == {}


def test_the_last_byte_fits_and_the_next_does_not(ledger: Ledger, use: ProjectUse) -> None:
    store(ledger, 60, most=100)
    store(ledger, 40, most=100)
    with pytest.raises(QuotaExceeded, match="has 100 bytes of files and may have 100") as refused:
        store(ledger, 1, most=100)
    assert (refused.value.limit, refused.value.retry_after) == ("stored_bytes", 3600)
    assert use.stored(PROJECT) == 100


def test_the_same_bytes_again_take_no_room(ledger: Ledger, use: ProjectUse) -> None:
    first = store(ledger, 60, most=100, content="same")
    assert store(ledger, 60, most=100, content="same").id == first.id
    assert use.stored(PROJECT) == 60


def test_room_is_there_again_when_the_bytes_are_gone(ledger: Ledger, use: ProjectUse) -> None:
    files, file = Files(ledger), store(ledger, 60)
    files.delete(PROJECT, file.id)
    assert use.stored(PROJECT) == 60  # a job may need them still
    files.forget(file.id)
    files.forget(file.id)
    assert use.stored(PROJECT) == 0


def test_files_of_before_are_counted(ledger: Ledger, use: ProjectUse) -> None:
    config = _alembic()
    Base.metadata.drop_all(ledger.engine)
    with ledger.engine.connect() as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")
        connection.commit()
    with ledger.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0005")
    with ledger.write() as session:
        now = ledger.now()
        for number, size in enumerate((3 << 30, 5)):
            name = f"file_{number}"
            session.add(
                StoredFile(
                    id=name, project=PROJECT, name=name, mime_type="", size=size, checksum=name, labels={},
                    blob_key=name, created_at=now, updated_at=now,
                )
            )  # fmt: skip
    migrate(ledger.engine)
    assert use.storage() == {PROJECT: (3 << 30) + 5}


def test_what_is_long_ago_is_forgotten_by_the_workers(services: Services, clock: Clock) -> None:
    desk, kept = Desk(services.ledger), services.settings.audit_days
    desk.submit()
    desk.work()
    clock.forward((kept - 1) * DAY)
    HOUSEKEEPING["logs"].work(services, lambda: None)
    assert [row.pages for row in services.use.days(1000)] == [4]
    assert [event.action for event in services.audit.events()] == [Action.JOB_SUBMITTED]
    clock.forward(2 * DAY)
    HOUSEKEEPING["logs"].work(services, lambda: None)
    assert services.use.days(1000) == services.audit.events() == []
