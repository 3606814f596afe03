"""Documents drawn afresh by several programs that lay out pages; the truth is what they were drawn from.

``OCTAVO_BENCH_SEED`` decides words, structure and looks; without it every run has documents of its own. A
generator that is not installed is left out. The files are kept in the cache by their seed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from random import Random

import msgspec
from rich.console import Console

from benchmarks import corpus
from benchmarks.facts.rasterise import rasterise
from benchmarks.facts.structure_drawn import located, outlines, sheets
from benchmarks.facts.structure_drawn.blocks import Paper
from benchmarks.scores.merges import TrueTable
from benchmarks.scores.outline import TrueHeading

SEED = os.environ.get("OCTAVO_BENCH_SEED") or datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
GENERATORS: dict[str, tuple[str, ...]] = {
    "platypus": ("zh", "ja"),
    "webpage": (),
    "typesetter": (),
    "office": (),
}
"""The modules of this package that lay out; the languages that they have besides those of Latin letters."""
_EACH, _EACH_SCANNED = 8, 3
_FEW = {"office": 4}
"""Of generators that take long."""
_ASIAN_SHARE = 0.25

Write = Callable[[Paper, Path], None]


def headings(_folder: Path) -> Iterator[corpus.Document]:
    """Reports, contracts, manuals and papers; the kind is the generator."""
    for name, number, write in _each():
        path = _kept(f"headings-{number}-{name}.pdf", partial(_write_headings, name, number, write))
        yield corpus.Document("structure_headings", name, path, partial(_outline, path))


def headings_rasterised(folder: Path) -> Iterator[corpus.Document]:
    """The first of them as pictures alone."""
    for document in headings(folder):
        if int(document.name.split("-")[1]) >= _EACH_SCANNED:
            return
        picture = rasterise(document.path, f"{_folder().name}/{document.name}")
        yield replace(document, set_name="structure_headings_rasterised", path=picture)


def tables(_folder: Path) -> Iterator[corpus.Document]:
    """Documents of tables; the kind is the generator."""
    for name, number, write in _each():
        path = _kept(f"tables-{number}-{name}.pdf", partial(_write_tables, name, number, write))
        yield corpus.Document("structure_tables", name, path, partial(_tables, path))


def _each() -> Iterator[tuple[str, int, Write]]:
    """The generators in turn, each with the number of its document."""
    for number in range(_EACH):
        for name in GENERATORS:
            if number < _FEW.get(name, _EACH) and (write := writer(name)):
                yield name, number, write


@cache
def writer(name: str) -> Write | None:
    """How a generator writes; None where it is not installed, which is said once."""
    try:
        write: Write = import_module(f"{__name__}.{name}").write
    except (ImportError, OSError) as error:  # OSError: a package whose shared libraries are missing
        Console(stderr=True).print(
            f"{name}: not installed, skipped ({str(error).splitlines()[0]})", markup=False
        )
        return None
    return write


def _folder() -> Path:
    return corpus.CACHE / "structure_drawn" / "".join(c if c.isalnum() else "-" for c in SEED)


def _kept(name: str, write: Callable[[Path], object]) -> Path:
    """The file of this name, written once, with what ``write`` returns as the truth beside it."""
    path = _folder() / name
    if not (path.exists() and _truth_file(path).exists()):
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}")
        _truth_file(path).write_bytes(msgspec.json.encode(write(unfinished)))
        unfinished.replace(path)
    return path


def _truth_file(path: Path) -> Path:
    return path.with_suffix(".json")


def _write_headings(name: str, number: int, write: Write, path: Path) -> tuple[TrueHeading, ...]:
    random = Random(f"{SEED}-headings-{name}-{number}")
    asian = GENERATORS[name]
    language = random.choice(asian) if asian and random.random() < _ASIAN_SHARE else ""
    paper = outlines.draw_paper(outlines.KINDS[number % len(outlines.KINDS)], random, language)
    write(paper, path)
    return outlines.truth_of(paper)


def _outline(path: Path) -> corpus.Truth:
    known = msgspec.json.decode(_truth_file(path).read_bytes(), type=tuple[TrueHeading, ...])
    return corpus.Truth(outline=known)


def _write_tables(name: str, number: int, write: Write, path: Path) -> list[TrueTable]:
    return draw_tables(Random(f"{SEED}-tables-{name}-{number}"), write, path)


def _tables(path: Path) -> corpus.Truth:
    known = msgspec.json.decode(_truth_file(path).read_bytes(), type=tuple[TrueTable, ...])
    return corpus.Truth(merged=known)


def draw_tables(random: Random, write: Write, path: Path) -> list[TrueTable]:
    """Writes a document of tables; some of them are cut to the page that they begin on, one after another."""
    paper = sheets.draw_sheets(random)
    write(paper, path)
    rows = located.locate(path, paper)
    for at, grid in enumerate(located.grids(paper)):
        if grid.cut:
            kept = located.cut(grid, rows[at])
            paper = replace(paper, blocks=tuple(kept if block is grid else block for block in paper.blocks))
            write(paper, path)
            rows = located.locate(path, paper)
    return [located.true_table(grid, found) for grid, found in zip(located.grids(paper), rows, strict=True)]
