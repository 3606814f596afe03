"""Struck words leave the text and its picture, and are listed passage by passage."""

from __future__ import annotations

import string

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.base import Image
from pipelines.pages.strikethrough import RemoveStrikethrough, passages
from pipelines.work import PageWork
from schemas.fragments import FragmentType
from schemas.geometry import BBox
from schemas.reading import SourcePage, TextLine
from tests.fakes.engines import FakeEngines, line


def struck(text: str, x: float, y: float, words: str) -> TextLine:
    """A line of which ``words`` are struck."""
    found = line(text, x, y)
    for word in found.words:
        word.struck = word.text in words.split()
    return found


def done(lines: list[TextLine], engines: FakeEngines | None = None, **more: object) -> PageWork:
    page = PageWork(1, SourcePage(1, 400, 300, lines=lines), lines=lines)
    for name, value in more.items():
        setattr(page, name, value)
    RemoveStrikethrough(engines or FakeEngines())([page])
    return page


def texts(page: PageWork) -> list[str]:
    return [one.text for one in page.lines or []]


def test_struck_words_leave_the_text_and_each_passage_is_found() -> None:
    page = done([struck("keep one two keep three", 10, 10, "one two three"), line("below", 10, 40)])
    assert texts(page) == ["keep keep", "below"]
    assert [(f.kind, f.content.content) for f in page.finds] == [
        (FragmentType.STRIKETHROUGH, "one two"),
        (FragmentType.STRIKETHROUGH, "three"),
    ]
    assert [[word.text for word in find.words] for find in page.finds] == [["one", "two"], ["three"]]


def test_a_passage_goes_on_in_the_next_line_and_no_further() -> None:
    lines = [
        struck("keep these words", 10, 10, "these words"),
        struck("go on too but", 10, 22, "go on too"),
        struck("far below", 10, 80, "far below"),
    ]
    page = done(lines)
    assert [f.content.content for f in page.finds] == ["these words go on too", "far below"]
    assert page.finds[0].bbox == BBox(10, 10, lines[0].bbox.x2, 32)


def test_a_struck_clause_does_not_go_on_in_the_next() -> None:
    lines = [struck("3. notice of months", 10, 10, "months"), struck("4. a penalty", 10, 22, "4. a penalty")]
    assert [f.content.content for f in done(lines).finds] == ["months", "4. a penalty"]


def test_passages_in_columns_do_not_mix() -> None:
    lines = [
        struck("left one", 10, 10, "left one"),
        struck("right one", 200, 10, "right one"),
        struck("left two", 10, 22, "left two"),
        struck("right two", 200, 22, "right two"),
    ]
    assert [" ".join(part.text for part in passage) for passage in passages(lines)] == [
        "left one left two",
        "right one right two",
    ]


def test_a_page_without_struck_words_is_not_touched() -> None:
    rule = BBox(10, 15, 60, 15)
    lines = [line("all of it stays", 10, 10)]
    page = done(lines, rules=[rule])
    assert page.lines is lines
    assert page.rules == [rule]
    assert page.finds == []


def test_the_strokes_are_no_rules_but_a_table_keeps_its_own() -> None:
    lines = [struck("gone", 10, 10, "gone"), line("stays", 100, 10)]
    through, whole, under = BBox(9, 15, 31, 15), BBox(0, 15, 300, 15), BBox(10, 22, 30, 22)
    page = done(lines, rules=[through, whole, under], bars=[through])
    assert page.rules == [whole, under]
    assert page.bars == []


def test_words_of_a_scan_are_looked_at_and_painted_over() -> None:
    image = np.full((600, 800, 3), 255, np.uint8)
    image[28:32, 20:60] = 0
    image[28:32, 200:260] = 0
    given = [line("gone", 10, 10), line("stays", 100, 10), line("--", 200, 10)]
    engines = FakeEngines(struck=[True, False, True])
    page = done(given, engines, image=image, scale=2.0, scanned=True)
    assert engines.calls == ["find_struck 3"]
    assert texts(page) == ["stays", "--"]
    assert page.image is not None
    assert page.image[20:40, 20:60].min() == 255
    assert page.image[28:32, 200:260].max() == 0
    assert image[28:32, 20:60].max() == 0  # what was given is not changed


def test_words_are_looked_at_in_the_pixels_of_the_file() -> None:
    given = [line("word", 10, 10)]
    engines = FakeEngines(struck=[False])
    seen = []

    def looked(image: Image, words: list[BBox]) -> list[bool]:
        seen.append((image.shape, words))
        return [False] * len(words)

    engines.find_struck = looked  # type: ignore[method-assign]
    page = PageWork(1, SourcePage(1, 400, 300, lines=given, ocr_scale=2.0, enlarged=2.0), lines=given)
    page.image, page.scale = np.full((600, 800, 3), 255, np.uint8), 2.0
    RemoveStrikethrough(engines)([page])
    assert seen == [((300, 400, 3), [given[0].words[0].bbox])]


WORDS = st.lists(st.tuples(st.text(string.ascii_letters, min_size=1, max_size=6), st.booleans()), min_size=1)
LINES = st.lists(st.tuples(WORDS, st.floats(0, 300), st.floats(0, 300)), max_size=12)


@given(LINES)
def test_no_word_is_lost_or_doubled(made: list[tuple[list[tuple[str, bool]], float, float]]) -> None:
    lines = []
    for words, x, y in made:
        lines.append(line(" ".join(text for text, _ in words), x, y))
        for word, (_, gone) in zip(lines[-1].words, words, strict=True):
            word.struck = gone
    before = sorted((word.text, word.struck) for one in lines for word in one.words)
    page = done(lines)
    kept = [word for one in page.lines or [] for word in one.words]
    taken = [word for find in page.finds for word in find.words]
    assert sorted((word.text, word.struck) for word in kept + taken) == before
    assert all(word.struck for word in taken)
    assert not any(word.struck for word in kept)
