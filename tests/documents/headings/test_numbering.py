import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.documents.headings.numbering import readings


@pytest.mark.parametrize(
    ("text", "form", "values", "rest"),
    [
        ("1 Tides", "1.1", (1,), "Tides"),
        ("12. Tides", "1.1", (12,), "Tides"),
        ("2.0 Tides", "1.1", (2,), "Tides"),
        ("2.1 Tides", "1.2", (2, 1), "Tides"),
        ("2.1.3. Tides", "1.3", (2, 1, 3), "Tides"),
        ("2.1Tides", "1.2", (2, 1), "Tides"),
        ("3-1 潮汐", "1.2", (3, 1), "潮汐"),
        ("3) Tides", "1)", (3,), "Tides"),
        ("(3) Tides", "(1)", (3,), "Tides"),
        ("IV. Tides", "I.", (4,), "Tides"),
        ("B. Tides", "A.", (2,), "Tides"),
        ("b) tides", "a)", (2,), "tides"),
        ("(iii) tides", "(i)", (3,), "tides"),
        ("A.2 Tides", "A.2", (1, 2), "Tides"),
        ("§ 12 Tides", "§ 1", (12,), "Tides"),
        ("Chapter 3: Tides", "chapter 1", (3,), "Tides"),
        ("Chapter 10Tides", "chapter 1", (10,), "Tides"),
        ("ARTICLE IV – TIDES", "article I", (4,), "TIDES"),
        ("Section 1.01 Tides", "section 2", (1, 1), "Tides"),
        ("Part Two", "part 1", (2,), ""),
        ("Anhang B Gezeiten", "anhang A1", (2,), "Gezeiten"),
        ("第十二章 潮汐", "第章", (12,), "潮汐"),
        ("第3節 潮汐", "第節", (3,), "潮汐"),
        ("二十一、潮汐", "一、", (21,), "潮汐"),
        ("（三）潮汐", "(一)", (3,), "潮汐"),
        ("4、潮汐", "1、", (4,), "潮汐"),
        ("③潮汐", "①", (3,), "潮汐"),
    ],
)
def test_numbers_tell_their_form_and_what_they_count(
    text: str, form: str, values: tuple[int, ...], rest: str
) -> None:
    first = readings(text)[0]
    assert (first.form, first.values, first.rest) == (form, values, rest)


@pytest.mark.parametrize(
    "text",
    [
        "3-1 years",
        "2-3 5",
        "2019 Tides",
        "12 March 2021",
        "1. Januar 2020",
        "3 de mayo de 2020",
        "10% of tides",
        "3,200 ships",
        "Section 3 of the Act",
        "Part of the sea",
        "Article 12bis is void",
        "Step by step",
        "A tide",
        "I think",
        "3D tides",
        "MIX. Tides",
        "",
    ],
)
def test_years_amounts_dates_and_words_count_nothing(text: str) -> None:
    assert readings(text) == []


def test_a_word_that_nobody_knows_may_count() -> None:
    (one,) = readings("Articulus IV – Tides")
    assert (one.form, one.values, one.rest, one.guessed) == ("articulus I", (4,), "Tides", True)
    assert readings("Ships 3 of the sea") == []


def test_a_letter_may_be_a_roman_number() -> None:
    assert [(one.form, one.values) for one in readings("I. Tides")] == [("I.", (1,)), ("A.", (9,))]
    assert [(one.form, one.values) for one in readings("c) tides")] == [("a)", (3,)), ("i)", (100,))]


def test_a_number_follows_the_one_before_in_the_same_part() -> None:
    (one,), (other,), (third,) = (readings(f"{n} Tides") for n in ("2.1", "2.2", "3.2"))
    assert other.follows(one)
    assert not third.follows(one)
    assert not one.follows(other)


@given(st.text(alphabet="0123456789.,)(IVXLivxabcABC §第章一二、①（ Chapter\t", max_size=60))
def test_any_text_is_read(text: str) -> None:
    for one in readings(text):
        assert one.values
        assert one.depth == len(one.values)
