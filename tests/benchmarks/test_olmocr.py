from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.corpus import Document, Truth
from benchmarks.process import Outcome
from benchmarks.quality import judge, tallies
from benchmarks.scores.formulas import formulas, has_formula, normal_form, without_latex
from benchmarks.scores.olmocr import (
    BaselineCheck,
    MathCheck,
    OrderCheck,
    TableCheck,
    TextCheck,
    normal,
)
from benchmarks.scores.order import Block, score_blocks
from benchmarks.scores.stretch import starts


def test_marks_quotes_and_dashes_are_levelled() -> None:
    assert normal("**“a”** – __b__\n\n*c*<br/>d’s <b>e</b>") == '"a" - b c d\'s e'


@pytest.mark.parametrize(
    ("check", "passes"),
    [
        (TextCheck("the  quick\nfox"), True),
        (TextCheck("The quick fox"), False),
        (TextCheck("The quick fox", case_sensitive=False), True),
        (TextCheck("the quack fox"), False),
        (TextCheck("the quack fox", max_diffs=2), True),
        (TextCheck("quick", present=False), False),
        (TextCheck("slow", present=False), True),
        (TextCheck("17", present=False, last_n=6), False),
        (TextCheck("the", present=False, last_n=6), True),
        (TextCheck("the", first_n=3), True),
        (TextCheck("17", first_n=3, last_n=2), True),
        (TextCheck("x" * 200, present=False), True),
        (TextCheck("x" * 200), False),
    ],
)
def test_texts_are_there_or_not(check: TextCheck, passes: bool) -> None:
    assert check.passes("the **quick** fox, page 17") == passes


def test_what_is_wanted_is_not_found_in_an_empty_page() -> None:
    assert not TextCheck("a long phrase").passes("\n")
    assert TextCheck("a long phrase", present=False).passes("\n")


def test_order_needs_one_place_before_another() -> None:
    text = "second first second"
    assert OrderCheck("first", "second").passes(text)
    assert OrderCheck("second", "first").passes(text)
    assert not OrderCheck("first", "third").passes(text)
    assert not OrderCheck("last", "first", max_diffs=1).passes(text)
    assert OrderCheck("fjrst", "secnd", max_diffs=1).passes(text)


def test_stretches_begin_where_they_are_near_enough() -> None:
    assert starts("abc", "xabcxabd", 0) == [1]
    assert {1, 5} <= set(starts("abc", "xabcxabd", 1))
    assert starts("abc", "", 0) == []


PIPES = "| Kind | Size |\n|---|---|\n| tea | 5 |\n| coffee | 7 |"
SPANS = """<table><thead><tr><th rowspan="2">Kind</th><th colspan="2">Size</th></tr>
<tr><th>old</th><th>new</th></tr></thead>
<tr><td>tea</td><td>5</td><td>6</td></tr><tr><td>milk<br>tea</td><td>7</td><td>8</td></tr></table>"""


@pytest.mark.parametrize(
    ("markdown", "cell", "beside", "passes"),
    [
        (PIPES, "5", {"left": "tea", "down": "7"}, True),
        (PIPES, "5", {"left": "coffee"}, False),
        (PIPES, "7", {"top_heading": "Size", "left_heading": "coffee"}, True),
        (PIPES, "7", {"up": "Size"}, False),
        (PIPES, "9", {}, False),
        ("no table", "5", {}, False),
        (SPANS, "8", {"top_heading": "Size"}, True),
        (SPANS, "8", {"top_heading": "new"}, True),
        (SPANS, "8", {"top_heading": "old"}, False),
        (SPANS, "Size", {"down": "new", "left": "Kind"}, True),
        (SPANS, "old", {"left": "Kind", "up": "Size"}, True),
        (SPANS, "7", {"left": "milk tea"}, True),
        (SPANS, "7", {"left_heading": "milk tea"}, True),
    ],
)
def test_cells_have_neighbours_and_headings(
    markdown: str, cell: str, beside: dict[str, str], passes: bool
) -> None:
    assert TableCheck(cell, beside).passes(markdown) == passes


def test_cells_may_differ_by_so_many_letters() -> None:
    assert not TableCheck("coffes", {}).passes(PIPES)
    assert TableCheck("coffes", {}, max_diffs=1).passes(PIPES)


def test_formulas_are_found_between_their_delimiters() -> None:
    text = r"a \(x\) b \[y\] c $$z$$ d $w$ e"
    assert formulas(text) == ["x", "y", "z", "w"]
    assert formulas("no formula") == []


@pytest.mark.parametrize(
    ("found", "wanted", "has"),
    [
        (r"$\lambda_{g}=\lambda_{g^{\prime}}$", r"\lambda_g = \lambda_{g'}", True),
        (r"$$ e^{i\pi} + 1 = 0 \tag{1} $$", r"e^{i \pi}+1=0", True),
        ("$λ \\leq \\frac{a}{b}$", r"\lambda \le \dfrac{a}{b}", True),
        (r"\[\nabla\times\mathbf{E}\]", r"\nabla \times E", True),
        (r"$\left( x \right)$", "(x)", True),
        (r"$a^{2}$", r"a^{3}", False),
        (r"$a_{ij}$", r"a_i j", False),
        ("a^2 without delimiters", "a^2", False),
    ],
)
def test_formulas_are_compared_by_their_look(found: str, wanted: str, has: bool) -> None:
    assert has_formula(found, wanted) == has
    assert MathCheck(wanted).passes(found) == has


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (r"a $\alpha_{i} < 3$ b", "a α_i &lt; 3 b"),
        (r"$$x^2$$ and $y$", "x^2 and y"),
        ("<td>$5</td><td>$10</td>", "<td>$5</td><td>$10</td>"),
        ("no formula, $5", "no formula, $5"),
    ],
)
def test_formulas_are_plain_text_where_text_is_compared(text: str, plain: str) -> None:
    assert without_latex(text) == plain


def test_a_formula_read_as_latex_is_as_good_as_its_characters() -> None:
    block = Block("where α is the angle of the line")
    assert score_blocks([block], r"where $\alpha$ is the angle of the line").text == 0.0


def test_whole_tokens_are_compared() -> None:
    assert not has_formula(r"$\sinh x$", r"\sin")
    assert normal_form("") == normal_form("  ")
    assert not has_formula("$x$", " ")


@pytest.mark.parametrize(
    ("markdown", "passes"),
    [
        ("Some text.", True),
        (" \n--", False),
        ("words " + "ab" * 31, False),
        ("words " + "ab" * 29, True),
        ("words 东", False),
        ("words 😀", False),
    ],
)
def test_a_page_must_look_like_one(markdown: str, passes: bool) -> None:
    assert BaselineCheck().passes(markdown) == passes


def test_a_blank_page_must_stay_blank() -> None:
    assert BaselineCheck(max_length=3).passes("## .. 12")
    assert not BaselineCheck(max_length=3).passes("four")
    assert BaselineCheck(check_disallowed_characters=False).passes("东")


def test_a_page_that_failed_passes_nothing() -> None:
    checks = (TextCheck("a"), TextCheck("b", present=False), BaselineCheck())
    document = Document("set", "pdf", Path("x.pdf"), lambda: Truth(checks=checks))
    scores = judge(document, Outcome("a b", 1.0, 1.0)).scores
    assert scores["tests"] == pytest.approx(2 / 3)
    assert set(scores) == {"tests"}
    assert tallies(document.truth(), Outcome("a b", 1.0, 1.0))["tests: absent"].total == 0
    assert judge(document, Outcome("", 1.0, 1.0, error="died")).scores["tests"] == 0.0
