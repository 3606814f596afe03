"""Notes and threaded comments on the cells of a sheet."""

from __future__ import annotations

from collections.abc import Iterable

from lxml.etree import _Element

from pipelines.readers.ooxml.package import Package, PartMissing, Relationship
from pipelines.readers.sheets.model import Place
from pipelines.readers.sheets.references import range_of
from pipelines.readers.sheets.xlsx_strings import rich_text


def comments_of(package: Package, relations: Iterable[Relationship]) -> dict[Place, str]:
    """The comments of a sheet; a thread is one text, and stands for the note that older programs show."""
    notes: dict[Place, str] = {}
    threads: dict[Place, list[str]] = {}
    for relation in relations:
        if relation.kind not in {"comments", "threadedComment"} or relation.external:
            continue
        try:
            root = package.xml(relation.target)
        except PartMissing:
            continue
        for comment in root.iterfind("{*}threadedComment"):
            threads.setdefault(_place(comment), []).append(comment.findtext("{*}text") or "")
        for comment in root.iterfind("{*}commentList/{*}comment"):
            text = comment.find("{*}text")
            if text is not None:
                notes[_place(comment)] = rich_text(text).plain
    found = notes | {place: "\n".join(texts) for place, texts in threads.items()}
    return {place: text.strip() for place, text in found.items() if text.strip()}


def _place(comment: _Element) -> Place:
    found = range_of(comment.get("ref"))
    return (found.top, found.left) if found else (0, 0)
