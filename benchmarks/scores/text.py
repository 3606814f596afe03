"""Text scores of whole Markdown documents."""

from __future__ import annotations

from html import escape

from rapidfuzz.distance import Indel

from benchmarks.scores.cell_graph import Cell, CellGraph
from benchmarks.scores.markdown import bare, collapse, comparable, with_html_tables, with_tables_as
from benchmarks.scores.teds import tree


def nid(true: str, found: str) -> float | None:
    """NID of opendataloader-bench: similarity by insertions and deletions; None without truth.

    Pipe tables are compared as HTML tables, white space is collapsed.
    """
    return _similarity(collapse(with_html_tables(true)), collapse(with_html_tables(found)))


def text_similarity(true: str, found: str) -> float | None:
    """Similarity of the letters and digits of the whole texts, without marks; None without truth.

    Of a table that is the text of its cells, row by row; what stands in two cells side by side or one above
    the other counts once: HTML tables say once what pipe tables say in every cell that another spans.
    """
    return _similarity(_whole(true), _whole(found))


def _whole(markdown: str) -> str:
    return bare(with_tables_as(comparable(markdown), _cell_texts))


def _cell_texts(table: str) -> str:
    rows = [[Cell(cell.text, *cell.spans) for cell in row.children] for row in tree(table).children]
    graph = CellGraph.of(rows)
    text = {place: graph.cells[owner].text for place, owner in graph.owner.items()}
    return "\n".join(
        escape(said, quote=False)
        for (row, column), said in sorted(text.items())
        if said not in (text.get((row, column - 1)), text.get((row - 1, column)))
    )


def _similarity(expected: str, found: str) -> float | None:
    return float(Indel.normalized_similarity(expected, found)) if expected else None
