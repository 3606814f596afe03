"""``octavo sweep``: what is kept too long, or by nobody, told or removed here and now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.filesize import decimal
from rich.markup import escape

from api.commands.console import working
from api.commands.terminal import notes

if TYPE_CHECKING:
    from workers.jobs.services import Services


def sweep(
    delete: Annotated[bool, typer.Option("--delete", help="Remove it now.")] = False,
) -> None:
    """Tell what workers are about to remove: what is older than it is to be kept, and what nobody owns.

    From the database and the blob store that the settings of this machine name. Without --delete
    nothing changes.
    """
    from workers.sweep import HOUSEKEEPING

    with working() as services:
        found = findings(services)
        for line in found:
            Console(highlight=False).print(escape(line), soft_wrap=True)
        for duty in HOUSEKEEPING.values() if delete else ():
            duty.work(services, lambda: None)
    if not found:
        notes.print("There is nothing to remove.")
    else:
        notes.print("Removed." if delete else "A worker removes it by and by; --delete does it now.")


def findings(services: Services) -> list[str]:
    """A line for each kind of thing that is to be removed now.

    Raises:
        BlobStoreAway: the store does not answer.
        ConfigurationError: how long things are kept cannot be read.
    """
    from workers.jobs.orphans import Owner, orphans, owner_of_store

    kept, lines = services.retention, []
    for project in kept.projects():
        limits = services.limits.of(project)
        jobs = kept.old_jobs(project, limits.jobs_kept) if limits.jobs_kept else 0
        files = kept.old_files(project, limits.files_kept) if limits.files_kept else 0
        found = ((jobs, "jobs"), (files, "files"))
        lines += [f"old {what} of {project}: {count}" for count, what in found if count]
    if deleted := services.removals.count():
        lines.append(f"deleted jobs whose blobs are left: {deleted}")
    if (owner := owner_of_store(services)) is not Owner.US:
        return [*lines, owner]
    return lines + [f"{orphan.key}, of nobody, {decimal(orphan.size)}" for orphan in orphans(services)]
