"""``python -m benchmarks load``: the commands, and what they say; exit code 1 for a broken promise."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from benchmarks.load import jobs, long, overhead, streams
from benchmarks.telling import end, memory, mib, say

app = typer.Typer(no_args_is_help=True, help="The running service under load.")

Seconds = Annotated[float, typer.Option(help="How long each pace is measured.")]

MOST_SUBMIT_MS = 100.0
LEAST_PACE_KEPT = 0.85
MOST_BYTES = 2 << 30
MOST_OVERHEAD_MS = 50.0
LEAST_LINEAR = 0.8
"""The last fifth of a document's pages is read at no less of the pace of the first."""


@app.command("jobs")
def jobs_command(
    count: Annotated[int, typer.Option(help="Jobs submitted.")] = 10_000,
    seconds: Seconds = 60.0,
    clients: Annotated[int, typer.Option(help="Clients that submit at the same time.")] = 1,
) -> None:
    """Thousands of jobs of one page that wait: their submits, and the pace of reading meanwhile."""
    crowd = jobs.measure(count, seconds, clients, say)
    told = [
        f"{count} jobs of one page. {way}: submits answered in {answers.median_ms:.1f} ms at the median,"
        f" {answers.p99_ms:.1f} ms at the 99th percentile, {answers.worst_ms:.1f} ms at worst"
        for way, answers in crowd.submits.items()
    ]
    told.append(
        f"pages/s: {crowd.alone:.2f} of one job at a time, {crowd.few:.2f} of as many as are read at once,"
        f" {crowd.crowded:.2f} while {crowd.waiting} waited ({crowd.kept:.0%})"
    )
    told += [
        f"{when}: database {mib(sizes.database)}; {memory(sizes.memory)}"
        for when, sizes in crowd.sizes.items()
    ]
    worst = max(answers.p99_ms for answers in crowd.submits.values())
    kept = {
        f"99 % of submits answered within {MOST_SUBMIT_MS:.0f} ms": worst < MOST_SUBMIT_MS,
        f"at least {LEAST_PACE_KEPT:.0%} of the pace without a crowd": crowd.kept >= LEAST_PACE_KEPT,
        "no job failed": crowd.failed == 0,
    }
    end("load-jobs", asdict(crowd), told, kept)


@app.command("long")
def long_command(
    pages: Annotated[int, typer.Option(help="Pages of the document.")] = 2000,
    scanned: Annotated[int, typer.Option(help="How many of them, the last, are pictures.")] = 0,
    kills: Annotated[int, typer.Option(help="How often the worker is killed.")] = 1,
    layout: Annotated[bool, typer.Option(help="With the layout model.")] = True,
) -> None:
    """One long PDF whose worker is killed meanwhile: pace of each fifth, memory, windows read again."""
    done = long.measure(pages, scanned, kills, say, layout=layout)
    told = [
        f"one PDF of {pages} pages, {scanned} of them pictures, {'with' if layout else 'without'} the layout"
        f" model, its worker killed {kills} times: {done.seconds:.0f} s",
        "pages/s of each fifth: " + ", ".join(f"{pace:.2f}" for pace in done.paces),
        f"{done.windows_again} windows were read again; {done.windows_in_hand} were in hand at most",
        f"largest process of each kind: {memory(done.peaks)}",
    ]
    kept = {
        f"each process under {mib(MOST_BYTES)}": max(done.peaks.values()) < MOST_BYTES,
        "no more windows read again than were in hand": done.windows_again <= done.windows_in_hand,
    }
    if not scanned:  # pictures take longer
        linear = done.paces[-1] >= LEAST_LINEAR * done.paces[0]
        kept[f"the last fifth at {LEAST_LINEAR:.0%} of the pace of the first, or more"] = linear
    end("load-long", asdict(done), told, kept)


@app.command("streams")
def streams_command(
    count: Annotated[int, typer.Option(help="Event streams that wait at once.")] = 500,
    of: Annotated[int, typer.Option(help="Jobs that they wait for.")] = 100,
    seconds: Seconds = 20.0,
) -> None:
    """Hundreds of event streams at one API process: their ends, its memory, answers to others meanwhile."""
    done = streams.measure(count, of, seconds, say)
    told = [
        f"{count} event streams for {of} jobs: {done.ended} got their end, {done.events} events in all",
        *(
            f"other requests while {when}: {answers.median_ms:.1f} ms at the median, {answers.p99_ms:.1f} ms"
            f" at the 99th percentile of {answers.count}; memory of the API {mib(done.memory[when])}"
            for when, answers in done.answers.items()
        ),
        f"memory of the API at the end: {mib(done.memory['over'])}",
    ]
    end("load-streams", asdict(done), told, {"every stream got its end, once": done.ended == done.streams})


@app.command("overhead")
def overhead_command(
    count: Annotated[int, typer.Option(help="Jobs of each kind.")] = 50,
    on: Annotated[str, typer.Option(help="What it stands on: sqlite or services.")] = "sqlite",
) -> None:
    """What the service adds to the work on one page: from the submit to the last byte of the result."""
    if on not in overhead.GROUNDS:
        raise typer.BadParameter(f"{on!r} is none of {', '.join(overhead.GROUNDS)}", param_hint="--on")
    done = overhead.measure(on, count, say)
    kept = {
        f"{one.kind}: less than {MOST_OVERHEAD_MS:.0f} ms at the median": (
            one.overhead.median_ms < MOST_OVERHEAD_MS
        )
        for one in done
    }
    end(f"load-overhead-{on}", {"overheads": [asdict(one) for one in done]}, overhead.told(done, on), kept)
