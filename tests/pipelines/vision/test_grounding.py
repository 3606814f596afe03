"""A model's words are found among the page's, in whatever order it read them."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.vision.grounding import box_of, conflicts, ground, share_found, with_cells, words_of
from pipelines.vision.transcript import table_of
from pipelines.vision.words import LocalWords, tokens
from schemas.fragments import FragmentWord, Source
from schemas.geometry import BBox, Box

FIRST = "the first paragraph tells of ships in the harbor"
SECOND = "the second one of cranes and their many keepers"


def words(text: str, y: float, *, source: Source = Source.DIGITAL) -> list[FragmentWord]:
    """Words of ten units each on a line."""
    return [
        FragmentWord(text=word, bbox=Box(x1=10 * i, y1=y, x2=10 * i + 9, y2=y + 8), source=source)
        for i, word in enumerate(text.split())
    ]


LOCAL = LocalWords.of([words(FIRST, 0), words(SECOND, 10)])


def test_words_are_found_in_order_and_out_of_order() -> None:
    for texts in ([FIRST, SECOND], [SECOND, FIRST]):
        found = ground([tokens(text) for text in texts], LOCAL.tokens)
        assert [share_found(places) for places in found] == [1.0, 1.0]
        boxes = [box_of(words_of(places, LOCAL)) for places in found]
        tops = [box.y1 if box else None for box in boxes]
        assert tops == ([0, 10] if texts[0] is FIRST else [10, 0])


def test_no_word_is_found_twice() -> None:
    found = ground([tokens(FIRST), tokens(FIRST)], LOCAL.tokens)
    assert share_found(found[0]) == 1.0
    assert not words_of(found[1], LOCAL)


def test_what_is_not_there_has_no_box() -> None:
    (found,) = ground([tokens("nothing of this stands there")], LOCAL.tokens)
    assert box_of(words_of(found, LOCAL)) is None


@given(
    st.lists(st.lists(st.sampled_from("abcde"), max_size=8), max_size=5),
    st.lists(st.sampled_from("abcde"), max_size=30),
)
def test_places_are_right_whatever_the_texts(texts: list[list[str]], local: list[str]) -> None:
    found = ground(texts, local)
    assert [len(places) for places in found] == [len(text) for text in texts]
    used = [i for places in found for i in places if i is not None]
    assert len(used) == len(set(used))
    for text, places in zip(texts, found, strict=True):
        assert all(local[i] == token for token, i in zip(text, places, strict=True) if i is not None)


@pytest.mark.parametrize("vocabulary", [1, 2, 120, 300])
def test_pages_made_to_take_long_do_not(vocabulary: int) -> None:
    chance = random.Random(1)
    said, page = ([str(chance.randrange(vocabulary)) for _ in range(8000)] for _ in range(2))
    started = time.process_time()
    ground([said[i : i + 8] for i in range(0, len(said), 8)], page)
    assert time.process_time() - started < 10


def test_cells_get_the_boxes_of_their_words() -> None:
    table = table_of(
        "<table><tr><th>Port</th><th>Ships</th></tr><tr><td>Amber</td><td></td></tr>"
        "<tr><td>Far Isle</td><td>elsewhere</td></tr></table>"
    )
    assert table is not None
    found = with_cells(table, words("Port Ships Amber Far Isle", 5)).cells
    assert [(cell.text, cell.bounding_box.x1, cell.bounding_box.x2) for cell in found] == [
        ("Port", 0, 9),
        ("Ships", 10, 19),
        ("Amber", 20, 29),
        ("Far Isle", 30, 49),
    ]
    assert {cell.source for cell in found} == {Source.MODEL}


def differing(page: str, answer: str, source: Source = Source.DIGITAL) -> list[BBox]:
    local = LocalWords.of([words(page, 0, source=source)])
    text = tokens(answer)
    return list(conflicts([text], ground([text], local.tokens), local))


def test_a_number_that_differs_between_words_that_agree_is_a_conflict() -> None:
    page = "a pier of 312 metres and 23 cranes"
    assert differing(page, page) == []
    assert differing(page, "a pier of 213 metres and 23 cranes") == [BBox(30, 0, 39, 8)]
    assert differing(page, "a pier of 213 metres and 32 cranes") == [BBox(30, 0, 39, 8), BBox(60, 0, 69, 8)]
    assert differing(page, "a pier of long metres and 23 cranes") == []
    assert differing("a pier of long metres", "a pier of 213 metres") == []
    assert differing("a total of 312", "a total of 213") == [BBox(30, 0, 39, 8)]


def test_a_word_the_local_reading_is_unsure_of_is_no_conflict() -> None:
    assert differing("a pier of 312 metres", "a pier of 213 metres", Source.OCR) == []


def test_numbers_that_changed_places_are_conflicts() -> None:
    assert differing("the pier of 312 metres has 23 cranes", "the pier of 23 metres has 312 cranes") == [
        BBox(30, 0, 39, 8),
        BBox(60, 0, 69, 8),
    ]
