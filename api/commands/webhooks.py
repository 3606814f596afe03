"""``octavo webhook``: endpoints and their log, on the machine whose settings name the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from api.commands.console import DEFAULT_PROJECT, minute, show_table, working
from api.commands.terminal import notes, stop
from schemas.webhooks import EventType

if TYPE_CHECKING:
    from workers.jobs.ledger.tables import Attempt, Delivery, Webhook

app = typer.Typer(no_args_is_help=True, help="Addresses that are told when jobs begin and end.")

Project = Annotated[str, typer.Option(help="Whose webhooks: organization/project.")]
Id = Annotated[str, typer.Argument(help="The webhook's id.", metavar="ID")]

# What comes after the last dot of an event type: the rest is the same for all.
_EVENTS = {event.value.rsplit(".", 1)[-1]: event for event in EventType}


def _event(word: str) -> EventType:
    try:
        return _EVENTS.get(word) or EventType(word)
    except ValueError:
        raise typer.BadParameter(f"{word!r} is none of {', '.join(_EVENTS)}") from None


Event = Annotated[
    EventType, typer.Option(parser=_event, metavar="EVENT", help="created, completed or failed.")
]


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="Where events are sent.", metavar="URL")],
    name: Annotated[str, typer.Option(help="What to call it.")] = "",
    events: Annotated[
        list[str] | None,
        typer.Option("--event", "-e", help="created, completed or failed; again for more. Default: all."),
    ] = None,
    project: Project = DEFAULT_PROJECT,
) -> None:
    """Add a webhook and print its secret."""
    from pydantic import ValidationError

    from schemas.webhooks import WebhookRequest
    from workers.jobs.webhooks.endpoints import add_webhook

    try:
        wanted = WebhookRequest(url=url, name=name, event_types=[_event(word) for word in events or ()])
    except ValidationError as error:
        first = error.errors()[0]
        stop(f"{'.'.join(map(str, first['loc']))}: {first['msg']}")
    with working(project) as services:
        webhook, secret = add_webhook(services, project, wanted)
    notes.print(f"{webhook.id} is told of jobs of {escape(project)} from now on. Its secret:", soft_wrap=True)
    Console(highlight=False).print(secret, soft_wrap=True)


@app.command("list")
def list_webhooks(project: Project = DEFAULT_PROJECT) -> None:
    """List a project's webhooks, newest first."""
    from workers.jobs.ledger.paging import PageRequest
    from workers.jobs.ledger.webhooks import MAX_WEBHOOKS

    with working(project) as services:
        found = services.webhooks.page(project, PageRequest(MAX_WEBHOOKS)).items
    show_table(("id", "url", "name", "events", "state"), [_row(webhook) for webhook in found])


@app.command()
def remove(webhook_id: Id, project: Project = DEFAULT_PROJECT) -> None:
    """Remove a webhook and its log."""
    with working(project) as services:
        services.webhooks.delete(project, webhook_id)
    notes.print(f"{escape(webhook_id)} is removed.", soft_wrap=True)


@app.command()
def secret(
    webhook_id: Id,
    rotate: Annotated[bool, typer.Option(help="Make a new one; for a day the old one signs too.")] = False,
    project: Project = DEFAULT_PROJECT,
) -> None:
    """Print a webhook's secret."""
    from workers.jobs.webhooks.endpoints import reveal_secret, rotate_secret

    with working(project) as services:
        if rotate:
            _, found = rotate_secret(services, project, webhook_id)
        else:
            found = reveal_secret(services, project, webhook_id)
    Console(highlight=False).print(found, soft_wrap=True)


@app.command("test")
def send_sample(
    webhook_id: Id, event: Event = EventType.COMPLETED, project: Project = DEFAULT_PROJECT
) -> None:
    """Have the running service send a sample event."""
    with working(project) as services:
        delivery = services.deliveries.send_sample(project, webhook_id, event)
    notes.print(
        f"{delivery.id} is sent as soon as a worker runs; `octavo webhook deliveries {escape(webhook_id)}` "
        "tells what came of it.",
        soft_wrap=True,
    )


@app.command()
def deliveries(
    webhook_id: Id,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many.")] = 20,
    project: Project = DEFAULT_PROJECT,
) -> None:
    """Show what a webhook was sent, newest first."""
    from workers.jobs.ledger.paging import PageRequest

    with working(project) as services:
        found = services.deliveries.page(project, webhook_id, PageRequest(limit)).items
        attempts = services.deliveries.attempts(found)
    rows = [_delivery_row(delivery, attempts[delivery.id]) for delivery in found]
    show_table(("id", "event", "job", "created", "status", "attempts", "last answer"), rows)


@app.command()
def redeliver(
    webhook_id: Id,
    delivery_id: Annotated[str, typer.Argument(help="The delivery's id.", metavar="DELIVERY")],
    project: Project = DEFAULT_PROJECT,
) -> None:
    """Have the running service send an event again."""
    with working(project) as services:
        services.deliveries.send_again(project, webhook_id, delivery_id)
    notes.print(f"{escape(delivery_id)} is sent again.", soft_wrap=True)


def _row(webhook: Webhook) -> tuple[str, ...]:
    state = "enabled" if webhook.enabled else f"disabled: {webhook.disabled_reason or 'by hand'}"
    if webhook.enabled and webhook.failing_since:
        state = f"fails since {minute(webhook.failing_since)}"
    events = ", ".join(event.rsplit(".", 1)[-1] for event in webhook.event_types)
    return webhook.id, webhook.url, webhook.name, events, state


def _delivery_row(delivery: Delivery, attempts: list[Attempt]) -> tuple[str, ...]:
    last = attempts[-1] if attempts else None
    return (
        delivery.id,
        delivery.event_type.rsplit(".", 1)[-1],
        delivery.job_id,
        minute(delivery.created_at),
        delivery.status,
        str(delivery.attempts),
        str(last.status_code or last.error) if last else "",
    )
