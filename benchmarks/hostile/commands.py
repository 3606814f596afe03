"""``python -m benchmarks hostile``: what it says; exit code 1 for a broken promise."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks import corpus, store
from benchmarks.hostile import run
from benchmarks.hostile.cases import BROKEN, HARD, cases
from benchmarks.hostile.ending import Limits
from schemas.settings import Settings

console = Console(highlight=False)


def hostile(
    set_: Annotated[list[str] | None, typer.Option("--set", help="broken_inputs or hard_pdfs.")] = None,
    only: Annotated[str, typer.Option(help="Only files with this in their name.")] = "",
    limit: Annotated[int | None, typer.Option(help="Only the first files of each set.")] = None,
    seconds: Annotated[float, typer.Option(help="Longest time for one file.")] = Limits().seconds,
) -> None:
    """Reads broken, hostile and odd files; exit code 1 when one did not end as it should."""
    limits = Limits(seconds=seconds)
    held = True
    for name in set_ or [BROKEN, HARD]:
        wanted = [case for case in cases(name) if only in case.name][:limit]
        if not wanted:
            console.print(f"{name}: not in {corpus.data_folder()}, skipped")
            continue
        judged = run.judge(wanted, Settings(), limits, _tell)
        lines = run.told(judged, limits)
        console.print(_table(name, judged))
        for line in lines:
            console.print(line, markup=False, soft_wrap=True)
        if not only:
            store.write(f"hostile-{name}", run.record(name, judged, limits))
        held = run.held(judged) and held
    if not held:
        raise typer.Exit(1)


def _tell(one: run.Judged) -> None:
    ending = one.ending
    end = ending.error or ending.stray or f"{ending.pages} pages, {len(ending.text)} characters"
    console.print(
        f"{one.case.name} [{one.case.kind}] {ending.seconds:.1f} s, {ending.peak_bytes >> 20} MiB: {end}"
        f" {ending.message} {'BROKEN: ' + '; '.join(one.broken) if one.broken else ''}",
        markup=False,
        soft_wrap=True,
    )


def _table(name: str, judged: list[run.Judged]) -> Table:
    """The files that broke a promise."""
    table = Table("file", "class", "ending", "seconds", "MiB", "broken", title=f"{name}: broken promises")
    for one in judged:
        if one.broken:
            ending = one.ending
            table.add_row(
                one.case.name,
                str(one.case.kind),
                ending.error or ending.stray or "read",
                f"{ending.seconds:.1f}",
                str(ending.peak_bytes >> 20),
                "; ".join(one.broken),
            )
    return table
