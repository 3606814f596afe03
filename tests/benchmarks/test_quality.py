from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.corpus import READ, Document, Truth
from benchmarks.process import Outcome
from benchmarks.quality import judge
from benchmarks.scores.order import Block
from benchmarks.scores.revisions import Revision
from benchmarks.summary import pooled

ROW = "<table><tr><td>a</td><td>b</td></tr></table>"


def document(truth: Truth) -> Document:
    return Document("set", "pdf", Path("x.pdf"), lambda: truth)


def test_a_failed_reading_scores_zero_everywhere() -> None:
    truth = Truth(markdown="# H\ntext", tables=((ROW,),), silver=True)
    scored = judge(document(truth), Outcome("", 1.0, 1.0, error="took longer than 1 s"))
    assert scored.error == "took longer than 1 s"
    assert scored.scores == {"text": 0.0, "nid": 0.0, "headings": 0.0, "tables": 0.0}


def test_what_the_truth_leaves_out_may_be_read() -> None:
    truth = Truth(markdown="# H\n\ntext", silver=True, optional=("The running head",))
    read = Outcome("The *running* head\n\n# H\n\ntext", 1.0, 1.0)
    scores = judge(document(truth), read).scores
    assert (scores["text"], scores["headings"]) == (1.0, 1.0)
    assert scores["nid"] < 1.0


def test_only_what_is_known_is_scored() -> None:
    assert judge(document(Truth()), Outcome("x", 1.0, 1.0)).scores == {}
    blocks = Truth(blocks=(Block("alone"),), tables=((),))
    assert judge(document(blocks), Outcome("alone", 1.0, 1.0)).scores == {"text": 1.0}


def test_the_better_of_two_readings_counts() -> None:
    other = ROW.replace("<td>b</td>", "")
    scored = judge(document(Truth(tables=((other,), (ROW,)))), Outcome(ROW, 1.0, 1.0))
    assert scored.scores == {"tables": 1.0}


def test_a_cell_that_stands_alone_is_no_table_for_another_engine() -> None:
    alone = "<table><tr><td>title</td></tr></table>"
    silver = Truth(tables=((alone, ROW),), silver=True)
    assert judge(document(silver), Outcome(f"title\n\n{ROW}", 1.0, 1.0)).scores == {"tables": 1.0}
    assert judge(document(silver), Outcome(alone + ROW, 1.0, 1.0)).scores == {"tables": 1.0}
    gold = judge(document(Truth(tables=((alone, ROW),))), Outcome(ROW, 1.0, 1.0))
    assert gold.scores == {"tables": pytest.approx(2 / 3)}


def test_an_invented_table_costs_the_set_not_the_mean() -> None:
    scored = [
        judge(document(Truth(tables=((ROW,),))), Outcome(ROW, 1.0, 1.0)),
        judge(document(Truth(tables=((),))), Outcome(ROW, 1.0, 1.0)),
        judge(document(Truth(tables=((),))), Outcome("text", 1.0, 1.0)),
    ]
    assert [s.scores for s in scored] == [{"tables": 1.0}, {}, {}]
    assert pooled(scored)["tables"].value == pytest.approx(2 / 3)


def test_a_document_is_held_against_its_twin() -> None:
    same, other = (Outcome(text, 1.0, 1.0) for text in ("one 2\n\nthree", "one three"))
    outcome = Outcome("one 2 **three**", 1.0, 1.0)
    assert judge(document(Truth()), outcome, same).scores == {"twin": 1.0, "equal": 1.0}
    unlike = judge(document(Truth()), outcome, other).scores
    assert unlike == {"twin": pytest.approx(16 / 17), "equal": 0.0}
    failed = judge(document(Truth()), Outcome("", 1.0, 1.0, error="died"), Outcome("", 1.0, 1.0))
    assert failed.scores == {"twin": 0.0, "equal": 0.0}


def test_revisions_are_counted() -> None:
    truth = Truth(revisions=(Revision("insertion", "A", "two"), Revision("deletion", "A", "2")))
    scored = judge(document(truth), Outcome('<ins data-author="A">two</ins>', 1.0, 1.0))
    assert scored.scores == {"revisions": pytest.approx(2 / 3)}


def test_a_document_may_be_expected_to_fail() -> None:
    refused = Outcome("", 61.0, 1.0, error="UnsupportedFormat: no")
    read, empty = Outcome("text", 1.0, 1.0), Outcome(" \n", 1.0, 1.0)
    wanted = document(Truth(outcomes=frozenset({"UnsupportedFormat"})))
    assert judge(wanted, refused).scores == {"expected": 1.0, "in time": 0.0}
    assert judge(wanted, read).scores == {"expected": 0.0, "in time": 1.0}
    wanted = document(Truth(outcomes=frozenset({READ})))
    assert judge(wanted, read).scores == {"expected": 1.0, "in time": 1.0, "read": 1.0}
    assert judge(wanted, empty).scores == {"expected": 0.0, "in time": 1.0, "read": 0.0}
    assert judge(wanted, read, lacks=frozenset({"errors"})).scores == {"in time": 1.0, "read": 1.0}
