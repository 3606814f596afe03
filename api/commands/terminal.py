"""What all commands tell people by: notes beside the results, endings with a reason, and their exit codes."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from enum import IntEnum
from typing import TYPE_CHECKING, NoReturn

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.markup import escape
from rich.segment import Segment

if TYPE_CHECKING:
    from schemas.settings import Settings

_STEERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""Control characters but line ends and tabs, and what turns the direction of writing around."""


def harmless(text: str) -> str:
    """A text that a terminal shows and does not obey: a space for each sign that would steer it.

    Names of files, text of documents and what services say were written by others.
    """
    return _STEERS.sub(" ", text)


def shown(text: str) -> str:
    """What standard output is given of ``text``: in a terminal what is ``harmless``, elsewhere all of it."""
    return harmless(text) if sys.stdout.isatty() else text


class Screen(Console):
    """A console on which nothing that is printed, bars included, can steer the terminal."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        """As its base, whose own control codes stay. Rich lets escape sequences in texts pass."""
        for segment in super().render(renderable, options):
            if segment.control:
                yield segment
            else:
                yield Segment(harmless(segment.text), segment.style)


notes = Screen(stderr=True, highlight=False)
"""Everything that is no result: standard output has nothing but results."""


class Ending(IntEnum):
    """The exit codes of every command."""

    WELL = 0
    FAILED = 1
    """The thing itself failed, or some of several."""
    WRONG_USE = 2
    """What was asked cannot be done so; nothing was."""
    NO_SERVICE = 3
    """The service cannot be reached, or does not let in."""
    INTERRUPTED = 130
    """Ctrl-C."""


def stop(message: str, ending: Ending = Ending.WRONG_USE) -> NoReturn:
    """Ends the command."""
    notes.print(f"[red]{escape(message)}[/red]", soft_wrap=True)
    raise typer.Exit(ending)


def settings_or_exit(**given: object) -> Settings:
    """The settings, or an exit that names the one that is wrong."""
    from pydantic import ValidationError

    from schemas.settings import Settings

    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        for problem in error.errors():
            name = "_".join(str(part) for part in problem["loc"][:1]).upper()
            notes.print(f"[red]OCTAVO_{escape(name)}[/red]: {escape(problem['msg'])}")
        raise typer.Exit(Ending.WRONG_USE) from None
