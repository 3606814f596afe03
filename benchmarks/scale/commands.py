"""``python -m benchmarks scale``: the commands, and what they say; exit code 1 for a broken promise."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks import store
from benchmarks.scale import jobs, pages, workers
from benchmarks.servers import Postgres, temporary_folder

app = typer.Typer(no_args_is_help=True, help="How cost goes with pages, jobs and workers.")
console = Console(highlight=False)

MOST_UNEVEN = 1.1
"""The dearest page costs no more than so many times the cheapest, whatever the length of its document."""
MOST_BYTES = 2 << 30
MOST_GROWTH = 1.5
"""A step of a job costs no more than so many times what it costs with nothing waiting."""
LEAST_SPEEDUP = 1.8

Sizes = Annotated[str, typer.Option("--sizes", help="Numbers, separated by commas.")]


@app.command("pages")
def pages_command(
    sizes: Sizes = "100,1000,3000",
    layout: Annotated[bool, typer.Option(help="With the layout model.")] = False,
    engine: Annotated[str, typer.Option(help="Peers, separated by commas.")] = f"{pages.PLAIN},kreuzberg",
) -> None:
    """One document of more and more pages: processor time a page, memory; peers on the same documents."""
    asked = _numbers(sizes)
    documents = pages.Documents(asked)
    ours = pages.measure(asked, documents, _say, layout=layout)
    theirs = [
        one for name in filter(None, engine.split(",")) for one in pages.measure_peer(name, asked, documents)
    ]
    told = [
        f"{one.times} PDFs of {one.pages} pages, {'with' if layout else 'without'} the layout model, headings"
        f" and tables put together over all pages: {1000 * one.cpu_a_page:.1f} ms of processors a page"
        f" ({_by_role(one)}); largest process of each kind: {_memory(one.peaks)}"
        for one in ours
    ]
    told += [
        f"{engine}: " + ", ".join(f"{1000 * one.cpu_a_page:.2f} ms a page of {one.pages}" for one in group)
        for engine, group in _by_engine(theirs).items()
    ]
    costs = [one.cpu_a_page for one in ours]
    even = (
        f"a page costs the same within {MOST_UNEVEN - 1:.0%}, whether of {min(asked)} or {max(asked)} pages"
    )
    kept = {
        even: max(costs) <= MOST_UNEVEN * min(costs),
        f"each process under {_mib(MOST_BYTES)}": max(max(one.peaks.values()) for one in ours) < MOST_BYTES,
    }
    measured = {"lengths": [asdict(one) for one in ours], "peers": [asdict(one) for one in theirs]}
    _end("pages-layout" if layout else "pages", measured, told, kept)


@app.command("jobs")
def jobs_command(
    sizes: Sizes = "1,100,1000,10000",
    rounds: Annotated[int, typer.Option(help="Jobs measured at each.")] = 100,
    postgres: Annotated[bool, typer.Option(help="On a Postgres of its own instead of SQLite.")] = False,
) -> None:
    """Submit, claim and end of a job in the ledger while more and more others wait."""
    asked = _numbers(sizes)
    with tempfile.TemporaryDirectory(prefix="octavo-scale-") as folder:
        if postgres:
            with temporary_folder() as where:
                server = Postgres(where)
                try:
                    found = jobs.measure(Path(folder), asked, rounds, _say, server.new_database())
                finally:
                    server.stop()
        else:
            found = jobs.measure(Path(folder), asked, rounds, _say)
    name = "Postgres" if postgres else "SQLite"
    told = [
        f"{name}, {one.waiting} jobs waiting: "
        + ", ".join(
            f"{step} {one.ms[step]:.1f} ms ({one.cpu_ms[step]:.1f} ms of this process,"
            f" {one.statements[step]:.0f} statements)"
            for step in jobs.STEPS
        )
        for one in found
    ]
    first, last = found[0], found[-1]
    promise = f"with {last.waiting} waiting a step costs at most {MOST_GROWTH} times as with {first.waiting}"
    # SQLite works in this process, whose own time other programs change least; Postgres works elsewhere.
    spent = [(one.ms if postgres else one.cpu_ms) for one in (first, last)]
    kept = {promise: all(spent[1][step] <= MOST_GROWTH * spent[0][step] for step in jobs.STEPS)}
    _end(f"jobs-{name.lower()}", {"depths": [asdict(one) for one in found]}, told, kept)


@app.command("workers")
def workers_command(
    count: Annotated[int, typer.Option(help="Worker processes at most.")] = 2,
    length: Annotated[int, typer.Option("--pages", help="Pages read by each team.")] = 800,
) -> None:
    """The same pages read by one worker process and by several, each at one document: pages a second."""
    found = workers.measure([1, count], length, _say)
    gain = found[-1].pages_per_second / found[0].pages_per_second
    told = [
        f"{one.workers} worker processes, {one.pages} pages without the layout model:"
        f" {one.pages_per_second:.2f} pages/s, {one.busy:.0%} of {os.cpu_count()} processors taken"
        for one in found
    ]
    told.append(f"{count} workers read {gain:.2f} times the pages of one")
    wanted = LEAST_SPEEDUP * count / 2
    kept = {f"{count} worker processes read at least {wanted:.1f} times the pages of one": gain >= wanted}
    _end("workers", {"teams": [asdict(one) for one in found]}, told, kept)


def _numbers(text: str) -> list[int]:
    try:
        return sorted(int(one) for one in text.split(","))
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no list of numbers") from None


def _by_engine(found: Sequence[pages.PeerLength]) -> dict[str, list[pages.PeerLength]]:
    names = dict.fromkeys(one.engine for one in found)
    return {name: [one for one in found if one.engine == name] for name in names}


def _by_role(one: pages.Length) -> str:
    read = one.pages * one.times
    return ", ".join(f"{name} {1000 * spent / read:.1f}" for name, spent in sorted(one.cpu.items()))


def _end(name: str, measured: Mapping[str, object], told: list[str], kept: Mapping[str, bool]) -> None:
    """Says and stores what was measured."""
    told = [*told, *(f"{'kept' if is_kept else 'BROKEN'}: {promise}" for promise, is_kept in kept.items())]
    for line in told:
        _say(line)
    store.write(f"scale-{name}", {"measured": measured, "told": told})
    if not all(kept.values()):
        raise typer.Exit(1)


def _say(line: str) -> None:
    console.print(line, markup=False, soft_wrap=True)


def _mib(size: int) -> str:
    return f"{size / 2**20:.0f} MiB"


def _memory(by_role: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {_mib(size)}" for name, size in sorted(by_role.items()))
