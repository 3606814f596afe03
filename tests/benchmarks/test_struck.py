"""Struck words as they are drawn and scored."""

from __future__ import annotations

import pytest

from benchmarks import corpus
from benchmarks.facts import struck
from benchmarks.scores.regions import PageRegion
from benchmarks.scores.struck import score_struck, score_unstruck
from benchmarks.scores.tally import Tally
from schemas.geometry import BBox


def word(x: float, width: float = 0.1, page: int = 1) -> PageRegion:
    return PageRegion("struck word", BBox(x, 0.1, x + width, 0.12), page)


def test_words_count_as_they_are_on_the_page_however_they_are_read() -> None:
    true = [word(0.1), word(0.2), word(0.6)]
    assert score_struck(true, [word(0.1, 0.2), word(0.8)]) == Tally(2, 3, 3)
    assert score_struck(true, [word(0.6, 0.05), word(0.65, 0.05)]) == Tally(1, 3, 1)
    assert score_struck(true, [word(0.1, page=2)]) == Tally(0, 3, 1)


def test_what_is_wrongly_struck_is_not_left_in_the_text() -> None:
    assert score_unstruck(10, [word(0.1)], [word(0.1), word(0.5), word(0.7)]) == Tally(8, 10, 10)
    assert score_unstruck(1, [], [word(0.1), word(0.5)]) == Tally(0, 1, 1)


def test_pages_are_drawn_alike_each_time_and_some_have_no_struck_word(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setattr(corpus, "CACHE", tmp_path)
    monkeypatch.setattr(struck, "_PAGES", 2)
    plain, marked = (document.truth() for document in struck.digital(corpus.REPOSITORY))
    assert plain.struck == ()
    assert plain.unstruck > 100
    assert marked.struck
    assert all(0 < region.box.x1 < region.box.x2 < 1 for region in marked.struck)
    leaning = [document.truth() for document in struck.scanned(corpus.REPOSITORY)][1]
    assert [region.text for region in leaning.struck or ()] == [region.text for region in marked.struck]
    assert leaning.struck != marked.struck
