"""What the commands that measure a service say at their end, and keep for the report."""

from __future__ import annotations

from collections.abc import Mapping

import typer
from rich.console import Console

from benchmarks import store

_console = Console(highlight=False)


def end(name: str, measured: Mapping[str, object], told: list[str], kept: Mapping[str, bool]) -> None:
    """Says and stores under ``name`` what was measured; exit code 1 for a promise that was not kept."""
    told = [*told, *(f"{'kept' if is_kept else 'BROKEN'}: {promise}" for promise, is_kept in kept.items())]
    for line in told:
        say(line)
    store.write(name, {"measured": measured, "told": told})
    if not all(kept.values()):
        raise typer.Exit(1)


def say(line: str) -> None:
    """Prints a line as it is."""
    _console.print(line, markup=False, soft_wrap=True)


def mib(size: int) -> str:
    """Bytes in MiB."""
    return f"{size / 2**20:.0f} MiB"


def memory(by_role: Mapping[str, int]) -> str:
    """The bytes of each kind of process."""
    return ", ".join(f"{role} {mib(size)}" for role, size in sorted(by_role.items()))
