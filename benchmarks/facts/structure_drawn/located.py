# mypy: disable-error-code="no-untyped-call"
"""Where the rows of drawn tables came to stand: the pieces of each table, read back from the PDF."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from html import escape
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import pymupdf

from benchmarks.facts.structure_drawn.blocks import Grid, Row
from benchmarks.scores.merges import TruePiece, TrueTable, runs

_UP = 3.0
"""Points; a row so much above the one before it stands in another column."""


class Place(NamedTuple):
    """Where a word stands: the 1-based page and, in points, how far down."""

    page: int
    down: float


def unique_cells(path: Path, grids: Iterable[Grid]) -> dict[str, Place]:
    """The cells that only one row of all tables has, and the PDF only once, with their places."""
    cells = Counter(_key(cell) for grid in grids for row in grid.body for cell in row.cells)
    return {run: place for run, place in _unique_runs(path).items() if cells[run] == 1}


def _key(cell: str) -> str:
    return "".join(cell.split())


def _unique_runs(path: Path) -> dict[str, Place]:
    """The runs of words in a line that a PDF has only once."""
    places: dict[str, Place] = {}
    counts: Counter[str] = Counter()
    with pymupdf.open(path) as document:
        for number, page in enumerate(document, start=1):
            for _, line in groupby(page.get_text("words"), key=lambda word: round(word[3])):
                words = sorted(line, key=lambda word: word[0])
                for start, run in runs(["".join(word[4].split()) for word in words]):
                    counts[run] += 1
                    places[run] = Place(number, words[start][1])
    return {run: place for run, place in places.items() if counts[run] == 1}


def keys_of(row: Row, unique: Mapping[str, Place]) -> list[str]:
    """The cells by which a row is known."""
    return [key for cell in row.cells if (key := _key(cell)) in unique]


def pieces_of(grid: Grid, unique: Mapping[str, Place]) -> tuple[TruePiece, ...]:
    """The pieces of a table in order: rows on one page and in one column."""
    pieces: list[tuple[int, set[str]]] = []
    last: Place | None = None
    for row in grid.body:
        for key in keys_of(row, unique)[:1]:
            place = unique[key]
            if last is None or place.page != last.page or place.down < last.down - _UP:
                pieces.append((place.page, set()))
            pieces[-1][1].update(keys_of(row, unique))
            last = place
    return tuple(TruePiece(page, frozenset(keys)) for page, keys in pieces)


def cut(grid: Grid, unique: Mapping[str, Place]) -> Grid:
    """The table up to the last row but one of the page that it begins on: the last may go on over its end."""
    places = [next((unique[key] for key in keys_of(row, unique)), None) for row in grid.body]
    first = next((place for place in places if place), None)
    if first is None:
        return grid
    on_first = [i for i, place in enumerate(places) if place and place.page == first.page]
    kept = grid.body[: max(on_first[-1], 1)]
    return replace(grid, body=kept, foot="", cut=False)


def true_table(grid: Grid, unique: Mapping[str, Place]) -> TrueTable:
    """The table with its pieces; a subhead is one cell over all columns or a first one before blanks."""
    readings = [_html(grid, spans=True)]
    if any(row.spans for row in grid.body):
        readings.append(_html(grid, spans=False))
    return TrueTable(tuple(readings), pieces_of(grid, unique))


def _html(grid: Grid, *, spans: bool) -> str:
    head = "".join(f"<tr>{''.join(_head_cells(line))}</tr>" for line in grid.head)
    body = "".join(f"<tr>{''.join(_cells(row, spans=spans))}</tr>" for row in grid.body)
    return f"<table>{head}{body}</table>"


def _head_cells(line: Sequence[str | None]) -> Iterator[str]:
    start = 0
    while start < len(line):
        end = start + 1
        while end < len(line) and line[end] is None:
            end += 1
        yield f'<td colspan="{end - start}">{escape(line[start] or "")}</td>'
        start = end


def _cells(row: Row, *, spans: bool) -> Iterator[str]:
    if spans and row.spans:
        yield f'<td colspan="{len(row.cells)}">{escape(row.cells[0])}</td>'
        return
    for text in row.cells:
        yield f"<td>{escape(text)}</td>"
