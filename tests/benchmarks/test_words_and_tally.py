from __future__ import annotations

import pytest

from benchmarks.corpus import Document, Truth
from benchmarks.process import Outcome
from benchmarks.quality import CHECKS, Scored, judge
from benchmarks.scores.tally import Tally, pool, wilson
from benchmarks.scores.words import plain_text, score_words, words
from benchmarks.summary import pooled


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("# Total  **12.50** *net*", "total 12.50 net"),
        ("- first\n* second\n1. third", "first second 1. third"),
        ("| a | b |\n| --- | :-: |\n| c \\| d | e<br>f |", "a b c | d e f"),
        ("<table><tr><th>a</th><td colspan='2'>b</td></tr></table>", "a b"),
        ("5 < 6 &amp; 7 \\* 8 ***both*** ~~gone~~", "5 < 6 & 7 * 8 both gone"),
        ("![logo](x.png) [here](http://x.y 't') <!-- no -->", "here"),
        ("x<sup>2</sup> snake_case_name _it_ 2*3*4", "x2 snake_case_name it 2*3*4"),
        ("```json\ncode\n```\n> quoted\n---\nend", "code quoted end"),
        ("****** TOTAL ******", "****** total ******"),
    ],
)
def test_marks_are_no_words(markdown: str, expected: str) -> None:
    assert words(plain_text(markdown)) == expected.split()


def test_words_are_counted_as_often_as_both_have_them() -> None:
    tally = score_words(["a", "a", "b"], ["a", "b", "b", "c"])
    assert tally == Tally(2, 3, 4)
    assert tally.value == pytest.approx(4 / 7)


def test_a_set_is_pooled_by_its_counts_not_by_its_means() -> None:
    assert pool([Tally(1, 1, 1), Tally(0, 9, 1)]) == Tally(1, 10, 2)
    assert pool([]).value == 1.0
    scored = [Scored(str(i), "x", 1, 1, None, {}, {"words": Tally(i % 2, 1, 1)}) for i in range(40)]
    whole = pooled(scored)["words"]
    assert (whole.value, whole.n, whole.true) == (0.5, 40, 40)
    assert 0.3 < whole.low < 0.5 < whole.high < 0.7


def test_wilson_is_the_published_interval() -> None:
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert wilson(0, 0) == (0.0, 1.0)
    passed = [Scored("a", "x", 1, 1, None, {}, {CHECKS: Tally(8, 10, 10)})]
    assert pooled(passed)[CHECKS].low == pytest.approx(0.4902, abs=1e-4)


def test_words_of_a_document_are_judged(document: Document) -> None:
    scored = judge(document, Outcome("# Sum\n\n| 5.00 | extra |\n|---|---|", 1.0, 1.0))
    assert scored.tallies == {"words": Tally(2, 2, 3)}
    assert scored.scores == {"words": 0.8}


@pytest.fixture
def document() -> Document:
    from pathlib import Path

    return Document("set", "receipt", Path("x.jpg"), lambda: Truth(words=("sum", "5.00")))
