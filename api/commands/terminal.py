"""What all commands tell people by: notes beside the results, endings with a reason, and their exit codes."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

if TYPE_CHECKING:
    from schemas.settings import Settings

notes = Console(stderr=True, highlight=False)
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
