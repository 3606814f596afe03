"""``python -m benchmarks scale``: the commands, and what they say; exit code 1 for a broken promise."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.scale import counts, jobs, pages, plan, simulation, threads, workers
from benchmarks.servers import Postgres, Redis, temporary_folder
from benchmarks.telling import end, memory, mib, say

app = typer.Typer(no_args_is_help=True, help="How cost goes with pages, jobs and workers.")

MOST_UNEVEN = 1.1
"""The dearest page costs no more than so many times the cheapest, whatever the length of its document."""
MOST_BYTES = 2 << 30
MOST_GROWTH = 1.5
"""A step of a job costs no more than so many times what it costs with nothing waiting."""
LEAST_SPEEDUP = 1.8
LEAST_SHARED = 1.5
"""Of one document: what is put together of all its pages in the end is done by one."""

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
    ours = pages.measure(asked, documents, say, layout=layout)
    theirs = [
        one for name in filter(None, engine.split(",")) for one in pages.measure_peer(name, asked, documents)
    ]
    told = [
        f"{one.times} PDFs of {one.pages} pages, {'with' if layout else 'without'} the layout model, headings"
        f" and tables put together over all pages: {1000 * one.cpu_a_page:.1f} ms of processors a page"
        f" ({_by_role(one)}); largest process of each kind: {memory(one.peaks)}"
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
        f"each process under {mib(MOST_BYTES)}": max(max(one.peaks.values()) for one in ours) < MOST_BYTES,
    }
    measured = {"lengths": [asdict(one) for one in ours], "peers": [asdict(one) for one in theirs]}
    end("scale-pages-layout" if layout else "scale-pages", measured, told, kept)


@app.command("jobs")
def jobs_command(
    sizes: Sizes = "1,100,1000,10000",
    rounds: Annotated[int, typer.Option(help="Jobs measured at each.")] = 100,
    postgres: Annotated[bool, typer.Option(help="On a Postgres of its own instead of SQLite.")] = False,
) -> None:
    """Submit, claim and end of a job in the ledger while more and more others wait."""
    asked = _numbers(sizes)
    with tempfile.TemporaryDirectory(prefix="octavo-scale-") as folder, ExitStack() as stack:
        url = stack.enter_context(_postgres()) if postgres else None
        found = jobs.measure(Path(folder), asked, rounds, say, url)
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
    end(f"scale-jobs-{name.lower()}", {"depths": [asdict(one) for one in found]}, told, kept)


@app.command("workers")
def workers_command(
    count: Annotated[int, typer.Option(help="Worker processes at most.")] = 2,
    length: Annotated[int, typer.Option("--pages", help="Pages read by each team.")] = 800,
) -> None:
    """The same pages read by one worker process and by several, each at one document: pages a second."""
    found = workers.measure([1, count], length, say)
    gain = found[-1].pages_per_second / found[0].pages_per_second
    told = [
        f"{one.workers} worker processes, {one.pages} pages without the layout model:"
        f" {one.pages_per_second:.2f} pages/s, {one.busy:.0%} of {os.cpu_count()} processors taken"
        for one in found
    ]
    told.append(f"{count} workers read {gain:.2f} times the pages of one")
    wanted = LEAST_SPEEDUP * count / 2
    kept = {f"{count} worker processes read at least {wanted:.1f} times the pages of one": gain >= wanted}
    end("scale-workers", {"teams": [asdict(one) for one in found]}, told, kept)


@app.command("threads")
def threads_command(
    count: Annotated[int, typer.Option(help="Threads at most.")] = 2,
    length: Annotated[int, typer.Option("--pages", help="Pages of the document.")] = 48,
) -> None:
    """One document read by one thread and by several: seconds until it is there."""
    found = threads.measure([1, count], length, say)
    told, gains = [], []
    for alone, shared in zip(found[::2], found[1::2], strict=True):
        gains.append(alone.seconds / shared.seconds)
        told.append(
            f"{alone.where}: {length} pages with the layout model by one thread in {alone.seconds:.1f} s,"
            f" by {count} in {shared.seconds:.1f} s: {gains[-1]:.2f} times as fast"
        )
    wanted = LEAST_SHARED * count / 2
    kept = {f"{count} threads read one document at least {wanted:.2f} times as fast": min(gains) >= wanted}
    end("scale-threads", {"latencies": [asdict(one) for one in found]}, told, kept)


@app.command("counts")
def counts_command(
    postgres: Annotated[bool, typer.Option(help="On a Postgres of its own instead of SQLite.")] = False,
) -> None:
    """What a job, a shard and a window ask of database, blob store and broker; the simulation takes these."""
    with tempfile.TemporaryDirectory(prefix="octavo-scale-") as folder, ExitStack() as stack:
        url = stack.enter_context(_postgres()) if postgres else None
        found = counts.measure(Path(folder), url)
        server = Redis()
        try:
            broker = counts.broker(f"{server.url}/0")
        finally:
            server.stop()
    told = [
        f"{name}: " + ", ".join(f"{kind} {count:,.0f}" for kind, count in one.items() if count)
        for name, one in found.items()
    ]
    told.append("broker: " + ", ".join(f"{kind} {count:,.1f}" for kind, count in broker.items()))
    end("scale-counts", {"counts": found, "broker": broker}, told, {})


@app.command("simulate")
def simulate_command(
    pages_per_day: Annotated[float, typer.Option(help="Pages that come in a day.")] = 100e6,
    peak: Annotated[float, typer.Option(min=1.0, max=2.0, help="The busiest time to the mean.")] = 2.0,
    scans: Annotated[float, typer.Option(min=0.0, max=1.0, help="Share of jobs that are pictures.")] = 0.3,
    digital: Annotated[float | None, typer.Option(help="Processor seconds of a born-digital page.")] = None,
    scanned: Annotated[float | None, typer.Option(help="Processor seconds of a scanned page.")] = None,
    gpu_share: Annotated[float, typer.Option(min=0.0, max=1.0, help="Scanned jobs read on cards.")] = 0.0,
    gpu: Annotated[float, typer.Option(help="Seconds of a card for a scanned page: an assumption.")] = 0.1,
    goal: Annotated[float, typer.Option(help="Seconds in which 95 % of small jobs are to end.")] = 60.0,
    deaths: Annotated[float, typer.Option(help="How often a processor's worker dies in a day.")] = 0.1,
    days: Annotated[float, typer.Option(help="How long jobs are kept.")] = 30.0,
    cell: Annotated[float, typer.Option(help="The part of the load that is simulated.")] = 0.01,
    hours: Annotated[float, typer.Option(help="Hours around the busiest that are simulated.")] = 24.0,
    seed: Annotated[int, typer.Option(help="Decides all chance.")] = 1,
) -> None:
    """A simulated day at a load: workers for a goal, transactions, rows, requests, and what breaks first."""
    measured = plan.known_counts()
    load = simulation.Load(pages_per_day * cell, peak, scans)
    paces = plan.known_costs()
    costs = simulation.Costs(digital or paces[0], scanned or paces[1], gpu=gpu, gpu_share=gpu_share)
    start = simulation.Fleet(1, deaths=deaths)
    fleet, day = plan.fleet_for(load, costs, start, goal, seed, 3600 * hours)
    one = plan.plan(load, fleet, day, *measured, cell=cell, days=days)
    told = [
        f"simulated: {cell:g} of the load, {hours:g} hours around noon, seed {seed}; a born-digital page"
        f" takes {costs.digital:.2f} s of a processor, one of the {scans:.0%} scanned {costs.scanned:.2f} s"
        + (f"; {gpu_share:.0%} of them on cards at {gpu:g} s a page, which is assumed" if gpu_share else ""),
        *plan.told(one, plan.Limits()),
    ]
    for factor in (0.9, 0.8, 0.7):
        fewer = replace(fleet, slots=max(1, round(fleet.slots * factor)))
        worse = simulation.simulate(load, costs, fewer, seed, 3600 * hours)
        late = simulation.share_below(worse.small, 0.95)
        told.append(f"with {factor:.0%} of the processors: small jobs {late:.0f} s at the 95th percentile")
    kept = {"every page that came was read": day.submitted_pages == day.ended_pages}
    end("scale-simulate", {"plan": asdict(one), "seed": seed}, told, kept)


@contextmanager
def _postgres() -> Iterator[str]:
    """The URL of an empty database on a server of its own."""
    with temporary_folder() as where:
        server = Postgres(where)
        try:
            yield server.new_database()
        finally:
            server.stop()


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
