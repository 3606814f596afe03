"""``octavo webhooks``: the addresses that a service tells of its jobs, and the log of what it sent."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from api.commands.asking import AsJson, Item, Limit, asking, listed, the_one
from api.commands.client import LOCAL_SERVICE, Client, Key, ServerOrLocal
from api.commands.console import minute, print_json, print_lines, show_fields, show_table
from api.commands.terminal import notes
from schemas.ids import is_id
from schemas.webhooks import EventType

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Webhooks of a running service: addresses that are told when jobs begin and end.\n\n"
    "A webhook is named by its id, or by its name or address where only one has it. Changing them, and "
    "seeing secrets, takes a key with the scope admin: `octavo keys create --scopes read,admin` makes one.",
    epilog="[bold]Examples[/bold]\n\n"
    "octavo webhooks add https://example.org/octavo --name billing --event completed --event failed\n\n"
    "octavo webhooks test billing && octavo webhooks deliveries billing",
)

Name = Annotated[str, typer.Argument(help="The webhook's id, name or address.", metavar="WEBHOOK")]

_COLUMNS = ("id", "url", "name", "events", "state")

# What comes after the last dot of an event type: the rest is the same for all.
_EVENTS = {event.value.rsplit(".", 1)[-1]: event for event in EventType}


def _event(word: str) -> EventType:
    try:
        return _EVENTS.get(word) or EventType(word)
    except ValueError:
        raise typer.BadParameter(f"{word!r} is none of {', '.join(_EVENTS)}") from None


def _complete_event() -> list[str]:
    return list(_EVENTS)


Events = Annotated[
    list[EventType] | None,
    typer.Option(
        "--event",
        "-e",
        parser=_event,
        metavar="EVENT",
        autocompletion=_complete_event,
        help="created, completed or failed; again for more.",
    ),
]


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="Where events are sent.", metavar="URL")],
    name: Annotated[str, typer.Option(help="What to call it.")] = "",
    events: Events = None,
    as_json: AsJson = False,
    server: ServerOrLocal = LOCAL_SERVICE,
    key: Key = "any",
) -> None:
    """Add a webhook and print its secret, which its messages are signed with."""
    body = {"url": url, "name": name, "event_types": events or []}
    with asking(server, key) as client:
        made = client.ask("POST", "webhooks", json=body)
    if as_json:
        print_json(made)
        return
    notes.print(f"{made['id']} is told of jobs from now on. Its secret:", soft_wrap=True)
    sys.stdout.write(f"{made['secret']}\n")


@app.command("list")
def list_webhooks(
    limit: Limit = 0, as_json: AsJson = False, server: ServerOrLocal = LOCAL_SERVICE, key: Key = "any"
) -> None:
    """List webhooks, newest first."""
    with asking(server, key) as client:
        found = listed(client, "webhooks", limit)
        if as_json:
            print_lines(found)
        else:
            show_table(_COLUMNS, map(_row, found), cut=("url", "events", "state"))


@app.command()
def show(
    webhook: Name, as_json: AsJson = False, server: ServerOrLocal = LOCAL_SERVICE, key: Key = "any"
) -> None:
    """Show what a webhook is told, and whether it takes it."""
    with asking(server, key) as client:
        found = _webhook(client, webhook)
    if as_json:
        print_json(found)
        return
    show_fields([*zip(_COLUMNS, _row(found), strict=True), ("created (UTC)", minute(found["created_at"]))])


@app.command()
def change(
    webhook: Name,
    url: Annotated[str | None, typer.Option(help="Where events are sent from now on.")] = None,
    name: Annotated[str | None, typer.Option(help="What to call it.")] = None,
    events: Events = None,
    enabled: Annotated[
        bool | None, typer.Option("--enable/--disable", help="Send what waited and what comes, or nothing.")
    ] = None,
    server: ServerOrLocal = LOCAL_SERVICE,
    key: Key = "any",
) -> None:
    """Change what is given; the rest stays."""
    given: Item = {"url": url, "name": name, "event_types": events, "enabled": enabled}
    body = {field: value for field, value in given.items() if value is not None}
    if not body:
        raise typer.BadParameter("say what to change: --url, --name, --event, --enable or --disable")
    with asking(server, key) as client:
        found = client.ask("PUT", f"webhooks/{_id(client, webhook)}", json=body)
    show_table(_COLUMNS, [_row(found)], cut=("url", "events", "state"))


@app.command()
def remove(webhook: Name, server: ServerOrLocal = LOCAL_SERVICE, key: Key = "any") -> None:
    """Remove a webhook and its log."""
    with asking(server, key) as client:
        webhook_id = _id(client, webhook)
        client.ask("DELETE", f"webhooks/{webhook_id}")
    notes.print(f"{webhook_id} is removed.", soft_wrap=True)


@app.command()
def secret(webhook: Name, server: ServerOrLocal = LOCAL_SERVICE, key: Key = "any") -> None:
    """Print the secret that a webhook's messages are signed with."""
    with asking(server, key) as client:
        found = client.ask("GET", f"webhooks/{_id(client, webhook)}/secret")
    sys.stdout.write(f"{found['secret']}\n")


@app.command()
def rotate(webhook: Name, server: ServerOrLocal = LOCAL_SERVICE, key: Key = "any") -> None:
    """Make a webhook a new secret and print it; for a day the old one signs too."""
    with asking(server, key) as client:
        found = client.ask("POST", f"webhooks/{_id(client, webhook)}/rotate")
    sys.stdout.write(f"{found['secret']}\n")


@app.command("test")
def send_sample(
    webhook: Name,
    event: Annotated[
        EventType,
        typer.Option(
            parser=_event,
            metavar="EVENT",
            autocompletion=_complete_event,
            help="created, completed or failed.",
        ),
    ] = EventType.COMPLETED,
    as_json: AsJson = False,
    server: ServerOrLocal = LOCAL_SERVICE,
    key: Key = "any",
) -> None:
    """Send an event of a made-up job."""
    with asking(server, key) as client:
        webhook_id = _id(client, webhook)
        made = client.ask("POST", f"webhooks/{webhook_id}/test", json={"event_type": event})
    _tell(made, as_json=as_json)


@app.command()
def deliveries(
    webhook: Name,
    limit: Limit = 20,
    as_json: AsJson = False,
    server: ServerOrLocal = LOCAL_SERVICE,
    key: Key = "any",
) -> None:
    """List what a webhook was sent and what came of it, newest first."""
    with asking(server, key) as client:
        found = listed(client, f"webhooks/{_id(client, webhook)}/deliveries", limit)
        if as_json:
            print_lines(found)
            return
        columns = ("id", "event", "job", "created (UTC)", "status", "attempts", "last answer")
        show_table(columns, map(_delivery_row, found), cut=("job", "last answer"))


@app.command()
def redeliver(
    webhook: Name,
    delivery: Annotated[str, typer.Argument(help="Its id, as `deliveries` shows it.", metavar="DELIVERY")],
    as_json: AsJson = False,
    server: ServerOrLocal = LOCAL_SERVICE,
    key: Key = "any",
) -> None:
    """Send an event again, under the same id."""
    with asking(server, key) as client:
        sent = client.ask("POST", f"webhooks/{_id(client, webhook)}/deliveries/{delivery}/redeliver")
    _tell(sent, as_json=as_json)


def _tell(delivery: Item, *, as_json: bool) -> None:
    if as_json:
        print_json(delivery)
        return
    looks = f"octavo webhooks deliveries {delivery['webhook_id']}"
    notes.print(f"{delivery['id']} is on its way; `{looks}` tells what comes of it.", soft_wrap=True)


def _id(client: Client, word: str) -> str:
    return word if is_id(word) else str(_webhook(client, word)["id"])


def _webhook(client: Client, word: str) -> Item:
    """The webhook that a word names."""
    return the_one(client.listed("webhooks"), word, "webhook", "id", ("name", "url"))


def _short(event: str) -> str:
    return event.rsplit(".", 1)[-1]


def _row(webhook: Item) -> tuple[str, ...]:
    state = "enabled" if webhook["enabled"] else f"disabled: {webhook['disabled_reason'] or 'by hand'}"
    if webhook["enabled"] and webhook["failing_since"]:
        state = f"fails since {minute(webhook['failing_since'])}"
    return (
        webhook["id"],
        webhook["url"],
        webhook["name"],
        ", ".join(map(_short, webhook["event_types"])),
        state,
    )


def _delivery_row(delivery: Item) -> tuple[str, ...]:
    attempts: list[dict[str, Any]] = delivery["attempts"]
    last = str(attempts[-1]["status_code"] or attempts[-1]["error"]) if attempts else ""
    return (
        delivery["id"],
        _short(delivery["event_type"]),
        delivery["job_id"],
        minute(delivery["created_at"]),
        delivery["status"],
        str(len(attempts)),
        last,
    )
