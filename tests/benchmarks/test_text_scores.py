from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.scores.headings import heading_texts, mhs
from benchmarks.scores.markdown import bare, comparable, tables, with_html_tables, with_tables_as
from benchmarks.scores.text import nid, text_similarity

PIPES = "before\n\n| a | b |\n|---|---|\n| 1<br>2 | x < y |\n\nafter"


def test_pipe_tables_become_html_and_the_rest_stays() -> None:
    rows = "<tr><th>a</th><th>b</th></tr><tr><td>1<br>2</td><td>x &lt; y</td></tr>"
    assert with_html_tables(PIPES) == f"before\n\n<table>{rows}</table>\n\nafter"


def test_tables_are_the_outermost_in_order() -> None:
    inner = "<table><tr><td>in</td></tr></table>"
    outer = f"<table><tr><td>out {inner}</td></tr></table>"
    markdown = f"x {outer} y </table> <table class='q'></table>\n\n{PIPES}"
    assert tables(markdown)[:2] == [outer, "<table class='q'></table>"]
    assert len(tables(markdown)) == 3
    without = with_tables_as(markdown, lambda table: "T" if table == outer else "")
    assert without.split() == ["x", "T", "y", "</table>", "before", "after"]


def test_an_unclosed_table_is_no_table() -> None:
    assert tables("text <table><tr><td>a") == []


@given(st.text())
def test_any_text_can_be_scored(text: str) -> None:
    tables(text)
    mhs(text, text)
    assert nid(text, text) in {None, 1.0}
    assert text_similarity(text, text) in {None, 1.0}


def test_bare_text_has_no_marks() -> None:
    assert (
        bare("## **Été** [link](http://a.b/c) ![p](q.png) <b>x</b> &amp; 1,5 %\n<!-- n -->") == "Étélinkx15"
    )
    assert bare(r"$\frac{a}{b}$") == "ab"


def test_scores_without_truth_are_none_and_of_nothing_zero() -> None:
    assert nid("", "x") is None
    assert text_similarity("**", "x") is None
    assert nid("some text", "") == 0.0
    assert text_similarity("some text", "") == 0.0


def test_the_text_of_tables_counts_and_that_of_wide_cells_once() -> None:
    rows = "<tr><td colspan=2>a</td></tr><tr><td rowspan=2>x</td><td>1</td></tr><tr><td>2</td></tr>"
    wide = f"<table>{rows}</table>"
    pipes = "| a | a |\n|---|---|\n| x | 1 |\n| x | 2 |"
    assert text_similarity(f"words\n\n{pipes}", f"words\n\n{wide}") == 1.0
    assert text_similarity(wide, wide.replace("1", "one")) == pytest.approx(6 / 10)
    assert text_similarity("<table><tr><td>&lt;b&gt;</td></tr></table>", "b") == 1.0


def test_comments_come_last_however_they_are_written() -> None:
    assert bare(comparable("a <!-- Comment: why -->b<!-- image -->")) == "abwhy"
    marked = 'a <span class="comment" data-note="why &amp; how" data-author="A">b</span> c'
    assert bare(comparable(marked)) == "abcwhyhow"
    assert bare(comparable("a\n\n[author: A, time: 2020]: why\n\nb")) == "abwhy"
    assert text_similarity("a\n\n[author: A]: why\n\nb", "a <!-- Comment: why --> b") == 1.0


def test_what_is_said_of_a_picture_does_not_count() -> None:
    table = "| x |\n|---|\n| 1 |"
    assert comparable("a\n\n### Figure\n\nA cat\non a mat.\n\nb").split() == ["a", "b"]
    assert comparable("a\n\n### Figure\n\nA cat.").split() == ["a"]
    assert comparable(f"### Figure\n\nTitle\n\n{table}") == f"\n\nTitle\n\n{table}"
    assert comparable(f"### Figure\n\n{table}\n\nb") == f"\n\n{table}\n\nb"
    assert comparable("Sales\n\n<!-- image -->\n\nBar chart").split() == ["Sales", "<!--", "image", "-->"]
    assert comparable("### Figures\n\nBar chart") == "### Figures\n\nBar chart"


def test_when_a_subtitle_is_shown_is_no_text() -> None:
    assert bare(comparable("[0:04] Ann: Good.\n\n[1:02:03] At [4:05] again")) == "AnnGoodAt405again"


def test_nid_is_the_share_of_characters_in_common() -> None:
    assert nid("abcd", "abxd") == pytest.approx(6 / 8)
    assert nid("a  b\n", "a b") == 1.0


def test_headings() -> None:
    truth = "# One\ntext a\n\n## Two\ntext b"
    assert mhs(truth, truth) == 1.0
    assert mhs(truth, "### One\ntext a\n# Two\ntext b") == 1.0
    assert mhs(truth, "One\ntext a\n\nTwo\ntext b") == 0.0
    assert mhs("no heading", truth) is None
    # Five nodes with the root; the second heading and its text are not there.
    assert mhs(truth, "# One\ntext a") == pytest.approx(1 - 2 / 5)
    assert heading_texts("# One\n#not one\n## Two words ") == ["One", "Two words"]
