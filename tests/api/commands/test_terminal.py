"""What documents, names and services say is shown by a terminal, and not obeyed."""

from __future__ import annotations

import io
import sys

import pytest
from rich.markup import escape
from rich.text import Text

from api.commands.bars import Bars
from api.commands.results import write
from api.commands.terminal import Screen

CLIPBOARD = "a\x1b]52;c;aGk=\x1b\\b"
CLEARS = "\x1b[2J\x9b2J\u202etxt.exe"


class _Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


def test_notes_cannot_steer_the_terminal() -> None:
    told = io.StringIO()
    screen = Screen(file=told, force_terminal=False, highlight=False, width=80)
    screen.print(f"[red]{escape(CLIPBOARD)}[/red]: {escape(CLEARS)}\nnext", soft_wrap=True)
    screen.print(Text(CLEARS))
    assert not any(sign in told.getvalue() for sign in "\x1b\x9b\u202e")
    assert told.getvalue().startswith("a ]52;c;aGk= \\b:")
    assert "\nnext\n" in told.getvalue()


def test_colours_of_its_own_are_shown() -> None:
    told = io.StringIO()
    screen = Screen(file=told, force_terminal=True, color_system="standard", highlight=False, _environ={})
    screen.print(f"[red]{escape(CLEARS)}[/red]", soft_wrap=True)
    assert told.getvalue().startswith("\x1b[31m [2J 2J txt.exe\x1b[0m")


def test_bars_name_a_document_without_obeying_it() -> None:
    told = io.StringIO()
    screen = Screen(file=told, force_terminal=True, width=80, _environ={"TERM": "xterm"})
    with Bars(screen) as bars, bars.bar("c\x1b]52;c;aGk=\x1b\\.pdf") as bar:
        bar.show(1, 2, "reading")
    assert "]52;c" in told.getvalue()
    assert "\x1b]52" not in told.getvalue()


@pytest.mark.parametrize(
    ("kind", "written"), [(_Terminal, "a ]52;c;aGk= \\b"), (io.TextIOWrapper, CLIPBOARD)]
)
def test_results_are_harmless_in_a_terminal_and_whole_elsewhere(
    kind: type[io.TextIOWrapper], written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", kind(sent, encoding="utf-8"))
    write(f"{CLIPBOARD}\n\t|")
    assert sent.getvalue().decode() == f"{written}\n\t|"
