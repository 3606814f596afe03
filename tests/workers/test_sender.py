"""Webhooks sent to a receiver of the tests' own, over real connections, by a clock that tests move."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from svix.webhooks import WebhookVerificationError

from benchmarks.receiver import Received, Receiver, receiving
from schemas.options import Configuration
from schemas.requests import JobRequest, JobType, SourceFields
from schemas.webhooks import WebhookRequest
from tests.api.service import make_services
from tests.waiting import soon
from workers.jobs.ledger.paging import PageRequest
from workers.jobs.ledger.tables import Attempt, Delivery, KeyedRequest, Webhook
from workers.jobs.services import Services
from workers.jobs.webhooks.attempt import MAX_RESPONSE_BYTES
from workers.jobs.webhooks.endpoints import add_webhook, rotate_secret
from workers.run import Worker
from workers.sender import Sender
from workers.sweep import Sweeper

PROJECT = "default/default"
CLAIM_SECONDS = 60


def forward(services: Services, **by: float) -> None:
    """Moves the ledger's clock."""
    present, more = services.ledger.now, timedelta(**by)
    services.ledger.now = lambda: present() + more


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def services(folder: Path) -> Iterator[Services]:
    services = make_services(folder, webhook_allow=("127.0.0.1",))
    yield services
    services.close()


def endpoint(services: Services, url: str) -> tuple[Webhook, str]:
    return add_webhook(services, PROJECT, WebhookRequest(url=url))


def submit(services: Services) -> str:
    source = SourceFields(file_url="https://example.org/a.pdf")
    request = JobRequest(job_type=JobType.PARSE, source=source, configuration=Configuration())
    return services.jobs.create(PROJECT, request).id


def send(services: Services, **settings: Any) -> None:
    """Sends everything that is due now, and waits for all answers."""
    sender = Sender(services.settings.model_copy(update=settings), services)
    while sender.send_due():
        assert soon(lambda: sender.idle)


def log_of(services: Services, webhook: Webhook) -> list[tuple[Delivery, list[Attempt]]]:
    found = services.deliveries.page(PROJECT, webhook.id, PageRequest(1000)).items
    attempts = services.deliveries.attempts(found)
    return [(row, attempts[row.id]) for row in reversed(found)]


def test_every_event_arrives_once_and_is_verified(services: Services, receiver: Receiver) -> None:
    webhook, secret = endpoint(services, receiver.url("/jobs?of=octavo"))
    ids = [submit(services) for _ in range(20)]
    for job_id in ids[::2]:
        services.shards.fail(job_id, "unreadable: Größe")
    send(services)
    told = [
        (request.verified(secret)["job_id"], request.verified(secret)["status"])
        for request in receiver.received
    ]
    assert sorted(told) == sorted(
        [(job_id, "pending") for job_id in ids] + [(job_id, "failure") for job_id in ids[::2]]
    )
    assert {request.path for request in receiver.received} == {"/jobs?of=octavo"}
    assert {request.headers["content-type"] for request in receiver.received} == {"application/json"}
    assert {request.headers["webhook-id"] for request in receiver.received} == {
        row.id for row, _ in log_of(services, webhook)
    }
    ((row, (attempt,)), *_) = log_of(services, webhook)
    assert (row.status, attempt.status_code, attempt.response) == ("delivered", 200, "thank you")


def test_another_body_or_secret_is_not_verified(services: Services, receiver: Receiver) -> None:
    _, secret = endpoint(services, receiver.url())
    _, foreign = endpoint(services, receiver.url("/other"))
    submit(services)
    send(services)
    request = next(request for request in receiver.received if request.path == "/hook")
    assert request.verified(secret)
    with pytest.raises(WebhookVerificationError):
        request.verified(foreign)
    with pytest.raises(WebhookVerificationError):
        Received(request.path, request.headers, request.body + b" ").verified(secret)


def test_a_failure_is_tried_again_with_the_same_id_and_body(services: Services, receiver: Receiver) -> None:
    webhook, secret = endpoint(services, receiver.url())
    submit(services)
    receiver.status = 500
    send(services)
    send(services)
    assert len(receiver.received) == 1, "five seconds are not over"
    receiver.status = 200
    forward(services, seconds=7)
    send(services)
    first, second = receiver.received
    assert (first.id, first.body) == (second.id, second.body)
    assert first.headers["svix-timestamp"] < second.headers["svix-timestamp"]
    assert second.verified(secret)
    ((row, attempts),) = log_of(services, webhook)
    assert (row.status, [attempt.status_code for attempt in attempts]) == ("delivered", [500, 200])


def test_both_secrets_sign_for_a_day(services: Services, receiver: Receiver) -> None:
    webhook, old = endpoint(services, receiver.url())
    _, new = rotate_secret(services, PROJECT, webhook.id)
    submit(services)
    send(services)
    assert receiver.received[0].verified(old) == receiver.received[0].verified(new)
    forward(services, hours=25)
    submit(services)
    send(services)
    assert len(receiver.received[-1].headers["svix-signature"].split(" ")) == 1


def test_redirects_are_not_followed(services: Services, receiver: Receiver) -> None:
    webhook, _ = endpoint(services, receiver.url())
    receiver.status, receiver.headers = 307, {"location": receiver.url("/elsewhere")}
    submit(services)
    send(services)
    assert [request.path for request in receiver.received] == ["/hook"]
    ((row, (attempt,)),) = log_of(services, webhook)
    assert (row.status, attempt.status_code) == ("pending", 307)


def test_gone_disables(services: Services, receiver: Receiver) -> None:
    webhook, _ = endpoint(services, receiver.url())
    receiver.status = 410
    submit(services)
    send(services)
    submit(services)
    send(services)
    assert len(receiver.received) == 1
    assert not services.webhooks.get(PROJECT, webhook.id).enabled


def test_the_beginning_of_the_answer_is_kept(services: Services, receiver: Receiver) -> None:
    webhook, _ = endpoint(services, receiver.url())
    receiver.body = b"a\0" + "é".encode() * 5_000_000
    submit(services)
    send(services)
    ((_, (attempt,)),) = log_of(services, webhook)
    assert attempt.response == "a" + "é" * (MAX_RESPONSE_BYTES // 2 - 1)


@pytest.mark.parametrize(
    "headers", [{"content-encoding": "gzip"}, {"content-length": "100"}], ids=["not what it says", "cut off"]
)
def test_what_was_taken_is_taken_whatever_the_answer_is(
    services: Services, receiver: Receiver, headers: dict[str, str]
) -> None:
    webhook, _ = endpoint(services, receiver.url())
    receiver.headers = headers
    submit(services)
    send(services)
    ((row, (attempt,)),) = log_of(services, webhook)
    assert (row.status, attempt.status_code, attempt.response) == ("delivered", 200, "thank you")


def test_an_endpoint_that_never_answers_is_given_up_in_time(services: Services, receiver: Receiver) -> None:
    webhook, _ = endpoint(services, receiver.url())
    ending = threading.Event()
    receiver.before_answer = lambda _: ending.wait(60)
    submit(services)
    send(services, webhook_timeout=0.2)
    ending.set()
    ((row, (attempt,)),) = log_of(services, webhook)
    assert (row.status, attempt.status_code) == ("pending", None)
    assert attempt.error == "The endpoint did not answer within 0.2 seconds."


def test_an_endpoint_without_an_answer_keeps_no_other_waiting(services: Services, receiver: Receiver) -> None:
    slow, _ = endpoint(services, receiver.url("/slow"))
    quick, _ = endpoint(services, receiver.url("/quick"))
    ending = threading.Event()
    receiver.before_answer = lambda request: request.path == "/slow" and ending.wait(60)
    for _ in range(30):
        submit(services)
    sender = Sender(services.settings.model_copy(update={"webhook_threads": 6}), services)

    def all_quick_ones_are_there() -> bool:
        sender.send_due()
        return all(row.status == "delivered" for row, _ in log_of(services, quick))

    try:
        assert soon(all_quick_ones_are_there)
        assert len([r for r in receiver.received if r.path == "/slow"]) == services.settings.webhook_parallel
    finally:
        ending.set()
    assert soon(lambda: sender.idle)
    assert any(row.status == "pending" for row, _ in log_of(services, slow))


@pytest.mark.parametrize("allowed", [(), ("10.0.0.0/8",)])
def test_private_addresses_are_not_sent_to(
    services: Services, receiver: Receiver, allowed: tuple[str, ...]
) -> None:
    literal, _ = endpoint(services, receiver.url())
    named, _ = endpoint(services, receiver.url(host="hook.example.org"))
    submit(services)
    settings = services.settings.model_copy(update={"webhook_allow": allowed})
    sender = Sender(settings, services, resolve=lambda _host, _port: ["127.0.0.1"])
    sender.send_due()
    assert soon(lambda: sender.idle)
    assert receiver.received == []
    for webhook in (literal, named):
        ((_, (attempt,)),) = log_of(services, webhook)
        assert "OCTAVO_WEBHOOK_ALLOW" in (attempt.error or "")


def test_a_host_that_is_not_there_is_told_of(services: Services, receiver: Receiver) -> None:
    webhook, _ = endpoint(services, receiver.url())
    receiver.server_close()
    submit(services)
    send(services)
    ((row, (attempt,)),) = log_of(services, webhook)
    assert (row.status, attempt.error) == ("pending", "The connection failed (ConnectError).")


def test_a_secret_that_cannot_be_opened_is_told_of_and_replaced(folder: Path, receiver: Receiver) -> None:
    keys = [SecretStr(letter * 32) for letter in "ab"]
    before = make_services(folder, secret_key=keys[0], webhook_allow=("127.0.0.1",))
    webhook, _ = endpoint(before, receiver.url())
    before.close()
    after = make_services(folder, secret_key=keys[1], webhook_allow=("127.0.0.1",))
    submit(after)
    send(after)
    ((row, (attempt,)),) = log_of(after, webhook)
    assert receiver.received == []
    assert "OCTAVO_SECRET_KEY" in (attempt.error or "")
    _, secret = rotate_secret(after, PROJECT, webhook.id)
    after.deliveries.send_again(PROJECT, webhook.id, row.id)
    send(after)
    assert receiver.received[0].verified(secret)
    after.close()


def test_nothing_secret_is_logged(
    services: Services, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    _, secret = endpoint(services, receiver.url("/token-in-the-path"))
    receiver.status, receiver.body = 500, b"words of the answer"
    submit(services)
    send(services)
    assert "a webhook was not taken: 500" in caplog.text
    for word in (secret, "token-in-the-path", "words of the answer", "v1,"):
        assert word not in caplog.text


def test_the_sweep_forgets_what_is_long_ago(services: Services, receiver: Receiver) -> None:
    sweeper = Sweeper(services, "worker", threading.Event())
    webhook, _ = endpoint(services, receiver.url())
    submit(services)
    services.repeats.claim(PROJECT, "key", "fingerprint")
    forward(services, days=services.settings.webhook_log_days, seconds=-60)
    sweeper.keep_house()
    assert len(log_of(services, webhook)) == 1
    with services.ledger.read() as session:
        assert session.scalar(select(KeyedRequest)) is None
    forward(services, minutes=20)
    sweeper.keep_house()
    assert log_of(services, webhook) == []


SENDER = """
import sys
from pathlib import Path
from tests.api.service import CountingDoorbell
from schemas.settings import Settings
from workers.jobs.services import Services
from workers.sender import Sender

settings = Settings(data_dir=Path(sys.argv[1]), webhook_allow=("127.0.0.1",))
services = Services.from_settings(settings, CountingDoorbell())
sender = Sender(settings, services)
sender.send_due()
sys.stdin.read()
"""


def test_a_sender_that_is_killed_loses_nothing(services: Services, folder: Path, receiver: Receiver) -> None:
    webhook, secret = endpoint(services, receiver.url())
    submit(services)
    arrived, ending = threading.Event(), threading.Event()

    def hold(_: Received) -> None:
        arrived.set()
        ending.wait(60)

    receiver.before_answer = hold
    process = subprocess.Popen(
        [sys.executable, "-c", SENDER, str(folder)], stdin=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert arrived.wait(60)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    ending.set()
    send(services)
    assert len(receiver.received) == 1, "its claim is not over"
    forward(services, seconds=CLAIM_SECONDS + 1)
    send(services)
    first, second = receiver.received
    assert (first.id, first.body) == (second.id, second.body)
    assert first.verified(secret)
    ((row, attempts),) = log_of(services, webhook)
    assert (row.status, len(attempts)) == ("delivered", 1)


def test_a_worker_sends_until_it_is_stopped(services: Services, receiver: Receiver) -> None:
    _, secret = endpoint(services, receiver.url())
    worker = Worker(services.settings, services)
    stopping = threading.Event()
    thread = threading.Thread(target=worker._sender.run, args=(stopping,))
    thread.start()
    try:
        submit(services)
        assert soon(lambda: bool(receiver.received))
        assert receiver.received[0].verified(secret)["status"] == "pending"
    finally:
        stopping.set()
        thread.join(20)
    assert not thread.is_alive()


def test_the_next_is_sent_as_soon_as_one_is_through(
    services: Services, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.sender._LOOK_EVERY_SECONDS", 3600)
    endpoint(services, receiver.url())
    for _ in range(3):
        submit(services)
    sender = Sender(services.settings.model_copy(update={"webhook_parallel": 1}), services)
    stopping = threading.Event()
    thread = threading.Thread(target=sender.run, args=(stopping,))
    thread.start()
    try:
        assert soon(lambda: len(receiver.received) == 3)
    finally:
        stopping.set()
        sender._news.set()
        thread.join(20)


def test_a_ledger_that_is_away_for_a_while_does_not_end_the_sender(
    services: Services, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint(services, receiver.url())
    submit(services)
    sender = Sender(services.settings, services)
    stopping, claim = threading.Event(), services.dispatch.claim
    fails = iter([True])

    def flaky(**asked: Any) -> Any:
        if next(fails, False):
            raise OSError("away")
        return claim(**asked)

    monkeypatch.setattr(services.dispatch, "claim", flaky)
    thread = threading.Thread(target=sender.run, args=(stopping,))
    thread.start()
    try:
        assert soon(lambda: bool(receiver.received))
    finally:
        stopping.set()
        thread.join(20)


def test_an_outcome_is_recorded_when_the_ledger_is_there_again(
    services: Services, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    webhook, _ = endpoint(services, receiver.url())
    submit(services)
    dispatch, tries = type(services.dispatch), list[int]()
    record = dispatch.record

    def away_at_first(*arguments: Any) -> bool:
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("", {}, Exception("the database restarts"))
        return record(*arguments)

    monkeypatch.setattr(dispatch, "record", away_at_first)
    send(services)
    ((row, (attempt,)),) = log_of(services, webhook)
    assert (row.status, attempt.status_code, len(tries)) == ("delivered", 200, 3)
    assert len(receiver.received) == 1
