"""Word documents with tracked changes: Pandoc's tests with their trees, and Open-Xml-PowerTools' twins.

A twin is the document after all its changes were accepted, or rejected, by that tool.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.corpus import Document, Truth
from benchmarks.facts import native
from benchmarks.scores.markdown import tables

_PANDOC, _POWERTOOLS = "pandoc", "oxpt"
_READINGS = ("_accept", "", "_minus")
"""Endings of the trees' names: the accepted view, the only one, the one without a citation processor."""


def marked(folder: Path) -> Iterator[Document]:
    """The documents as they are, with the revisions that should be marked."""
    for source in sorted((folder / _PANDOC).glob("*.docx")):
        if tree := _tree(source, ("_all", *_READINGS)):
            yield Document(folder.name, _PANDOC, source, partial(_revisions, tree))


def accepted(folder: Path) -> Iterator[Document]:
    """The documents as if all were accepted, with Pandoc's reading or the twin."""
    for source in sorted((folder / _PANDOC).glob("*.docx")):
        if tree := _tree(source, _READINGS):
            yield Document(folder.name, _PANDOC, source, partial(_reading, tree))
    yield from _twins(folder, "Accepted")


def rejected(folder: Path) -> Iterator[Document]:
    """The documents as if all were rejected, with the twin."""
    return _twins(folder, "Rejected")


def _twins(folder: Path, ending: str) -> Iterator[Document]:
    for twin in sorted((folder / _POWERTOOLS).glob(f"*-{ending}.docx")):
        source = twin.with_name(twin.name.replace(f"-{ending}.docx", ".docx"))
        if source.exists():
            yield Document(folder.name, _POWERTOOLS, source, Truth, twin)


def _tree(source: Path, endings: tuple[str, ...]) -> Path | None:
    named = (source.with_name(f"{source.stem}{ending}.native") for ending in endings)
    return next((path for path in named if path.exists()), None)


def _revisions(tree: Path) -> Truth:
    return Truth(revisions=tuple(native.revisions(native.parse(tree.read_text(encoding="utf-8")))))


def _reading(tree: Path) -> Truth:
    markdown = native.markdown(native.parse(tree.read_text(encoding="utf-8")))
    return Truth(markdown=markdown, tables=(tuple(tables(markdown)),), silver=True)
