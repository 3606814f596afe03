from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers.numerals import numeral
from tests.readers.docx.build import kinds, p, page, style, texts, write


def level(place: int, text: str, form: str = "decimal", more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{place}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{text}"/>{more}</w:lvl>'
    )


def numbering(levels: str, *nums: str) -> str:
    made = "".join(
        f'<w:num w:numId="{i}"><w:abstractNumId w:val="0"/>{num}</w:num>'
        for i, num in enumerate(nums or ("",), 1)
    )
    return f'<w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum>{made}'


def item(text: str, place: int = 0, num: int = 1) -> str:
    return p(text, properties=f'<w:numPr><w:ilvl w:val="{place}"/><w:numId w:val="{num}"/></w:numPr>')


def read(path: Path, body: str, lists: str, styles: str = "") -> list[str]:
    return texts(page(write(path / "a", body, numbering=lists, styles=styles)).fragments)


def override(start: int, place: int = 0) -> str:
    return f'<w:lvlOverride w:ilvl="{place}"><w:startOverride w:val="{start}"/></w:lvlOverride>'


LEGAL = level(0, "%1.") + level(1, "%1.%2", "lowerLetter") + level(2, "(%3)", "lowerRoman")


def test_levels_count_on_and_begin_anew_below_the_next_one_above(tmp_path: Path) -> None:
    body = item("a") + item("b", 1) + item("c", 2) + item("d", 2) + item("e", 1) + item("f") + item("g", 1)
    assert read(tmp_path, body, numbering(LEGAL)) == [
        "1. a", "    1.a b", "        (i) c", "        (ii) d", "    1.b e", "2. f", "    2.a g",
    ]  # fmt: skip


def test_lists_of_one_definition_share_their_count_unless_they_begin_anew(tmp_path: Path) -> None:
    body = item("a") + p("between") + item("b", num=2) + item("c", num=3) + item("d", num=3) + item("e")
    found = read(tmp_path, body, numbering(LEGAL, "", "", override(5)))
    assert found == ["1. a", "between", "2. b", "5. c", "6. d", "7. e"]


def test_a_level_of_its_own_replaces_that_of_the_definition(tmp_path: Path) -> None:
    own = f'<w:lvlOverride w:ilvl="0">{level(0, "Step %1:")}</w:lvlOverride>'
    assert read(tmp_path, item("a"), numbering(LEGAL, own)) == ["Step 1: a"]


def test_levels_that_never_begin_anew_and_plain_numbers_in_labels(tmp_path: Path) -> None:
    lists = numbering(
        level(0, "%1", "upperRoman") + level(1, "%1-%2", more='<w:isLgl/><w:lvlRestart w:val="0"/>')
    )
    body = item("a") + item("b", 1) + item("c") + item("d", 1)
    assert read(tmp_path, body, lists) == ["I a", "    1-1 b", "II c", "    2-2 d"]


def test_bullets_have_no_mark_and_ticks_keep_theirs(tmp_path: Path) -> None:
    lists = numbering(level(0, "\uf0b7", "bullet") + level(1, "☒", "bullet") + level(2, "", "none"))
    body = item("a") + item("b", 1) + item("no item", 2)
    found = page(write(tmp_path / "a", body, numbering=lists)).fragments
    assert kinds(found) == [("list_item", "a"), ("list_item", "    ☒ b"), ("text", "no item")]


def test_numbers_of_headings_are_part_of_them_and_come_from_the_styles(tmp_path: Path) -> None:
    def heading(place: int) -> str:
        numbered = '<w:numPr><w:numId w:val="1"/></w:numPr>'
        return style(
            f"H{place}", f"heading {place}", f'<w:pPr>{numbered}<w:outlineLvl w:val="{place - 1}"/></w:pPr>'
        )

    lists = numbering(
        level(0, "Chapter %1", more='<w:pStyle w:val="H1"/>')
        + level(1, "%1.%2", more='<w:pStyle w:val="H2"/>')
    )
    body = (
        p("One", "H1")
        + p("Two", "H2")
        + p("Three", "H2")
        + p("Bare", "H1", '<w:numPr><w:numId w:val="0"/></w:numPr>')
    )
    found = read(tmp_path, body, lists, heading(1) + heading(2))
    assert found == ["Chapter 1 One", "1.1 Two", "1.2 Three", "Bare"]


def test_empty_items_count(tmp_path: Path) -> None:
    assert read(tmp_path, item("a") + item("") + item("c"), numbering(LEGAL)) == ["1. a", "3. c"]


def test_a_list_that_is_not_defined_has_no_labels(tmp_path: Path) -> None:
    assert read(tmp_path, item("a", num=9), numbering(LEGAL)) == ["a"]


@pytest.mark.parametrize(
    ("number", "form", "expected"),
    [
        (4, "upperRoman", "IV"),
        (1994, "lowerRoman", "mcmxciv"),
        (26, "lowerLetter", "z"),
        (28, "upperLetter", "BB"),
        (7, "decimalZero", "07"),
        (22, "ordinal", "22nd"),
        (113, "ordinal", "113th"),
        (121, "cardinalText", "One hundred twenty-one"),
        (21, "ordinalText", "Twenty-first"),
        (20, "ordinalText", "Twentieth"),
        (6, "chicago", "††"),
        (255, "hex", "FF"),
        (3, "numberInDash", "- 3 -"),
        (20, "decimalEnclosedCircle", "⑳"),
        (21, "decimalEnclosedCircle", "21"),
        (23, "chineseCounting", "二十三"),
        (10, "japaneseCounting", "十"),
        (105, "chineseCountingThousand", "一百〇五"),
        (2, "ideographTraditional", "乙"),
        (15, "hebrew1", "טו"),
        (345, "hebrew1", "שמה"),
        (3, "russianUpper", "В"),
        (5, "thaiNumbers", "๕"),
        (0, "lowerRoman", "0"),
        (9, "made up", "9"),
    ],
)
def test_numerals(number: int, form: str, expected: str) -> None:
    assert numeral(number, form) == expected


FORMS = [
    "upperRoman", "lowerLetter", "ordinal", "cardinalText", "ordinalText", "chicago", "hebrew1", "hebrew2",
    "chineseCounting", "decimalEnclosedParen", "koreanDigital", "hex",
]  # fmt: skip


@given(st.integers(-5, 10**9), st.sampled_from(FORMS))
def test_every_number_has_a_short_spelling(number: int, form: str) -> None:
    assert 0 < len(numeral(number, form)) < 10_000
