"""What a document's paragraphs and tables become before they are fragments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import NamedTuple

from pipelines.readers.docx.drawings import Crop
from pipelines.readers.flow import fenced
from pipelines.readers.inline import Inline
from pipelines.table_markup import TableModel
from schemas.fragments import Content, FigureContent, FragmentType, HeaderContent, TextContent

_FIGURES = {FragmentType.FIGURE, FragmentType.CHART}
_CAPTIONS = (
    (FragmentType.TABLE_CAPTION, ("tab",)),
    (FragmentType.FORMULA_CAPTION, ("equation", "formula", "gleichung", "équation", "ecuación", "formel")),
    (FragmentType.FIGURE_CAPTION, ("fig", "abb", "image", "picture", "chart", "diagram", "ill")),
)


class PicturePart(NamedTuple):
    """The part that a figure's pixels are in."""

    name: str
    crop: Crop


@dataclass(slots=True)
class Block:
    """A block: its text in three spellings, or a ``table``, or the ``content`` of a chart.

    ``lines`` are those of code or of a table of contents that goes on in the next block. ``caption``:
    it may be one, of what ``sequence`` says.
    """

    kind: FragmentType
    markdown: str = ""
    plain: str = ""
    html: str = ""
    level: int = 0
    lines: list[str] = field(default_factory=list)
    is_code: bool = False
    is_bold: bool = False
    is_caption: bool = False
    sequence: str = ""
    table: TableModel | None = None
    picture: PicturePart | None = None
    content: Content | None = None

    @classmethod
    def of(cls, kind: FragmentType, inline: Inline, prefix: str = "") -> Block:
        """A block of running text; ``prefix`` stands before it in all spellings."""
        return cls(kind, prefix + inline.markdown(), prefix + inline.plain(), escape(prefix) + inline.html())

    @classmethod
    def bare(cls, text: str) -> Block:
        """A block of text without marks."""
        return cls(FragmentType.TEXT, text, text, escape(text))

    @property
    def is_figure(self) -> bool:
        """Whether it is a picture or a chart."""
        return self.kind in _FIGURES


def joined(blocks: Sequence[Block]) -> list[Block]:
    """The blocks with the lines of each run of code, and of each table of contents, in one."""
    done: list[Block] = []
    for block in blocks:
        before = done[-1] if done else None
        if (
            before
            and block.lines
            and before.lines
            and (before.kind, before.is_code) == (block.kind, block.is_code)
        ):
            before.lines += block.lines
        else:
            done.append(block)
    for block in done:
        if block.lines:
            text = "\n".join(block.lines).strip("\n")
            block.markdown = fenced(text) if block.is_code and text.strip() else text
    return [block for block in done if block.markdown.strip() or not block.lines]


def with_captions(blocks: Sequence[Block]) -> None:
    """Tells captions of tables, figures and formulas apart: by their words, then by what is beside them."""
    for place, block in enumerate(blocks):
        before = blocks[place - 1] if place else None
        after = blocks[place + 1] if place + 1 < len(blocks) else None
        by_table, by_figure = (
            after is not None and after.table is not None,
            before is not None and before.is_figure,
        )
        beside = by_table or by_figure or (after and after.is_figure) or (before and before.table)
        if not (block.is_caption or (block.sequence and beside)):
            continue
        word = (block.sequence or block.plain).lower()
        named = next((kind for kind, words in _CAPTIONS if word.startswith(words)), None)
        other = FragmentType.TABLE_CAPTION if by_table and not by_figure else FragmentType.FIGURE_CAPTION
        block.kind = named or other


def contents(blocks: Sequence[Block]) -> Iterator[tuple[FragmentType, Content]]:
    """The blocks as contents of fragments, one each."""
    for block in blocks:
        if block.content is not None:
            yield block.kind, block.content
        elif block.table is not None:
            yield block.kind, block.table.content()
        elif block.kind in {FragmentType.TITLE, FragmentType.SECTION_HEADER}:
            yield block.kind, HeaderContent(content=block.markdown, level=block.level)
        elif block.kind is FragmentType.FIGURE:
            yield block.kind, FigureContent(content=block.markdown)
        else:
            yield block.kind, TextContent(content=block.markdown)
