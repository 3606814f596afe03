"""Word documents with tracked changes: Pandoc's tests with their trees, and Open-Xml-PowerTools' twins.

A twin is the document after all its changes were accepted, or rejected, by that tool.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from zipfile import ZipFile

from lxml import etree

from benchmarks.corpus import Document, Truth
from benchmarks.facts import native
from benchmarks.scores.markdown import tables

_PANDOC, _POWERTOOLS = "pandoc", "oxpt"
_PARTS = ("word/document.xml", "word/footnotes.xml")
_READINGS = ("_accept", "", "_minus")
"""Endings of the trees' names: the accepted view, the only one, the one without a citation processor."""


def marked(folder: Path) -> Iterator[Document]:
    """The documents as they are, with the revisions that should be marked, or the twins' texts."""
    for source in sorted((folder / _PANDOC).glob("*.docx")):
        if tree := _tree(source, ("_all", *_READINGS)):
            yield Document(folder.name, _PANDOC, source, partial(_revisions, tree))
    for before in sorted((folder / _POWERTOOLS).glob("*-Rejected.docx")):
        source, after = (_beside(before, ending) for ending in (".docx", "-Accepted.docx"))
        if source.exists() and after.exists():
            yield Document(folder.name, _POWERTOOLS, source, partial(_changed, before, after))


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
        source = _beside(twin, ".docx")
        if source.exists():
            yield Document(folder.name, _POWERTOOLS, source, Truth, twin)


def _beside(twin: Path, ending: str) -> Path:
    return twin.with_name(twin.name.rpartition("-")[0] + ending)


def _tree(source: Path, endings: tuple[str, ...]) -> Path | None:
    named = (source.with_name(f"{source.stem}{ending}.native") for ending in endings)
    return next((path for path in named if path.exists()), None)


def _revisions(tree: Path) -> Truth:
    return Truth(revisions=tuple(native.revisions(native.parse(tree.read_text(encoding="utf-8")))))


def _changed(before: Path, after: Path) -> Truth:
    return Truth(changed=(_characters(before), _characters(after)))


def _characters(docx: Path) -> str:
    """The characters of the body, of formulas and of footnotes: all text elements, in the file's order."""
    with ZipFile(docx) as parts:
        trees = [etree.fromstring(parts.read(name)) for name in _PARTS if name in parts.namelist()]
    return "".join(text.text or "" for tree in trees for text in tree.iter("{*}t"))


def _reading(tree: Path) -> Truth:
    markdown = native.markdown(native.parse(tree.read_text(encoding="utf-8")))
    return Truth(markdown=markdown, tables=(tuple(tables(markdown)),), silver=True)
