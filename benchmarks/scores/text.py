"""Text scores of whole Markdown documents."""

from __future__ import annotations

from rapidfuzz.distance import Indel

from benchmarks.scores.markdown import bare, collapse, with_html_tables, without_tables


def nid(true: str, found: str) -> float | None:
    """NID of opendataloader-bench: similarity by insertions and deletions; None without truth.

    Pipe tables are compared as HTML tables, white space is collapsed.
    """
    return _similarity(collapse(with_html_tables(true)), collapse(with_html_tables(found)))


def text_similarity(true: str, found: str) -> float | None:
    """Similarity of the letters and digits outside tables, without marks and quotes; None without truth.

    Tables have a score of their own, and Markdown repeats the text of a cell that spans others.
    """
    return _similarity(bare(without_tables(true)), bare(without_tables(found)))


def _similarity(expected: str, found: str) -> float | None:
    return float(Indel.normalized_similarity(expected, found)) if expected else None
