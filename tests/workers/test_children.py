"""A child may crash, hang or raise: its caller hears a plain reason and the next page finds a fresh child."""

from __future__ import annotations

import functools
import json
import logging
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import forkserver
from pathlib import Path

import numpy as np
import pytest

from models.base import Engines, Image
from pipelines.readers.base import Reader
from schemas.errors import (
    DocumentEmpty,
    DocumentEncrypted,
    DocumentUnreadable,
    Interrupted,
    PageUnreadable,
    ReaderLost,
    ReaderStuck,
)
from schemas.reading import FlowView
from schemas.settings import LogFormat, Settings
from tests.waiting import soon
from tests.workers.served import Faulty, Mortal
from workers.children import Child, EngineChild, Limits, ReaderChild, Readers, child, warm_up
from workers.jobs import telemetry
from workers.jobs.metering import COLLECTED
from workers.jobs.telemetry import LogSetup


class FaultyReader(ReaderChild):
    memory: Path | None = None

    def _fresh(self, document: Path) -> Child:
        self.close()
        limits = Limits(self._settings.reader_memory_bytes)
        self._child = Child(functools.partial(Faulty, self.memory), Reader, limits)
        return self._child


def end_fork_server() -> None:
    os.kill(forkserver._forkserver._forkserver_pid, signal.SIGKILL)  # type: ignore[attr-defined]


PATIENT = Settings(page_timeout=60.0, model_memory_bytes=300 << 20)
HURRIED = PATIENT.model_copy(update={"page_timeout": 0.2})
"""For calls to children that run already and will not answer: a busy machine may start one slowly."""


@pytest.fixture
def reader() -> Iterator[FaultyReader]:
    reader = FaultyReader(PATIENT)
    reader.open(Path("document"), "PDF")
    yield reader
    reader.close()


def test_a_page_and_its_pixels_come_back(reader: FaultyReader) -> None:
    assert reader.page(1, layout=True).width == 612
    assert reader.render(7, 2.0).shape == (3, 4, 3)


@pytest.mark.parametrize(("number", "words"), [(2, "SIGSEGV"), (3, "longer than 0 seconds")])
def test_a_lost_child_costs_one_page(reader: FaultyReader, number: int, words: str) -> None:
    reader._settings = HURRIED if number == 3 else PATIENT
    with pytest.raises(ReaderLost, match=words):
        reader.page(number, layout=True)
    reader._settings = PATIENT
    assert reader.page(1, layout=True).number == 1


def test_a_child_that_was_killed_by_chance_costs_nothing(reader: FaultyReader, tmp_path: Path) -> None:
    reader.memory = tmp_path / "page"
    reader.close()
    assert reader.page(2, layout=True).number == 2
    reader.memory = tmp_path / "document"
    reader.close()
    assert reader.open(Path("deadly"), "PDF").page_count == 9


def test_a_lost_fork_server_is_followed_by_another(reader: FaultyReader) -> None:
    end_fork_server()
    reader.close()
    assert reader.page(1, layout=True).number == 1


def test_a_fork_server_that_dies_while_it_forks_is_followed_by_another(
    reader: FaultyReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, deaths = child._started, [EOFError("unexpected EOF"), ConnectionRefusedError()]

    def dying(*arguments: object) -> object:
        if deaths:
            raise deaths.pop()
        return started(*arguments)

    monkeypatch.setattr(child, "_started", dying)
    reader.close()
    assert reader.page(1, layout=True).number == 1
    assert not deaths
    deaths.append(EOFError("unexpected EOF"))
    warm_up()
    assert not deaths


def test_an_unexpected_error_is_the_page_s_and_tells_no_text(
    reader: FaultyReader, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(PageUnreadable, match="ZeroDivisionError") as caught:
        reader.page(4, layout=True)
    assert "text of the document" not in caught.value.message + capfd.readouterr().err
    assert reader.page(1, layout=True).number == 1


def test_a_document_error_keeps_its_class_and_words(reader: FaultyReader) -> None:
    with pytest.raises(PageUnreadable, match="content stream"):
        reader.page(5, layout=True)
    with pytest.raises(DocumentEncrypted, match="password"):
        reader.open(Path("locked"), "PDF")


def test_memory_past_the_limit_is_the_page_s_fault(reader: FaultyReader) -> None:
    with pytest.raises((PageUnreadable, ReaderLost)):
        reader.page(6, layout=True)
    assert reader.page(1, layout=True).number == 1


def test_a_document_that_kills_its_reader_is_unreadable(reader: FaultyReader) -> None:
    with pytest.raises(DocumentUnreadable, match="SIGSEGV"):
        reader.open(Path("deadly"), "PDF")


def test_a_child_has_no_secrets_in_its_environment(
    reader: FaultyReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader.close()
    monkeypatch.setenv("OCTAVO_API_KEYS", "secret")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "key=secret")
    end_fork_server()  # the next one has this environment, and so would its children
    try:
        assert reader.page(7, layout=True).number == 0
    finally:
        end_fork_server()


def test_a_child_logs_as_its_parent_does_and_says_what_about(
    reader: FaultyReader, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(telemetry, "_setup", LogSetup("DEBUG", LogFormat.JSON))
    reader.close()
    end_fork_server()  # the next one writes where this test looks
    with telemetry.bind(job="parse_x", page=4), pytest.raises(PageUnreadable):
        reader.page(4, layout=True)
    (line,) = [json.loads(line) for line in capfd.readouterr().err.splitlines()]  # and nothing else
    assert (line["logger"], line["job"], line["page"]) == ("workers.children.inside", "parse_x", 4)
    assert "ZeroDivisionError" in line["message"]


def test_lost_children_are_counted_by_what_ended_them(tmp_path: Path) -> None:
    reader, engines = FaultyReader(PATIENT), MortalEngines(PATIENT, tmp_path / "memory")
    COLLECTED.take()
    try:
        engines.quarter_turns(picture(4))
        reader.open(Path("document"), "PDF")
        with pytest.raises(ReaderLost):
            reader.page(2, layout=True)
        reader.open(Path("document"), "PDF")
        reader._settings = HURRIED
        with pytest.raises(ReaderStuck):
            reader.page(3, layout=True)
    finally:
        reader.close()
        engines.close()
    lost = {
        (labels["child"], labels["cause"]): amount
        for (name, words), amount in COLLECTED.take().items()
        if name == "octavo_children_lost_total" and (labels := json.loads(words))
    }
    # Thrice by a signal: a page is tried again in fresh children.
    assert lost == {("reader", "SIGSEGV"): 3, ("reader", "timeout"): 1, ("engines", "memory"): 1}


def test_closing_all_readers_ends_a_call_in_flight(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    caplog.set_level(logging.DEBUG)
    readers = Readers(Settings(), tmp_path, 1)
    with readers.reader() as one:
        readers.close()
        with pytest.raises(Interrupted, match="going down"):
            one.page(1, layout=False)
        with pytest.raises(Interrupted, match="going down"):
            one.open(tmp_path / "any", "PDF")


def test_the_type_is_found_in_a_child_too_and_each_document_has_a_child_and_scratch_of_its_own(
    tmp_path: Path,
) -> None:
    (tmp_path / "a").write_bytes(b"<html><p>words</p>")
    (tmp_path / "empty").touch()
    reader = ReaderChild(Settings(), tmp_path / "scratch")
    scratches = []
    try:
        for _ in range(2):
            assert reader.detect(tmp_path / "a", None, None) == "HTML"
            scratches += (tmp_path / "scratch").iterdir()
            assert reader.open(tmp_path / "a", "HTML").page_count == 1
            assert reader.flow_page(1, FlowView()).fragments[0].content.content == "words"
        with pytest.raises(DocumentEmpty):
            reader.detect(tmp_path / "empty", None, None)
    finally:
        reader.close()
    assert len(set(scratches)) == 2
    assert list((tmp_path / "scratch").iterdir()) == []


class MortalEngines(EngineChild):
    def __init__(self, settings: Settings, memory: Path) -> None:
        super().__init__(settings)
        self._memory = memory

    def _fresh(self) -> Child:
        return Child(functools.partial(Mortal, self._memory), Engines, Limits())


@pytest.fixture
def engines(tmp_path: Path) -> Iterator[MortalEngines]:
    engines = MortalEngines(PATIENT, tmp_path / "memory")
    yield engines
    engines.close()


def picture(first: int) -> Image:
    return np.full((4, 4, 3), first, np.uint8)


def test_the_model_child_serves_on_after_a_death(engines: MortalEngines) -> None:
    process = engines.quarter_turns(picture(0))
    assert engines.quarter_turns(picture(0)) == process
    assert engines.quarter_turns(picture(1)) != process  # died of it once, was asked again
    with pytest.raises(ReaderLost, match="SIGKILL"):
        engines.quarter_turns(picture(2))
    engines.quarter_turns(picture(0))
    engines._models[0].settings = HURRIED
    with pytest.raises(ReaderStuck, match="longer than 0 seconds"):
        engines.quarter_turns(picture(3))
    engines._models[0].settings = PATIENT
    assert engines.quarter_turns(picture(0))


def test_a_model_child_that_has_grown_is_replaced(engines: MortalEngines) -> None:
    grown = engines.quarter_turns(picture(4))
    assert engines.quarter_turns(picture(0)) != grown


@pytest.mark.parametrize(
    ("cores", "workers", "asked", "children"),
    [(1, 0, 0, 1), (2, 0, 0, 1), (7, 0, 0, 1), (16, 0, 0, 4), (16, 1, 0, 1), (2, 0, 2, 2), (16, 0, 3, 3)],
)
def test_models_share_the_cores(
    monkeypatch: pytest.MonkeyPatch, cores: int, workers: int, asked: int, children: int
) -> None:
    monkeypatch.setattr("schemas.settings.cores", lambda: cores)
    assert Settings(workers=workers, model_processes=asked).model_children == children


def test_a_call_goes_to_a_model_child_that_is_idle(tmp_path: Path) -> None:
    engines = MortalEngines(Settings(workers=2, model_processes=2), tmp_path / "memory")
    first = engines.quarter_turns(picture(0))
    assert engines.quarter_turns(picture(0)) == first
    with ThreadPoolExecutor(1) as other:
        busy = other.submit(engines.quarter_turns, picture(5))
        assert soon((tmp_path / "asleep").exists)
        second = engines.quarter_turns(picture(0))
        (tmp_path / "awake").touch()
        assert busy.result(20) == first
    engines.close()
    assert second != first


def test_a_closed_model_child_stays_closed(engines: MortalEngines) -> None:
    engines.close()
    with pytest.raises(Interrupted):
        engines.quarter_turns(picture(0))


def test_a_document_whose_pages_all_hang_is_given_up(reader: FaultyReader) -> None:
    for _ in range(5):
        reader._settings = PATIENT
        reader.page(1, layout=True)  # a child that runs
        reader._settings = HURRIED
        with pytest.raises(ReaderStuck, match="longer than"):
            reader.page(3, layout=True)
    reader._settings = PATIENT
    with pytest.raises(ReaderStuck, match="5 steps of this document took too long"):
        reader.page(1, layout=True)
    reader.open(Path("another"), "PDF")
    assert reader.page(1, layout=True).number == 1


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="what a process hears of is told by Linux")
def test_the_fork_server_hears_of_no_ctrl_c_even_while_it_imports() -> None:
    warm_up()
    server = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]
    status = Path(f"/proc/{server}/status").read_text(encoding="ascii")
    (blocked,) = re.findall(r"^SigBlk:\s*([0-9a-f]+)$", status, re.MULTILINE)
    assert int(blocked, 16) & 1 << signal.SIGINT - 1


def test_a_child_does_not_run_the_script_that_its_parent_was_started_as(tmp_path: Path) -> None:
    script = tmp_path / "started.py"
    script.write_text(
        "from pathlib import Path\n"
        "with Path(__file__).with_suffix('.txt').open('a') as log: log.write(__name__ + ' ')\n"
        "if __name__ == '__main__':\n"
        "    from schemas.settings import Settings\n"
        "    from workers.children import ReaderChild\n"
        "    reader = ReaderChild(Settings())\n"
        "    print(reader.detect(Path(__file__), 'text/plain', 'a.txt'))\n"
        "    reader.close()\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "plain text"
    assert script.with_suffix(".txt").read_text().split() == ["__main__"]


def test_the_next_reader_finds_a_child_that_waits_and_none_is_left_in_the_end(tmp_path: Path) -> None:
    document = tmp_path / "a.txt"
    document.write_text("some words")
    readers = Readers(Settings(), tmp_path, 1)
    waiting = readers._spares._waiting
    assert waiting == []
    with readers.reader() as first:
        assert first.detect(document, "text/plain", None) == "plain text"
    assert soon(lambda: len(waiting) == 1)
    (spare,) = waiting
    with readers.reader() as second:
        second.open(document, "plain text")
        assert spare not in waiting
        assert second._child is not None
        assert second._child._process is spare.process
        assert second.flow_page(1, FlowView()).fragments
    assert soon(lambda: len(waiting) == 1)
    os.kill(waiting[0].process.pid or 0, signal.SIGKILL)
    assert soon(lambda: not waiting[0].process.is_alive())
    with readers.reader() as third:  # one that died waiting is not missed
        third.open(document, "plain text")
    assert soon(lambda: len(waiting) == 1)
    (last,) = waiting
    readers.close()
    assert not last.process.is_alive()
