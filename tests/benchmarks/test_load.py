"""Load: what is made of the numbers."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer

from benchmarks import report, store, telling
from benchmarks.load.long import _in_order, _paces
from benchmarks.load.watch import Answers


def test_answers_are_told_by_their_ranks() -> None:
    answers = Answers.of([n / 1000 for n in range(200, 0, -1)])
    assert (answers.count, answers.median_ms, answers.p99_ms, answers.worst_ms) == (200, 100.0, 198.0, 200.0)
    assert Answers.of([0.5]) == Answers(1, 500.0, 500.0, 500.0)


def test_a_pace_is_that_of_a_fifth_of_the_pages() -> None:
    seen = [(0.0, 0), (10.0, 10), (20.0, 30), (21.0, 40), (30.0, 50)]
    assert _paces(seen, 50) == pytest.approx([1.0, 2.0, 0.0, 10.0, 10 / 9])


def test_pages_must_have_their_own_words_in_order() -> None:
    def result(*texts: str) -> dict[str, object]:
        return {"pages": [{"page_fragments": [{"content": {"content": text}}]} for text in texts]}

    assert _in_order(result("Page 1. a", "Page 2. b"), 2)
    assert not _in_order(result("Page 2. b", "Page 1. a"), 2)
    assert not _in_order(result("Page 1. a"), 2)


def test_a_broken_promise_is_stored_and_ends_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(store, "OUT", tmp_path)
    with pytest.raises(typer.Exit):
        telling.end("load-x", {"pages": 1}, ["1 page"], {"it is quick": False, "it is small": True})
    report.write(tmp_path / "RESULTS.md")
    for text in (capsys.readouterr().out, (tmp_path / "RESULTS.md").read_text()):
        assert "1 page" in text
        assert "BROKEN: it is quick" in text
        assert "kept: it is small" in text
