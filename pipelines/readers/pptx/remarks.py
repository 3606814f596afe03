"""What is said about a slide: the speaker's notes, and comments of both kinds."""

from __future__ import annotations

from collections.abc import Iterator

from lxml.etree import _Element

from pipelines.readers.ooxml.package import Package, PartMissing
from pipelines.readers.pptx.names import THREADED, A, P
from pipelines.readers.pptx.shapes import shapes_of
from pipelines.readers.pptx.sheets import Sheet
from pipelines.readers.pptx.text import TextSetting, contents_of, paragraphs_of, text_of
from schemas.fragments import Content, FragmentType, TextContent


def notes_of(package: Package, slide: Sheet) -> Iterator[tuple[FragmentType, Content]]:
    """The speaker's notes of a slide, a fragment a paragraph."""
    for relation in slide.relationships.values():
        if relation.kind != "notesSlide" or relation.external:
            continue
        try:
            notes = Sheet.of(package, relation.target, ())
        except PartMissing:
            continue
        setting = TextSetting(notes.relationships)
        for shape in shapes_of(notes):
            body = shape.element.find(f"{P}txBody")
            # Converted decks number and date their notes in ordinary shapes.
            if shape.placeholder.kind == "body" if shape.placeholder else _is_written(body):
                yield from contents_of(paragraphs_of(body, (), setting))


def _is_written(body: _Element | None) -> bool:
    """Whether a text holds more than fields."""
    return body is not None and any((run.findtext(f"{A}t") or "").strip() for run in body.iter(f"{A}r"))


def comments_of(package: Package, slide: Sheet) -> Iterator[tuple[FragmentType, Content]]:
    """The comments on a slide, replies after what they answer."""
    for relation in slide.relationships.values():
        if relation.kind == "comments" and not relation.external:
            try:
                root = package.xml(relation.target)
            except PartMissing:
                continue
            for text in _comments(root):
                if text:
                    # Two hyphens would end the mark (HTML Standard §13.1.6).
                    quoted = text.replace("--", "- -").replace("--", "- -")
                    yield FragmentType.TEXT, TextContent(content=f"<!-- Comment: {quoted} -->")


def _comments(root: _Element) -> Iterator[str]:
    for comment in root.iter(f"{P}cm", f"{THREADED}cm", f"{THREADED}reply"):
        yield comment.findtext(f"{P}text") or text_of(comment.find(f"{THREADED}txBody"), TextSetting({}))
