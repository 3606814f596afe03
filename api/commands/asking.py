"""What the commands that manage a service share: asking it, names in place of ids, lists of some length."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Annotated, Any

import typer
from rich.markup import escape

from api.commands.client import Client, Refused, ServiceError
from api.commands.console import span
from api.commands.terminal import Ending, notes, stop
from schemas.jobs import timestamp

Item = dict[str, Any]
"""A job, file, webhook or delivery as the API shows it."""

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON; of a list an object a line.")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=0, help="The newest so many; 0: all.")]
Since = Annotated[
    str | None,
    typer.Option(help="Not older than this, like 12h, 7d or 4w, or a date like 2026-01-31 (UTC)."),
]

_PATIENT = 6
_LIST_PAGE = 200
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ].*)?")


@contextlib.contextmanager
def asking(server: str, key: str, *, patient: bool = False) -> Iterator[Client]:
    """A client of the service; what it refuses, and a service that cannot be used, end the command.

    ``patient``: a service that restarts is waited for; else it is told at once that nobody answers.
    """
    try:
        with Client.of(server, key, tries=_PATIENT if patient else 1) as client:
            yield client
    except Refused as error:
        stop(error.message, Ending.FAILED)
    except ServiceError as error:
        stop(error.message, Ending.NO_SERVICE)


def each(words: Iterable[str], act: Callable[[str], None]) -> None:
    """Does ``act`` for one after another; one that is refused costs only itself, and the exit code."""
    failed = False
    for word in dict.fromkeys(words):
        try:
            act(word)
        except Refused as error:
            notes.print(f"[red]{escape(word)}[/red]: {escape(error.message)}", soft_wrap=True)
            failed = True
    if failed:
        raise typer.Exit(Ending.FAILED)


def listed(client: Client, path: str, limit: int, **filters: Any) -> Iterator[Item]:
    """The first ``limit`` of a list (0: all of it); filters that are None are left out."""
    asked = {name: value for name, value in filters.items() if value is not None}
    if not limit:
        return client.listed(path, **asked)
    if limit > _LIST_PAGE:
        return islice(client.listed(path, **asked), limit)
    return iter(client.ask("GET", path, params={**asked, "limit": limit})["items"])


def the_one(items: Iterable[Item], word: str, what: str, id_key: str, names: tuple[str, ...]) -> Item:
    """The only item that ``word`` names: by its id, or by one of the fields ``names``.

    Raises:
        Refused: there is none, or there are several; the message has their ids.
    """
    found = [item for item in items if word in (item[id_key], *(item[name] for name in names))]
    if not found:
        raise Refused(f"There is no {what} {word!r}; `octavo {what}s list` shows what there is.")
    if len(found) > 1:
        ids = ", ".join(item[id_key] for item in found[:5]) + (", …" if len(found) > 5 else "")
        raise Refused(f"{word!r} is the name of {len(found)} {what}s; say which by its id: {ids}.")
    return found[0]


def moment(since: str | None) -> str | None:
    """How ``--since`` is asked for: a time of the wire."""
    if since is None:
        return None
    if _DATE.fullmatch(since):
        try:
            date = datetime.fromisoformat(since)
        except ValueError:
            raise typer.BadParameter(f"{since!r} is no date like 2026-01-31") from None
        return timestamp(date.replace(tzinfo=UTC) if date.tzinfo is None else date)
    return timestamp(datetime.now(UTC) - span(since))
