from __future__ import annotations

from pathlib import Path
from statistics import fmean

import pytest

from benchmarks.corpus import Document, Truth
from benchmarks.process import Outcome
from benchmarks.quality import Scored, interval, judge, means, pooled, record
from benchmarks.scores.order import Block
from benchmarks.scores.tally import Tally

ROW = "<table><tr><td>a</td><td>b</td></tr></table>"


def document(truth: Truth) -> Document:
    return Document("set", "pdf", Path("x.pdf"), lambda: truth)


def test_a_failed_reading_scores_zero_everywhere() -> None:
    truth = Truth(markdown="# H\ntext", tables=((ROW,),), silver=True)
    scored = judge(document(truth), Outcome("", 1.0, 1.0, error="took longer than 1 s"))
    assert scored.error == "took longer than 1 s"
    assert scored.scores == {"text": 0.0, "nid": 0.0, "headings": 0.0, "tables": 0.0}


def test_only_what_is_known_is_scored() -> None:
    assert judge(document(Truth()), Outcome("x", 1.0, 1.0)).scores == {}
    blocks = Truth(blocks=(Block("alone"),), tables=((),))
    assert judge(document(blocks), Outcome("alone", 1.0, 1.0)).scores == {"text": 1.0}


def test_the_better_of_two_readings_counts() -> None:
    other = ROW.replace("<td>b</td>", "")
    scored = judge(document(Truth(tables=((other,), (ROW,)))), Outcome(ROW, 1.0, 1.0))
    assert scored.scores == {"tables": 1.0}


def test_an_invented_table_costs_the_set_not_the_mean() -> None:
    scored = [
        judge(document(Truth(tables=((ROW,),))), Outcome(ROW, 1.0, 1.0)),
        judge(document(Truth(tables=((),))), Outcome(ROW, 1.0, 1.0)),
        judge(document(Truth(tables=((),))), Outcome("text", 1.0, 1.0)),
    ]
    assert [s.scores for s in scored] == [{"tables": 1.0}, {}, {}]
    assert pooled(scored)["tables"].value == pytest.approx(2 / 3)


def test_means_and_pooled_tables() -> None:
    scored = [
        Scored("a", "pdf", 1.0, 2.0, None, {"tables": 1.0}, {"tables": Tally(1.0, 1, 1)}),
        Scored("b", "pdf", 1.0, 2.0, "died", {"tables": 0.0}, {"tables": Tally(0.0, 3, 0)}),
    ]
    assert means(scored)["tables"].value == 0.5
    assert means(scored)["tables"].n == 2
    assert pooled(scored)["tables"].value == pytest.approx(2 / 5)
    stored = record("set", "engine", scored)
    assert stored["failed"] == 1
    assert stored["seconds"] == 2.0


def test_interval_holds_the_mean_and_shrinks_with_n() -> None:
    low, high = interval([0.0, 1.0] * 10, fmean)
    wide = high - low
    assert low < 0.5 < high
    low, high = interval([0.0, 1.0] * 200, fmean)
    assert high - low < wide
    assert interval([0.7], fmean) == (0.7, 0.7)
