"""Columns of probabilities to characters."""

from __future__ import annotations

import numpy as np
import pytest

from models.ocr import ctc
from models.ocr.ctc import Columns

ALPHABET = ["blank", "a", "b", "字", " "]


def columns(best: str, space: float = 0.0) -> Columns:
    """One column a letter of ``best`` (``-`` is blank), each 0.9 sure; ``space`` in every blank."""
    rows = []
    for char in best:
        row = np.full(len(ALPHABET), 0.01, dtype=np.float32)
        row[0 if char == "-" else ALPHABET.index(char)] = 0.9
        if char == "-":
            row[-1] = space
        rows.append(row)
    return Columns.of(np.array(rows))


def text(best: str, space: float = 0.0) -> str:
    return "".join(glyph.char for glyph in ctc.glyphs(columns(best, space), ALPHABET, 1.0))


def test_repeats_are_one_character_unless_a_blank_parts_them() -> None:
    assert text("aaab") == "ab"
    assert text("a-ab") == "aab"
    assert text("----") == ""


def test_a_space_that_was_nearly_seen_is_a_space() -> None:
    assert text("a-b", space=0.2) == "a b"
    assert text("a-b", space=0.01) == "ab"
    assert text("a -b", space=0.2) == "a b"
    assert text("ab", space=0.2) == "ab"
    assert text("-a-", space=0.2) == "a"


def test_chinese_is_written_without_spaces() -> None:
    assert text("字-字", space=0.2) == "字字"
    assert text("字-a", space=0.2) == "字a"
    assert text("字 字") == "字 字"


def test_places_are_shares_of_the_picture_without_its_padding() -> None:
    first, second = ctc.glyphs(columns("a--b----"), ALPHABET, 0.5)
    assert first.place == pytest.approx(0.5 / 4)
    assert second.place == pytest.approx(3.5 / 4)
    assert first.confidence == pytest.approx(0.9)


def test_words_are_cut_at_spaces_and_spaces_do_not_count_for_certainty() -> None:
    line = ctc.glyphs(columns("a-b a", space=0.2), ALPHABET, 1.0)
    assert ["".join(g.char for g in word) for word in ctc.words(line)] == ["a", "b", "a"]
    assert ctc.score(line) == pytest.approx(0.9)
    assert ctc.score([]) == 0.0
