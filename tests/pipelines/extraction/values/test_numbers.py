"""Numbers as many places print them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from babel.numbers import format_currency, format_decimal
from hypothesis import given
from hypothesis import strategies as st

from pipelines.extraction.evidence import PlacedWord
from pipelines.extraction.targets import Scalar
from pipelines.extraction.values.conventions import UNKNOWN, Conventions, conventions_of
from pipelines.extraction.values.kinds import Kind
from pipelines.extraction.values.numbers import numbers
from pipelines.extraction.values.spans import spans
from pipelines.extraction.values.typed import meanings, same, typed
from schemas.geometry import BBox

LOCALES = (
    "en_US en_GB de_DE de_CH de_AT fr_FR es_ES it_IT pt_BR nl_NL sv_SE da_DK pl_PL cs_CZ en_IN ja_JP".split()
)
NUMBER, INTEGER = Scalar("number"), Scalar("integer")


def read(text: str, conventions: Conventions = UNKNOWN) -> list[tuple[str, str]]:
    """Each number in a text: where it stands, and its likeliest reading."""
    return [(text[n.start : n.end], str(n.readings[0])) for n in numbers(text, conventions)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1.234,56", [("1.234,56", "1234.56")]),
        ("1,234.56", [("1,234.56", "1234.56")]),
        ("1 234,56 €", [("1 234,56 €", "1234.56")]),
        ("1'234.56", [("1'234.56", "1234.56")]),
        ("12,34,567.89", [("12,34,567.89", "1234567.89")]),
        ("(1,234.00)", [("(1,234.00)", "-1234.00")]),
        ("-$5.00 and $-5.00 and 5.00-", [("-$5.00", "-5.00"), ("$-5.00", "-5.00"), ("5.00-", "-5.00")]),
        ("1,234.00 CR 7.00 DR", [("1,234.00 CR", "1234.00"), ("7.00 DR", "-7.00")]),
        ("USD 3.5 million", [("USD 3.5 million", "3500000.0")]),
        ("Total:RM80.90", [("RM80.90", "80.90")]),
        ("two (2) items at VAT (21%)", [("2", "2"), ("21%", "21")]),
        ("CHF 12.-", [("CHF 12.-", "12")]),
        ("١٢٣٫٥", [("١٢٣٫٥", "123.5")]),
        ("Page 1 of 3", [("1", "1"), ("3", "3")]),
        (".5 kg, ,5", [(".5", "0.5"), (",5", "0.5")]),
    ],
)
def test_numbers_in_a_text(text: str, found: list[tuple[str, str]]) -> None:
    assert read(text) == found


@pytest.mark.parametrize(
    "text", ["12/03/2019", "12:30", "AB123", "1.2.3", "1,23,45", "INV-2019", "9" * 31, "a@5"]
)
def test_what_is_no_number(text: str) -> None:
    assert read(text) == []


def test_what_may_be_read_in_two_ways_is_read_as_the_document_writes() -> None:
    assert read("1.234 1,234") == [("1.234", "1.234"), ("1,234", "1234")]
    german = conventions_of(["Summe 12,50 und 1.000,00"])
    assert german.decimal == ","
    assert read("1.234 1,234", german) == [("1.234", "1234"), ("1,234", "1.234")]
    assert {Decimal("1.234"), Decimal(1234)} == meanings("1.234", NUMBER, Kind.NUMBER)


@given(st.decimals(-(10**9), 10**9, places=2), st.sampled_from(LOCALES))
def test_what_a_locale_prints_is_read_back(value: Decimal, locale: str) -> None:
    printed = [
        format_decimal(value, format="#,##0.00", locale=locale),
        format_currency(value, "EUR", locale=locale),
    ]
    for text in printed:
        assert same(float(value), text, NUMBER, Kind.MONEY), text


@pytest.mark.parametrize(
    ("text", "target", "kind", "value"),
    [
        ("$ 1,234.50 due", NUMBER, Kind.MONEY, 1234.5),
        ("5 kg", NUMBER, Kind.NUMBER, 5),
        ("5kg", NUMBER, Kind.NUMBER, 5),
        ("No12", INTEGER, Kind.NUMBER, 12),
        ("7.00", INTEGER, Kind.NUMBER, 7),
        ("7.50", INTEGER, Kind.NUMBER, None),
        ("12.5 %", NUMBER, Kind.PERCENT, 12.5),
        ("two (2) years", INTEGER, Kind.DURATION, 2),
        ("three years", INTEGER, Kind.DURATION, 3),
        ("1 of 3", NUMBER, Kind.NUMBER, None),
        ("NaN", NUMBER, Kind.NUMBER, None),
        ("", NUMBER, Kind.NUMBER, None),
        ("9" * 400, NUMBER, Kind.NUMBER, None),
    ],
)
def test_a_text_as_a_number_of_json(text: str, target: Scalar, kind: Kind, value: float | None) -> None:
    assert typed(text, target, kind) == value


def test_a_share_is_the_same_as_its_percentage() -> None:
    assert same(0.05, "5 %", NUMBER, Kind.PERCENT)
    assert not same(0.05, "5 %", NUMBER, Kind.NUMBER)
    assert same("EUR 1.234,50", "1,234.50", Scalar(), Kind.MONEY)
    assert not same("1,234.50", "1,234.51", Scalar(), Kind.MONEY)


@pytest.mark.parametrize("text", ["<5", "< 0.01", "≥ 3", "> 90"])
def test_a_limit_is_no_value(text: str) -> None:
    assert typed(text, NUMBER, Kind.NUMBER) is None
    words = [PlacedWord(word, 1, BBox(9 * i, 0, 9 * i + 8, 9)) for i, word in enumerate(text.split())]
    assert spans(words, Kind.NUMBER) == []


@pytest.mark.parametrize("text", ["-", "–", "—", "___", "..."])
def test_marks_that_stand_for_nothing_are_no_text(text: str) -> None:
    assert typed(text, Scalar("string"), Kind.TEXT) is None


def test_prices_without_cents_tell_what_parts_thousands() -> None:
    assert conventions_of(["25.000 62.500", "TOTAL 100.000", "90.000"]).decimal == ","
    assert conventions_of(["25,000 100,000", "90,000"]).decimal == "."
    assert conventions_of(["15.061 gallons at 3.000"]).decimal is None
