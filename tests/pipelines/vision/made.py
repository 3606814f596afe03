"""Pages as the local reading leaves them: fragments with words, made by hand."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.work import PageWork
from schemas.fragments import (
    FigureContent,
    FragmentType,
    FragmentWord,
    HeaderContent,
    PageFragment,
    Source,
    TableContent,
    TextContent,
)
from schemas.geometry import Box, union_of
from schemas.reading import SourcePage

WIDTH, HEIGHT = 600.0, 800.0


def words(
    text: str, y: float, *, source: Source = Source.DIGITAL, sure: float | None = None
) -> list[FragmentWord]:
    """Words in lines of ten units, each word ten units a letter."""
    found = []
    for row, line in enumerate(text.split("\n")):
        x = 50.0
        for word in line.split():
            box = Box(x1=x, y1=y + 10 * row, x2=x + 10 * len(word), y2=y + 10 * row + 8)
            found.append(FragmentWord(text=word, bbox=box, confidence=sure, source=source))
            x += 10 * len(word) + 5
    return found


def around(found: Sequence[FragmentWord]) -> Box:
    """The box around some words."""
    return Box.of(union_of([word.bbox.bbox() for word in found]))


def fragment(
    kind: FragmentType, text: str, y: float, *, source: Source = Source.DIGITAL, sure: float | None = None
) -> PageFragment:
    """A fragment of ``kind`` whose text stands at the height ``y``."""
    own = words(text, y, source=source, sure=sure)
    line = " ".join(text.split())
    content: HeaderContent | TableContent | FigureContent | TextContent
    match kind:
        case FragmentType.TITLE | FragmentType.SECTION_HEADER:
            content = HeaderContent(content=line, level=0)
        case FragmentType.TABLE | FragmentType.FORM:
            content = TableContent(content=line, html=f"<table><tr><td>{line}</td></tr></table>")
        case FragmentType.FIGURE | FragmentType.CHART:
            content = FigureContent(content=line)
        case _:
            content = TextContent(content=line)
    box = around(own) if own else Box(x1=50, y1=y, x2=300, y2=y + 100)
    return PageFragment(fragment_type=kind, content=content, bbox=box, source=source, words=own)


def page(
    fragments: Sequence[PageFragment], *, number: int = 1, scanned: bool = False, width: float = WIDTH
) -> PageWork:
    """A page after ``Assemble``; a scanned one is blank (it has no picture)."""
    source = SourcePage(number, width, HEIGHT, ocr_scale=2.0)
    return PageWork(number, source=source, scanned=scanned, fragments=list(fragments))
