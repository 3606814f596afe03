from __future__ import annotations

from pathlib import Path
from statistics import fmean

import pytest

from benchmarks.quality import Scored
from benchmarks.scores.tally import Tally
from benchmarks.summary import interval, kinds, means, not_read, over_kinds, pooled, record


def test_means_and_pooled_tables() -> None:
    scored = [
        Scored("a", "pdf", 1.0, 2.0, None, {"tables": 1.0}, {"tables": Tally(1.0, 1, 1)}),
        Scored("b", "pdf", 1.0, 2.0, "died", {"tables": 0.0}, {"tables": Tally(0.0, 3, 0)}),
    ]
    assert means(scored)["tables"].value == 0.5
    assert means(scored)["tables"].n == 2
    assert pooled(scored)["tables"].value == pytest.approx(2 / 5)
    stored = record("funsd_forms", "octavo", scored)
    assert stored["failed"] == 1
    assert stored["seconds"] == 2.0


def test_interval_holds_the_mean_and_shrinks_with_n() -> None:
    low, high = interval([0.0, 1.0] * 10, fmean)
    wide = high - low
    assert low < 0.5 < high
    low, high = interval([0.0, 1.0] * 200, fmean)
    assert high - low < wide
    assert interval([0.7], fmean) == (0.7, 0.7)


def of_kind(kind: str, seconds: float, **scores: float) -> Scored:
    return Scored("name", kind, seconds, seconds, None, scores, read=seconds < 5)


def test_each_kind_weighs_the_same() -> None:
    scored = [of_kind("docx", 1.0, text=1.0), of_kind("docx", 3.0, text=0.8), of_kind("csv", 5.0, text=0.5)]
    found = over_kinds(scored, "text")
    assert found["text, by kind"].value == pytest.approx((0.9 + 0.5) / 2)
    assert found["text, lowest kind"].value == 0.5
    assert found["text, lowest kind"].n == 2
    docx = kinds(scored)["docx"]
    assert (docx.asked, docx.read, docx.seconds) == (2, 2, 2.0)
    assert docx.scores["text"] == pytest.approx(0.9)
    assert kinds(scored)["csv"].read == 0


def test_kinds_without_a_reader_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCTAVO_BENCH_DATA", str(tmp_path))
    for name in ("md/sources/a.md", "strange/sources/a.strange"):
        path = tmp_path / "docling_formats" / name
        path.parent.mkdir(parents=True)
        path.write_text("text", encoding="utf-8")
    stored = record("docling_formats", "octavo", [of_kind("md", 1.0, text=1.0)])
    assert stored["not_read"] == ["strange"]
    assert stored["kinds"] == {"md": {"asked": 1, "read": 1, "scores": {"text": 1.0}, "seconds": 1.0}}
    assert not_read("docling_formats", "rapidocr") == ["md", "strange"]
