"""``octavo usage`` and ``octavo audit``: what projects used, and who did what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.commands.asking import AsJson
from api.commands.console import DEFAULT_PROJECT, print_lines, show_table, span, working
from api.commands.terminal import notes
from schemas.jobs import timestamp

if TYPE_CHECKING:
    from workers.jobs.ledger.tables import AuditEvent
    from workers.jobs.tenants import ProjectLimits

Project = Annotated[str | None, typer.Option(help="organization/project; default: all.")]


def usage(
    project: Project = None,
    days: Annotated[int, typer.Option(min=1, max=3650, help="So many, today being one (UTC).")] = 7,
    as_json: AsJson = False,
) -> None:
    """Tell the pages and jobs of each day, and the bytes of files, with their limits.

    Of all projects, or of one, from the database that the settings of this machine name.
    """
    with working(project or DEFAULT_PROJECT) as services:
        used, stored = services.use.days(days, project), services.use.storage(project)
        limits = {name: services.limits.of(name) for name in {*stored, *(row.project for row in used)}}
    by_day = [
        {"project": row.project, "day": row.day.isoformat(), "pages": row.pages, "jobs": row.jobs}
        for row in used
    ]
    by_project = [_storage(name, stored.get(name, 0), limits[name]) for name in sorted(limits)]
    if as_json:
        print_lines([*by_day, *by_project])
        return
    if not limits:
        notes.print("Nothing was used.")
        return
    show_table(("project", "day", "pages", "jobs"), [tuple(map(str, row.values())) for row in by_day])
    rows = [tuple(str(value or "") for value in row.values()) for row in by_project]
    show_table(("project", "bytes of files", "stored_bytes", "pages_per_day", "requests_per_minute"), rows)


def audit(
    project: Project = None,
    actor: Annotated[str | None, typer.Option(help="A key's id, or cli, configuration, stranger.")] = None,
    since: Annotated[str | None, typer.Option(help="How long ago at most, like 12h, 7d or 4w.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="The last so many.")] = 1000,
    as_json: AsJson = False,
) -> None:
    """Tell who did what to which id, the oldest first.

    From the database that the settings of this machine name: `octavo audit --since 7d --actor key_…` tells
    what was done with a key, `--json` is for programs that keep it.
    """
    age = None if since is None else span(since)
    with working(project or DEFAULT_PROJECT) as services:
        start = None if age is None else services.ledger.now() - age
        events = services.audit.events(project=project, actor=actor, since=start, most=limit)
    if as_json:
        print_lines([_fields(event) for event in events])
        return
    columns = ("at (UTC)", "project", "actor", "action", "target", "times", "address", "trace")
    show_table(columns, [_row(event) for event in events], cut=("project", "target", "address", "trace"))


def _storage(project: str, stored: int, limits: ProjectLimits) -> dict[str, Any]:
    return {
        "project": project,
        "bytes": stored,
        "stored_bytes": limits.stored_bytes,
        "pages_per_day": limits.pages_per_day,
        "requests_per_minute": limits.requests_per_minute,
    }


def _fields(event: AuditEvent) -> dict[str, Any]:
    names = ("project", "actor", "action", "target", "times", "address", "trace_id")
    return {"at": timestamp(event.at), **{name: getattr(event, name) for name in names}}


def _row(event: AuditEvent) -> tuple[str, ...]:
    fields = _fields(event) | {"at": timestamp(event.at)[:19].replace("T", " ")}
    return tuple("" if value is None else str(value) for value in fields.values())
