"""Numbers as people write them, and the scales through them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.charts.axes import fit_scale, number_of, numbers_of, plain


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,000", 1000),
        ("1 000", 1000),
        ("1\u202f000,5", 1000.5),
        ("1'250'000", 1250000),
        ("1,00,000", 100000),
        ("1.000.000", 1e6),
        ("1.000,5", 1000.5),
        ("1,000.5", 1000.5),
        ("1,5", 1.5),
        ("1.000", 1),
        ("0,125", 0.125),
        (".5", 0.5),
        ("25%", 25),
        ("12.5 %", 12.5),
        ("$1.5M", 1.5e6),
        ("-$3", -3),
        ("US$ 12", 12),
        ("€ 20", 20),
        ("20 €", 20),
        ("2.5bn", 2.5e9),
        ("3k", 3000),
        ("2.3 million", 2300000),
        ("−5", -5),
        ("(5)", -5),
        ("(1,234)", -1234),
        ("+7", 7),
        ("1e3", 1000),
        ("2.5E-02", 0.025),
        ("10³", 1000),
        ("10⁻²", 0.01),
        ("10^{4}", 10000),
        ("2×10^5", 200000),
        ("2024*", 2024),
        ("15°C", 15),
        ("2019", 2019),
    ],
)
def test_numbers(text: str, number: float) -> None:
    assert number_of(text) == pytest.approx(number, rel=1e-12)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "Q1 2019",
        "Q1",
        "H2",
        "12 34",
        "1,2,3",
        "2010-11",
        "three",
        "5 apples",
        "1.2.3",
        "%",
        "1 of 2",
        "9" * 99,
    ],
)
def test_no_numbers(text: str) -> None:
    assert number_of(text) is None


@given(st.text())
def test_any_text_is_a_number_or_none(text: str) -> None:
    number = number_of(text)
    assert number is None or math.isfinite(number)


@given(st.floats(min_value=-1e9, max_value=1e9).map(lambda x: round(x, 2)))
def test_numbers_written_with_groups_are_read_back(number: float) -> None:
    assert number_of(f"{number:,.2f}") == pytest.approx(number)


def test_one_label_tells_what_the_marks_of_all_mean() -> None:
    assert numbers_of(["1.000", "1.250,5"]) == [1000, 1250.5]
    assert numbers_of(["1,000", "2.5"]) == [1000, 2.5]
    assert numbers_of(["0,5", "1,000"]) == [0.5, 1]


def test_powers_that_lost_their_place_are_powers() -> None:
    assert numbers_of(["10-1", "100", "101"]) == [0.1, 1, 10]


def test_a_scale_turns_positions_into_numbers() -> None:
    scale = fit_scale([200, 150, 100, 50], ["0", "10", "20", "30"])
    assert scale is not None
    assert scale.kind == "linear"
    assert (scale.min, scale.max, scale.support) == (0, 30, 4)
    assert scale.value(125) == pytest.approx(15)
    assert scale.position(15) == pytest.approx(125)


def test_a_misread_label_does_no_harm() -> None:
    scale = fit_scale([0, 10, 20, 30, 40], ["0", "5", "70", "15", "B"])
    assert scale is not None
    assert scale.value(20) == pytest.approx(10)
    assert scale.support == 3


def test_spacing_tells_a_point_between_thousands() -> None:
    scale = fit_scale([0, 10, 20, 30], ["0", "500", "1.000", "1.500"])
    assert scale is not None
    assert scale.value(30) == pytest.approx(1500)


def test_a_logarithmic_axis() -> None:
    scale = fit_scale([0, 10, 20, 30], ["1", "10", "100", "1k"])
    assert scale is not None
    assert scale.kind == "log"
    assert scale.value(15) == pytest.approx(10**1.5)
    assert scale.position(100) == pytest.approx(20)
    assert scale.position(-1) is None


@pytest.mark.parametrize(
    ("positions", "texts"),
    [
        ([], []),
        ([1], ["5"]),
        ([1, 2], ["a", "b"]),
        ([1, 1], ["1", "2"]),
        ([1, 2], ["3", "3"]),
        ([0, 1, 2, 3, 4], ["7", "1", "9", "2", "40"]),
    ],
)
def test_no_scale(positions: list[float], texts: list[str]) -> None:
    assert fit_scale(positions, texts) is None


@given(
    st.lists(st.tuples(st.floats(0, 1e4), st.text(alphabet="0123456789.,-%kM ", max_size=8)), max_size=12),
)
def test_any_labels_make_a_scale_or_none(labels: list[tuple[float, str]]) -> None:
    scale = fit_scale([at for at, _ in labels], [text for _, text in labels])
    assert scale is None or (math.isfinite(scale.value(10.0)) and scale.support >= 2)


def test_readings_have_the_digits_their_position_can_tell() -> None:
    scale = fit_scale([0, 100], ["0", "300"])
    assert scale is not None
    assert scale.read(33.333333, 0.5) == 100
    assert scale.read(33.5, 0.01) == pytest.approx(100.5)


def test_whole_numbers_are_ints() -> None:
    assert isinstance(plain(3.0), int)
    assert plain(2.5) == 2.5
