"""``python -m benchmarks startup``: what it measures and says; exit code 1 for a broken goal."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from benchmarks import speed
from benchmarks.startup import measure, serving
from benchmarks.startup import size as sizes
from benchmarks.startup.measure import OCTAVO, Started
from benchmarks.telling import end, say

FOLDERS = {"cold": "fresh", "warm": "used"}

_NAMED = 12
MOST_INSTALL = 1_000_000_000
MOST_IMAGE = 1_500_000_000
MOST_READY = 5.0
"""Seconds from the start of ``octavo serve`` in a fresh folder until it is ready."""


def startup(
    python: Annotated[
        Path | None,
        typer.Option(help="The Python of an environment with Octavo, see `size --keep`. Default: this one."),
    ] = None,
    runs: Annotated[int, typer.Option(min=1, help="Starts of each.")] = 5,
) -> None:
    """Seconds until commands have done their work and until the service is ready, beside other readers."""
    chosen = str(python.absolute()) if python else sys.executable
    load = speed.load_per_core()
    starts = measure.measure(chosen, runs, lambda start: say(_line(start)))
    service = serving.measure(chosen, {"PYTHONPATH": "", **measure.environment(chosen)}, runs)
    about = "an environment of its own" if python else "the environment of the benchmark"
    told = [
        f"in {about}, {load:.1f} processes a core before the start; medians of {runs}, by the clock and of"
        " the processor, all that was started included",
        *(_line(start, _octavo(starts, start)) for start in starts),
        *(
            f"`octavo serve` in a {FOLDERS[kind]} folder: ready after {took.ready:.2f} s, the first job,"
            f" submitted then, answered after {took.answered:.2f} s"
            for kind, took in service.items()
        ),
    ]
    kept = {
        f"{start.about} within {start.most:.0f} s": start.seconds.wall < start.most
        for start in starts
        if start.most is not None
    } | {f"ready within {MOST_READY:.0f} s in a fresh folder": service["cold"].ready < MOST_READY}
    measured = {
        "starts": [asdict(start) for start in starts],
        "service": {kind: asdict(took) for kind, took in service.items()},
        "load_per_core": load,
    }
    end("startup", measured, told, kept)


def size(
    keep: Annotated[
        Path | None,
        typer.Option(help="The environment's folder; one that is there is measured as it is."),
    ] = None,
) -> None:
    """Megabytes of a default install and of the image: an environment made anew, and Debian packages."""
    if keep is None:
        found = sizes.measure_anew()
    else:
        if not keep.exists():
            sizes.make(keep)
        found = sizes.measure(keep)
    told = [
        f"`pip install octavo`: {_mb(found.install)}, {len(found.default)} distributions",
        f"the image's environment: {_mb(found.environment)}, of which the Dockerfile removes"
        f" {_mb(found.unused)}; the largest are {_largest(found.distributions)}",
    ]
    kept = {f"a default install under {_mb(MOST_INSTALL)}": found.install < MOST_INSTALL}
    if found.packages:
        told += [
            f"{len(found.packages)} Debian packages over the base: {_mb(sum(found.packages.values()))}; the"
            f" largest are {_largest(found.packages)}",
            f"the image: {_mb(found.image)}, and its base, which is not here to be measured",
        ]
        kept[f"the image under {_mb(MOST_IMAGE)}, without its base"] = found.image < MOST_IMAGE
    end("size", asdict(found), told, kept)


def _largest(found: Mapping[str, int]) -> str:
    named = sorted(found.items(), key=lambda one: -one[1])[:_NAMED]
    return ", ".join(f"{name} {_mb(count)}" for name, count in named)


def _mb(count: int) -> str:
    return f"{count / 1e6:,.0f} MB"


def _octavo(starts: Sequence[Started], start: Started) -> Started | None:
    """Octavo's own of the same, for a peer."""
    same = [other for other in starts if other.about == start.about and other.who == OCTAVO]
    return same[0] if start.who != OCTAVO and same else None


def _line(start: Started, octavo: Started | None = None) -> str:
    took = f"{start.seconds.wall:.2f} s, {start.seconds.cpu:.2f} CPU-s"
    if start.who == OCTAVO:
        return f"{start.about}: {took}"
    ratio = f" ({start.seconds.wall / octavo.seconds.wall:.2f} times Octavo's)" if octavo else ""
    return f"the same page by {start.who}: {took}{ratio}"
