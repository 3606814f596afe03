"""Events, deliveries and endpoints in the ledger, on SQLite and on a real Postgres."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from schemas.documents import Usage
from schemas.errors import InvalidJobState, NotFound, QuotaExceeded
from schemas.options import Configuration
from schemas.requests import JobRequest, JobType, SourceFields
from schemas.webhooks import RETRY_DELAYS, DeliveryStatus, EventType
from tests.clock import Clock
from workers.jobs.ledger.deliveries import Deliveries
from workers.jobs.ledger.dispatch import Dispatch, Outcome, Outgoing
from workers.jobs.ledger.engine import Ledger
from workers.jobs.ledger.jobs import Jobs
from workers.jobs.ledger.paging import PageRequest
from workers.jobs.ledger.shards import Claim, Shards
from workers.jobs.ledger.tables import Attempt, Delivery, Webhook
from workers.jobs.ledger.webhooks import MAX_WEBHOOKS, Webhooks, signing_secrets

PROJECT = "default/default"
ALL = [event.value for event in EventType]
EVERYTHING = PageRequest(1000)


class Desk:
    """The parts of one ledger, and steps that many tests take."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self.ledger, self.clock = ledger, clock
        self.jobs, self.shards = Jobs(ledger), Shards(ledger)
        self.webhooks, self.deliveries = Webhooks(ledger), Deliveries(ledger)
        self.dispatch = Dispatch(ledger, jitter=lambda: 0.0)

    def endpoint(self, project: str = PROJECT, **given: Any) -> Webhook:
        wanted = {"url": "https://example.org", "name": "", "event_types": ALL, "enabled": True}
        return self.webhooks.create(project, **{**wanted, "secret": "sealed", **given})

    def submit(self, project: str = PROJECT) -> str:
        source = SourceFields(file_url="https://example.org/a.pdf")
        request = JobRequest(job_type=JobType.PARSE, source=source, configuration=Configuration())
        return self.jobs.create(project, request).id

    def assembly(self) -> Claim:
        """The last step of the next job, claimed."""
        claim = self.work()
        self.shards.split(claim, 1, [1], [])
        self.shards.complete_pages(claim)
        return self.work()

    def work(self) -> Claim:
        claim = self.shards.claim_next("cpu", "worker", 30)
        assert claim is not None
        return claim

    def sent(self, webhook: Webhook) -> list[Delivery]:
        return self.deliveries.page(webhook.project, webhook.id, EVERYTHING).items[::-1]

    def state(self, webhook: Webhook) -> Webhook:
        return self.webhooks.get(webhook.project, webhook.id)

    def claim(
        self, limit: int = 100, *, failing: bool = False, at_once: int = 100, lease: float = 60
    ) -> list[Outgoing]:
        return self.dispatch.claim(failing=failing, limit=limit, at_once=at_once, lease_seconds=lease)

    def attempt(self, status: int | None, *, failing: bool = False) -> Outgoing:
        """The one delivery that is due, answered with ``status``, or not at all."""
        (outgoing,) = self.claim(failing=failing)
        assert self.dispatch.record(outgoing, self.outcome(status))
        return outgoing

    def outcome(self, status: int | None) -> Outcome:
        return Outcome(self.clock(), 0.5, status, None if status is None else "answer", None)


@pytest.fixture
def desk(ledger: Ledger, clock: Clock) -> Desk:
    return Desk(ledger, clock)


def payloads(deliveries: list[Delivery]) -> list[dict[str, Any]]:
    return [json.loads(row.body) for row in deliveries]


# --------------------------------------------------------------------------- events


def test_a_job_leaves_an_event_when_it_is_taken_in_and_one_when_it_ends(desk: Desk) -> None:
    webhook = desk.endpoint()
    good = desk.submit()
    desk.shards.finish(desk.assembly(), "result", 3, 4, Usage(pages_parsed=3))
    bad = desk.submit()
    desk.shards.fail(bad, "The document wants a password.\0")
    sent = desk.sent(webhook)
    assert [(row.job_id, row.event_type.rsplit(".", 1)[1]) for row in sent] == [
        (good, "created"),
        (good, "completed"),
        (bad, "created"),
        (bad, "failed"),
    ]
    created, completed, _, failed = payloads(sent)
    job = desk.jobs.get(PROJECT, good)
    assert job.finished_at is not None
    assert created == {
        "job_id": good,
        "status": "pending",
        "created_at": job.created_at.isoformat(),
        "dataset": None,
    }
    assert completed == {
        "job_id": good,
        "status": "successful",
        "created_at": job.created_at.isoformat(),
        "finished_at": job.finished_at.isoformat(),
        "usage": {**dict.fromkeys(Usage.model_fields, 0), "pages_parsed": 3},
        "dataset": None,
    }
    assert list(failed) == ["job_id", "status", "created_at", "finished_at", "error", "dataset"]
    assert (failed["status"], failed["error"]) == ("failure", "The document wants a password.")


def test_what_changes_nothing_leaves_no_event(desk: Desk) -> None:
    webhook = desk.endpoint()
    desk.submit()
    claim = desk.work()
    desk.clock.forward(31)
    desk.shards.claim_next("cpu", "another", 30)
    assert not desk.shards.fail(claim, "too late")
    assert not desk.shards.finish(claim, "too late", 1, 1)
    source = SourceFields(file_id="file_unknown")
    with pytest.raises(NotFound):
        desk.jobs.create(
            PROJECT, JobRequest(job_type=JobType.PARSE, source=source, configuration=Configuration())
        )
    assert [row.event_type for row in desk.sent(webhook)] == [EventType.CREATED]


def test_a_document_that_takes_workers_down_is_told_of(desk: Desk) -> None:
    webhook = desk.endpoint(event_types=[EventType.FAILED.value])
    desk.submit()
    for _ in range(3):
        desk.work()
        desk.clock.forward(61)  # its lease, and how long it rests before its last attempt
    assert len(desk.shards.fail_poisoned(8)) == 1
    assert [row.event_type for row in desk.sent(webhook)] == [EventType.FAILED]


def test_events_go_to_endpoints_of_the_project_that_want_them(desk: Desk) -> None:
    wanting = [desk.endpoint(), desk.endpoint(event_types=[EventType.CREATED.value])]
    others = [
        desk.endpoint(event_types=[EventType.FAILED.value]),
        desk.endpoint(enabled=False),
        desk.endpoint(project="default/other"),
    ]
    desk.submit()
    assert [len(desk.sent(webhook)) for webhook in wanting] == [1, 1]
    assert [len(desk.sent(webhook)) for webhook in others] == [0, 0, 0]
    assert len({desk.sent(webhook)[0].id for webhook in wanting}) == 2


def test_endpoints_that_are_removed_meanwhile_hold_no_job_up(desk: Desk) -> None:
    endpoints = [desk.endpoint() for _ in range(12)]
    desk.endpoint()
    ids = [desk.submit() for _ in range(12)]
    together = Barrier(4)

    def end(part: int) -> None:
        together.wait()
        for job_id in ids[part::2]:
            assert desk.shards.fail(job_id, "over")

    def remove(part: int) -> None:
        together.wait()
        for webhook in endpoints[part::2]:
            desk.webhooks.delete(PROJECT, webhook.id)

    with ThreadPoolExecutor(4) as pool:
        work = [pool.submit(step, part) for step in (end, remove) for part in (0, 1)]
    assert [done.exception() for done in work] == [None] * 4
    with desk.ledger.read() as session:
        assert len(session.scalars(select(Delivery)).all()) == 24


# --------------------------------------------------------------------------- claims


def test_many_senders_never_claim_the_same_delivery(desk: Desk) -> None:
    for _ in range(3):
        desk.endpoint()
    for _ in range(10):
        desk.submit()
    together = Barrier(6)

    def claim() -> list[str]:
        together.wait()
        taken: list[str] = []
        while claimed := desk.claim(limit=2):
            taken += [outgoing.id for outgoing in claimed]
        return taken

    with ThreadPoolExecutor(6) as pool:
        taken = [done.result() for done in [pool.submit(claim) for _ in range(6)]]
    ids = [one for some in taken for one in some]
    # A sender may find that others are just taking the rest, and go.
    assert len(ids) == len(set(ids))
    assert len(ids) + len(desk.claim()) == 30


def test_one_endpoint_is_sent_only_so_much_at_once(desk: Desk) -> None:
    busy, quiet = desk.endpoint(), desk.endpoint(event_types=[EventType.FAILED.value])
    for _ in range(5):
        job_id = desk.submit()
    desk.shards.fail(job_id, "over")
    first = desk.claim(at_once=2)
    assert sorted(outgoing.webhook_id for outgoing in first) == sorted([busy.id, busy.id, quiet.id])
    assert desk.claim(at_once=2) == []
    done = next(outgoing for outgoing in first if outgoing.webhook_id == busy.id)
    desk.dispatch.record(done, desk.outcome(204))
    assert len(desk.claim(at_once=2)) == 1


def test_who_is_sent_least_comes_first(desk: Desk) -> None:
    busy = desk.endpoint()
    for _ in range(5):
        desk.submit()
    assert len(desk.claim(limit=2)) == 2
    quiet = desk.endpoint()
    desk.submit()
    assert [outgoing.webhook_id for outgoing in desk.claim(limit=2)] == [quiet.id, busy.id]


def test_older_events_come_first(desk: Desk) -> None:
    webhook = desk.endpoint()
    for _ in range(4):
        desk.submit()
    expected = [row.id for row in desk.sent(webhook)]
    assert [desk.claim(limit=1)[0].id for _ in range(4)] == expected


def test_endpoints_that_fail_are_claimed_apart(desk: Desk) -> None:
    webhook = desk.endpoint()
    desk.submit()
    desk.attempt(500)
    desk.clock.forward(6)
    assert desk.claim() == []
    desk.attempt(200, failing=True)
    desk.submit()
    assert desk.claim(failing=True) == []
    desk.attempt(200)
    assert desk.state(webhook).failing_since is None


def test_what_a_dead_sender_held_is_taken_again(desk: Desk) -> None:
    webhook = desk.endpoint()
    desk.submit()
    (lost,) = desk.claim(lease=60)
    assert desk.claim() == []
    desk.clock.forward(61)
    (again,) = desk.claim(lease=60)
    assert (again.id, again.body) == (lost.id, lost.body)
    assert not desk.dispatch.record(lost, desk.outcome(200))
    assert desk.dispatch.record(again, desk.outcome(200))
    (row,) = desk.sent(webhook)
    assert (row.status, row.attempts) == (DeliveryStatus.DELIVERED, 1)


# --------------------------------------------------------------------------- attempts


def test_attempts_follow_the_schedule_and_then_end(desk: Desk) -> None:
    webhook = desk.endpoint()
    desk.submit()
    desk.attempt(None)
    for delay in RETRY_DELAYS:
        desk.clock.forward(delay.total_seconds() - 1)
        assert desk.claim(failing=True) == []
        desk.clock.forward(2)
        desk.attempt(503, failing=True)
    desk.clock.forward(timedelta(days=30).total_seconds())
    assert desk.claim(failing=True) == []
    (row,) = desk.sent(webhook)
    assert (row.status, row.attempts, row.finished_at is not None) == (DeliveryStatus.FAILED, 8, True)
    attempts = desk.deliveries.attempts([row])[row.id]
    assert [attempt.number for attempt in attempts] == list(range(1, 9))
    assert [attempt.status_code for attempt in attempts] == [None] + [503] * 7
    assert desk.state(webhook).enabled


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_every_2xx_is_a_success(desk: Desk, status: int) -> None:
    webhook = desk.endpoint()
    desk.submit()
    desk.attempt(status)
    assert desk.sent(webhook)[0].status == DeliveryStatus.DELIVERED


@pytest.mark.parametrize("status", [199, 301, 304, 400, 404, 429, 500])
def test_everything_else_is_tried_again(desk: Desk, status: int) -> None:
    webhook = desk.endpoint()
    desk.submit()
    desk.attempt(status)
    assert desk.sent(webhook)[0].status == DeliveryStatus.PENDING


def test_gone_disables_and_what_waits_goes_out_when_it_is_enabled(desk: Desk) -> None:
    webhook = desk.endpoint()
    desk.submit()
    (gone,) = desk.claim()
    desk.submit()
    desk.dispatch.record(gone, desk.outcome(410))
    state = desk.state(webhook)
    assert not state.enabled
    assert "410" in (state.disabled_reason or "")
    desk.submit()
    assert desk.claim() == desk.claim(failing=True) == []
    assert [row.status for row in desk.sent(webhook)] == ["failed", "pending"]
    state = desk.webhooks.change(PROJECT, webhook.id, {"enabled": True})
    assert (state.disabled_reason, state.failing_since) == (None, None)
    assert len(desk.claim()) == 1


def test_an_endpoint_that_fails_for_days_is_disabled(desk: Desk) -> None:
    webhook = desk.endpoint()
    for day in range(7):
        assert desk.state(webhook).enabled, day
        desk.submit()
        for outgoing in desk.claim(failing=day > 0):
            desk.dispatch.record(outgoing, desk.outcome(500))
        desk.clock.forward(timedelta(hours=23).total_seconds())
    state = desk.state(webhook)
    assert not state.enabled
    assert "5 days" in (state.disabled_reason or "")


@pytest.mark.parametrize("broken_by", ["a success", "a pause"])
def test_failures_with_something_between_are_no_series(desk: Desk, broken_by: str) -> None:
    webhook = desk.endpoint()
    for day in range(14):
        desk.submit()
        for failing in (True, False):
            for outgoing in desk.claim(failing=failing):
                well = broken_by == "a success" and day == 4
                desk.dispatch.record(outgoing, desk.outcome(200 if well else 500))
        if broken_by == "a success" and day == 8:
            break
        desk.clock.forward(timedelta(days=2 if broken_by == "a pause" else 1).total_seconds() - 60)
    assert desk.state(webhook).enabled


def test_only_so_many_attempts_are_kept(desk: Desk) -> None:
    webhook = desk.endpoint()
    desk.submit()
    row = desk.sent(webhook)[0]
    for _ in range(25):
        desk.attempt(200)
        desk.deliveries.send_again(PROJECT, webhook.id, row.id)
    numbers = [attempt.number for attempt in desk.deliveries.attempts([row])[row.id]]
    assert numbers == list(range(6, 26))


# --------------------------------------------------------------------------- what a project does


def test_an_event_is_sent_again_under_its_id_with_all_attempts_before_it(desk: Desk) -> None:
    webhook = desk.endpoint()
    desk.submit()
    first = desk.attempt(500)
    desk.clock.forward(6)
    desk.attempt(200, failing=True)
    desk.deliveries.send_again(PROJECT, webhook.id, first.id)
    again = desk.attempt(500)
    assert (again.id, again.body) == (first.id, first.body)
    row = desk.deliveries.get(PROJECT, webhook.id, first.id)
    assert (row.status, row.tries, row.attempts, row.finished_at) == ("pending", 1, 3, None)


def test_what_is_being_sent_is_left_alone(desk: Desk) -> None:
    webhook = desk.endpoint()
    desk.submit()
    (outgoing,) = desk.claim(lease=60)
    desk.deliveries.send_again(PROJECT, webhook.id, outgoing.id)
    assert desk.claim() == []
    assert desk.dispatch.record(outgoing, desk.outcome(200))
    assert desk.sent(webhook)[0].status == DeliveryStatus.DELIVERED


def test_nothing_is_sent_to_a_disabled_endpoint(desk: Desk) -> None:
    webhook = desk.endpoint()
    desk.submit()
    row = desk.sent(webhook)[0]
    desk.webhooks.change(PROJECT, webhook.id, {"enabled": False})
    with pytest.raises(InvalidJobState):
        desk.deliveries.send_sample(PROJECT, webhook.id, EventType.FAILED)
    with pytest.raises(InvalidJobState):
        desk.deliveries.send_again(PROJECT, webhook.id, row.id)


def test_old_secrets_sign_for_their_time(desk: Desk) -> None:
    webhook = desk.endpoint(secret="one")

    def rotate(secret: str) -> None:
        desk.webhooks.rotate(PROJECT, webhook.id, secret, desk.clock() + timedelta(hours=24))

    def signing() -> list[str]:
        return signing_secrets(desk.state(webhook), desk.clock())

    rotate("two")
    assert signing() == ["two", "one"]
    desk.clock.forward(12 * 3600)
    rotate("three")
    assert signing() == ["three", "two", "one"]
    desk.submit()
    assert desk.claim()[0].secrets == signing()
    desk.clock.forward(12 * 3600)
    assert signing() == ["three", "two"]
    for n in range(10):
        rotate(f"new {n}")
    assert signing() == ["new 9", "new 8", "new 7", "new 6", "new 5"]


def test_a_project_has_no_more_than_so_many(desk: Desk) -> None:
    for _ in range(MAX_WEBHOOKS):
        desk.endpoint()
    with pytest.raises(QuotaExceeded):
        desk.endpoint()
    assert desk.endpoint(project="default/other")


def test_another_project_sees_nothing(desk: Desk) -> None:
    webhook = desk.endpoint()
    desk.submit()
    row = desk.sent(webhook)[0]
    other = "default/other"
    attempts = [
        lambda: desk.webhooks.get(other, webhook.id),
        lambda: desk.webhooks.change(other, webhook.id, {"enabled": False}),
        lambda: desk.webhooks.rotate(other, webhook.id, "x", desk.clock()),
        lambda: desk.webhooks.delete(other, webhook.id),
        lambda: desk.deliveries.page(other, webhook.id, EVERYTHING),
        lambda: desk.deliveries.get(other, webhook.id, row.id),
        lambda: desk.deliveries.send_sample(other, webhook.id, EventType.CREATED),
        lambda: desk.deliveries.send_again(other, webhook.id, row.id),
        lambda: desk.deliveries.get(PROJECT, webhook.id, "msg_unknown"),
    ]
    for attempt in attempts:
        with pytest.raises(NotFound):
            attempt()
    assert desk.webhooks.page(other, EVERYTHING).items == []


def test_what_is_long_ago_is_forgotten(desk: Desk) -> None:
    webhook = desk.endpoint()
    desk.submit()
    desk.attempt(200)
    assert desk.deliveries.forget(timedelta(days=30)) == 0
    desk.clock.forward(timedelta(days=20).total_seconds())
    desk.submit()
    desk.clock.forward(timedelta(days=11).total_seconds())
    assert desk.deliveries.forget(timedelta(days=30)) == 1
    assert [row.status for row in desk.sent(webhook)] == ["pending"]
    with desk.ledger.read() as session:
        assert session.scalars(select(Attempt)).all() == []


def test_an_endpoint_goes_with_its_log(desk: Desk) -> None:
    webhook = desk.endpoint()
    desk.submit()
    (outgoing,) = desk.claim()
    desk.webhooks.delete(PROJECT, webhook.id)
    assert not desk.dispatch.record(outgoing, desk.outcome(200))
    with desk.ledger.read() as session:
        assert session.scalars(select(Delivery)).all() == []
