"""``octavo keys``: API keys, on the machine whose settings name the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from api.commands.asking import AsJson
from api.commands.console import (
    DEFAULT_PROJECT,
    minute,
    print_json,
    print_lines,
    show_table,
    span,
    working,
)
from api.commands.terminal import Ending, notes, stop
from schemas.jobs import timestamp

if TYPE_CHECKING:
    from workers.jobs.access import KeyState
    from workers.jobs.ledger.keys import Scope
    from workers.jobs.ledger.tables import ApiKey
    from workers.jobs.services import Services

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="API keys: who may use the service, and for what.\n\n"
    "They are kept in the database: these commands run where OCTAVO_DATA_DIR or OCTAVO_DATABASE_URL name it, "
    "and count at once for a running service. A key is named by its id, or by its name where only one "
    "that is valid has it.",
    epilog="[bold]Examples[/bold]\n\n"
    "octavo keys create --name billing --scopes read,write --expires 90d\n\n"
    "octavo keys rotate billing --overlap 24h\n\n"
    "octavo keys list",
)


def _scopes(text: str) -> tuple[Scope, ...]:
    from workers.jobs.ledger.keys import Scope

    try:
        named = {Scope(word.strip()) for word in text.split(",")}
    except ValueError:
        raise typer.BadParameter(f"{text!r} is none of, or some of, {','.join(Scope)}") from None
    return tuple(scope for scope in Scope if scope in named)


Name = Annotated[str, typer.Argument(help="The key's id or name, as `list` shows them.", metavar="KEY")]


@app.command()
def create(
    name: Annotated[str | None, typer.Option(help="Who or what it is for.")] = None,
    project: Annotated[str, typer.Option(help="What it opens: organization/project.")] = DEFAULT_PROJECT,
    scopes: Annotated[str, typer.Option(help="Of read, write and admin, with commas.")] = "read,write",
    expires: Annotated[str | None, typer.Option(help="When, like 12h, 90d or 52w. Default: never.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a key and print its secret, which is kept nowhere."""
    wanted, life = _scopes(scopes), None if expires is None else span(expires)
    with working(project) as services:
        was_open = services.access.is_open()
        end = None if life is None else services.ledger.now() + life
        key, secret = services.keys.issue(project, wanted, name, end)
    _print_secret(key, secret, as_json=as_json)
    if was_open:
        notes.print("It is the first key: without one nobody is answered from now on.", soft_wrap=True)


@app.command("list")
def list_keys(as_json: AsJson = False) -> None:
    """List all keys, newest first, without their secrets."""
    with working() as services:
        services.access.refresh()  # those of the configuration too
        found = [(key, services.access.state_of(key)) for key in services.keys.all()]
    if as_json:
        print_lines(_fields(key) | {"state": state} for key, state in found)
    else:
        columns = ("id", "name", "project", "scopes", "from", "created", "last used", "expires", "state")
        show_table(columns, [_row(key, state) for key, state in found], cut=("name", "project", "scopes"))


@app.command()
def revoke(key: Name) -> None:
    """Make a key invalid at once and for good, one of the configuration too."""
    with working() as services:
        key_id = _id(services, key)
        services.keys.revoke(key_id)
    notes.print(f"{escape(key_id)} opens nothing any more.", soft_wrap=True)


@app.command()
def rotate(
    key: Name,
    overlap: Annotated[str, typer.Option(help="How long this one is valid still; 0h: not at all.")] = "24h",
    as_json: AsJson = False,
) -> None:
    """Make another key like this one, and let this one end."""
    rest = span(overlap)
    with working() as services:
        made, secret = services.keys.rotate(_id(services, key), rest)
    _print_secret(made, secret, as_json=as_json)


def _id(services: Services, word: str) -> str:
    """The id of the key that a word names; what names none is judged as an id."""
    keys = services.keys.all()
    if any(key.id == word for key in keys):
        return word
    named = [key.id for key in keys if key.name == word and services.access.state_of(key) == "valid"]
    if len(named) > 1:
        ids = ", ".join(named)
        stop(f"{word!r} is the name of {len(named)} keys; say which by its id: {ids}.", Ending.FAILED)
    return named[0] if named else word


def _print_secret(key: ApiKey, secret: str, *, as_json: bool) -> None:
    if as_json:
        print_json(_fields(key) | {"secret": secret})
        return
    end = f" until {minute(key.expires_at)} UTC" if key.expires_at else ""
    what = f"{key.id} opens {key.project}{end}, to {' and '.join(key.scopes)}."
    notes.print(f"{escape(what)} Its secret, which is not shown again:", soft_wrap=True)
    Console(highlight=False).print(secret, soft_wrap=True)


def _fields(key: ApiKey) -> dict[str, Any]:
    fields = {name: getattr(key, name) for name in ("id", "name", "project", "scopes", "origin")}
    for name in ("created_at", "last_used_at", "expires_at", "revoked_at"):
        moment = getattr(key, name)
        fields[name] = None if moment is None else timestamp(moment)
    return fields


def _row(key: ApiKey, state: KeyState) -> tuple[str, ...]:
    moments = (key.created_at, key.last_used_at, key.expires_at)
    shown = (minute(moment) if moment else "never" for moment in moments)
    return key.id, key.name or "", key.project, ",".join(key.scopes), key.origin, *shown, state
