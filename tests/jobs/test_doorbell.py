"""The doorbell: it rings, or it is quick and quiet about it."""

from __future__ import annotations

import json
import logging
import time
from pathlib import Path

import pytest

from benchmarks.servers import Redis
from tests.waiting import soon
from workers.jobs import doorbell
from workers.jobs.doorbell import CeleryDoorbell


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "redis+socket:///nowhere/at/all.sock"])
def test_without_a_broker_nobody_waits_and_nothing_is_raised(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    bell = CeleryDoorbell(url)
    began = time.monotonic()
    for _ in range(200):
        bell.ring("cpu")
    assert time.monotonic() - began < 2  # not the five seconds that each may wait for an answer
    with caplog.at_level(logging.WARNING):
        bell.close()
    assert time.monotonic() - began < 5


def test_a_bell_that_never_rang_closes() -> None:
    CeleryDoorbell("redis://127.0.0.1:1/0").close()


@pytest.mark.services
def test_a_ring_is_a_celery_message_on_the_queue(redis_url: str) -> None:
    import redis

    bell = CeleryDoorbell(redis_url)
    for _ in range(3):
        bell.ring("doorbell-test")
    bell.close()
    broker = redis.Redis.from_url(redis_url)
    assert broker.llen("doorbell-test") == 3
    message = json.loads(broker.lpop("doorbell-test"))
    assert message["headers"]["task"] == "octavo.work"
    assert message["headers"]["ignore_result"] is True


@pytest.mark.services
def test_a_broker_that_forgot_everything_is_rung_as_before(redis_url: str) -> None:
    import redis

    bell = CeleryDoorbell(redis_url)
    broker = redis.Redis.from_url(redis_url)
    bell.ring("doorbell-test")
    assert soon(lambda: broker.llen("doorbell-test") == 1)
    broker.flushall()
    bell.ring("doorbell-test")
    assert soon(lambda: broker.llen("doorbell-test") == 1)
    bell.close()


@pytest.mark.services
def test_the_first_ring_at_a_broker_that_was_started_anew_is_heard() -> None:
    import redis

    server = Redis()
    bell = CeleryDoorbell(f"{server.url}/0")
    try:
        bell.ring("doorbell-test")
        assert soon(lambda: redis.Redis.from_url(server.url).llen("doorbell-test") == 1)
        for process in server.processes():
            process.kill()
            process.wait(20)
        server.start()
        bell.ring("doorbell-test")
        assert soon(lambda: redis.Redis.from_url(server.url).llen("doorbell-test") == 1)
    finally:
        bell.close()
        server.stop()


@pytest.mark.services
def test_a_queue_that_nobody_hears_does_not_grow(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import redis

    monkeypatch.setattr(doorbell, "_MOST_AT_THE_BROKER", 5)
    bell = CeleryDoorbell(redis_url)
    for _ in range(20):
        bell.ring("doorbell-test")
    bell.close()
    assert redis.Redis.from_url(redis_url).llen("doorbell-test") == 5


@pytest.mark.services
def test_a_full_queue_that_was_heard_is_rung_at_once(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import redis

    monkeypatch.setattr(doorbell, "_MOST_AT_THE_BROKER", 5)
    bell, broker = CeleryDoorbell(redis_url), redis.Redis.from_url(redis_url)
    for _ in range(5):
        bell.ring("doorbell-test")
    assert soon(lambda: broker.llen("doorbell-test") == 5)
    broker.delete("doorbell-test")
    bell.ring("doorbell-test")
    bell.close()
    assert broker.llen("doorbell-test") == 1


def test_a_ring_after_a_lost_one_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bell = CeleryDoorbell(f"redis+socket://{tmp_path / 'none.sock'}")
    sent: list[str] = []
    answers = [OSError("down"), None]

    def send(rung: str) -> None:
        answer = answers.pop(0)
        if answer is not None:
            raise answer
        sent.append(rung)

    monkeypatch.setattr(bell, "_send", send)
    bell.ring("lost")
    assert soon(lambda: len(answers) < 2)
    bell.ring("heard")
    bell.close()
    assert sent == ["heard"]
