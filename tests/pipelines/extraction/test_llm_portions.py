"""Passages in portions: nothing is lost, nothing doubled, nothing larger than a model takes."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from pipelines.extraction.llm.passages import Passage, mark_of, written
from pipelines.extraction.llm.portions import Portion, portions
from pipelines.tokens import tokens

_LINES = st.lists(st.text("abc éЖ漢😀|", max_size=40), min_size=1, max_size=12).map("\n".join)
_PASSAGES = st.lists(
    st.builds(
        lambda page, text: Passage(f"{page}.0", page, "text", text, (f"{page}.0",)),
        st.integers(1, 5),
        _LINES.filter(lambda text: text.strip()),
    ),
    max_size=8,
).map(lambda found: sorted(found, key=lambda one: one.page))
_ROOM = st.integers(40, 400)
HEADER = "| a | b |\n| --- | --- |"


def letters(parts: list[Portion]) -> str:
    return re.sub(r"\s", "", "".join(one.text for part in parts for one in part.passages))


def size(part: Portion) -> int:
    return sum(one.tokens for one in part.passages)


@given(_PASSAGES, _ROOM)
def test_portions_hold_all_text_once_and_fit(found: list[Passage], room: int) -> None:
    cut = portions(found, room)
    assert letters(cut) == re.sub(r"\s", "", "".join(one.text for one in found))
    assert all(size(part) <= room for part in cut)
    assert sorted(part.place for part in cut) == [part.place for part in cut]


@given(_PASSAGES.filter(bool))
def test_halves_hold_all_text_once_and_come_to_an_end(found: list[Passage]) -> None:
    whole = Portion(tuple(found), (1, 0))
    waiting, done = [whole], []
    while waiting:
        part = waiting.pop(0)
        halves = part.halves()
        done += [] if halves else [part]
        waiting = [*halves, *waiting]
    assert letters(done) == letters([whole])
    assert len(done) <= 16
    assert sorted(done, key=lambda part: part.place) == done


def test_pages_stay_whole_where_they_can() -> None:
    found = [Passage(f"{page}.0", page, "text", "x" * 90, ()) for page in (1, 2, 3)]
    assert [part.pages for part in portions(found, 2 * found[0].tokens)] == [[1, 2], [3]]


def test_halves_are_about_as_large() -> None:
    rows = "\n".join(f"| {n} | {n} |" for n in range(100))
    table = Passage("1.1", 1, "table", f"{HEADER}\n{rows}", ("1.1",))
    title = Passage("1.0", 1, "title", "Title", ("1.0",))
    first, second = Portion((title, table), (1, 0)).halves()
    assert first.passages[0] == title
    assert all(part.passages[-1].text.startswith(HEADER) for part in (first, second))
    assert 0.8 < size(first) / size(second) < 1.25


def test_a_title_stays_with_the_table_below_that_is_cut() -> None:
    rows = "\n".join(f"| {n} | {n} |" for n in range(100))
    found = [Passage("1.0", 1, "title", "Title", ()), Passage("1.1", 1, "table", f"{HEADER}\n{rows}", ())]
    cut = portions(found, 200)
    assert [one.kind for one in cut[0].passages] == ["title", "table"]
    assert all(part.passages[-1].text.startswith(HEADER) for part in cut)


def test_a_table_of_nothing_is_not_cut() -> None:
    found = [Passage("1.1", 1, "table", HEADER + "\n" * 2000, ())]
    assert [part.passages for part in portions(found, 200)] == [tuple(found)]


def test_a_header_that_would_fill_every_piece_is_not_repeated() -> None:
    wide = Passage("1.1", 1, "table", f"| {'x' * 5000} |\n| --- |\n" + "| 1 |\n" * 200, ("1.1",))
    cut = portions([wide], 300)
    assert sum(len(part.passages[0].text) for part in cut) < 2 * len(wide.text)
    assert len(wide.text) / 900 < len(cut) < 20


def test_pictures_are_counted_as_large() -> None:
    pages = [Passage(f"page {n}", n, "picture", "", (), is_picture=True) for n in range(1, 6)]
    assert [part.pages for part in portions(pages, 5300)] == [[1, 2], [3, 4], [5]]
    assert [part.pages for part in portions(pages, 1)] == [[1], [2], [3], [4], [5]]
    first, second = portions(pages, 50_000)[0].halves()
    assert (first.pages, second.pages) == ([1, 2], [3, 4, 5])


@given(st.text())
def test_the_mark_is_in_no_passage(text: str) -> None:
    found = [Passage("1.0", 1, "text", text, ())]
    mark = mark_of(found)
    assert re.fullmatch("[0-9a-f]{8}", mark)
    assert mark not in text
    assert written(found, mark).count(f"=={mark}") == 3


def test_tokens_are_counted_in_every_script() -> None:
    assert 1000 < tokens("word " * 1000) < 2000
    assert 1000 <= tokens("漢" * 1000) < 1100
    assert tokens("\ud800") == 1
