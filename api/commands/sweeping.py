"""``octavo sweep``: what is kept too long, or by nobody, told or removed here and now."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated

import typer
from rich.filesize import decimal
from rich.markup import escape

from api.commands.asking import AsJson
from api.commands.console import print_lines, working
from api.commands.terminal import Screen, notes

if TYPE_CHECKING:
    from workers.jobs.services import Services


def sweep(
    delete: Annotated[bool, typer.Option("--delete", help="Remove it now.")] = False,
    as_json: AsJson = False,
) -> None:
    """Tell what workers are about to remove: what is older than it is to be kept, and what nobody owns.

    From the database and the blob store that the settings of this machine name. Without --delete
    nothing changes.
    """
    from workers.sweep import HOUSEKEEPING

    with working() as services:
        found = findings(services)
        if as_json:
            print_lines(map(asdict, found))
        else:
            for remnant in found:
                Screen(highlight=False).print(escape(str(remnant)), soft_wrap=True)
        for duty in HOUSEKEEPING.values() if delete else ():
            duty.work(services, lambda: None)
    if not found:
        notes.print("There is nothing to remove.")
    else:
        notes.print("Removed." if delete else "A worker removes it by and by; --delete does it now.")


@dataclass(frozen=True, slots=True)
class Remnant:
    """Something that is to be removed: so many of a project, or a blob; or why that is not known."""

    what: str
    project: str | None = None
    count: int | None = None
    key: str | None = None
    bytes: int | None = None

    def __str__(self) -> str:
        if self.bytes is not None:
            return f"{self.key}, {self.what}, {decimal(self.bytes)}"
        of = f" of {self.project}" if self.project else ""
        return f"{self.what}{of}" + (f": {self.count}" if self.count else "")


def findings(services: Services) -> list[Remnant]:
    """Each kind of thing that is to be removed now.

    Raises:
        BlobStoreAway: the store does not answer.
        ConfigurationError: how long things are kept cannot be read.
    """
    from workers.jobs.orphans import Owner, orphans, owner_of_store

    kept, found = services.retention, []
    for project in kept.projects():
        limits = services.limits.of(project)
        jobs = kept.old_jobs(project, limits.jobs_kept) if limits.jobs_kept else 0
        files = kept.old_files(project, limits.files_kept) if limits.files_kept else 0
        counts = (("old jobs", jobs), ("old files", files))
        found += [Remnant(what, project, count) for what, count in counts if count]
    if deleted := services.removals.count():
        found.append(Remnant("deleted jobs whose blobs are left", count=deleted))
    if (owner := owner_of_store(services)) is not Owner.US:
        return [*found, Remnant(owner)]
    return found + [Remnant("of nobody", key=orphan.key, bytes=orphan.size) for orphan in orphans(services)]
