"""Reading without a service: a long document is shared out among as many readers as are free."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from benchmarks.service import pdf
from pipelines.work import PageRecord
from schemas.documents import ParsedDocument
from schemas.errors import DocumentUnreadable, Interrupted
from schemas.progress import Report
from schemas.reading import DocumentInfo
from schemas.settings import Settings
from workers import local
from workers.children import ReaderChild
from workers.local import LocalParser

PAGES = [f"This is what stands on page {number}, and nothing else." for number in range(1, 8)]
PATIENCE = 60.0


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "paper.pdf"
    path.write_bytes(pdf(PAGES))
    return path


@pytest.fixture
def parser() -> Iterator[LocalParser]:
    with LocalParser(Settings(workers=3)) as parser:
        yield parser


def texts(document: ParsedDocument) -> list[str]:
    return [page.page_fragments[0].content.content for page in document.pages or []]


def meeting(monkeypatch: pytest.MonkeyPatch, parties: int) -> list[ReaderChild]:
    """Has ``parties`` readers wait for each other before each reads its first window; returns the readers."""
    readers: list[ReaderChild] = []
    all_there, really = threading.Barrier(parties), local.read_pages

    def read(reader: Any, engines: Any, info: DocumentInfo, *more: Any) -> list[PageRecord]:
        if reader not in readers:
            readers.append(reader)
            all_there.wait(PATIENCE)
        return really(reader, engines, info, *more)

    monkeypatch.setattr(local, "read_pages", read)
    return readers


def test_a_long_document_is_read_by_all_readers_as_by_one(
    paper: Path, parser: LocalParser, monkeypatch: pytest.MonkeyPatch
) -> None:
    with LocalParser(Settings(workers=1)) as alone:
        by_one = alone.parse(paper)
    readers = meeting(monkeypatch, 3)
    told: list[int] = []
    by_three = parser.parse(paper, watch=lambda report, _: told.append(report.pages_done))
    assert len(readers) == 3
    assert texts(by_three) == PAGES
    assert by_three.model_dump() == by_one.model_dump()
    assert told == sorted(told)
    assert told[-1] == len(PAGES)
    assert parser.seconds["read"] > 0.0


def test_all_files_in_hand_share_the_readers(
    paper: Path, parser: LocalParser, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work: Counter[ReaderChild] = Counter()
    at_once: list[int] = []
    really = local.read_pages

    def read(reader: Any, *more: Any) -> list[PageRecord]:
        at_work[reader] += 1
        at_once.append(at_work.total())
        try:
            return really(reader, *more)
        finally:
            at_work[reader] -= 1

    monkeypatch.setattr(local, "read_pages", read)
    with ThreadPoolExecutor(5) as files:
        read_files = list(files.map(lambda _: texts(parser.parse(paper)), range(5)))
    assert read_files == [PAGES] * 5
    assert max(at_once) <= 3


def test_what_costs_much_to_open_is_opened_once(
    tmp_path: Path, parser: LocalParser, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "notes.md").write_text("# A title\n\nWords.\n")
    readers = meeting(monkeypatch, 1)
    assert parser.parse(tmp_path / "notes.md").total_pages == 1
    assert len(readers) == 1


def _interrupts(_parser: LocalParser) -> Callable[[Report, int], None]:
    def watch(report: Report, _pages: int) -> None:
        if report.pages_done:
            raise Interrupted("cancelled")

    return watch


def _is_interrupted(parser: LocalParser) -> Callable[[Report, int], None]:
    def watch(report: Report, _pages: int) -> None:
        if report.pages_done:
            parser.interrupt()

    return watch


@pytest.mark.parametrize("watching", [_interrupts, _is_interrupted])
def test_an_interrupted_reading_ends_in_all_readers(
    paper: Path,
    parser: LocalParser,
    monkeypatch: pytest.MonkeyPatch,
    watching: Callable[[LocalParser], Callable[[Report, int], None]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    meeting(monkeypatch, 3)
    with caplog.at_level(logging.WARNING), pytest.raises(Interrupted):
        parser.parse(paper, watch=watching(parser))
    assert not caplog.records


def test_what_was_interrupted_holds_no_reader(paper: Path, parser: LocalParser) -> None:
    with pytest.raises(Interrupted):
        parser.parse(paper, watch=_interrupts(parser))
    with pytest.MonkeyPatch.context() as patch:
        readers = meeting(patch, 3)
        assert texts(parser.parse(paper)) == PAGES
        assert len(readers) == 3


def test_a_reader_that_cannot_open_it_too_leaves_the_pages_to_the_others(
    paper: Path, parser: LocalParser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first: list[ReaderChild] = []
    really = ReaderChild.open

    def once(reader: ReaderChild, path: Path, format_name: str) -> DocumentInfo:
        first.append(reader)
        if reader is not first[0]:
            raise DocumentUnreadable("There is no memory for another.")
        return really(reader, path, format_name)

    monkeypatch.setattr(ReaderChild, "open", once)
    with caplog.at_level(logging.WARNING):
        assert texts(parser.parse(paper)) == PAGES
    assert "one reader less: DocumentUnreadable" in caplog.text


def test_a_reader_that_is_interrupted_as_it_opens_is_not_told_of(
    paper: Path, parser: LocalParser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first: list[ReaderChild] = []
    really = ReaderChild.open

    def interrupted(reader: ReaderChild, path: Path, format_name: str) -> DocumentInfo:
        first.append(reader)
        if reader is not first[0]:
            raise Interrupted("the worker is going down")
        return really(reader, path, format_name)

    monkeypatch.setattr(ReaderChild, "open", interrupted)
    with caplog.at_level(logging.WARNING):
        assert texts(parser.parse(paper)) == PAGES
    assert len(first) > 1
    assert not caplog.records
