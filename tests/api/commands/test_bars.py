"""Bars in the terminal."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from api.commands.bars import Bars, Overall
from schemas.pace import Pace


def shown(*, terminal: bool) -> str:
    written = io.StringIO()
    console = Console(file=written, force_terminal=terminal, width=120, color_system=None)
    with Bars(console) as bars, bars.bar("a [bold] name.pdf") as bar:
        bar.show(3, 9, "page 4: ocr", "1.5 pages/s")
        bars.refresh()
    return written.getvalue()


def test_a_bar_says_what_is_done() -> None:
    text = shown(terminal=True)
    for part in ("a [bold] name.pdf: page 4: ocr", "3/9", "1.5 pages/s"):
        assert part in text


def test_where_nobody_looks_on_nothing_is_written() -> None:
    assert shown(terminal=False) == ""


def test_results_go_where_they_are_sent_though_bars_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=120)
    with Bars(console) as bars, bars.bar("a.pdf"):
        print("a result")  # noqa: T201
        with bars.away():
            print("another")  # noqa: T201
    assert capsys.readouterr().out == "a result\nanother\n"


def test_documents_together_have_a_pace_and_a_time_left() -> None:
    now = 0.0
    overall = Overall(4, Pace(lambda: now))
    assert overall.about() == ""
    now += 2
    overall.moved("a", 2, 4)
    overall.moved("b", 0, 0)
    assert overall.about() == "1 pages/s, about 14 s left"  # four documents of four pages, as far as is known
    now += 2
    overall.end("a", 4)
    overall.end("b", 0)
    assert (overall.ended, overall.pages_done) == (2, 4)
    overall.end("c", 2)
    overall.end("d", 2)
    assert overall.about() == "2 pages/s"
