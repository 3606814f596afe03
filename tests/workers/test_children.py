"""A child may crash, hang or raise: its caller hears a plain reason and the next page finds a fresh child."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.readers.base import Reader
from schemas.errors import DocumentEncrypted, DocumentUnreadable, PageUnreadable, ReaderLost
from schemas.settings import Settings
from tests.workers.served import Faulty
from workers import children
from workers.children import Child, Limits, ReaderChild


class FaultyReader(ReaderChild):
    def _fresh(self) -> Child:
        self.close()
        self._child = Child(Faulty, Reader, Limits(self._settings.reader_memory_bytes))
        return self._child


@pytest.fixture
def reader() -> Iterator[FaultyReader]:
    reader = FaultyReader(Settings(page_timeout=1.0))
    reader.open(Path("document"), "PDF")
    yield reader
    reader.close()


def test_a_page_and_its_pixels_come_back(reader: FaultyReader) -> None:
    assert reader.page(1, layout=True).width == 612
    assert reader.render(7, 2.0).shape == (3, 4, 3)


@pytest.mark.parametrize(("number", "words"), [(2, "SIGSEGV"), (3, "longer than 1 seconds")])
def test_a_lost_child_costs_one_page(reader: FaultyReader, number: int, words: str) -> None:
    with pytest.raises(ReaderLost, match=words):
        reader.page(number, layout=True)
    assert reader.page(1, layout=True).number == 1


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
    monkeypatch.setenv("OCTAVO_API_KEYS", "secret")
    assert reader.page(7, layout=True).number == 0


def test_closing_all_readers_ends_a_call_in_flight(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    readers = children.Readers(Settings())
    with readers.reader() as one:
        readers.close()
        with pytest.raises(DocumentUnreadable):
            one.page(1, layout=False)
