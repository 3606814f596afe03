"""Dates as many languages print them."""

from __future__ import annotations

import datetime

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from pipelines.extraction.targets import Scalar
from pipelines.extraction.values.conventions import UNKNOWN, Conventions, conventions_of
from pipelines.extraction.values.dates import compact, dates
from pipelines.extraction.values.durations import durations
from pipelines.extraction.values.kinds import Kind
from pipelines.extraction.values.typed import same, typed

LOCALES = "en_US en_GB de fr es it pt nl sv da nb fi pl cs sk hu ro hr sl tr id ru uk bg el ca ja zh".split()
DATE, TIME = Scalar(format="date"), Scalar(format="date-time")


def read(text: str, conventions: Conventions = UNKNOWN) -> list[tuple[str, list[str]]]:
    return [(text[d.start : d.end], [day.isoformat() for day in d.days]) for d in dates(text, conventions)]


@pytest.mark.parametrize(
    "text",
    [
        "25/12/2018",
        "25-12-18",
        "25. 12. 2018",
        "12/25/2018",
        "2018-12-25",
        "2018/12/25",
        "25 Dec 2018",
        "25-Dec-18",
        "25DEC2018",
        "25th day of December, 2018",
        "25TH DAY OF DECEMBER 2018",
        "December 25th, 2018",
        "Dec. 25 '18",
        "DEC-25-2018",
        "25. Dezember 2018",
        "le 25 décembre 2018",
        "25 de diciembre de 2018",
        "2018年12月25日",
        "٢٥/١٢/٢٠١٨",
    ],
)
def test_one_day_in_many_forms(text: str) -> None:
    ((_, days),) = read(f"on {text} or so")
    assert days == ["2018-12-25"]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("15/01/201911:05:16", "15/01/2019"),
        ("15/01/2019-11:05", "15/01/2019"),
        ("15/01/19,11:05", "15/01/19"),
        ("TIME:16:3015/01/2019", "15/01/2019"),
        ("DATE15/01/2019", "15/01/2019"),
        ("15 /01/ 2019", "15 /01/ 2019"),
    ],
)
def test_dates_that_a_picture_runs_together_or_apart(text: str, date: str) -> None:
    assert read(text) == [(date, ["2019-01-15"])]


@pytest.mark.parametrize(
    "text", ["31/02/2018", "1.2.2019.3", "12:30", "5 item 2018", "13/13/2018", "2018", "a1/2/2018"]
)
def test_what_is_no_date(text: str) -> None:
    assert read(text) == []


def test_a_month_is_no_day() -> None:
    assert read("December 2018") == [("December 2018", [])]
    assert typed("December 2018", DATE, Kind.DATE) is None


def test_day_and_month_come_as_in_the_documents_other_dates() -> None:
    assert read("3/4/2019") == [("3/4/2019", ["2019-04-03", "2019-03-04"])]
    american = conventions_of(["on 12/31/2018", "and 1/2/2019"])
    assert american.month_first
    assert read("3/4/2019", american) == [("3/4/2019", ["2019-03-04", "2019-04-03"])]
    assert conventions_of(["31/12/2018", "12/31/2018"]).month_first is None
    assert conventions_of(["Springfield, IL 62701", "3/4/2019"]).month_first
    assert not conventions_of(["Springfield, IL 62701", "31/4/2019"]).month_first


@given(st.dates(datetime.date(1970, 1, 1), datetime.date(2069, 12, 31)), st.sampled_from(LOCALES))
def test_what_a_locale_prints_is_read_back(day: datetime.date, locale: str) -> None:
    text = format_date(day, "long", locale)
    assert same(text, day.isoformat(), DATE, Kind.DATE), text


@pytest.mark.parametrize(
    ("text", "target", "value"),
    [
        ("Date: 3 May 2019", DATE, "2019-05-03"),
        ("20190503", DATE, "2019-05-03"),
        ("from 3 May 2019 to 4 May 2019", DATE, None),
        ("soon", DATE, None),
        ("3 May 2019 8:13:39 PM", TIME, "2019-05-03T20:13:39"),
        ("2019-05-03T08:13:39+0200", TIME, "2019-05-03T08:13:39+02:00"),
        ("3 May 2019", TIME, "2019-05-03T00:00:00"),
        ("3 May 2019 25:99", TIME, "2019-05-03T00:00:00"),
        (" 3  May 2019, ", Scalar(), "3 May 2019"),
    ],
)
def test_a_text_as_a_date_of_json(text: str, target: Scalar, value: str | None) -> None:
    assert typed(text, target, Kind.DATE) == value


def test_eight_figures_are_a_date_where_one_is_asked_for() -> None:
    assert compact("31122018") == (datetime.date(2018, 12, 31),)
    assert compact("99999999") == ()
    assert compact("²²²²²²²²") == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("for two (2) years from", [("two (2) years", "P2Y")]),
        ("period of three years", [("three years", "P3Y")]),
        ("thirty-six (36) months", [("thirty-six (36) months", "P36M")]),
        ("twenty-four months", [("twenty-four months", "P24M")]),
        ("binnen 30 Tagen, zwölf Monate", [("30 Tagen", "P30D"), ("zwölf Monate", "P12M")]),
        ("un an", [("un an", "P1Y")]),
        ("18-month term", [("18-month", "P18M")]),
        ("one (1) calendar year", [("one (1) calendar year", "P1Y")]),
        ("a month", []),
        ("years", []),
    ],
)
def test_durations(text: str, found: list[tuple[str, str]]) -> None:
    assert [(text[d.start : d.end], d.iso) for d in durations(text)] == found


def test_durations_in_other_units_are_the_same() -> None:
    assert same("two (2) years", "24 months", Scalar(), Kind.DURATION)
    assert same("P2Y", "two years", Scalar(format="duration"), Kind.DURATION)
    assert typed("two (2) years", Scalar(format="duration"), Kind.DURATION) == "P2Y"
    assert typed("soon", Scalar(format="duration"), Kind.DURATION) is None
