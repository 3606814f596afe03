"""Event streams against a real server: what waiting clients live by."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from redis import Redis
from sqlalchemy.exc import OperationalError

from api import streams
from api.app import create_app
from api.server import Server
from api.streams import JobStreams
from schemas.options import Configuration
from schemas.progress import Report
from schemas.requests import JobRequest, JobType, SourceFields
from tests.api.service import KEY, FakeWorker, document, make_services
from tests.api.test_results import events
from tests.waiting import soon
from workers.jobs.blobs import BlobStore
from workers.jobs.ledger.tables import Job
from workers.jobs.results import event_of
from workers.jobs.services import Services

PROJECT = "default/default"
HEADERS = {"Authorization": f"Bearer {KEY}", "Accept": "text/event-stream"}


class Served:
    """A service that listens; ``stop`` takes it down as a signal would."""

    def __init__(self, services: Services) -> None:
        ready = threading.Event()
        self.app = create_app(services)
        self._server = Server(self.app, "127.0.0.1", 0, ready.set)
        self._thread = threading.Thread(target=self._server.run)
        self._thread.start()
        assert ready.wait(20)
        self.port: int = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/documents/v2"

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(20)
        assert not self._thread.is_alive()


@pytest.fixture
def served(services: Services) -> Iterator[Served]:
    served = Served(services)
    yield served
    served.stop()


def submit(services: Services) -> Job:
    request = JobRequest(
        job_type=JobType.PARSE,
        source=SourceFields(file_url="https://example.org/a.pdf"),
        configuration=Configuration(),
    )
    return services.jobs.create(PROJECT, request)


@contextmanager
def listening(served: Served, job: Job) -> Iterator[Iterator[str]]:
    """The lines of a stream, as they come."""
    with httpx.stream("GET", f"{served.url}/parse/{job.id}", headers=HEADERS, timeout=20) as answer:
        assert answer.status_code == 200
        yield answer.iter_lines()


def until(lines: Iterator[str], line: str) -> None:
    for found in lines:
        if found == line:
            return
    raise AssertionError(f"no {line!r}")


def test_a_waiting_client_hears_it_all_and_the_connection_ends(
    served: Served, services: Services, worker: FakeWorker
) -> None:
    job = submit(services)
    with listening(served, job) as lines:
        until(lines, "event: parse_queued")
        claim = worker.claim()
        until(lines, "event: parse_update")
        services.shards.split(claim, 4, [1, 2, 3, 4], [])
        services.shards.renew(claim, 60, Report(pages_done=2, stage="reading text"))
        until(lines, "event: parse_update")
        services.shards.complete_pages(claim)
        worker.assemble(document(4))
        rest = list(lines)
    found = events("\n".join(["event: parse_update", *rest]))
    assert [name for name, _ in found[-1:]] == ["parse_done"]
    assert {name for name, _ in found[:-1]} <= {"parse_update"}
    json_result = httpx.get(f"{served.url}/parse/{job.id}", headers={**HEADERS, "Accept": "*/*"}).json()
    assert found[-1][1] == json_result


def test_a_failure_ends_the_stream(served: Served, services: Services, worker: FakeWorker) -> None:
    job = submit(services)
    with listening(served, job) as lines:
        until(lines, "event: parse_queued")
        worker.fail("The document is broken.")
        until(lines, "event: parse_failed")
        assert '"error":"The document is broken."' in next(lines)
        assert list(lines) == [""]


def test_a_job_that_is_deleted_meanwhile_fails(served: Served, services: Services) -> None:
    job = submit(services)
    with listening(served, job) as lines:
        until(lines, "event: parse_queued")
        with services.ledger.write() as session:
            session.delete(session.get_one(Job, job.id))
        until(lines, "event: parse_failed")
        assert '"status":"failure"' in next(lines)
        assert list(lines) == [""]


def test_going_down_cuts_streams_and_never_ends_them(services: Services) -> None:
    served = Served(services)
    job = submit(services)
    with socket.create_connection(("127.0.0.1", served.port), 20) as connection:
        connection.sendall(
            f"GET /documents/v2/parse/{job.id} HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: Bearer {KEY}\r\nAccept: text/event-stream\r\n\r\n".encode()
        )
        received = b""
        while b"parse_queued" not in received:
            received += connection.recv(65536)
        began = time.monotonic()
        served.stop()
        while piece := connection.recv(65536):
            received += piece
    assert time.monotonic() - began < 5
    head, _, body = received.partition(b"\r\n\r\n")
    assert b"transfer-encoding: chunked" in head.lower()
    assert not body.endswith(b"0\r\n\r\n")
    assert b"parse_done" not in body
    assert b"parse_failed" not in body


@pytest.mark.parametrize("how", ["revoked", "expired"])
def test_a_key_that_is_not_valid_any_more_hears_nothing_more(
    served: Served, services: Services, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(streams, "_KEYS_SECONDS", 0.0)
    job, now = submit(services), services.ledger.now()
    key, secret = services.keys.issue(PROJECT, expires_at=now + timedelta(days=1))
    headers = {**HEADERS, "Authorization": f"Bearer {secret}"}
    with (
        listening(served, job) as others,
        httpx.stream("GET", f"{served.url}/parse/{job.id}", headers=headers, timeout=20) as answer,
    ):
        lines = answer.iter_lines()
        until(lines, "event: parse_queued")
        if how == "revoked":
            services.keys.revoke(key.id)
        else:
            services.keys.rotate(key.id, timedelta(0))
        with pytest.raises(httpx.RemoteProtocolError):
            list(lines)
        services.jobs.cancel(PROJECT, job.id)
        until(others, "event: parse_failed")
    assert httpx.get(f"{served.url}/parse/{job.id}", headers=headers).status_code == 401
    assert soon(lambda: not served.app.state.streams._listening)


def test_a_client_that_leaves_is_forgotten(served: Served, services: Services) -> None:
    job = submit(services)
    with listening(served, job) as lines:
        until(lines, "event: parse_queued")
        assert soon(lambda: served.app.state.streams.waiting == 1)
    assert soon(lambda: served.app.state.streams.waiting == 0)


def test_silence_is_filled_with_comments(services: Services) -> None:
    job = submit(services)

    async def first_pieces() -> list[bytes]:
        stream = JobStreams(services, keep_alive=0.05).follow(job)
        pieces: list[bytes] = []
        while len([p for p in pieces if p.startswith(b":")]) < 2:
            pieces.append(await anext(stream))
        await stream.aclose()  # type: ignore[attr-defined]
        return pieces

    pieces = asyncio.run(asyncio.wait_for(first_pieces(), 10))
    assert b"".join(pieces).startswith(b"event: parse_queued\n")
    assert all(p.startswith(b": ") and p.endswith(b"\n\n") for p in pieces if p.startswith(b":"))


def test_hundreds_wait_without_threads_or_connections(
    services: Services, worker: FakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = [submit(services) for _ in range(3)]
    looks = 0
    changed = services.jobs.changed

    def counted(known: dict[str, int]) -> tuple[list[Job], set[str]]:
        nonlocal looks
        looks += 1
        assert len(known) <= len(jobs)
        return changed(known)

    monkeypatch.setattr(type(services.jobs), "changed", lambda _, known: counted(known))
    made: Counter[str] = Counter()

    def made_event(job: Job, blobs: BlobStore) -> Iterator[bytes]:
        made[job.status] += 1
        return event_of(job, blobs)

    monkeypatch.setattr(streams, "event_of", made_event)

    async def collect(stream: AsyncIterator[bytes]) -> bytes:
        return b"".join([piece async for piece in stream])

    async def run() -> list[bytes]:
        open_streams = JobStreams(services)
        waiting = [asyncio.create_task(collect(open_streams.follow(jobs[n % 3]))) for n in range(500)]
        while open_streams.waiting < 500:
            await asyncio.sleep(0.01)
        assert services.ledger.engine.pool.checkedout() <= 1  # type: ignore[attr-defined]
        before = looks
        await asyncio.sleep(0.5)
        assert looks - before <= 6
        assert threading.active_count() < 60
        for _ in jobs:
            await asyncio.to_thread(worker.fail, "enough")
        return await asyncio.gather(*waiting)

    ended = asyncio.run(asyncio.wait_for(run(), 60))
    assert len(ended) == 500
    assert all(text.count(b"event: parse_failed") == 1 for text in ended)
    assert made["pending"] == 3  # one text for all who wait for a job


def test_a_database_that_goes_away_for_a_while_does_not_end_streams(
    services: Services,
    worker: FakeWorker,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", "api.streams")
    job = submit(services)
    changed = services.jobs.changed
    fallen = 0

    def flaky(_: object, known: dict[str, int]) -> tuple[list[Job], set[str]]:
        nonlocal fallen
        if fallen < 2:
            fallen += 1
            raise OperationalError("SELECT secrets", {}, ConnectionError("gone"))
        return changed(known)

    monkeypatch.setattr(type(services.jobs), "changed", flaky)

    async def run() -> bytes:
        stream = JobStreams(services).follow(job)
        first = await anext(stream)
        await asyncio.to_thread(worker.fail, "enough")
        return first + b"".join([piece async for piece in stream])

    assert b"event: parse_failed" in asyncio.run(asyncio.wait_for(run(), 20))
    assert fallen == 2
    told = [record.getMessage() for record in caplog.records if record.name == "api.streams"]
    assert [text.split(":")[0] for text in told] == [
        "the ledger cannot be asked for news, the streams wait",
        "the ledger is there again",
    ]
    assert "secrets" not in caplog.text


def test_news_from_a_worker_are_not_waited_for_by_the_clock(
    tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for pause in ("_SOONEST", "_LATEST", "_KEYS_SECONDS"):
        monkeypatch.setattr(streams, pause, 3600.0)
    services = make_services(tmp_path / "data", broker_url=redis_url)
    served, worker = Served(services), FakeWorker(services)
    with Redis.from_url(redis_url) as broker:
        assert soon(lambda: broker.pubsub_numsub("octavo:news")[0][1] == 1)
    try:
        job, other = submit(services), submit(services)
        with listening(served, job) as lines, listening(served, other) as others:
            until(lines, "event: parse_queued")
            until(others, "event: parse_queued")
            worker.fail("It is broken.")
            services.news.tell(job.id)
            until(lines, "event: parse_failed")
            services.jobs.cancel(PROJECT, other.id)
            services.news.tell(other.id)
            until(others, "event: parse_failed")
    finally:
        served.stop()
        services.close()


def test_without_a_broker_nothing_is_told_and_nobody_waits(tmp_path: Path) -> None:
    services = make_services(tmp_path / "data", broker_url="redis://127.0.0.1:1/0")
    services.news.tell("parse_x")

    async def listened() -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(services.news.listen(lambda job_id: None), 0.05)

    asyncio.run(listened())
    services.close()
