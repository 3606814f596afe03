"""The audit log, on SQLite and Postgres: with its change or not at all, bounded, in nobody's way."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from schemas.errors import NotFound
from schemas.ids import new_id
from schemas.options import Configuration
from schemas.requests import JobRequest, JobType, SourceFields
from tests.clock import Clock
from workers.jobs import tracing
from workers.jobs.ledger import audit
from workers.jobs.ledger.audit import CLI, CONFIGURATION, STRANGER, Action, Actor, AuditLog, acting, note
from workers.jobs.ledger.engine import Ledger
from workers.jobs.ledger.jobs import Jobs
from workers.jobs.ledger.keys import ConfiguredKey, Keys
from workers.jobs.ledger.tables import AuditEvent
from workers.jobs.metering import COLLECTED

PROJECT = "default/default"


@pytest.fixture
def log(ledger: Ledger) -> AuditLog:
    return AuditLog(ledger)


def submit(ledger: Ledger) -> str:
    source = SourceFields(file_url="https://example.org/a.pdf")
    request = JobRequest(job_type=JobType.PARSE, source=source, configuration=Configuration())
    return Jobs(ledger).create(PROJECT, request).id


def told(log: AuditLog) -> list[tuple[str, str, str | None]]:
    return [(event.actor, event.action, event.target) for event in log.events()]


def test_a_change_is_told_with_who_made_it_and_whence(ledger: Ledger, log: AuditLog) -> None:
    parent = tracing.continued("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    with acting(Actor("key_1", "203.0.113.7")), tracing.span("request", parent=parent):
        job_id = submit(ledger)
    (event,) = log.events()
    assert (event.project, event.actor, event.action) == (PROJECT, "key_1", Action.JOB_SUBMITTED)
    assert (event.target, event.address, event.times) == (job_id, "203.0.113.7", 1)
    assert event.trace_id == "0af7651916cd43dd8448eb211c80319c"
    assert event.at == Jobs(ledger).get(PROJECT, job_id).created_at


def test_threads_act_for_who_waits_for_them_and_commands_for_the_operator(
    ledger: Ledger, log: AuditLog
) -> None:
    with ThreadPoolExecutor(1) as pool, acting(Actor("key_1")):
        first = pool.submit(copy_context().run, submit, ledger).result()
    second = submit(ledger)
    assert told(log) == [("key_1", Action.JOB_SUBMITTED, first), (CLI, Action.JOB_SUBMITTED, second)]


def test_what_is_undone_is_not_told(ledger: Ledger, log: AuditLog) -> None:
    with ledger.write() as session:
        note(session, Action.JOB_DELETED, PROJECT, "parse_1", ledger.now())
        session.rollback()
    with pytest.raises(NotFound):
        Jobs(ledger).cancel(PROJECT, "parse_1")
    assert told(log) == []


def test_a_log_that_cannot_be_written_costs_no_job_and_is_heard(
    ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    with ledger.write() as session:
        session.execute(text("DROP TABLE audit_events"))
    COLLECTED.take()
    job_id = submit(ledger)
    assert Jobs(ledger).get(PROJECT, job_id).status == "pending"
    assert "1 entries of the audit log could not be written" in caplog.text
    assert COLLECTED.take()["octavo_audit_lost_total", "{}"] == 1


def test_the_same_within_a_few_seconds_is_one_row(log: AuditLog, clock: Clock) -> None:
    first, second = new_id("parse"), new_id("parse")
    with acting(Actor("key_1")):
        for target in (first, second, first):
            clock.forward(1)
            log.collect(Action.JOB_READ, PROJECT, target)
    assert told(log) == []
    log.flush()
    log.flush()
    assert [(e.target, e.times) for e in log.events()] == [(first, 2), (second, 1)]
    assert (log.events()[1].at - log.events()[0].at).seconds == 1


def test_what_callers_may_make_up_is_no_target(log: AuditLog) -> None:
    for made_up in ("Contract with Müller.pdf", "file_Contract_Mueller", "parse_" + "a" * 500, ""):
        log.collect(Action.FORBIDDEN, PROJECT, made_up)
    log.flush()
    assert [(event.target, event.times) for event in log.events()] == [(None, 4)]


def test_strangers_do_not_fill_the_table(log: AuditLog) -> None:
    for number in range(5000):
        with acting(Actor(STRANGER, f"203.0.{number // 256}.{number % 256}")):
            log.collect(Action.UNAUTHORIZED, None)
    log.flush()
    events = log.events()
    assert len(events) <= audit._MOST_REFUSED + 1
    assert sum(event.times for event in events) == 5000
    with acting(Actor(STRANGER, "198.51.100.1")):
        log.collect(Action.UNAUTHORIZED, None)
    log.flush()
    assert log.events()[-1].address == "198.51.100.1"


def test_what_cannot_be_written_now_is_written_later_as_far_as_it_may_wait(
    ledger: Ledger, log: AuditLog, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(audit, "_MOST_WAITING", 3)
    with ledger.write() as session:
        session.execute(text("ALTER TABLE audit_events RENAME TO away"))
    targets = [new_id("parse") for _ in range(5)]
    for target in targets[:2]:
        log.collect(Action.JOB_READ, PROJECT, target)
    with pytest.raises(SQLAlchemyError):
        log.flush()
    with ledger.write() as session:
        session.execute(text("ALTER TABLE away RENAME TO audit_events"))
    for target in targets[2:]:
        log.collect(Action.JOB_READ, PROJECT, target)
    log.flush()
    assert {event.target for event in log.events()} == set(targets[:3])
    assert [r.levelno for r in caplog.records if "too many wait" in r.message] == [logging.ERROR] * 2


def test_it_is_narrowed_and_cut_to_the_last(ledger: Ledger, log: AuditLog, clock: Clock) -> None:
    for number in range(6):
        clock.forward(60)
        with acting(Actor(f"key_{number % 2}")):
            log.write(Action.WEBHOOK_REVEALED, f"acme/{number % 3}", f"webhook_{number}")
    assert [event.target for event in log.events(most=2)] == ["webhook_4", "webhook_5"]
    assert [event.target for event in log.events(project="acme/0")] == ["webhook_0", "webhook_3"]
    assert [event.target for event in log.events(actor="key_1", project="acme/0")] == ["webhook_3"]
    assert len(log.events(since=clock() - timedelta(seconds=90))) == 2


def test_what_is_long_ago_is_forgotten(log: AuditLog, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "_BATCH", 2)
    for number in range(5):
        log.write(Action.WEBHOOK_REVEALED, PROJECT, f"webhook_{number}")
        clock.forward(24 * 3600)
    kept = timedelta(days=1.5)
    assert [log.forget(kept) for _ in range(4)] == [2, 2, 0, 0]
    assert [event.target for event in log.events()] == ["webhook_4"]


def test_keys_are_told_of_by_their_ids(ledger: Ledger, log: AuditLog) -> None:
    keys = Keys(ledger)
    issued, secret = keys.issue(PROJECT)
    keys.revoke(issued.id)
    configured = {"digest": ConfiguredKey("acme/p")}
    for _ in range(2):
        keys.register(configured)
    (row,) = keys.with_digests(["digest"])
    keys.register({"digest": ConfiguredKey("acme/p", name="renamed")})
    assert told(log) == [
        (CLI, Action.KEY_CREATED, issued.id),
        (CLI, Action.KEY_REVOKED, issued.id),
        (CONFIGURATION, Action.KEY_CREATED, row.id),
        (CONFIGURATION, Action.KEY_CHANGED, row.id),
    ]
    with ledger.read() as session:
        assert secret not in str([row.__dict__ for row in session.query(AuditEvent)])
