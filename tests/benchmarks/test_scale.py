"""Scale: the documents that are drawn, the steps of jobs, and what is made of the numbers."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import psutil
import pymupdf
import pytest
import typer

from benchmarks import report, store, telling
from benchmarks.scale import jobs, pages, threads
from benchmarks.scale.documents import report as drawn


def texts(data: bytes) -> list[str]:
    document: Any = pymupdf.open(stream=data)  # type: ignore[no-untyped-call]
    return [page.get_text() for page in document]


def test_a_report_has_its_pages_and_no_two_alike() -> None:
    found = texts(drawn(40, 3))
    assert all(f"Page {n} of the report." in text for n, text in enumerate(found, 1))
    assert len(set(found)) == len(found) == 40
    assert texts(drawn(40, 3)) == found != texts(drawn(40, 4))


def test_shorter_documents_are_pages_of_the_long_one_from_its_beginning_to_its_end() -> None:
    documents = pages.Documents([5, 40])
    whole = texts(documents.of(40)[0])
    parts = [texts(data) for data in documents.of(5)]
    assert [whole.index(part[0]) for part in parts] == [0, 5, 10, 15, 20, 25, 30, 35]
    assert all(part == whole[whole.index(part[0]) :][:5] for part in parts)


def test_plain_text_is_timed_on_the_same_documents() -> None:
    found = pages.measure_peer(pages.PLAIN, [5, 40], pages.Documents([5, 40]))
    assert [(one.pages, one.times) for one in found] == [(5, 8), (40, 1)]
    assert all(one.cpu > 0 for one in found)


def test_processor_time_is_told_by_role() -> None:
    found = pages.cpu_seconds([psutil.Process(os.getpid())])
    assert sum(found.values()) > 0


@pytest.mark.end_to_end
def test_a_document_is_timed_in_both_places_by_each_number_of_threads() -> None:
    told: list[str] = []
    found = threads.measure([2], 3, told.append)
    assert [(one.where, one.threads, one.pages) for one in found] == [
        (threads.SERVICE, 2, 3),
        (threads.HERE, 2, 3),
    ]
    assert all(one.seconds > 0 for one in found)
    assert len(told) == 2


def test_steps_of_a_job_are_measured_with_others_waiting(tmp_path: Path) -> None:
    told: list[str] = []
    found = jobs.measure(tmp_path, [1, 30], 5, told.append)
    assert [one.waiting for one in found] == [1, 30]
    assert len(told) == 2
    # What a claim asks depends on who has work waiting and running, and on nothing else.
    assert found[0].statements[jobs.SUBMIT] == found[1].statements[jobs.SUBMIT] > 0
    assert all(one.ms[step] > 0 for one in found for step in jobs.STEPS)


def test_a_broken_promise_is_in_the_report_and_ends_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(store, "OUT", tmp_path)
    with pytest.raises(typer.Exit):
        telling.end("scale-x", {"pages": 1}, ["1 page"], {"it is even": False, "it is small": True})
    report.write(tmp_path / "RESULTS.md")
    for text in (capsys.readouterr().out, (tmp_path / "RESULTS.md").read_text()):
        assert "1 page" in text
        assert "BROKEN: it is even" in text
        assert "kept: it is small" in text
    assert "## Scale" in (tmp_path / "RESULTS.md").read_text()
