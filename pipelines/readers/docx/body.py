"""Paragraph by paragraph through a document's texts: what each of them is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

from lxml.etree import _Element

from pipelines.readers.docx.blocks import Block
from pipelines.readers.docx.changes import CHANGES, Change, Revisions, changes_in
from pipelines.readers.docx.drawings import Box, Drawn, Lettering, alternative
from pipelines.readers.docx.names import MC, R, W, is_on, number, value
from pipelines.readers.docx.numbering import Label, Numbering
from pipelines.readers.docx.objects import Objects
from pipelines.readers.docx.running import without_page_numbers
from pipelines.readers.docx.shading import UNKNOWN, shade
from pipelines.readers.docx.styles import Role, Style, Styles, heading_level
from pipelines.readers.docx.tables import TableCells
from pipelines.readers.docx.text import Line, Marks, Story, TextWalk
from pipelines.readers.html.lists import Item, ItemList, indented
from schemas.fragments import FragmentType

# Boxes in cells in tables…: what lies deeper is read as bare text.
_DEEPEST = 20
_WRAPPERS = {W + name for name in ("sdtContent", "customXml", "smartTag")}


@dataclass(slots=True)
class _Pending:
    """A paragraph that is being read; more than one of the file's where their marks are gone."""

    line: Line
    style: Style
    properties: _Element | None


@dataclass(slots=True)
class _Frame:
    """A text that holds blocks: the body, a cell, a box, a note."""

    in_cell: bool
    blocks: list[Block] = field(default_factory=list)
    pending: _Pending | None = None


class BlockWalk:
    """Reads the texts of a document, one after the other, as numbers and fields count on through all."""

    def __init__(
        self,
        styles: Styles,
        numbering: Numbering,
        text: TextWalk,
        objects: Objects,
        revisions: Revisions,
    ) -> None:
        self._styles, self._numbering, self._text, self._objects = styles, numbering, text, objects
        self._revisions = revisions
        self._depth = 0
        self._has_title = False

    def story(self, root: _Element, story: Story, *, in_cell: bool = False) -> list[Block]:
        """The blocks of a text of its own."""
        outer, self._text.story = self._text.story, story
        try:
            return self.blocks(root, in_cell=in_cell)
        finally:
            self._text.story = outer

    def blocks(self, container: _Element, marks: Marks = (), *, in_cell: bool = False) -> list[Block]:
        """The blocks in an element; ``marks`` lie on all of their text. In a cell all of it stays text."""
        frame = _Frame(in_cell)
        if self._depth >= _DEEPEST:
            text = " ".join("".join(t.text or "" for t in container.iter(W + "t")).split())
            return [Block.bare(text)] if text else []
        self._depth += 1
        for element, own in self._flat(container, marks):
            self._element(element, own, frame)
        self._flush(frame)
        self._depth -= 1
        return frame.blocks

    def _flat(self, container: _Element, marks: Marks) -> Iterator[tuple[_Element, Marks]]:
        """What stands in a text, wherever content controls and changes hold it, with its marks."""
        waiting = [(child, marks) for child in reversed(container)]
        while waiting:
            element, own = waiting.pop()
            if element.tag == W + "sdt":
                inside, new = element.find(W + "sdtContent"), own
            elif element.tag in _WRAPPERS:
                inside, new = element, own
            elif element.tag in CHANGES:
                change = Change.of(element)
                inside = element if self._revisions.shows(change) else None
                new = (*own, change.mark) if self._revisions is Revisions.MARKED else own
            elif element.tag == MC + "AlternateContent":
                waiting.extend((child, own) for child in reversed(alternative(element)))
                continue
            else:
                yield element, own
                continue
            waiting.extend((child, new) for child in reversed(inside if inside is not None else ()))

    def _element(self, element: _Element, marks: Marks, frame: _Frame) -> None:
        if element.tag == W + "p":
            self._paragraph(element, marks, frame)
        elif element.tag == W + "tbl":
            self._flush(frame)
            frame.blocks += self._table(element, marks, frame)
        elif element.tag == W + "altChunk":
            self._flush(frame)
            frame.blocks += self._objects.imported(self._text.story.part, element.get(R + "id"))
        else:  # the ends of comments' ranges, and what misplaced runs and formulas hold
            line = frame.pending.line if frame.pending else Line()
            self._text.read([element], line, self._styles.body, marks, heading=False)
            if frame.pending is None and (line.inline or line.drawn):
                frame.pending = _Pending(line, self._styles.body, None)

    # Paragraphs

    def _paragraph(self, element: _Element, marks: Marks, frame: _Frame) -> None:
        properties = self._revisions.properties(element, "pPr")
        style = self._styles.of(value(properties, "pStyle"))
        line = frame.pending.line if frame.pending else Line()
        frame.pending = _Pending(line, style, properties)
        heading = heading_level(properties, style) is not None
        with self._text.on(shade(properties, style.ground)):
            self._text.read(element, line, style, marks, heading=heading)
        # Once its mark is gone, a paragraph runs into the next one.
        if self._revisions.shows(*changes_in(element.find(f"{W}pPr/{W}rPr"))) and not _is_drop_cap(
            properties
        ):
            self._flush(frame)

    def _flush(self, frame: _Frame) -> None:
        """Ends the paragraph that is being read."""
        pending, frame.pending = frame.pending, None
        if pending is None:
            return
        line = pending.line
        label, depth = self._label(pending)
        drawn = [(self._drawn(one, frame), after) for one, after in line.drawn]
        frame.blocks += [
            block for blocks, after in drawn for block in blocks if block.is_figure and not after
        ]
        if line.inline or self._is_code(pending.style):
            block = self._block(pending, label, depth, frame)
            block.is_bold = line.bold and line.has_words
            frame.blocks.append(block)
        frame.blocks += [b for blocks, after in drawn for b in blocks if after or not b.is_figure]

    def _label(self, pending: _Pending) -> tuple[Label | None, int]:
        """What is shown before a paragraph, and how deep it stands in its list."""
        style, numbering = pending.style, pending.properties
        numbering = numbering.find(W + "numPr") if numbering is not None else None
        if not self._revisions.shows(*changes_in(numbering)):
            numbering = None
        num_id, level = number(value(numbering, "numId")), number(value(numbering, "ilvl"))
        if num_id is None:
            num_id = style.numbering
        if num_id is None:
            return (Label("", bullet=True) if style.role is Role.LIST else None), style.depth
        if level is None:
            level = self._numbering.level_of_style(num_id, style.ids)
        if level is None:
            level = style.numbering_level or 0
        return self._numbering.label(num_id, level), max(level, style.depth)

    def _block(self, pending: _Pending, label: Label | None, depth: int, frame: _Frame) -> Block:
        line, style = pending.line, pending.style
        if self._text.story.running and not line.is_marked:
            return Block.bare(without_page_numbers(line))
        number_shown = f"{label.text}{label.gap}" if label and label.text else ""
        level = heading_level(pending.properties, style)
        if frame.in_cell and (level is not None or style.role in {Role.CODE, Role.QUOTE, Role.INDEX}):
            return Block.of(FragmentType.TEXT, line.inline, number_shown)
        if level is not None:
            return self._heading(line, level, number_shown)
        if style.role is Role.INDEX or line.is_entry:
            block = Block.of(FragmentType.DOCUMENT_INDEX, line.inline, number_shown)
            block.lines = [" ".join(block.markdown.split("\n"))]
            return block
        if style.role is Role.CAPTION or line.sequence:
            block = Block.of(FragmentType.TEXT, line.inline, number_shown)
            block.is_caption, block.sequence = style.role is Role.CAPTION, line.sequence
            return block
        if label is not None:
            return self._item(line, label, depth, frame)
        if line.formulas and not line.has_words and not frame.in_cell:
            return _formula(line)
        return self._text_block(line, style, frame)

    def _heading(self, line: Line, level: int, number_shown: str) -> Block:
        """The first title is the document's; others are headings."""
        is_title = level == 0 and not self._has_title
        block = Block.of(
            FragmentType.TITLE if is_title else FragmentType.SECTION_HEADER, line.inline, number_shown
        )
        block.markdown = " ".join(block.markdown.split())
        block.level = 0 if is_title else max(1, level)
        self._has_title |= is_title
        return block

    def _item(self, line: Line, label: Label, depth: int, frame: _Frame) -> Block:
        if frame.in_cell:
            return Block.of(FragmentType.LIST_ITEM, line.inline, f"{label.text or '-'} ")
        block = Block.of(FragmentType.LIST_ITEM, line.inline)
        block.markdown = indented(block.markdown, Item(ItemList(), label.text, depth))
        block.plain = f"{label.text or '-'} {block.plain}"
        return block

    def _text_block(self, line: Line, style: Style, frame: _Frame) -> Block:
        block = Block.of(FragmentType.TEXT, line.inline)
        if frame.in_cell:
            return block
        if self._is_code(style) and not line.is_marked:
            block.is_code, block.lines = True, "".join(line.verbatim).split("\n")
        elif style.role is Role.QUOTE:
            block.markdown = "\n".join(f"> {text}".rstrip() for text in block.markdown.split("\n"))
        elif style.role in {Role.TERM, Role.DEFINITION}:
            is_term = style.role is Role.TERM
            block.kind = FragmentType.LIST_ITEM
            text = f"**{block.markdown}**" if is_term and "*" not in block.markdown else block.markdown
            block.markdown = indented(text, Item(ItemList(), "", 0 if is_term else 1))
        return block

    def _is_code(self, style: Style) -> bool:
        """Whether a paragraph's style says so, or sets it in a font for code that the others are not in."""
        return style.role is Role.CODE or (style.look.monospaced and not self._styles.body.look.monospaced)

    # Tables and drawings

    def _table(self, element: _Element, marks: Marks, frame: _Frame) -> list[Block]:
        properties = element.find(W + "tblPr")
        table = shade(properties, self._styles.of(value(properties, "tblStyle"), "table").ground)

        def read_cell(cell: _Element, own: Marks, *, in_cell: bool = True) -> list[Block]:
            with self._text.on(shade(cell.find(W + "tcPr"), table)):
                return self.blocks(cell, (*marks, *own), in_cell=in_cell)

        only = _only_cell(element)
        if only is not None and not frame.in_cell:
            return read_cell(only, (), in_cell=False)
        cells = TableCells(element, self._styles, self._revisions, read_cell, self._text.hidden)
        if frame.in_cell:
            return [*cells.lines(), *cells.figures]
        model = cells.model()
        tables = [Block(FragmentType.TABLE, table=model)] if model else []
        return [*tables, *cells.figures]

    def _drawn(self, drawn: Drawn, frame: _Frame) -> list[Block]:
        story = self._text.story
        match drawn:
            case Box(content):
                inner = Story.of(content, story.part, running=story.running)
                with self._text.on(UNKNOWN):  # what a shape is filled with
                    return self.story(content, inner, in_cell=frame.in_cell)
            case Lettering(text):
                return [Block.bare(text)]
            case _:
                return self._objects.blocks(drawn, story.part, in_cell=frame.in_cell)


def _formula(line: Line) -> Block:
    """Equations that stand alone."""
    tex = "\n".join(f"$${formula}$$" for formula in line.formulas)
    return Block(FragmentType.FORMULA, tex, tex, escape(tex))


def _is_drop_cap(properties: _Element | None) -> bool:
    """Whether a paragraph is the large first letter of the next one."""
    frame = properties.find(W + "framePr") if properties is not None else None
    return frame is not None and (frame.get(W + "dropCap") or "none") != "none"


def _only_cell(table: _Element) -> _Element | None:
    """The cell of a table that has but one: a frame around text."""
    rows = table.findall(W + "tr")
    is_shown = len(rows) == 1 and not is_on(rows[0].find(f"{W}trPr/{W}hidden"))
    cells = rows[0].findall(W + "tc") if is_shown else []
    return cells[0] if len(cells) == 1 else None
