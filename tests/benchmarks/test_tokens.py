from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.corpus import Document, Truth
from benchmarks.facts.columns import reading_order
from benchmarks.process import Outcome
from benchmarks.quality import judge
from benchmarks.scores.regions import PageRegion
from benchmarks.scores.tally import Tally
from benchmarks.scores.tokens import Token, headings, score_classes, score_headings, score_token_order
from schemas.geometry import BBox

TEXT, HEADING = frozenset({"text"}), frozenset({"heading"})
HEIGHT = 0.01


def line(
    words: str, left: float, top: float, labels: frozenset[str] = TEXT, font: str = "Roman"
) -> list[Token]:
    found: list[Token] = []
    for word in words.split():
        right = left + 0.008 * len(word)
        found.append(Token(word, BBox(left, top, right, top + HEIGHT), labels, font))
        left = right + 0.005
    return found


def words(tokens: list[Token]) -> str:
    return " ".join(token.text for token in tokens)


def test_two_columns_are_read_one_after_the_other_between_wide_lines() -> None:
    wide = "a title that runs over the gutter and both of the columns of this page here"
    left = [line(f"left line {i} has some words in it", 0.10, 0.2 + 0.02 * i) for i in range(5)]
    right = [line(f"right line {i} has some more words", 0.52, 0.2 + 0.02 * i) for i in range(5)]
    rows = [line(wide, 0.1, 0.1), *(a + b for a, b in zip(left, right, strict=True)), line("end", 0.48, 0.9)]
    ordered = words(reading_order([token for row in rows for token in row]))
    columns = [words(part) for part in (*left, *right)]
    assert ordered == " ".join([wide, *columns, "end"])


def test_one_column_is_read_line_by_line_with_all_its_blanks() -> None:
    rows = [line("a formula", 0.3, 0.1) + line("(1)", 0.85, 0.102)]
    rows += [line("words of a line that fills the whole of the column up to its end", 0.1, 0.15 + 0.02 * i)
             for i in range(4)]  # fmt: skip
    tokens = [token for row in reversed(rows) for token in row]
    assert words(reading_order(tokens)).startswith("a formula (1) words of a line")
    assert reading_order([]) == []


def test_the_smallest_region_around_a_word_holds_it() -> None:
    tokens = [Token("abcd", BBox(0.1, 0.1, 0.2, 0.12), TEXT), Token("ef", BBox(0.1, 0.5, 0.2, 0.52), TEXT)]
    around = PageRegion("text", BBox(0.0, 0.0, 1.0, 0.3))
    assert score_classes(tokens, [around]) == pytest.approx(4 / 6)
    assert score_classes(tokens, [around, PageRegion("table", BBox(0.05, 0.05, 0.3, 0.2))]) == 0.0
    assert score_classes([], []) is None


def test_headings_are_parted_by_space_and_font() -> None:
    tokens = [
        *line("1 First heading", 0.1, 0.10, HEADING),
        *line("over two lines", 0.1, 0.115, HEADING),
        *line("1.1 Below it", 0.1, 0.13, HEADING, "Italic"),
        *line("2 Far below", 0.1, 0.3, HEADING, "Italic"),
        *line("text", 0.1, 0.32),
    ]
    assert headings(tokens) == ["1 First heading over two lines", "1.1 Below it", "2 Far below"]


def test_headings_are_found_one_to_one_when_nearly_alike() -> None:
    true = ["1 Introduction", "2 Data sets"]
    assert score_headings(true, ["1. INTRODUCTION", "Introduction", "2 Other things"]) == Tally(1, 2, 3)
    assert score_headings(true, ["2 **Data sets**", "1 Introductlon"]) == Tally(2, 2, 2)


def test_order_is_a_common_subsequence_of_running_words() -> None:
    tokens = [*line("one two three four", 0.1, 0.1), *line("E=mc", 0.1, 0.2, frozenset({"formula"}))]
    assert score_token_order(tokens, "one two, three! four and more".split()) == 1.0
    assert score_token_order(tokens, "three four one two".split()) == 0.5
    assert score_token_order(tokens, "one four".split()) == 1.0
    assert score_token_order(tokens, ["five"]) == 0.0
    assert score_token_order(tokens[-1:], ["five"]) is None


def test_a_page_is_judged_by_the_mean_of_three() -> None:
    tokens = (*line("1 Title", 0.1, 0.1, HEADING), *line("some words", 0.1, 0.2))
    document = Document("set", "paper", Path("x.pdf"), lambda: Truth(tokens=tokens))
    regions = [PageRegion("text", BBox(0.0, 0.0, 1.0, 1.0))]
    scored = judge(document, Outcome("1 Title some words", 1.0, 1.0, regions=regions))
    assert scored.scores == {
        "class": pytest.approx(9 / 15),
        "heading": 0.0,
        "order": 1.0,
        "layout": pytest.approx((9 / 15 + 0 + 1) / 3),
    }
    assert judge(document, Outcome("some words", 1.0, 1.0)).scores == {"order": 1.0}
    failed = judge(document, Outcome("", 1.0, 1.0, error="died")).scores
    assert failed == {"class": 0.0, "heading": 0.0, "order": 0.0, "layout": 0.0}
