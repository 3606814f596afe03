"""Last page stage: words and regions to fragments in reading order, in units of the page as displayed."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np

from models.base import Image
from pipelines.pages import headings
from pipelines.pages.blocks import (
    Block,
    clusters,
    make_blocks,
    parted_row,
    whole_paragraphs,
)
from pipelines.pages.captions import with_captions
from pipelines.pages.certainty import certainty, main_source
from pipelines.pages.companions import groups
from pipelines.pages.contents import entries_text, with_contents
from pipelines.pages.finds import found_blocks, is_found, with_inner_finds, without_found
from pipelines.pages.formulas.latex import is_displayed
from pipelines.pages.formulas.regions import is_covered, with_formulas
from pipelines.pages.inline import Spelling
from pipelines.pages.kinds import fragment_type
from pipelines.pages.margins import with_running_rows
from pipelines.pages.order import reading_order
from pipelines.pages.paragraphs import list_items, text_of, without_bullet
from pipelines.pages.tables.cells import make_table, tears_sentences
from pipelines.work import Find, PageWork
from schemas.fragments import (
    Content,
    FigureContent,
    FragmentType,
    FragmentWord,
    HeaderContent,
    PageFragment,
    TableContent,
    TextContent,
)
from schemas.geometry import BBox, Box, union_of
from schemas.reading import RegionKind, SourcePage, TextLine

Place = Callable[[BBox], BBox]

# A page shows a picture where this share of its pixels is so many grey levels from the most of it.
_PICTURED, _TONE = 0.05, 32
# What lies in a picture by this share is on it.
_ON = 0.8
_BREAKS_KEPT = {FragmentType.TEXT, FragmentType.FIGURE, FragmentType.PAGE_HEADER, FragmentType.PAGE_FOOTER}


class Assemble:
    """Makes the fragments of each page. No word is lost, none is in two fragments."""

    name: ClassVar[str] = "assemble"
    reads: ClassVar[frozenset[str]] = frozenset(
        {"source", "scanned", "turns", "lines", "regions", "rules", "bars", "finds"}
    )
    writes: ClassVar[frozenset[str]] = frozenset({"fragments"})
    batch: ClassVar[int] = 1

    def __init__(self, *, include_words: bool) -> None:
        self._include_words = include_words

    def __call__(self, pages: Sequence[PageWork]) -> None:
        """See ``PageStage``."""
        for page in pages:
            if page.source is None:
                continue
            width, height = page.pose.upright_size
            pictures = [page.pose.to_upright(picture) for picture in page.source.pictures]
            pictures = [picture for picture in pictures if not is_found(picture, page.finds)]
            lines = page.lines or []
            regions = with_formulas(without_found(page.regions or [], page.finds, lines), lines)
            blocks = make_blocks(lines, regions, pictures, width, height)
            blocks = [_as_formula(block, pictures) for block in blocks]
            blocks = with_running_rows(_divided(blocks), height)
            charts, others = found_blocks(page.finds, blocks)
            blocks = with_captions(blocks + charts) + others
            ordered = with_contents(_ordered(blocks, lines, width * height))
            ordered = whole_paragraphs(ordered)
            ordered = headings.promoted(ordered, scanned=page.scanned)
            ordered = with_inner_finds(ordered, page.finds)
            spelling = Spelling.of(lines, page.rules + page.bars)
            page.fragments = [
                self._fragment(block, kind, _written(block, kind, text, spelling), page.pose.to_displayed)
                for block, (kind, text) in zip(ordered, _named(ordered), strict=True)
            ] or _pictured(page.image, page.source)

    def _fragment(self, block: Block, kind: FragmentType, text: str, place: Place) -> PageFragment:
        find = block.find
        words = find.words if find else block.words
        return PageFragment(
            fragment_type=kind,
            content=_found(find, place) if find else _content(block, kind, text, place),
            bbox=Box.of(place(block.bbox)),
            confidence=find.confidence if find else certainty(words, block.score),
            source=find.source if find else main_source(words),
            words=[
                FragmentWord(
                    text=word.text,
                    bbox=Box.of(place(word.bbox)),
                    confidence=word.confidence,
                    source=word.source,
                )
                for word in words
            ]
            if self._include_words
            else None,
        )


def _pictured(image: Image | None, source: SourcePage) -> list[PageFragment]:
    """A photograph without a word on it is one figure; a sheet that is blank but for dirt is nothing."""
    if image is None:
        return []
    gray = image.mean(axis=2)
    if np.mean(np.abs(gray - np.median(gray)) > _TONE) < _PICTURED:
        return []
    box = Box.of(BBox(0, 0, source.width, source.height))
    return [PageFragment(fragment_type=FragmentType.FIGURE, content=FigureContent(content=""), bbox=box)]


def _divided(blocks: Sequence[Block]) -> list[Block]:
    """Blocks of several items, or texts in a row, cut apart; tables without rows and columns become text."""
    found: list[Block] = []
    for block in blocks:
        if block.kind is RegionKind.LIST_ITEM:
            items = list_items(block.lines)
            found.extend(
                replace(block, bbox=union_of([one.bbox for one in item]), lines=item) for item in items
            )
        elif block.kind is RegionKind.TABLE and block.grid and tears_sentences(block.lines, block.grid):
            found.extend(clusters(block.lines))
        elif block.kind is RegionKind.TABLE:
            found.append(_with_table(block))
        else:
            found.extend(parted_row(block))
    return found


def _with_table(block: Block) -> Block:
    """The block with its table; as text when there is no grid, or less than two rows and columns."""
    table = make_table(block.lines, block.grid) if block.grid else None
    if table is None or table.rows < 2 or table.columns < 2:
        return replace(block, kind=RegionKind.TEXT, grid=None, score=None)
    return replace(block, table=table)


def _ordered(blocks: Sequence[Block], lines: Sequence[TextLine], page_area: float) -> list[Block]:
    """Page headers first, then the body in reading order, page footers last."""
    right_to_left = _is_right_to_left(lines)
    parts: list[list[Block]] = [[], [], []]
    for block in blocks:
        parts[{RegionKind.PAGE_HEADER: 0, RegionKind.PAGE_FOOTER: 2}.get(block.kind, 1)].append(block)
    return [block for part in parts for block in _read(part, page_area, right_to_left=right_to_left)]


def _read(blocks: Sequence[Block], page_area: float, *, right_to_left: bool) -> Iterator[Block]:
    """The blocks in reading order; companions stay together, a picture before the words on it."""
    together = groups(blocks, page_area)
    boxes = [union_of([blocks[i].bbox for i in group]) for group in together]
    begin = [i for i, group in enumerate(together) if blocks[group[0]].kind in headings.KINDS]
    for place in reading_order(boxes, right_to_left=right_to_left, headings=begin):
        group = [blocks[i] for i in together[place]]
        around = [b for b in group if all(other.bbox.inside(b.bbox) > _ON for other in group)]
        group = [b for b in group if b not in around]
        yield from around
        for i in reading_order([b.bbox for b in group], right_to_left=right_to_left):
            yield group[i]


def _is_right_to_left(lines: Sequence[TextLine]) -> bool:
    letters = [
        unicodedata.bidirectional(char) for line in lines for word in line.words for char in word.text[:1]
    ]
    return sum(c in {"R", "AL"} for c in letters) > sum(c == "L" for c in letters)


def _named(blocks: Sequence[Block]) -> list[tuple[FragmentType, str]]:
    """Each block's fragment type and running text."""
    texts = [text_of(b.lines, keep_breaks=fragment_type(b, "", blocks) in _BREAKS_KEPT) for b in blocks]
    return [(fragment_type(b, text, blocks), text) for b, text in zip(blocks, texts, strict=True)]


def _as_formula(block: Block, pictures: Sequence[BBox]) -> Block:
    """A block of text, or a drawing, that holds a displayed formula and nothing else, as that."""
    if block.kind not in {RegionKind.TEXT, RegionKind.PICTURE} or not is_displayed(block.lines):
        return block
    drawn = any(picture.intersection(block.bbox) > 0 for picture in pictures)
    if drawn or not is_covered(block.bbox, block.lines):
        return block
    return replace(block, kind=RegionKind.FORMULA, bbox=union_of([line.bbox for line in block.lines]))


def _written(block: Block, kind: FragmentType, text: str, spelling: Spelling) -> str:
    """A fragment's text as Markdown; plain where it is only looked at, or compared."""
    match kind:
        case FragmentType.FORMULA:
            return spelling.formula(block.lines) or text
        case FragmentType.TITLE | FragmentType.SECTION_HEADER:
            return spelling.markdown(block.lines, emphasis=False)
        case (
            FragmentType.PAGE_HEADER
            | FragmentType.PAGE_FOOTER
            | FragmentType.PAGE_NUMBER
            | FragmentType.FIGURE
        ):
            return text
        case FragmentType.TABLE if block.table is not None:
            return text
        case FragmentType.DOCUMENT_INDEX:
            return entries_text(block)
    return spelling.markdown(block.lines, keep_breaks=kind in _BREAKS_KEPT)


def _found(find: Find, place: Place) -> Content:
    return _placed(find.content, place) if isinstance(find.content, TableContent) else find.content


def _content(block: Block, kind: FragmentType, text: str, place: Place) -> Content:
    match kind:
        case FragmentType.TITLE:
            return HeaderContent(content=text, level=0)
        case FragmentType.SECTION_HEADER:
            return HeaderContent(content=text, level=1)  # its true level shows on the whole document
        case FragmentType.TABLE if block.table is not None:
            return _placed(block.table.content(), place)
        case FragmentType.FIGURE:
            return FigureContent(content=text)
        case FragmentType.LIST_ITEM:
            return TextContent(content=without_bullet(text))
        case _:
            return TextContent(content=text)


def _placed(table: TableContent, place: Place) -> TableContent:
    cells = [c.model_copy(update={"bounding_box": Box.of(place(c.bounding_box.bbox()))}) for c in table.cells]
    return table.model_copy(update={"cells": cells})
