"""``python -m benchmarks fuzz``: for as long as one likes; exit code 1 when a file broke a promise."""

from __future__ import annotations

import itertools
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks import store
from benchmarks.fuzz import run
from benchmarks.fuzz.seeds import seeds

console = Console(highlight=False)
_LARGEST = 1 << 20
"""Larger documents take too long to be changed often."""


def fuzz(
    seconds: Annotated[float, typer.Option(help="How long files are changed and tried.")] = 60.0,
    seed: Annotated[int | None, typer.Option(help="Draws the changes. Default: new.")] = None,
    number: Annotated[int | None, typer.Option(help="Only this file of the seed's.")] = None,
    files: Annotated[Path | None, typer.Option(help="A folder of documents to change, not our own.")] = None,
    keep: Annotated[Path, typer.Option(help="A folder for the files that broke a promise.")] = (
        store.OUT / "fuzz"
    ),
    layout: Annotated[float, typer.Option(help="The share of files laid out by the model, too.")] = 0.02,
) -> None:
    """Gives randomly changed documents to the readers; exit code 1 when one broke a promise."""
    seed = secrets.randbelow(1_000_000) if seed is None else seed
    _say(f"seed {seed}")
    documents = seeds() if files is None else _documents(files)

    def save(failure: run.Failure) -> None:
        keep.mkdir(parents=True, exist_ok=True)
        path = keep / f"{seed}-{failure.number}-{failure.name}"
        path.write_bytes(failure.data)
        _say(f"{path}: {failure.why}")

    numbers = iter([number]) if number is not None else _until(time.monotonic() + seconds)
    tally = run.fuzz(documents, seed, numbers, threads=os.cpu_count() or 2, layout_share=layout, tell=save)
    for line in run.told(tally):
        _say(line)
    if files is None and number is None:
        store.write("fuzz", {"seed": seed, "told": run.told(tally)})
    if tally.failures:
        raise typer.Exit(1)


def _until(end: float) -> Iterator[int]:
    return itertools.takewhile(lambda _: time.monotonic() < end, itertools.count())


def _documents(folder: Path) -> dict[str, bytes]:
    """The small files of a folder and of those in it, by names of their own."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size <= _LARGEST)
    return {f"{number}{path.suffix}": path.read_bytes() for number, path in enumerate(paths)}


def _say(line: str) -> None:
    console.print(line, markup=False, soft_wrap=True)
