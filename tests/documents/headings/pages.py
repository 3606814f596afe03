"""Pages of a document as the outline sees them: fragments over lines of words."""

from __future__ import annotations

from collections.abc import Sequence

import pymupdf

from pipelines.documents.headings.outline import with_outline
from pipelines.work import PageRecord
from schemas.fragments import FragmentType, HeaderContent, PageFragment, Source, TextContent, content_class
from schemas.geometry import BBox, Box, PageSize
from schemas.reading import TextLine, Word

WIDTH, HEIGHT = 600.0, 800.0
Piece = tuple[FragmentType, str, float, bool]


def heading(text: str, size: float = 14.0, *, bold: bool = True) -> Piece:
    return FragmentType.SECTION_HEADER, text, size, bold


def text(
    words: str = "the tide comes in and goes out again", size: float = 10.0, *, bold: bool = False
) -> Piece:
    return FragmentType.TEXT, words, size, bold


def body(sentences: int = 6) -> Piece:
    return text("The tide comes in and goes out again while the ships lie at anchor. " * sentences)


def piece(kind: FragmentType, words: str, size: float = 10.0, *, bold: bool = False) -> Piece:
    return kind, words, size, bold


def page(number: int, *pieces: Piece, source: Source = Source.DIGITAL, left: float = 60.0) -> PageRecord:
    """The pieces under each other, each in lines of at most 80 letters."""
    fragments, lines = [], []
    y = 60.0
    for kind, words, size, bold in pieces:
        own = [
            _line(part, left, y + 1.2 * size * i, size, bold, source)
            for i, part in enumerate(_wrapped(words))
        ]
        y = own[-1].bbox.y2 + size
        lines += own
        box = own[0].bbox
        for one in own[1:]:
            box = box.union(one.bbox)
        is_header = content_class(kind) is HeaderContent
        content = HeaderContent(content=words, level=1) if is_header else TextContent(content=words)
        fragments.append(PageFragment(fragment_type=kind, content=content, bbox=Box.of(box), source=source))
    return PageRecord(number, PageSize(width=round(WIDTH), height=round(HEIGHT)), fragments, lines, [])


def _wrapped(words: str) -> list[str]:
    if "\n" in words:
        return words.split("\n")
    parts = [""]
    for word in words.split():
        if len(parts[-1]) + len(word) > 80:
            parts.append("")
        parts[-1] = f"{parts[-1]} {word}".strip()
    return parts


def _line(text: str, x: float, y: float, size: float, bold: bool, source: Source) -> TextLine:
    words = []
    for part in text.split():
        box = BBox(x, y, x + pymupdf.get_text_length(part, "tiro", size), y + size)
        words.append(Word(part, box, size=size, bold=bold, source=source))
        x = box.x2 + 0.3 * size
    return TextLine(words, BBox(words[0].bbox.x1, y, words[-1].bbox.x2, y + size))


def outline(records: Sequence[PageRecord]) -> list[tuple[int, str]]:
    """The level and text of each heading that the document turns out to have, in order."""
    return [
        (f.content.level, f.content.content)
        for record in with_outline(records)
        for f in record.fragments
        if isinstance(f.content, HeaderContent)
    ]
