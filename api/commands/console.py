"""What the commands that work on the ledger share: its services, names of projects, tables and moments."""

from __future__ import annotations

import contextlib
import json
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import typer
from rich.table import Table
from rich.text import Text

from api.commands.loading import loading
from api.commands.terminal import Ending, Screen, settings_or_exit, shown, stop
from schemas.errors import OctavoError
from schemas.jobs import timestamp

if TYPE_CHECKING:
    from datetime import datetime

    from schemas.settings import Settings
    from workers.jobs.services import Services

DEFAULT_PROJECT = "default/default"

_WIDE = 10_000
"""Columns of what is printed for programs, which want a line a row."""


_SPAN = re.compile(r"([0-9]{1,5})([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


@contextlib.contextmanager
def opened(settings: Settings) -> Iterator[Services]:
    """The services that ``settings`` describe, the tables made; what is wrong with them ends the command."""
    services = _services(settings)
    try:
        _migrate(services)
        yield services
    finally:
        services.close()


def _services(settings: Settings) -> Services:
    with loading():
        from sqlalchemy.exc import ArgumentError

        from workers.jobs.services import Services

    try:
        return Services.from_settings(settings)
    except OctavoError as error:
        stop(error.message)
    except ImportError as error:
        extra = "postgres" if (error.name or "").startswith("psycopg") else "s3"
        stop(f"The package {error.name} is missing: pip install 'octavo[{extra}]'.")
    except (ArgumentError, ValueError):
        stop("OCTAVO_DATABASE_URL must be like sqlite:////folder/octavo.db or postgresql://user@host/name.")
    except OSError as error:
        stop(
            f"{error.filename or settings.folder} cannot be used: {error.strerror}. See that this user may"
            " write there, and OCTAVO_DATA_DIR, OCTAVO_DATABASE_URL and OCTAVO_BLOB_URL."
        )


def _migrate(services: Services) -> None:
    from sqlalchemy.exc import OperationalError

    from workers.jobs.ledger.engine import migrate

    try:
        migrate(services.ledger.engine)
    except OctavoError as error:
        stop(error.message)
    except OperationalError as error:
        stop(
            f"The database cannot be used at the moment: {str(error.orig).strip().splitlines()[0]}."
            " See that it runs, and OCTAVO_DATABASE_URL.",
            Ending.NO_SERVICE,
        )


@contextlib.contextmanager
def working(project: str = DEFAULT_PROJECT) -> Iterator[Services]:
    """The services of this machine's settings; what a command may not do ends it with the reason.

    ``project``, which the command names, must be a project's name.
    """
    from workers.jobs.blobs import BlobStoreAway
    from workers.jobs.configuration import ConfigurationError
    from workers.jobs.tenants import is_tenant_id

    names = project.split("/")
    if len(names) != 2 or not all(map(is_tenant_id, names)):
        stop("A project is named with its organization, like default/default.")
    try:
        with opened(settings_or_exit()) as services:
            yield services
    except ConfigurationError as error:
        stop(error.message)
    except BlobStoreAway as error:
        stop(error.message, Ending.NO_SERVICE)
    except OctavoError as error:
        stop(error.message, Ending.FAILED)


def span(text: str) -> timedelta:
    """How long ``12h``, ``90d`` or ``52w`` is; anything else ends the command."""
    if (found := _SPAN.fullmatch(text)) is None:
        raise typer.BadParameter(f"{text!r} is no time like 12h, 90d or 52w")
    return int(found[1]) * _UNITS[found[2]]


def minute(moment: datetime | str) -> str:
    """A moment (UTC), itself or as the wire has it, as tables show it."""
    text = moment if isinstance(moment, str) else timestamp(moment)
    return text[:16].replace("T", " ")


def show_table(columns: Sequence[str], rows: Iterable[Sequence[str]], cut: Collection[str] = ()) -> None:
    """Prints a line a row; in a terminal without empty columns, and with ``cut`` as short as need be."""
    console, lines = _console(), list(rows)
    shown = [
        number
        for number, name in enumerate(columns)
        if name == "id" or not console.is_terminal or any(row[number] for row in lines)
    ]
    table = Table(box=None, pad_edge=False)
    for number in shown:
        table.add_column(_line(columns[number]), no_wrap=columns[number] not in cut)
    for row in lines:
        table.add_row(*(_line(row[number]) for number in shown))
    console.print(table)


def show_fields(fields: Iterable[tuple[str, str]]) -> None:
    """Prints what one thing has, a name and its value a line."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in fields:
        table.add_row(name, Text(plain(value)))
    _console().print(table)


def print_json(value: Any) -> None:
    """Prints one thing as JSON."""
    sys.stdout.write(shown(json.dumps(value, indent=2, ensure_ascii=False)) + "\n")


def print_lines(values: Iterable[Any]) -> None:
    """Prints a JSON object a line."""
    for value in values:
        sys.stdout.write(shown(json.dumps(value, ensure_ascii=False)) + "\n")


def plain(text: str) -> str:
    """A text as it may be shown in one line: what would move a terminal's cursor, or more, is left out."""
    return "".join(c if c.isprintable() else " " for c in text)


def _line(text: str) -> Text:
    return Text(plain(text), no_wrap=True, overflow="ellipsis")


def _console() -> Screen:
    """Standard output, as wide as a terminal is, or as any row."""
    console = Screen(highlight=False)
    if not console.is_terminal:
        console.width = _WIDE
    return console
