"""Long Chinese company reports with Markdown checked by people: headings, and tables merged over pages.

Two readings are accepted of tables that go on under a heading of their own: one table (``primary``) or
several (``semi_semantic``). Both leave out repeated titles; their levels of headings follow no common rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.corpus import Document, Truth
from benchmarks.scores.markdown import tables
from benchmarks.scores.outline import TrueHeading, headings_of

_READINGS = ("primary", "semi_semantic")


def documents(folder: Path) -> Iterator[Document]:
    """Every PDF that has its Markdown."""
    for pdf in sorted(folder.glob("*.pdf")):
        if all(path.exists() for path in _readings(pdf)):
            yield Document(folder.name, "pdf", pdf, partial(_truth, pdf))


def _readings(pdf: Path) -> list[Path]:
    return [pdf.with_suffix(f".{name}.md") for name in _READINGS]


def _truth(pdf: Path) -> Truth:
    texts = [path.read_text(encoding="utf-8") for path in _readings(pdf)]
    return Truth(
        outline=tuple(TrueHeading(heading.text, None) for heading in headings_of(texts[0])),
        tables=tuple(tuple(tables(text)) for text in texts),
    )
