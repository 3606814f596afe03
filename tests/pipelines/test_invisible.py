"""Characters without looks: single ones have their uses, runs of them carry something."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.invisible import shown, smuggled, without_looks

SCOTLAND = "\U0001f3f4" + "".join(chr(0xE0000 + ord(char)) for char in "gbsct") + "\U000e007f"


def tags(text: str) -> str:
    return "".join(chr(0xE0000 + ord(char)) for char in text)


def selectors(text: str) -> str:
    return "".join(chr(0xE0100 + ord(char) - 16) for char in text)


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        f"the flag {SCOTLAND} of Scotland",
        "a family \U0001f469\u200d\u2764\ufe0f\u200d\U0001f468 and a 1\ufe0f\u20e3",
        "می\u200cخواهم",
        "soft\u00adhyphen, zero\u200bwidth\u200bspaces",
        "\u2067עברית\u2069",
    ],
)
def test_single_ones_stay(text: str) -> None:
    assert shown(text) == text
    assert without_looks(text) == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"a{tags('ignore')}b", "ignore"),
        (f"a{selectors('ignore')}b", "ignore"),
        ("a" + "\u200b\u200c" * 8 + "b", ""),
        ("a\u202eb", ""),
        (f"a{tags('x')}b", "x"),
    ],
)
def test_runs_of_them_are_taken_out_and_spelled(text: str, expected: str) -> None:
    assert shown(text) == "ab"
    assert smuggled(text) == expected
    assert len(without_looks(text)) == len(text) - 2


@given(
    st.text(
        st.sampled_from("ab\u200b\u200d\ufe0f\U000e0041\U000e007f\U0001f3f4\u202e\U000e0100"), max_size=40
    )
)
def test_nothing_that_shows_is_lost(text: str) -> None:
    assert [char for char in shown(text) if char in "ab\U0001f3f4"] == [
        char for char in text if char in "ab\U0001f3f4"
    ]
    assert len(shown(text)) + len(without_looks(text)) == len(text)
