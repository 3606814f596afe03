from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers.sheets.dates import serial
from pipelines.readers.sheets.number_format import BUILT_IN, NumberFormat

# What Excel shows; 45000.75 is 15 March 2023, 18:00.
SHOWN = [
    ("General", 1, "1"),
    ("General", 123456789012, "123456789012"),
    ("General", 3.14159265358979, "3.141592654"),
    ("General", 0.1 + 0.2, "0.3"),
    ("General", -1 / 3, "-0.333333333"),
    ("General", 1e-10, "1E-10"),
    ("General", 1.5e20, "1.5E+20"),
    ("General", 1234567.891234, "1234567.891"),
    ("0.00", 2.675, "2.68"),
    ("0.00", 0.125, "0.13"),
    ("#,##0", 1234567, "1,234,567"),
    ("#,##0", -12.5, "-13"),
    ("0%", 0.125, "13%"),
    ("0.00%", 1, "100.00%"),
    (BUILT_IN[8], -1234.5, "($1,234.50)"),
    (BUILT_IN[44], 1234.5, "$1,234.50"),
    (BUILT_IN[44], 0, "$-"),
    ("0.00E+00", 12345, "1.23E+04"),
    ("0.00E+00", 99.995, "1.00E+02"),
    ("##0.0E+0", 12345, "12.3E+3"),
    ("0.000E-00", 1234.5, "1.235E03"),
    ("# ?/?", 1.5, "1 1/2"),
    ("# ??/??", 3.14159, "3 14/99"),
    ("# ?/8", 1.3, "1 2/8"),
    ("# ?/?", 3, "3"),
    ("?/8", 0.3, "2/8"),
    ("m/d/yyyy", 45000.75, "3/15/2023"),
    ("m/d/yyyy", 60, "2/29/1900"),
    ("m/d/yyyy", 1, "1/1/1900"),
    ("d-mmm-yy", 45000, "15-Mar-23"),
    ("dddd, mmmm d, yyyy", 45000, "Wednesday, March 15, 2023"),
    ("[$-F800]dddd\\,\\ mmmm\\ dd", 45000, "Wednesday, March 15"),
    ('yyyy"年"m"月"d"日"', 45000, "2023年3月15日"),
    ("yyyy-mm-dd\\Thh:mm:ss", 45000.75, "2023-03-15T18:00:00"),
    ("h:mm AM/PM", 0.5, "12:00 PM"),
    ("h:mm:ss", 0.99999999, "0:00:00"),
    ("[h]:mm:ss", 1.5, "36:00:00"),
    ("[mm]:ss", 0.5, "720:00"),
    ("mm:ss.0", 0.123456, "57:46.6"),
    ("mmmmm", 45000, "M"),
    ("000-00-0000", 123456789, "123-45-6789"),
    ("(###) ###-####", 5551234567, "(555) 123-4567"),
    ("00000", 42, "00042"),
    ('0,,"M"', 12345678, "12M"),
    ("#,##0.0,", 123456, "123.5"),
    ('0 "units"', 3, "3 units"),
    ("[$€-407] #,##0.00", 12.5, "€ 12.50"),
    ("0.0##", 1.5, "1.5"),
    ("#", 0, ""),
    (";;;", 5, ""),
    ('0.0;-0.0;"none"', 0, "none"),
    ("[Red]#,##0;[Blue](#,##0)", -5, "(5)"),
    ('[<1000]0;[>=1000]0.0,"k"', 12345, "12.3k"),
    ('[>100]"big";[<0]"less";0.0', -1, "less"),
    ('General" items"', 2.5, "2.5 items"),
    ('_-* #,##0.00 _€_-;-* #,##0.00 _€_-;_-* "-"?? _€_-', -1234.5, "-1,234.50"),
]


@pytest.mark.parametrize(("code", "value", "text"), SHOWN)
def test_numbers_as_shown(code: str, value: float, text: str) -> None:
    assert NumberFormat(code).number(value) == text


@pytest.mark.parametrize(
    ("code", "text"), [("General", "x"), ("0.00", "x"), ('@" kg"', "x kg"), ('0;-0;0;"<"@">"', "<x>")]
)
def test_texts_as_shown(code: str, text: str) -> None:
    assert NumberFormat(code).text("x") == text


def test_days_counted_from_1904() -> None:
    assert NumberFormat("yyyy-mm-dd", from_1904=True).number(0) == "1904-01-01"
    assert NumberFormat("yyyy-mm-dd", from_1904=True).number(45000 - 1462) == "2023-03-15"


def test_what_is_no_date_shows_as_a_number() -> None:
    assert NumberFormat("yyyy-mm-dd").number(1e9) == "1000000000"
    assert NumberFormat("yyyy-mm-dd").number(-3) == "-3"


@pytest.mark.parametrize(
    ("value", "days"),
    [
        (datetime.fromisoformat("2023-03-15T18:00"), 45000.75),
        (date(1900, 1, 1), 1),
        (date(1900, 3, 1), 61),
        (time(6), 0.25),
        (timedelta(hours=36), 1.5),
    ],
)
def test_numbers_of_days(value: date | time | timedelta, days: float) -> None:
    assert serial(value) == days


@given(
    code=st.text('0#?.,%E+-/@;[]"\\_*hmsyd Genral<>=$€1', max_size=20),
    value=st.floats(allow_nan=True, allow_infinity=True),
)
def test_any_code_shows_any_number(code: str, value: float) -> None:
    assert isinstance(NumberFormat(code).number(value), str)
