"""Bars in the terminal."""

from __future__ import annotations

import io

from rich.console import Console

from api.commands.bars import Bars


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
