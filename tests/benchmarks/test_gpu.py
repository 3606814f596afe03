"""Cards and vision models: what is measured without either, and what is said of the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import report, store
from benchmarks.gpu import commands, stages, vlm
from benchmarks.gpu.stages import Stage
from benchmarks.gpu.vlm import Served


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a report of what the test stores is written."""
    monkeypatch.setattr(store, "OUT", tmp_path)
    return tmp_path / "RESULTS.md"


def test_what_a_card_would_do_is_not_measured_without_one(
    results: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = [Stage("regions", 3, {"cpu": 1.5}), Stage("plain RapidOCR", 3, {"cpu": 0.5})]
    monkeypatch.setattr(stages, "measure", lambda *_: found)
    commands.stages_command(limit=3, workers=1)
    assert "No card" in capsys.readouterr().out
    text = report.write(results).read_text(encoding="utf-8")
    assert "## GPU and VLM" in text
    assert "| regions | 1.50 | not measured | not measured | not measured |" in text
    assert "| plain RapidOCR | 0.50 | not measured | – | – |" in text
    assert "There was no graphics card" in text


def test_without_pages_nothing_is_measured(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages, "documents", lambda *_: [])
    commands.stages_command(limit=3, workers=1)
    assert not list(results.parent.glob("*.json"))


def test_how_much_of_a_server_is_used() -> None:
    assert Served(2, 8, 4, 0.5, seconds=2.0, at_once=4).reached == 0.5


def test_the_perfect_answer_stands_up_to_its_page() -> None:
    own = vlm.own(2)
    assert (own.pages, own.believed) == (2, 2)
    assert own.seconds == sum(own.steps.values()) > 0


def test_a_server_is_asked_about_no_more_pages_at_once_than_it_takes() -> None:
    served = vlm.served(4, 1, parallel=2, delay=0.05)
    assert served.pages == 4
    assert 1 <= served.at_once <= 2
    assert 0 < served.reached <= 1


@pytest.mark.engines
def test_a_checkpoint_by_chance_is_run() -> None:
    pytest.importorskip("torch")
    pytest.importorskip("transformers")
    local = vlm.local(1, 64, 1, 3, "cpu")
    assert not isinstance(local, str)
    assert local.tokens_out <= 3
    assert local.tokens_in > 200  # the picture is among them
    assert min(local.within, local.around) > 0
