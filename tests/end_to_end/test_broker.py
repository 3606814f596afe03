"""A broker that dies, hangs or forgets: work goes on, and bells are heard again once it is back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from benchmarks.servers import Redis
from benchmarks.service import Service, ended, submit
from tests.waiting import runs, soon

pytestmark = [pytest.mark.end_to_end, pytest.mark.services]

HOURS = "36000"


@pytest.fixture
def broker() -> Iterator[Redis]:
    broker = Redis()
    yield broker
    for process in broker.processes():
        process.resume()
    broker.stop()


def service(folder: Path, broker: Redis, sweep_seconds: str) -> Service:
    return Service(
        folder, {"OCTAVO_BROKER_URL": f"{broker.url}/0", "OCTAVO_SWEEP_SECONDS": sweep_seconds}
    ).start()


def read_one(client: httpx.Client) -> None:
    result = ended(client, submit(client, raw_text="hello", mime_type="text/plain"))
    assert result["status"] == "successful", result["error"]


def test_without_its_broker_a_service_works_by_its_sweeps(tmp_path: Path, broker: Redis) -> None:
    running = service(tmp_path, broker, "0.5")
    try:
        with running.client("any") as client:
            read_one(client)
            (server,) = broker.processes()
            server.suspend()
            read_one(client)
            worker = running.worker()
            worker.terminate()
            assert soon(lambda: not runs(worker), patience=60)
            read_one(client)  # by the next worker, which never reached its broker
            server.kill()
            read_one(client)
    finally:
        running.stop()


def test_bells_are_heard_again_after_a_broker_came_back_empty(tmp_path: Path, broker: Redis) -> None:
    running = service(tmp_path, broker, HOURS)
    try:
        with running.client("any") as client:
            read_one(client)
            (server,) = broker.processes()
            server.kill()
            server.wait(20)
            broker.start()
            read_one(client)
            read_one(client)
    finally:
        running.stop()
