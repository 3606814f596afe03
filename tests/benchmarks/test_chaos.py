from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import httpx
import psutil
import pymupdf
import pytest

from benchmarks.chaos import customers, poison
from benchmarks.chaos.customers import Customer, Story
from benchmarks.chaos.documents import Document, Kind, documents, numbers_in, wrong_with
from benchmarks.chaos.ground import Ground
from benchmarks.chaos.hearing import Endpoint, Heard, Hearing
from benchmarks.chaos.killer import Killer, Kills, Strike, strikes
from benchmarks.chaos.model import model_server
from benchmarks.chaos.outcome import Kept, Outcome, left_running, windows_begun
from benchmarks.chaos.promises import broken
from benchmarks.chaos.supervised import Supervised
from benchmarks.receiver import Received
from schemas.webhooks import EventType
from tests.waiting import runs, soon
from workers.jobs.ledger.tables import Checkpoint, Delivery, Job, Shard
from workers.jobs.webhooks.signing import signed_headers

NOW = datetime(2026, 1, 31, tzinfo=UTC)
SECRET = "whsec_" + "c2VjcmV0LW9mLXRoZS1jaGFvcy10ZXN0cw=="


# --------------------------------------------------------------------------- documents


def test_a_seed_gives_the_same_documents_and_every_page_a_number_of_its_own() -> None:
    plan = documents(40, random.Random(7), longest=12, deadly=1)
    assert plan == documents(40, random.Random(7), longest=12, deadly=1)
    assert {document.kind for document in plan} == set(Kind)
    assert Kind.DEADLY not in {document.kind for document in documents(40, random.Random(7), 12, deadly=0)}
    numbers = [number for document in plan for number in document.numbers]
    assert len(set(numbers)) == len(numbers)
    assert max(len(document.numbers) for document in plan) <= 12


def test_documents_say_their_numbers() -> None:
    for document in documents(8, random.Random(1), longest=4, deadly=0):
        if document.kind in (Kind.PAGE, Kind.LONG, Kind.EXTRACTION):
            pages = [page.get_text() for page in pymupdf.open(stream=document.data())]
            assert [numbers_in(page) for page in pages] == [[number] for number in document.numbers]
        assert numbers_in(document.text()) == list(document.numbers)


def page(number: int, *texts: str) -> dict[str, Any]:
    fragments = [{"content": {"content": text}, "bbox": {"x1": 1000001.5}} for text in texts]
    return {"page_number": number, "page_fragments": fragments}


def result(*pages: dict[str, Any], **changes: Any) -> dict[str, Any]:
    text = " ".join(numbers_in([page["page_fragments"] for page in pages]))
    good = {"status": "successful", "error": None, "page_errors": [], "structured_data": None}
    return {**good, "pages": list(pages), "document_markdown": text, **changes}


TWO = Document(3, Kind.LONG, ("1003001", "1003002"))


@pytest.mark.parametrize(
    ("got", "words"),
    [
        (result(page(1, "is 1003001."), page(2, "is 1003002.")), None),
        (result(page(1, "is 1003001.")), "pages say"),
        (result(page(1, "1003002"), page(2, "1003001")), "pages say"),
        (result(page(1, "1003001", "1009001"), page(2, "1003002")), "pages say"),
        (
            result(page(1, "1003001"), page(2, "1003002"), page_errors=[{"page_number": 2}]),
            "could not be read",
        ),
        (result(page(1, "1003001"), page(2, "1003002"), document_markdown="1003001"), "Markdown"),
        (result(status="failure", error="no"), "ended as failure: no"),
    ],
)
def test_what_is_wrong_with_a_result_is_told(got: dict[str, Any], words: str | None) -> None:
    wrong = wrong_with(TWO, got)
    assert any(words in one for one in wrong) if words else wrong == []


def test_a_schema_that_is_not_filled_is_wrong_and_poison_has_to_fail() -> None:
    asked = Document(4, Kind.EXTRACTION, ("1004001",))
    names = [one["schema_name"] for one in asked.options["structured_extraction_options"]]
    data = [{"schema_name": name, "data": {"consignment_number": "1004001"}} for name in names]
    assert wrong_with(asked, result(page(1, "1004001"), structured_data=data)) == []
    assert wrong_with(asked, result(page(1, "1004001"), structured_data=data[1:]))
    for kind, error in ((Kind.POISON, "It could not be opened."), (Kind.DEADLY, "The worker died 6 times.")):
        poisoned = Document(5, kind, ("1005001",))
        assert wrong_with(poisoned, result(page(1, "1005001")))
        assert wrong_with(poisoned, result(status="failure", error="no"))
        assert wrong_with(poisoned, result(status="failure", error=error)) == []


READER = """
import multiprocessing, pathlib, sys
def read(path): print(len(path.read_bytes()), flush=True)
if __name__ == "__main__":
    path = pathlib.Path(sys.argv[1])
    child = multiprocessing.get_context("fork").Process(target=read, args=(path,))
    child.start(); child.join()
    read(path)
"""
FETCHER = """
import os, pathlib, sys
path = pathlib.Path(sys.argv[1])
os.rename(path, path.with_name("source.pdf"))
print("fetched", flush=True)
"""


@pytest.mark.parametrize(
    ("kind", "code", "words", "times", "end"),
    [
        (Kind.POISON, READER, [], 1, 0),
        (Kind.DEADLY, READER, [], 2, 0),
        (Kind.PAGE, READER, [], 2, 0),
        (Kind.DEADLY, FETCHER, ["worker"], 0, -signal.SIGKILL),
        (Kind.DEADLY, FETCHER, ["serve"], 1, 0),
        (Kind.POISON, FETCHER, ["worker"], 1, 0),
    ],
)
def test_poison_kills_readers_or_workers_and_nobody_else(
    tmp_path: Path, kind: Kind, code: str, words: list[str], times: int, end: int
) -> None:
    path = tmp_path / ("source.pdf" if code is READER else "part")
    path.write_bytes(Document(1, kind, ("1001001",)).data())
    (tmp_path / "code.py").write_text(code)
    argv = [sys.executable, str(tmp_path / "code.py"), str(path), *words]
    ran = subprocess.run(
        argv, env=poison.ENVIRONMENT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (len(ran.stdout.split()), ran.returncode) == (times, end)


# --------------------------------------------------------------------------- kills


def test_strikes_are_drawn_from_the_seed_and_spare_no_kind() -> None:
    kinds = ["API", "worker", "child", "broker"]
    plan = strikes(14, 100, kinds, random.Random(3))
    assert plan == strikes(14, 100, kinds, random.Random(3))
    assert plan != strikes(14, 100, kinds, random.Random(4))
    assert Counter(s.victim for s in plan) == {"API": 2, "worker": 4, "child": 6, "broker": 2}
    assert [s.ended for s in plan] == sorted(s.ended for s in plan)
    assert max(s.ended for s in plan) <= 100


def test_nobody_overtakes_a_strike() -> None:
    class NobodyThere:
        def victims(self) -> dict[str, Callable[[], list[psutil.Process]]]:
            return {"worker": list}

    ended: list[int] = []
    plan = [Strike(1, 0.0, "worker", 0.0, 0.0), Strike(3, 0.0, "worker", 0.0, 0.0)]
    killer = Killer(cast(Ground, NobodyThere()), plan, ended.__len__, print)
    passed: list[int] = []

    def come(number: int) -> None:
        killer.hold(number)
        passed.append(number)

    comers = [threading.Thread(target=come, args=(number,)) for number in (0, 1, 3)]
    for comer in comers:
        comer.start()
    assert soon(lambda: passed == [0])
    killer.start()
    ended.append(0)
    assert soon(lambda: sorted(passed) == [0, 1])
    killer.stop()
    killer.stop_waiting()
    for comer in comers:
        comer.join()
    assert killer.kills.done == []


def test_what_is_killed_runs_again_until_it_is_stopped(tmp_path: Path) -> None:
    kept = Supervised([sys.executable, "-c", "import time; time.sleep(99)"], {}, tmp_path / "log")
    kept.start()
    (first,) = kept.tree()
    first.kill()
    assert soon(lambda: bool({process.pid for process in kept.tree()} - {first.pid}))
    assert kept.ends == [-signal.SIGKILL]
    (second,) = kept.tree()
    assert kept.stop(5)
    assert not runs(second.pid)
    assert kept.tree() == []


def test_a_process_that_stays_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.chaos.outcome._GONE_SECONDS", 0.2)
    code = "import time; time.sleep(99)"
    kept = Supervised(
        [sys.executable, "-c", code], {"OCTAVO_DATA_DIR": str(tmp_path / "data")}, tmp_path / "log"
    )
    kept.start()
    assert soon(lambda: code in " ".join(left_running(tmp_path)))
    kept.stop(5)
    assert left_running(tmp_path) == []


# --------------------------------------------------------------------------- customers


@pytest.fixture
def customer(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Customer, list[httpx.Request]]]:
    monkeypatch.setattr(customers, "_PAUSE_SECONDS", 0.001)
    monkeypatch.setattr(customers, "_POLL_SECONDS", 0.001)

    def make(*answers: httpx.Response | Exception) -> tuple[Customer, list[httpx.Request]]:
        asked: list[httpx.Request] = []
        left = list(answers)

        def answer(request: httpx.Request) -> httpx.Response:
            asked.append(request)
            next_one = left.pop(0)
            if isinstance(next_one, Exception):
                raise next_one
            return next_one

        one = Customer("http://service", patience=20)
        one._client = httpx.Client(base_url="http://service/", transport=httpx.MockTransport(answer))
        return one, asked

    return make


ACCEPTED = httpx.Response(200, json={"parse_id": "parse_1"})
TEXT = Document(2, Kind.TEXT, ("1002001",))
READ = result(page(1, "1002001"))


def event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"


def test_a_submit_is_sent_again_under_its_key_until_it_is_answered(customer) -> None:
    one, asked = customer(
        httpx.ConnectError("away"), httpx.Response(503), httpx.Response(409), ACCEPTED,
        httpx.ReadError("gone"), httpx.Response(200, json=READ | {"status": "pending", "message_update": ""}),
        httpx.Response(200, json=READ),
    )  # fmt: skip
    story = one.live(TEXT, "dataset")
    assert (story.parse_ids, story.wrong, story.tries) == ({"parse_1"}, [], 7)
    assert {request.headers["Idempotency-Key"] for request in asked[:4]} == {"document-2"}


def test_a_job_may_be_cancelled_or_the_customer_is_too_late(customer) -> None:
    document = Document(2, Kind.TEXT, ("1002001",), cancelled=True)
    ended = result(status="failure", error="cancelled")
    for end in (ended, READ):
        one, asked = customer(
            ACCEPTED, httpx.ReadError("gone"), httpx.Response(409), httpx.Response(200, json=end)
        )
        assert one.live(document, "dataset").wrong == []
        assert asked[2].url.path == "/parse/parse_1/cancel"
    assert wrong_with(TEXT, ended)


def test_a_refusal_is_told(customer) -> None:
    one, _ = customer(httpx.Response(422, text="no such option"))
    story = one.live(TEXT, "dataset")
    assert story.parse_id is None
    assert "422 no such option" in story.wrong[0]


def test_nobody_waits_when_all_is_over(customer) -> None:
    one, _ = customer(httpx.Response(503))
    one._over.set()
    assert "TooLong" in one.live(TEXT, "dataset").wrong[0]


def listened(customer, *bodies: str | Exception) -> Story:
    document = Document(1, Kind.TEXT, ("1002001",), in_dataset=True)
    streams = [body if isinstance(body, Exception) else httpx.Response(200, text=body) for body in bodies]
    one, asked = customer(ACCEPTED, *streams)
    story = one.live(document, "dataset_1")
    assert asked[0].url.path == "/datasets/dataset_1/parse"
    return story


def test_a_stream_that_breaks_is_asked_for_again(customer) -> None:
    waits = ": still at it\n\n" + event("parse_queued", {})
    story = listened(customer, httpx.RemoteProtocolError("cut"), waits + event("parse_done", READ))
    assert (story.end, story.wrong) == (READ, [])


@pytest.mark.parametrize(
    ("stream", "words"),
    [
        (event("parse_queued", {}), "without the job's"),
        (event("parse_done", READ) * 2, "several ends"),
        (event("parse_failed", READ), "parse_failed says successful"),
    ],
)
def test_a_stream_that_lies_is_told_of(customer, stream: str, words: str) -> None:
    story = listened(customer, stream, event("parse_done", READ))
    assert any(words in wrong for wrong in story.wrong)


def test_the_model_finds_the_number_and_counts_what_it_is_asked_again() -> None:
    question = {"model": "m", "messages": [{"role": "user", "content": "==page 1.2 text==\nIt is 1004001."}]}
    with model_server() as server:
        answers = [httpx.post(f"{server.url}/chat/completions", json=question).json() for _ in range(3)]
        httpx.post(f"{server.url}/chat/completions", json={**question, "model": "n"})
    said = json.loads(answers[0]["choices"][0]["message"]["content"])
    assert said == {"consignment_number": {"value": "1004001", "at": ["1.2"]}}
    assert (server.asked.total(), server.asked_again) == (4, 2)


# --------------------------------------------------------------------------- promises


def test_windows_are_counted_by_the_log_of_their_beginnings(tmp_path: Path) -> None:
    lines = [
        {"message": "reading pages 1 to 2", "job": "parse_1"},
        {"message": "reading pages 1 to 2", "job": "parse_2"},
        {"message": "reading pages 1 to 2", "job": "parse_1"},
        {"message": "something else", "job": "parse_1"},
    ]
    (tmp_path / "log").write_text("\n".join(map(json.dumps, lines)) + '\nWarm shutdown\n{"message": "read')
    assert windows_begun([tmp_path / "log"]) == {
        ("parse_1", "reading pages 1 to 2"): 2,
        ("parse_2", "reading pages 1 to 2"): 1,
    }


def told(status: str, number: str) -> Heard:
    return Heard("/hook", number, "parse_1", status)


def test_webhooks_are_verified_when_they_come_and_some_are_not_taken_at_first() -> None:
    body = json.dumps({"job_id": "parse_1", "status": "pending"})
    hearing = Hearing(random.Random(1))
    hearing.endpoints = {
        "/hook": Endpoint("/hook", SECRET, ()),
        "/other": Endpoint("/other", "whsec_" + "b3RoZXItc2VjcmV0LW9mLXRlc3Rz", ()),
        "/weak": Endpoint("/weak", SECRET, (), fails=True),
    }

    def sent(path: str, number: str) -> int:
        signed = signed_headers(number, datetime.now(UTC), body, [SECRET])
        return hearing.answer(Received(path, signed, body.encode()))

    assert [sent("/hook", "msg_1"), sent("/other", "msg_2")] == [200, 200]
    assert hearing.heard == [Heard("/hook", "msg_1", "parse_1", "pending"), Heard("/other", "msg_2")]
    assert {sent("/weak", f"msg_{n}") for n in range(99)} == {200, 503}
    assert {sent("/weak", f"msg_{n}") for n in range(99)} == {200}


def outcome(**changes: Any) -> Outcome:
    """One job that was read as it should be, with ``changes``."""
    job = Job(id="parse_1", status="successful", result_key="jobs/parse_1/result.json", dataset_id=None)
    end = {**READ, "finished_at": "now"}
    good: dict[str, Any] = {
        "stories": [Story(TEXT, {"parse_1"}, 1, end)],
        "kills": Kills(["worker"]),
        "kept": kept(jobs=[job]),
        "listed": ["parse_1"],
        "in_dataset": [],
        "ends": {"parse_1": end},
        "endpoints": [Endpoint("/hook", SECRET, tuple(EventType))],
        "heard": [
            told("pending", "msg_1"),
            told("successful", "msg_2"),
            told("successful", "msg_2"),
        ],
        "windows": Counter({("parse_1", "reading pages 1 to 1"): 2}),
        "answers": 3,
        "answers_again": 1,
        "peaks": {"worker": 1 << 30},
    }
    return Outcome(**{**good, **changes})


def kept(**changes: Any) -> Kept:
    blobs = frozenset({"jobs/parse_1/result.json", "jobs/gone/source"})
    good: dict[str, Any] = {
        "jobs": [], "shards": [Shard(job_id="parse_1", kind="pages", ordinal=0, state="done")],
        "checkpoints": [], "deliveries": [Delivery(id="msg_1", status="delivered")],
        "blobs": blobs, "swept": frozenset({"jobs/gone/source"}),
    }  # fmt: skip
    return Kept(**{**good, **changes})


JOB = {"id": "parse_1", "result_key": "jobs/parse_1/result.json"}


def test_a_good_run_breaks_nothing() -> None:
    assert not any(broken(outcome()).values())


def test_a_document_that_kills_its_worker_counts_as_a_kill() -> None:
    thrice = Counter({("parse_1", "reading pages 1 to 1"): 3})
    deadly = Story(Document(9, Kind.DEADLY, ("1009001",)), {"parse_9"})
    lost = Shard(job_id="parse_9", kind="pages", ordinal=0, state="failed", attempt=1)
    stories = [*outcome().stories, deadly]
    found = broken(outcome(windows=thrice, stories=stories, kept=kept(shards=[lost])))
    assert found["work done is not done again"] == []


@pytest.mark.parametrize(
    ("promise", "changes"),
    [
        ("every submit is one job", {"stories": [Story(TEXT, {"parse_1", "parse_2"}, 1, READ)]}),
        ("every submit is one job", {"listed": []}),
        ("every submit is one job", {"listed": ["parse_1", "parse_1"]}),
        ("every submit is one job", {"in_dataset": ["parse_1"]}),
        ("every job ended once", {"stories": [Story(TEXT, {"parse_1"}, 1, None)]}),
        ("every job ended once", {"ends": {"parse_1": {**READ, "finished_at": "later"}}}),
        ("every job ended once", {"kept": kept(jobs=[Job(**JOB, status="processing")])}),
        (
            "every job ended once",
            {"kept": kept(shards=[Shard(job_id="parse_1", kind="pages", ordinal=0, state="running")])},
        ),
        ("every result is right", {"stories": [Story(TEXT, {"parse_1"}, 1, READ, ["bad"])]}),
        ("work done is not done again", {"windows": Counter({("parse_1", "reading pages 1 to 1"): 3})}),
        ("work done is not done again", {"windows": Counter()}),
        ("work done is not done again", {"answers_again": 2}),
        (
            "work done is not done again",
            {"answers": 0, "stories": [Story(Document(4, Kind.EXTRACTION, ("1004001",)), {"parse_1"})]},
        ),
        ("every webhook arrived, verified", {"heard": [told("pending", "msg_1")]}),
        (
            "every webhook arrived, verified",
            {"heard": [*outcome().heard, told("successful", "msg_3")]},
        ),
        (
            "every webhook arrived, verified",
            {"heard": [*outcome().heard, told("failure", "msg_3")]},
        ),
        ("every webhook arrived, verified", {"heard": [*outcome().heard, Heard("/hook", "msg_3")]}),
        (
            "every webhook arrived, verified",
            {"kept": kept(deliveries=[Delivery(id="msg_1", status="pending")])},
        ),
        (
            "no blob is lost or left",
            {"kept": kept(jobs=[Job(**JOB, status="successful")], blobs=frozenset())},
        ),
        ("no blob is lost or left", {"kept": kept(swept=frozenset())}),
        (
            "no blob is lost or left",
            {"kept": kept(checkpoints=[Checkpoint(job_id="parse_1", pages=[1], blob_key="jobs/parse_1/w")])},
        ),
        ("nothing is left running", {"left_running": ["python"]}),
        ("nothing is left running", {"peaks": {"worker": 3 << 30}}),
    ],
)
def test_each_breach_is_found(promise: str, changes: dict[str, Any]) -> None:
    assert broken(outcome(**changes))[promise]
