from __future__ import annotations

import pytest

from benchmarks.scores.markdown import bare
from benchmarks.scores.order import Block, score_blocks

ONE = "The first paragraph speaks of ships and harbours."
TWO = "Another one is about mountains, snow and long roads."
THREE = "Bread needs flour, water, salt and a little patience."
BLOCKS = [Block(ONE), Block(TWO), Block(THREE)]


def test_the_same_text_is_perfect() -> None:
    score = score_blocks(BLOCKS, f"{ONE}\n\n{TWO}\n\n{THREE}")
    assert (score.text, score.order, score.missed) == (0.0, 0.0, 0)


def test_joined_split_and_marked_paragraphs_are_the_same_text() -> None:
    score = score_blocks(BLOCKS, f"# {ONE} **{TWO[:20]}**\n\n- {TWO[20:]}\n{THREE}")
    assert (score.text, score.order) == (0.0, 0.0)


def test_nothing_read_is_worst() -> None:
    score = score_blocks(BLOCKS, "")
    assert (score.text, score.order, score.missed) == (1.0, 1.0, 3)


def test_a_swap_costs_order_but_no_text() -> None:
    score = score_blocks(BLOCKS, f"{ONE}\n\n{THREE}\n\n{TWO}")
    assert score.text == 0.0
    assert score.order == pytest.approx(2 / 3)


def test_a_missed_block_costs_its_length() -> None:
    score = score_blocks([Block("aaaa bbbb cccc dddd"), Block("1111 2222 3333 4444")], "aaaabbbbccccdddd")
    assert score.text == pytest.approx(0.5)
    assert score.missed == 1


def test_a_gap_in_a_block_costs_the_gap_alone() -> None:
    block = "abcdefghijklmnopqrstuvwxyz0123456789"
    score = score_blocks([Block(block)], block.replace("mnop", "") + " tail end")
    assert score.text == pytest.approx((4 + 7) / (36 + 7))


def test_a_dropped_line_does_not_shift_the_block() -> None:
    lines = [
        "Rivers that reach the sea carry sand from far away",
        "while glaciers, slow and blue, push boulders instead;",
        "only volcanoes build new ground from below, quickly.",
    ]
    score = score_blocks([Block(ONE), Block(" ".join(lines))], f"{ONE}\n\n{lines[0]}\n{lines[2]}")
    assert (score.missed, score.order) == (0, 0.0)
    missing, whole = len(bare(lines[1])), len(bare(" ".join(lines)))
    assert score.text == pytest.approx(missing / (whole + len(bare(ONE))))


def test_invented_text_costs() -> None:
    assert score_blocks([Block("abcdefgh")], "abcdefgh\n\n12345678").text == pytest.approx(0.5)


def test_unscored_text_may_be_read_or_not() -> None:
    blocks = [*BLOCKS, Block("Running head of the page", scored=False)]
    body = f"{ONE}\n\n{TWO}\n\n{THREE}"
    assert score_blocks(blocks, body).text == 0.0
    assert score_blocks(blocks, f"Running head of the page\n\n{body}").text == 0.0


def test_found_tables_are_left_out() -> None:
    table = "<table><tr><td>many other words in here</td></tr></table>"
    assert score_blocks(BLOCKS, f"{ONE}\n\n{table}\n\n{TWO}\n\n{THREE}").text == 0.0


def test_order_of_a_single_block_is_unknown() -> None:
    assert score_blocks([Block(ONE)], ONE).order is None
