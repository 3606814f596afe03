import time

from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers.laid_out.alignment import aligned, common, markdown_tokens, tokens

WORDS = st.lists(st.sampled_from("a b c d e f".split()), max_size=40)


def test_words_without_case_and_punctuation() -> None:
    assert tokens("Well, “THIS” is it — a ﬁnal 3.5%!") == [
        "well",
        "this",
        "is",
        "it",
        "—",
        "a",
        "final",
        "3",
        "5",
    ]


def test_scripts_without_spaces_are_taken_by_character() -> None:
    assert tokens("第1章 概要") == ["第", "1", "章", "概", "要"]


def test_lengthened_arabic_words() -> None:
    assert tokens("تقريـــر") == tokens("تقرير")


def test_markup_says_nothing() -> None:
    text = (
        '1. **Bo**ld <ins data-author="A b">new</ins><!-- Comment: no --> [link](http://a.b/c) '
        "x<sup>2</sup> a&amp;b $\\alpha + y$ ☐"
    )
    assert markdown_tokens(text) == ["1", "bold", "new", "link", "x", "2", "a", "b", "y"]
    assert markdown_tokens("☐ —") == ["☐", "—"]


def test_what_is_missing_or_added_does_not_matter() -> None:
    one = "the cat sat on the mat and the dog did not".split()
    other = "page 1 the cat sat on the red mat and dog did not page 2".split()
    found = aligned(one, other)
    assert [other[at] if at >= 0 else None for at in found] == [
        *"the cat sat on the mat and".split(),
        None,
        *"dog did not".split(),
    ]


@given(WORDS, WORDS)
def test_any_texts(one: list[str], other: list[str]) -> None:
    found = [(at, match) for at, match in enumerate(aligned(one, other)) if match >= 0]
    assert all(one[at] == other[match] for at, match in found)
    assert [match for _, match in found] == sorted({match for _, match in found})
    assert len(found) <= len(common(one, other))


@given(WORDS)
def test_equal_texts_match_whole(one: list[str]) -> None:
    assert aligned(one, one) == list(range(len(one)))


def test_long_repetitive_texts_take_linear_time() -> None:
    text = "the same words come again and again and say nothing new".split() * 10_000
    start = time.process_time()
    found = aligned(text, [*text[:300], "new", *text[300:]])
    assert time.process_time() - start < 10
    assert sum(match >= 0 for match in found) > 0.99 * len(text)
