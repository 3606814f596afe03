"""Running text with its marks."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.pages.inline import Spelling
from pipelines.pages.joins import compounds, seam
from pipelines.pages.paragraphs import rows, text_of
from schemas.geometry import BBox, union_of
from schemas.reading import TextLine, Word
from tests.fakes.engines import line, word


def styled(text: str, x: float, y: float = 100, **style: object) -> Word:
    return replace(word(text, x, y), **style)  # type: ignore[arg-type]


def row(*words: Word) -> TextLine:
    return TextLine(list(words), union_of([w.bbox for w in words]))


def spelt(*lines: TextLine, **options: bool) -> str:
    return Spelling.of(lines, []).markdown(list(lines), **options)


def test_marks_surround_what_they_belong_to_and_merge() -> None:
    line = row(
        styled("plain", 0),
        styled("very", 40, bold=True),
        styled("heavy", 70, bold=True),
        styled(",", 95, space_before=False),
        styled("slanted", 110, italic=True),
        styled("gone", 160, struck=True),
    )
    assert spelt(line) == "plain **very heavy**, *slanted* ~~gone~~"
    assert spelt(line, emphasis=False) == "plain very heavy, slanted ~~gone~~"


def test_scripts_of_text_are_tags() -> None:
    line = row(
        styled("shown", 0),
        styled("12", 25, superscript=True, space_before=False),
        styled("in", 40),
        styled("CO", 60),
        styled("2", 70, subscript=True, space_before=False),
    )
    assert spelt(line) == "shown<sup>12</sup> in CO<sub>2</sub>"


def test_a_superscript_over_the_subscript_of_another_piece_is_in_the_same_row() -> None:
    first = row(styled("sum", 0), styled("k", 15, 96, superscript=True, space_before=False))
    second = row(styled("i", 15, 104, subscript=True), styled("more", 25))
    assert rows([first, second]) == [[first, second]]


def test_a_mark_of_a_note_does_not_change_a_number_in_plain_text() -> None:
    line = row(styled("2007", 0), styled("1", 20, superscript=True, space_before=False), styled("and", 30))
    unit = row(styled("m", 0), styled("2", 5, superscript=True, space_before=False))
    assert (text_of([line]), text_of([unit])) == ("2007¹ and", "m2")


def test_marks_go_on_over_line_ends_and_broken_words() -> None:
    first = row(styled("one", 0), styled("light-", 30, bold=True))
    second = row(styled("house", 0, 112, bold=True), styled("more", 40, 112))
    assert spelt(first, second) == "one **lighthouse** more"


def test_punctuation_that_a_letter_touches_is_left_outside_the_marks() -> None:
    line = row(styled("Note:", 0, bold=True), styled("next", 25, space_before=False))
    assert spelt(line) == "**Note**:next"


def test_what_would_be_taken_for_marks_is_escaped() -> None:
    assert (
        spelt(line("a *literal* star and snake_case_name", 0, 100))
        == r"a \*literal\* star and snake_case_name"
    )
    assert spelt(line("2 * 3 is 6 and 5 * 5", 0, 100)) == "2 * 3 is 6 and 5 * 5"
    assert spelt(line("an <b> tag", 0, 100)) == "an &lt;b> tag"


def math(
    text: str, x: float, *, font: str = "CMMI10", y: float = 100, size: float = 10, **style: object
) -> Word:
    box = BBox(x, y - 0.75 * size, x + 0.5 * size * len(text), y + 0.25 * size)
    found = Word(text, box, size=size, italic=font == "CMMI10", font=font, descent=0.25 * size)
    return replace(found, **style)  # type: ignore[arg-type]


def test_formulas_in_the_line_are_told_from_text() -> None:
    words = [
        math("where", 0, font="CMR10"),
        math("x", 30),
        math("i", 35, size=7, y=101.5, subscript=True, space_before=False),
        math("=", 42, font="CMR10"),
        math("3,", 50, font="CMR10"),
        math("and", 65, font="CMR10"),
        math("y", 85),
        math("is", 95, font="CMR10"),
        math("free", 110, font="CMR10"),
    ]
    assert spelt(row(*words)) == "where $x_{i} = 3$, and y is free"


def test_formulas_set_in_the_fonts_of_text_need_a_variable_and_a_script_or_relation() -> None:
    def times(text: str, x: float, **style: object) -> Word:
        return math(text, x, font="Times", **style)

    function = [
        times("f", 0, italic=True),
        times("(", 5, space_before=False),
        times("t", 10, italic=True, space_before=False),
        times(")", 15, space_before=False),
        times("=", 25),
        times("3", 35),
        times("t", 40, italic=True, space_before=False),
        times("2", 45, size=7, y=96, superscript=True, space_before=False),
    ]
    assert spelt(row(times("given", -40), *function)) == "given $f(t) = 3t^{2}$"
    ordinals = [times("3", 0), times("rd", 5, size=7, y=96, superscript=True, space_before=False)]
    assert spelt(row(*ordinals, times("year", 20))) == "3<sup>rd</sup> year"


def test_numbers_and_single_letters_of_text_are_no_formulas() -> None:
    words = [
        math("see", 0, font="Times"),
        math("A", 20, font="Times-Italic", italic=True),
        math("=", 30, font="Times"),
    ]
    assert "$" not in spelt(row(words[0], words[1]))
    assert spelt(line("p < 5 of 10 cases", 0, 100)) == "p < 5 of 10 cases"


@pytest.mark.parametrize(
    ("first", "second", "whole"),
    [
        ("INFOR-", "MATION systems", "INFORMATION systems"),
        ("COVID-", "19", "COVID-19"),
        ("state-of-the-", "art", "state-of-the-art"),
        ("short-", "and long-term", "short- and long-term"),
        ("1990–", "1995", "1990–1995"),
        ("and/", "or", "and/or"),
        ("a dash —", "and more", "a dash — and more"),
        ("see https://example.org/a/", "b.html now", "see https://example.org/a/b.html now"),
        ("see https://example.org/a-", "b", "see https://example.org/a-b"),
        ("write to info@", "example.org", "write to info@example.org"),
        ("ends here.", "Next", "ends here. Next"),
        ("他说“", "你好”", "他说“你好”"),
        ("一九年9", "月30日", "一九年9月30日"),
        ("한국어", "문장", "한국어 문장"),
        ("ไทย", "ไทย", "ไทยไทย"),
    ],
)
def test_seams(first: str, second: str, whole: str) -> None:
    dropped, between = seam(first, second)
    assert first[: len(first) - dropped] + between + second == whole


def test_a_hyphen_that_stands_elsewhere_on_the_page_stays() -> None:
    known = compounds(["The", "Discrete-time", "signal"])
    assert seam("in discrete-", "time, again", known) == (0, "")
    assert seam("in discrete-", "time, again") == (1, "")


def test_a_drop_cap_joins_its_word() -> None:
    cap = TextLine([Word("O", BBox(0, 100, 20, 130), size=30)], BBox(0, 100, 20, 130))
    lines = [cap, line("nce upon a time", 22, 100), line("there was more", 22, 112), line("to tell.", 0, 132)]
    assert text_of(lines) == "Once upon a time there was more to tell."


def test_columns_of_vertical_writing_are_read_from_the_right() -> None:
    columns = [
        Word(text, BBox(x, 50, x + 10, 90), size=10) for x, text in ((20, "左の列だ"), (40, "右の列は"))
    ]
    assert text_of([TextLine([w], w.bbox) for w in columns]) == "右の列は左の列だ"


def test_pieces_of_a_row_from_right_to_left() -> None:
    pieces = [line("עולם", 10, 100), line("שלום", 60, 100)]
    assert text_of(pieces) == "שלום עולם"


STYLES = st.sampled_from(["bold", "italic", "struck", "superscript", "subscript"])
TEXTS = st.from_regex(r"[a-dA-C]{3,6}[.,;:1]?", fullmatch=True)  # no variable, and so no formula
STYLED = st.lists(
    st.tuples(TEXTS, st.sets(STYLES, max_size=2), st.booleans()),
    min_size=1,
    max_size=12,
)


@given(st.lists(STYLED, min_size=1, max_size=4))
def test_marks_neither_lose_nor_add_a_letter(texts_of_rows: list[list[tuple[str, set[str], bool]]]) -> None:
    lines = []
    for number, texts in enumerate(texts_of_rows):
        x, words = 0.0, []
        for text, styles, space in texts:
            style = dict.fromkeys(styles - ({"subscript"} if "superscript" in styles else set()), True)
            words.append(styled(text, x, 100 + 12 * number, space_before=space, **style))
            x = words[-1].bbox.x2 + 5 * space
        lines.append(row(*words))
    said = re.sub(r"</?su[bp]>|[*~\\]", "", spelt(*lines))
    assert said.split() == text_of(lines).translate(_LEVEL).split()


_LEVEL = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
