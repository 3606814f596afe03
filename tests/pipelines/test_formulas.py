"""Formulas from glyphs that the tests place themselves, as TeX places them."""

from __future__ import annotations

import pytest

from pipelines.pages.formulas.latex import formula_latex
from pipelines.pages.formulas.symbols import is_math_symbol, latex_of
from schemas.fragments import Source
from schemas.geometry import BBox, union_of
from schemas.reading import TextLine, Word

ITALIC, ROMAN, SYMBOLS, LARGE = "CMMI10", "CMR10", "CMSY10", "CMEX10"


def glyph(text: str, x: float, baseline: float, size: float = 10, font: str = ITALIC) -> Word:
    """A run of glyphs half an em wide each, with its font's box around the baseline."""
    box = BBox(x, baseline - 0.75 * size, x + 0.5 * size * len(text), baseline + 0.25 * size)
    italic = font == ITALIC
    return Word(text, box, size=size, italic=italic, space_before=False, font=font, descent=0.25 * size)


def tall(text: str, x: float, top: float, bottom: float, width: float = 5) -> Word:
    """A large operator or delimiter: its box is its ink, its baseline means nothing."""
    return Word(text, BBox(x, top, x + width, bottom), size=10, space_before=False, font=LARGE)


def read(words: list[Word], bars: list[BBox] | None = None) -> str | None:
    return formula_latex([TextLine(words, union_of([w.bbox for w in words]))], bars or [])


def bar(x1: float, x2: float, y: float) -> BBox:
    return BBox(x1, y - 0.2, x2, y + 0.2)


def test_scripts_and_their_scripts() -> None:
    words = [
        glyph("a", 0, 100),
        glyph("i", 5.5, 101.5, 7),
        glyph("2", 5.5, 96.4, 7, ROMAN),
        glyph("=", 12, 100, font=ROMAN),
        glyph("e", 20, 100),
        glyph("x", 25.5, 96.4, 7),
        glyph("k", 29.5, 97.6, 5),
    ]
    assert read(words) == "a_{i}^{2} = e^{x_{k}}"


def test_primes_are_primes() -> None:
    words = [
        glyph("g", 0, 100),
        glyph("′", 5.5, 96.4, 7, SYMBOLS),
        glyph("=", 10, 100, font=ROMAN),
        glyph("u", 18, 100),
    ]
    assert read(words) == "g' = u"


def test_a_bar_between_two_rows_is_a_fraction_and_fractions_nest() -> None:
    words = [
        glyph("1", 8, 93, font=ROMAN),
        glyph("x", 2, 107),
        glyph("+", 9, 107, font=ROMAN),
        glyph("p", 18, 103.5, 7),
        glyph("q", 18, 112, 7),
        glyph("=", 30, 100, font=ROMAN),
        glyph("y", 38, 100),
    ]
    bars = [bar(0, 24, 97.5), bar(17, 22.5, 105)]
    assert read(words, bars) == r"\frac{1}{x + \frac{p}{q}} = y"


def test_stacked_equations_with_fractions_stay_apart() -> None:
    rows = []
    bars = []
    for y in (100, 127):
        rows += [glyph("x", 0, y), glyph("=", 8, y, font=ROMAN), glyph("a", 20, y - 7), glyph("b", 20, y + 7)]
        bars.append(bar(19, 26, y - 2.5))
    assert read(rows, bars) == r"\begin{aligned} x = \frac{a}{b} \\ x = \frac{a}{b} \end{aligned}"


def test_sums_have_limits_and_integrals_have_scripts() -> None:
    words = [
        tall("∑", 0, 90, 105, 14),
        glyph("i", 1, 113, 7),
        glyph("=", 4.5, 113, 7, ROMAN),
        glyph("1", 8, 113, 7, ROMAN),
        glyph("n", 5, 86, 7),
        glyph("x", 16, 100),
        glyph("i", 21.5, 101.5, 7),
        glyph("+", 27, 100, font=ROMAN),
        tall("∫", 36, 88, 108, 6),
        glyph("a", 40, 109, 7),
        glyph("b", 43, 90, 7),
        glyph("f", 49, 100),
    ]
    assert read(words) == r"\sum_{i = 1}^{n}x_{i} + \int_{a}^{b}f"


def test_what_stands_over_a_relation_is_set_over_it() -> None:
    words = [glyph("a", 0, 100), glyph("≤", 14, 100, font=SYMBOLS), glyph("b", 28, 100)]
    words += [glyph("(1)", 11.5, 91, 7, ROMAN)]
    assert read(words) == r"a \overset{(1)}{\leq} b"


def test_roots_reach_as_far_as_their_bar() -> None:
    words = [
        tall("√", 0, 92, 103, 8),
        glyph("x", 8, 100),
        glyph("+", 14, 100, font=ROMAN),
        glyph("1", 21, 100, font=ROMAN),
    ]
    words += [glyph("y", 28, 100), glyph("=", 35, 100, font=ROMAN), glyph("2", 42, 100, font=ROMAN)]
    assert read(words, [bar(8, 27, 92)]) == r"\sqrt{x + 1}y = 2"


def test_delimiters_grow_and_pieces_are_one() -> None:
    words = [
        tall("⎡", 0, 85, 95),
        tall("⎣", 0, 95, 110),
        glyph("x", 6, 100),
        tall("⎤", 12, 85, 95),
        tall("⎦", 12, 95, 110),
    ]
    words += [
        glyph("=", 20, 100, font=ROMAN),
        tall("(", 28, 90, 106),
        glyph("y", 34, 100),
        tall(")", 40, 90, 106),
    ]
    assert read(words) == r"\left[x\right] = \left(y\right)"


def test_rows_in_delimiters_are_a_matrix_or_cases() -> None:
    cells = [glyph("a", 10, 94), glyph("b", 30, 94), glyph("c", 10, 108), glyph("d", 30, 108)]
    fences = [tall("(", 0, 84, 112), tall(")", 40, 84, 112)]
    assert read([*fences, *cells]) == r"\left( \begin{matrix} a & b \\ c & d \end{matrix} \right)".replace(
        "( ", "( "
    )
    start = [glyph("f", -20, 101), glyph("=", -12, 101, font=ROMAN)]
    assert read([*start, tall("{", 0, 84, 112), *cells]) == r"f = \begin{cases} a & b \\ c & d \end{cases}"


def test_names_of_functions_words_and_alphabets() -> None:
    words = [glyph("sin", 0, 100, font=ROMAN), glyph("x", 16, 100), glyph("∈", 24, 100, font=SYMBOLS)]
    words += [
        glyph("A", 33, 100, font=SYMBOLS),
        glyph("for", 50, 100, font=ROMAN),
        glyph("R", 75, 100, font="MSBM10"),
    ]
    words[4].space_before = True
    assert read(words) == r"\sin x \in \mathcal{A} \quad \text{ for } \quad \mathbb{R}"


@pytest.mark.parametrize("at", [120.0, -60.0])
def test_the_number_that_stands_apart_is_a_tag(at: float) -> None:
    words = [
        glyph("a", 0, 100),
        glyph("=", 8, 100, font=ROMAN),
        glyph("b", 16, 100),
        glyph("(2.1)", at, 100, font=ROMAN),
    ]
    assert read(words) == r"a = b \tag{2.1}"


def test_glyphs_without_a_character_recognised_text_and_plain_words_are_no_formula() -> None:
    relation = [glyph("a", 0, 100), glyph("=", 8, 100, font=ROMAN), glyph("\ufffd", 16, 100)]
    assert read(relation) is None
    scanned = [glyph("a", 0, 100), glyph("=", 8, 100, font=ROMAN)]
    for word in scanned:
        word.source = Source.OCR
    assert read(scanned) is None
    assert read([glyph("Only", 0, 100, font=ROMAN), glyph("words", 24, 100, font=ROMAN)]) is None


@pytest.mark.parametrize(
    ("char", "font", "latex"),
    [
        ("λ", "Any", r"\lambda"),
        ("û", "Any", r"\hat{u}"),
        ("σ\u0304", "Any", r"\bar{\sigma}"),
        ("ℝ", "Any", r"\mathbb{R}"),
        ("𝐱", "CambriaMath", r"\mathbf{x}"),
        ("𝑥", "CambriaMath", "x"),
        ("𝛼", "CambriaMath", r"\alpha"),
        ("L", "RSFS10", r"\mathscr{L}"),
        ("−", "Any", "-"),
        ("%", "Any", r"\%"),
        ("\ufffd", "Any", None),
    ],
)
def test_characters_as_latex(char: str, font: str, latex: str | None) -> None:
    assert latex_of(char, font, italic=True) == latex


def test_symbols_of_mathematics_are_told_from_those_of_text() -> None:
    assert all(map(is_math_symbol, "∑≤∈=+×"))
    assert not any(map(is_math_symbol, "-/·•:,.%&"))
