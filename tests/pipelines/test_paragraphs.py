from dataclasses import replace

import pytest

from pipelines.pages.paragraphs import list_items, text_of, without_bullet
from schemas.fragments import Source
from schemas.reading import TextLine
from tests.fakes.engines import line


def stacked(*texts: str, x: float = 50) -> list[TextLine]:
    return [line(text, x, 100 + 12 * i) for i, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("texts", "joined"),
    [
        (("one two", "three"), "one two three"),
        (("a light-", "house"), "a lighthouse"),
        (("see North-", "Sea"), "see North-Sea"),
        (("pages 10-", "20"), "pages 10-20"),
        (("soft\u00ad", "ly"), "softly"),
        (("漢字の", "文章"), "漢字の文章"),
        (("漢字の", "text"), "漢字の text"),
    ],
)
def test_lines_are_joined(texts: tuple[str, ...], joined: str) -> None:
    assert text_of(stacked(*texts)) == joined


def test_pieces_on_one_height_are_one_row() -> None:
    assert (
        text_of([line("right", 200, 100), line("below", 50, 120), line("left", 50, 101)])
        == "left right below"
    )


def test_breaks_that_were_meant_are_kept() -> None:
    address = stacked("Harbor Office", "7 Pier Lane", "Oldport and some more words")
    assert text_of(address, keep_breaks=True) == "Harbor Office\n7 Pier Lane\nOldport and some more words"
    wrapped = stacked("the words of this line go on", "until the very end of this")
    assert text_of(wrapped, keep_breaks=True) == "the words of this line go on until the very end of this"


def test_list_items_are_cut_at_bullets_and_numbers() -> None:
    items = list_items(stacked("• first item", "goes on", "• second", "3. third", "(b) fourth"))
    assert [text_of(item) for item in items] == ["• first item goes on", "• second", "3. third", "(b) fourth"]


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("• item", "item"),
        ("•item", "item"),
        ("- item", "item"),
        ("-5 degrees", "-5 degrees"),
        ("3. item", "3. item"),
        ("•", "•"),
        ("item", "item"),
    ],
)
def test_bullets_go_and_numbers_stay(text: str, bare: str) -> None:
    assert without_bullet(text) == bare


def test_a_word_that_was_read_by_itself_stands_in_its_place() -> None:
    words = line("3 0 1", 50, 100, size=10).words
    row = replace(line("3 0 1", 50, 100), words=[replace(w, source=Source.OCR) for w in words])
    gap = (words[0].bbox.x2 + words[1].bbox.x1) / 2
    alone = line("2", gap - 1, 102, size=8)
    alone = replace(alone, words=[replace(alone.words[0], source=Source.OCR)])
    assert text_of([row, alone]) == "3 2 0 1"


def test_rows_of_names_and_values_keep_their_ends() -> None:
    rows = [
        part
        for i, (name, value) in enumerate([("Number", "654123"), ("Date", "15/01/2023")])
        for part in (line(name, 50, 100 + 12 * i), line(value, 150, 100 + 12 * i))
    ]
    assert text_of(rows, keep_breaks=True) == "Number 654123\nDate 15/01/2023"
