"""Text scores of whole Markdown documents."""

from __future__ import annotations

from rapidfuzz.distance import Indel

from benchmarks.scores.markdown import bare, collapse, with_html_tables


def nid(true: str, found: str) -> float | None:
    """NID of opendataloader-bench: similarity by insertions and deletions, text and order in one; None without truth.

    Pipe tables are compared as HTML tables, white space is collapsed.
    """
    expected = collapse(with_html_tables(true))
    return (
        float(Indel.normalized_similarity(expected, collapse(with_html_tables(found)))) if expected else None
    )


def text_similarity(true: str, found: str) -> float | None:
    """Similarity of the letters and digits alone, so that marks and quotes do not count; None without truth."""
    expected = bare(with_html_tables(true))
    return float(Indel.normalized_similarity(expected, bare(with_html_tables(found)))) if expected else None
