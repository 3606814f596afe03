"""Workers that die, grounds that go away, jobs that run again: what is done is not done again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from pipelines.asking import ask_llm
from pipelines.work import PageRecord, RunContext
from schemas.documents import PageFault, ParsedDocument
from schemas.llm import LlmName, Question, Reply
from schemas.requests import ReplayMode
from tests.api.service import document, make_services
from tests.workers.desk import (
    PROJECT,
    Desk,
    drain,
    end_pauses,
    job_of,
    outputs,
    run_without_pauses,
    submit_text,
)
from workers import assembly, marks, run
from workers.children import EngineChild
from workers.jobs.blobs import BlobStoreAway
from workers.jobs.ledger.tables import Job, Shard
from workers.jobs.replaying import replay
from workers.jobs.services import Services


class Killed(BaseException):
    """The end of a worker: nothing of it says goodbye."""


@contextmanager
def new_worker(services: Services) -> Iterator[run.Worker]:
    worker = run.Worker(services.settings, services)
    yield worker
    worker.stop()


def die(services: Services, work: Callable[[run.Worker], object] = drain) -> None:
    """Lets a worker of its own work until it is killed, and its leases run out."""
    with new_worker(services) as worker, pytest.raises(Killed):
        work(worker)
    end_leases(services)


def end_leases(services: Services) -> None:
    with services.ledger.write() as session:
        long_ago = services.ledger.now() - timedelta(hours=1)
        session.execute(update(Shard).values(lease_until=long_ago))


def shards_of(services: Services, job: Job) -> list[Shard]:
    with services.ledger.read() as session:
        return list(session.query(Shard).where(Shard.job_id == job.id))


def failing(times: int, call: Callable[..., Any], error: Callable[[], Exception]) -> Callable[..., Any]:
    """``call``, which fails the first ``times`` times."""
    left = [times]

    def flaky(*arguments: Any, **named: Any) -> Any:
        if left[0]:
            left[0] -= 1
            raise error()
        return call(*arguments, **named)

    return flaky


def postgres_is_away() -> Exception:
    return OperationalError("", {}, Exception("server closed the connection unexpectedly"))


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading.Event, "wait", lambda self, timeout=None: self.is_set())


def test_a_document_that_moves_on_may_lose_any_number_of_workers(services: Services, desk: Desk) -> None:
    desk.pages = 20
    job = submit_text(services)

    def kill(number: int) -> None:
        if number % 2 == 0 and number not in desk.read[:-1] and desk.read.count(number - 1) == 1:
            raise Killed

    desk.before_page = kill
    for _ in range(10):
        die(services)
    with new_worker(services) as last:
        drain(last)
    assert job_of(services, job).status == "successful"
    assert max(desk.read.count(number) for number in range(1, 21)) == 2
    assert len(outputs(services, job)["pages"]) == 20


def test_one_that_kills_its_workers_at_one_place_fails_and_says_where(services: Services, desk: Desk) -> None:
    job = submit_text(services)

    def kill(number: int) -> None:
        if number == 4:
            raise Killed

    desk.before_page = kill
    for _ in range(3):
        assert services.shards.fail_poisoned(2) == []
        die(services)
    assert services.shards.fail_poisoned(2) == [job.id]
    assert "pages 3 to 4" in (job_of(services, job).error or "")


@pytest.fixture
def llm_services(tmp_path: Path) -> Iterator[Services]:
    services = make_services(tmp_path, llm_base_url="http://localhost:1/v1", llm_model="small")
    yield services
    services.close()


class Llm:
    """A model that kills whoever asks it more than ``until`` times; ``asked`` is what it answered."""

    def __init__(self, until: int) -> None:
        self.until, self.asked = until, list[str]()
        self._lock = threading.Lock()

    def answer(self, question: Question, _llm: LlmName) -> Reply:
        with self._lock:
            if len(self.asked) >= self.until:
                raise Killed
            self.asked.append(question.text)
            return Reply(question.text)

    def assemble(
        self, _records: object, _total: int, _options: object, engines: Any, context: RunContext, **_: object
    ) -> ParsedDocument:
        """A document stage with fifty questions."""
        questions = [Question("rules", str(number)) for number in range(50)]
        replies = ask_llm(engines, questions, LlmName.TENSORLAKE, context.check)
        return document(text=" ".join(str(reply.data) for reply in replies if isinstance(reply, Reply)))


def test_a_worker_killed_after_forty_of_fifty_answers_leaves_ten(
    llm_services: Services, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    llm = Llm(until=40)
    monkeypatch.setattr(EngineChild, "answer", llm.answer)
    monkeypatch.setattr(assembly, "assemble", llm.assemble)
    job = submit_text(llm_services)
    die(llm_services)
    assert len(llm.asked) == 40
    (shard,) = [shard for shard in shards_of(llm_services, job) if shard.kind == "assemble"]
    assert shard.strikes == 1
    llm.until = 1000
    with new_worker(llm_services) as heir:
        drain(heir)
    assert len(llm.asked) == len(set(llm.asked)) == 50
    assert outputs(llm_services, job)["document_markdown"].split() == [str(number) for number in range(50)]


def test_answers_make_a_shard_move(
    llm_services: Services, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    llm = Llm(until=0)
    monkeypatch.setattr(EngineChild, "answer", llm.answer)
    monkeypatch.setattr(assembly, "assemble", llm.assemble)
    job = submit_text(llm_services)
    for _ in range(4):
        llm.until += 10
        die(llm_services)
        assert llm_services.shards.fail_poisoned(8) == []
    llm.until = 1000
    with new_worker(llm_services) as heir:
        drain(heir)
    assert job_of(llm_services, job).status == "successful"


@pytest.mark.parametrize(
    ("part", "method"),
    [
        ("blobs", "put_bytes"),
        ("blobs", "fetch"),
        ("blobs", "get_bytes"),
        ("windows", "keep"),
        ("windows", "of"),
        ("shards", "split"),
        ("shards", "complete_pages"),
        ("shards", "finish"),
    ],
)
def test_work_goes_on_when_the_ground_is_there_again(
    services: Services, desk: Desk, monkeypatch: pytest.MonkeyPatch, no_pauses: None, part: str, method: str
) -> None:
    job = submit_text(services)
    served = getattr(services, part)
    error = (lambda: BlobStoreAway("no answer")) if part == "blobs" else postgres_is_away
    monkeypatch.setattr(type(served), method, failing(7, getattr(type(served), method), error))
    with new_worker(services) as worker:
        assert drain(worker) == 2
    assert desk.read == [1, 2, 3, 4, 5]
    assert job_of(services, job).status == "successful"
    assert {shard.attempt for shard in shards_of(services, job)} == {1}


@pytest.mark.parametrize("error", [lambda: OSError(28, "No space left on device"), postgres_is_away])
def test_what_cannot_be_done_now_is_given_back_without_a_strike(
    services: Services, desk: Desk, error: Callable[[], Exception]
) -> None:
    job = submit_text(services)

    def fail() -> None:
        raise error()

    desk.at_open = fail
    with new_worker(services) as worker:
        for _ in range(5):
            assert worker.run_one("cpu")
            assert not worker.run_one("cpu")  # it rests
            (shard,) = shards_of(services, job)
            assert (shard.state, shard.strikes) == ("pending", 0)
            end_pauses(services)
        desk.at_open = lambda: None
        drain(worker)
    assert job_of(services, job).status == "successful"


def test_what_is_to_be_told_is_told_when_the_ledger_is_there_again(
    services: Services, desk: Desk, monkeypatch: pytest.MonkeyPatch, no_pauses: None
) -> None:
    def broken() -> None:
        raise ValueError("a bug")

    desk.at_open = broken
    job = submit_text(services)
    shards = type(services.shards)
    monkeypatch.setattr(shards, "retry_later", failing(3, shards.retry_later, postgres_is_away))
    with new_worker(services) as worker:
        worker.run_one("cpu")
    (shard,) = shards_of(services, job)
    assert (shard.state, shard.strikes) == ("pending", 1)


def test_a_lease_is_not_lost_because_the_ledger_is_away(
    services: Services, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = submit_text(services), submit_text(services)
    shards = type(services.shards)
    with new_worker(services) as worker:
        leases = worker._leases

        def away(number: int) -> None:
            if number == 1 and len(desk.read) == 0:
                monkeypatch.setattr(shards, "renew", failing(2, shards.renew, postgres_is_away))
                for lease in leases._held:
                    leases._held[lease] = (-1e9, 0)
                end_leases(services)
                assert not worker.run_one("cpu")  # nobody takes what is ours, nor anything else
                leases.renew_all()
                assert worker.run_one("cpu")  # now it is ours again, and the next one is another's

        desk.before_page = away
        drain(worker)
    assert {job_of(services, job).status for job in (first, second)} == {"successful"}
    assert sorted(desk.read) == sorted([1, 2, 3, 4, 5] * 2)
    assert {shard.attempt for job in (first, second) for shard in shards_of(services, job)} == {1}


def test_work_that_stands_still_has_a_strike(services: Services, desk: Desk) -> None:
    job = submit_text(services)
    with new_worker(services) as worker:
        worker._leases._stall_seconds = -1.0

        def stall(number: int) -> None:
            for lease in worker._leases._held:
                worker._leases._held[lease] = (-1e9, 0)
            worker._leases.renew_all()

        desk.before_page = stall
        run_without_pauses(services, worker, 3)
    assert "stood still" in (job_of(services, job).error or "")


def test_windows_that_are_gone_or_damaged_are_read_again(services: Services, desk: Desk) -> None:
    job = submit_text(services)

    def lose(number: int) -> None:
        if number == 5 and 5 not in desk.read:
            first, second = services.windows.of(job.id)
            services.blobs.delete(first.blob_key)
            services.blobs.put_bytes(second.blob_key, services.blobs.get_bytes(second.blob_key)[:-1])

    desk.before_page = lose
    with new_worker(services) as worker:
        drain(worker)
        end_pauses(services)
        drain(worker)
    assert job_of(services, job).status == "successful"
    assert desk.read == [1, 2, 3, 4, 5, 1, 2, 3, 4]


def test_a_replay_takes_what_is_finished(services: Services, worker: run.Worker, desk: Desk) -> None:
    job = submit_text(services)
    drain(worker)
    before = outputs(services, job)
    replay(services, PROJECT, job.id, ReplayMode.ADAPTIVE)
    assert drain(worker) == 2
    assert desk.read == [1, 2, 3, 4, 5]
    assert (job_of(services, job).status, job_of(services, job).runs) == ("successful", 2)
    assert outputs(services, job) == before


def test_a_replay_by_another_version_reads_again(
    services: Services, worker: run.Worker, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = submit_text(services)
    drain(worker)
    old = {window.blob_key for window in services.windows.of(job.id)}
    replay(services, PROJECT, job.id, ReplayMode.ADAPTIVE)
    monkeypatch.setattr(marks, "READING_VERSION", "next")
    with new_worker(services) as newer:
        drain(newer)
    assert desk.read == [1, 2, 3, 4, 5] * 2
    assert job_of(services, job).reading_mark == newer.reading_mark != worker.reading_mark
    assert old.isdisjoint(window.blob_key for window in services.windows.of(job.id))


def test_a_replay_reads_failed_pages_again(
    services: Services, worker: run.Worker, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, bad = desk.read_pages, [3]

    def with_faults(*arguments: Any) -> list[PageRecord]:
        records: Sequence[PageRecord] = read(*arguments)
        for record in records:
            if record.number in bad:
                record.fault = PageFault(page_number=record.number, stage="s", code="C", message="m")
        return list(records)

    monkeypatch.setattr("workers.pages.read_pages", with_faults)
    job = submit_text(services)
    drain(worker)
    assert [fault["page_number"] for fault in outputs(services, job)["page_errors"]] == [3]
    bad.clear()
    replay(services, PROJECT, job.id, ReplayMode.ADAPTIVE)
    drain(worker)
    assert desk.read == [1, 2, 3, 4, 5, 3, 4]
    assert outputs(services, job)["page_errors"] == []


@pytest.fixture
def reusing(tmp_path: Path) -> Iterator[Services]:
    services = make_services(tmp_path, page_window=2, shard_pages=4, reuse_results=True)
    yield services
    services.close()


def test_the_same_bytes_and_options_get_the_same_result(reusing: Services, desk: Desk) -> None:
    with new_worker(reusing) as worker:
        first = submit_text(reusing)
        drain(worker)
        second = submit_text(reusing)
        assert drain(worker) == 1
        assert desk.read == [1, 2, 3, 4, 5]
        assert outputs(reusing, second) == outputs(reusing, first)
        ended = job_of(reusing, second)
        assert (ended.status, ended.result_of, ended.parsed_pages) == ("successful", first.id, 5)
        reusing.blobs.delete_prefix(f"jobs/{first.id}/")
        assert len(outputs(reusing, second)["pages"]) == 5
        third = submit_text(reusing)
        drain(worker)
        assert job_of(reusing, third).result_of == second.id


def test_other_options_do_not(reusing: Services, desk: Desk) -> None:
    with new_worker(reusing) as worker:
        submit_text(reusing)
        drain(worker)
        submit_text(reusing, page_range="1-5")
        submit_text(reusing, parsing_options={"chunking_strategy": "page"})
        drain(worker)
    assert len(desk.read) == 15


def test_results_are_not_given_again_unless_that_is_set(
    services: Services, worker: run.Worker, desk: Desk
) -> None:
    for _ in range(2):
        submit_text(services)
        drain(worker)
    assert len(desk.read) == 10


def test_a_result_with_faults_is_not_given_again(
    reusing: Services, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = desk.read_pages

    def with_a_fault(*arguments: Any) -> list[PageRecord]:
        records = read(*arguments)
        for record in records:
            if record.number == 1 and desk.read.count(1) == 1:
                record.fault = PageFault(page_number=1, stage="s", code="C", message="m")
        return records

    monkeypatch.setattr("workers.pages.read_pages", with_a_fault)
    with new_worker(reusing) as worker:
        for _ in range(3):
            submit_text(reusing)
            drain(worker)
    assert desk.read.count(1) == 2
