"""What the commands that work on the ledger share: its services, names of projects, tables and moments."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from api.commands.terminal import settings_or_exit, stop
from schemas.errors import OctavoError
from schemas.jobs import timestamp
from schemas.settings import Settings

if TYPE_CHECKING:
    from datetime import datetime

    from workers.jobs.services import Services

DEFAULT_PROJECT = "default/default"

_WIDE = 10_000
"""Columns of what is printed for programs, which want a line a row."""


_SPAN = re.compile(r"([0-9]{1,5})([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


@contextlib.contextmanager
def opened(settings: Settings) -> Iterator[Services]:
    """The services that ``settings`` describe, the tables made; a database that is away ends the command."""
    from sqlalchemy.exc import OperationalError

    from workers.jobs.ledger.engine import migrate
    from workers.jobs.services import Services

    services = Services.from_settings(settings)
    try:
        try:
            migrate(services.ledger.engine)
        except OperationalError as error:
            stop(f"The database cannot be used at the moment: {error.orig}")
        yield services
    finally:
        services.close()


@contextlib.contextmanager
def working(project: str = DEFAULT_PROJECT) -> Iterator[Services]:
    """The services of this machine's settings; what a command may not do ends it with the reason.

    ``project``, which the command names, must be a project's name.
    """
    from workers.jobs.tenants import is_tenant_id

    names = project.split("/")
    if len(names) != 2 or not all(map(is_tenant_id, names)):
        stop("A project is named with its organization, like default/default.")
    try:
        with opened(settings_or_exit()) as services:
            yield services
    except OctavoError as error:
        stop(error.message)


def span(text: str) -> timedelta:
    """How long ``12h``, ``90d`` or ``52w`` is; anything else ends the command."""
    if (found := _SPAN.fullmatch(text)) is None:
        raise typer.BadParameter(f"{text!r} is no time like 12h, 90d or 52w")
    return int(found[1]) * _UNITS[found[2]]


def minute(moment: datetime) -> str:
    """A moment (UTC) as tables show it."""
    return timestamp(moment)[:16].replace("T", " ")


def show_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Prints a table; ids are never cut, and for programs no row is folded."""
    table = Table(box=None, pad_edge=False)
    for name in columns:
        table.add_column(name, overflow="fold", no_wrap=name == "id")  # it is copied whole
    for row in rows:
        table.add_row(*map(escape, row))
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _WIDE
    console.print(table)
