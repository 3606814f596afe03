# mypy: disable-error-code="no-untyped-call"
"""Where the rows of drawn tables came to stand: the pieces of each table, read back from the PDF."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from html import escape
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import pymupdf

from benchmarks.facts.structure_drawn.blocks import Grid, Heading, Items, Paper, Row, Text
from benchmarks.scores.merges import LONGEST_RUN, TruePiece, TrueTable, runs


class Place(NamedTuple):
    """Where a word stands: the 1-based page, the column of it from 0, and how far down in points."""

    page: int
    column: int
    down: float


Rows = Sequence[Mapping[str, Place]]
"""Of each row of a table the keys that it is known by, and where they stand."""


def locate(path: Path, paper: Paper) -> list[Rows]:
    """The rows of each table of a drawn document, found in its PDF.

    A key that as many lines have as rows do, and no other text, stands in them in their order.
    """
    tables = grids(paper)
    elsewhere = {run for text in _said(paper) for _, run in runs(text.split())}
    places = _places(path, paper.look.columns)
    wanted = Counter(key for grid in tables for row in grid.body for key in _keys(row))
    known = {
        key: iter(sorted(places[key]))
        for key, count in wanted.items()
        if len(places.get(key, ())) == count and key not in elsewhere
    }
    return [[{key: next(known[key]) for key in _keys(row) if key in known} for row in t.body] for t in tables]


def grids(paper: Paper) -> list[Grid]:
    """The tables of a document."""
    return [block for block in paper.blocks if isinstance(block, Grid)]


def _said(paper: Paper) -> Iterator[str]:
    """What the document says outside of its tables."""
    yield paper.title
    yield from paper.footnotes
    for block in paper.blocks:
        match block:
            case Heading():
                yield block.printed
            case Text():
                yield block.text
            case Items():
                yield from (text for _, text in block.items)
            case Grid():
                yield from (block.title, block.foot)


def _keys(row: Row) -> Iterator[str]:
    """Each cell written together, and of a longer one, which lines break, each run of a few words."""
    for cell in row.cells:
        words = cell.split()
        if words:
            yield "".join(words)
        if len(words) > LONGEST_RUN:
            yield from ("".join(words[i : i + LONGEST_RUN]) for i in range(len(words) - LONGEST_RUN + 1))


def _places(path: Path, columns: int) -> dict[str, list[Place]]:
    """Where the runs of words in the lines of a PDF stand; ``columns``: how many its pages have."""
    places: defaultdict[str, list[Place]] = defaultdict(list)
    with pymupdf.open(path) as document:
        for number, page in enumerate(document, start=1):
            for _, line in groupby(page.get_text("words"), key=lambda word: round(word[3])):
                words = sorted(line, key=lambda word: word[0])
                for start, run in runs(["".join(word[4].split()) for word in words]):
                    column = int(words[start][0] / page.rect.width * columns)
                    places[run].append(Place(number, column, words[start][1]))
    return places


def pieces_of(rows: Rows) -> tuple[TruePiece, ...]:
    """The pieces of a table in order: what stands on one page and in one column, be it half a row."""
    pieces: defaultdict[tuple[int, int], set[str]] = defaultdict(set)
    for row in rows:
        for key, place in row.items():
            pieces[place.page, place.column].add(key)
    return tuple(TruePiece(page, frozenset(keys)) for (page, _), keys in sorted(pieces.items()))


def cut(grid: Grid, rows: Rows) -> Grid:
    """The table up to the last row but one of the page that it begins on: the last may go on over its end."""
    pages = [min((place.page for place in row.values()), default=None) for row in rows]
    first = next((page for page in pages if page), None)
    if first is None:
        return grid
    on_first = [i for i, page in enumerate(pages) if page == first]
    kept = grid.body[: max(on_first[-1], 1)]
    return replace(grid, body=kept, foot="", cut=False)


def true_table(grid: Grid, rows: Rows) -> TrueTable:
    """The table with its pieces; a subhead is one cell over all columns or a first one before blanks."""
    readings = [_html(grid, spans=True)]
    if any(row.spans for row in grid.body):
        readings.append(_html(grid, spans=False))
    return TrueTable(tuple(readings), pieces_of(rows))


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
