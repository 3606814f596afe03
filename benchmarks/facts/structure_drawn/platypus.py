# mypy: disable-error-code="no-untyped-call"
"""Documents laid out by ReportLab's Platypus."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY
from reportlab.lib.fonts import addMapping
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)
from reportlab.platypus.tableofcontents import TableOfContents

from benchmarks.facts.structure_drawn import blocks, fonts
from benchmarks.facts.structure_drawn.blocks import Block, Grid, Heading, Paper
from benchmarks.facts.structure_drawn.platypus_tables import grid_flowables
from benchmarks.facts.structure_drawn.tongue import word

_BUILT_IN = {
    "sans": "Helvetica",
    "serif": "Times-Roman",
    "humanist": "Helvetica",
    "slab": "Times-Roman",
    "wide": "Helvetica",
}
_ASIAN = {"zh": "STSong-Light", "ja": "HeiseiMin-W3"}
_GAP = 20
_NOTE = 24.0
"""Points for a footnote."""
_HEAD = 26.0
"""Points from the text to the running lines."""


def write(paper: Paper, target: Path) -> None:
    """Writes the document as a PDF."""
    _Book(paper, target).write()


def font_of(paper: Paper) -> str:
    """The name of the regular font, registered; the built-in fonts where a family is not installed."""
    if paper.language in _ASIAN:
        name = _ASIAN[paper.language]
        pdfmetrics.registerFont(UnicodeCIDFont(name))
        for bold in (0, 1):
            for italic in (0, 1):
                addMapping(name, bold, italic, name)
        return name
    known = fonts.files(paper.look.family)
    if not known:
        return _BUILT_IN.get(paper.look.family, "Helvetica")
    name = fonts.NAMES[paper.look.family].replace(" ", "")
    for style, file in known.items():
        pdfmetrics.registerFont(TTFont(name + style, str(file)))
        addMapping(name, int("B" in style), int("I" in style), name + style)
    return name


class _Bars(Flowable):  # type: ignore[misc]
    """A drawing of bars, a figure's stand-in."""

    def __init__(self, heights: tuple[float, ...], width: float) -> None:
        super().__init__()
        self.width, self.height, self._heights = min(width, 260), 90.0, heights

    def draw(self) -> None:
        """Bars on a base line."""
        step = self.width / len(self._heights)
        self.canv.setFillGray(0.6)
        for i, height in enumerate(self._heights):
            self.canv.rect(i * step + 3, 0, step - 8, height * self.height, stroke=0, fill=1)
        self.canv.setFillGray(0)
        self.canv.line(0, 0, self.width, 0)


class _Headline(Paragraph):  # type: ignore[misc]
    """A heading that tells the book where it is."""

    heading: Heading


class _Book(BaseDocTemplate):  # type: ignore[misc]
    """A document with running lines, bookmarks and a table of contents."""

    def __init__(self, paper: Paper, target: Path) -> None:
        look = paper.look
        super().__init__(str(target), pagesize=look.page, title=paper.title, author="")
        self._paper, self._look, self._font = paper, look, font_of(paper)
        self._chapter, self._pages, self._seen, self._depth = "", 0, 0, -1
        width, height = look.page
        body = width - 2 * look.margin
        column = (body - _GAP * (look.columns - 1)) / look.columns
        self._width = column
        room = _NOTE if paper.footnotes else 0.0
        high = height - 2 * look.margin - room
        lefts = [look.margin + i * (column + _GAP) for i in range(look.columns)]
        frames = [Frame(left, look.margin + room, column, high, 0, 0, 0, 0) for left in lefts]
        self._high = high
        self.addPageTemplates(PageTemplate("page", frames, onPageEnd=self._running))

    def write(self) -> None:
        """Lays the document out as often as the contents, and the number of its pages, need."""
        self.multiBuild(list(self._flowables()))
        if "{pages}" in self._look.page_number:
            self.multiBuild(list(self._flowables()))

    def beforeDocument(self) -> None:  # noqa: N802
        """Each pass begins anew, and knows how many pages the one before made."""
        self._pages = max(self._pages, self.page)
        self._chapter, self._seen, self._depth = "", 0, -1

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802
        """Headings go into the contents, the bookmarks and the running lines."""
        if not isinstance(flowable, _Headline):
            return
        heading = flowable.heading
        if heading.level == 1:
            self._chapter = heading.text
        self._seen += 1
        key = f"h{self._seen}"
        if heading.level > 0 and not heading.optional:
            self.notify("TOCEntry", (heading.level - 1, escape(heading.printed), self.page, key))
        self.canv.bookmarkPage(key)
        if self._look.bookmarks and not heading.optional:
            self._depth = min(heading.level, self._depth + 1)
            self.canv.addOutlineEntry(heading.printed, key, self._depth)

    def _running(self, canvas: Any, _document: Any) -> None:
        look, (width, height) = self._look, self._look.page
        canvas.setFont(self._font, look.size - 1.5)
        if self.page > 1 and look.running:
            is_left = self.page % 2 == 0
            text = (
                self._chapter
                if look.running == "chapter" or (look.running == "sides" and not is_left)
                else self._paper.title
            )
            top = height - look.margin + _HEAD / 2
            if look.running == "sides" and not is_left:
                canvas.drawRightString(width - look.margin, top, text)
            elif look.running == "sides":
                canvas.drawString(look.margin, top, text)
            else:
                canvas.drawCentredString(width / 2, top, text)
        if look.page_number:
            name = word(self._paper.language, "page")
            text = look.page_number.format(page=self.page, pages=self._pages, word=name)
            canvas.drawCentredString(width / 2, look.margin - _HEAD, text)
        if self.page <= len(self._paper.footnotes):
            self._footnote(canvas, self._paper.footnotes[self.page - 1])

    def _footnote(self, canvas: Any, note: str) -> None:
        """One a page; the frames leave room for it."""
        left, bottom = self._look.margin, self._look.margin
        canvas.line(left, bottom + 14, left + 120, bottom + 14)
        canvas.setFont(self._font, 7.5)
        canvas.drawString(left, bottom + 2, f"{self.page} {note}")

    def _flowables(self) -> Iterator[Flowable]:
        for block in self._paper.blocks:
            yield from self._flowable(block)

    def _flowable(self, block: Block) -> Iterator[Flowable]:
        match block:
            case Heading():
                yield self._headline(block)
            case blocks.Contents():
                yield from self._contents(block)
            case blocks.Text():
                lead = f"<b>{escape(block.lead)}</b> " if block.lead else ""
                text = f"<b>{escape(block.text)}</b>" if block.bold else escape(block.text)
                yield Paragraph(lead + text, self._style())
            case Grid():
                yield from grid_flowables(block, self._look, self._width, self._font)
            case blocks.PageBreak():
                yield CondPageBreak(self._high - 1)
            case _:
                yield from self._aside(block)
                yield Spacer(1, self._look.size)

    def _aside(self, block: Block) -> Iterator[Flowable]:
        """What stands between paragraphs."""
        match block:
            case blocks.Items():
                style = self._style(leftIndent=18, bulletIndent=4, spaceAfter=2, firstLineIndent=0)
                for mark, text in block.items:
                    yield Paragraph(escape(text), style, bulletText=mark)
            case blocks.Note():
                yield self._note(block)
            case blocks.Picture():
                yield _Bars(block.bars, self._width)
                style = self._style(fontSize=self._look.size - 1, spaceBefore=4)
                yield Paragraph(escape(block.caption), style)
            case blocks.Lines():
                for line in block.lines:
                    yield Paragraph(escape(line), self._style(spaceAfter=0, firstLineIndent=0))

    def _style(self, **changes: Any) -> ParagraphStyle:
        look = self._look
        usual = {
            "fontName": self._font,
            "fontSize": look.size,
            "leading": changes.get("fontSize", look.size) * 1.25,
            "spaceAfter": 0 if look.indented else look.size * 0.6,
            "firstLineIndent": 14 if look.indented else 0,
            "alignment": TA_JUSTIFY if look.justified else 0,
            "wordWrap": "CJK" if self._paper.language in _ASIAN else None,
        }
        return ParagraphStyle("body", **(usual | changes))

    def _headline(self, heading: Heading) -> Flowable:
        look, own = self._look, self._look.heading(heading.level)
        style = self._style(
            fontSize=look.size * own.size,
            spaceBefore=look.size * own.above,
            spaceAfter=look.size * 0.5,
            firstLineIndent=0,
            alignment=TA_CENTER if own.centred else 0,
            textColor=HexColor(own.color),
            keepWithNext=int(look.keep),
        )
        shown = heading.printed.upper() if own.capitals else heading.printed
        text = escape(shown)
        if heading.apart:
            text = f"{escape(heading.label)}<br/>{escape(heading.text)}"
        for tag, is_set in (("b", own.bold), ("i", own.italic), ("u", own.underlined)):
            text = f"<{tag}>{text}</{tag}>" if is_set else text
        headline = _Headline(text, style)
        headline.heading = heading
        return headline

    def _contents(self, block: blocks.Contents) -> Iterator[Flowable]:
        yield self._headline(block.heading)
        contents = TableOfContents(dotsMinLevel=0 if self._look.running else 7)
        contents.levelStyles = [
            self._style(leftIndent=14 * level, spaceAfter=2, firstLineIndent=0, alignment=0)
            for level in range(4)
        ]
        yield contents

    def _note(self, note: blocks.Note) -> Flowable:
        style = self._style(spaceAfter=0, firstLineIndent=0, alignment=0)
        inside = [Paragraph(f"<b>{escape(note.title)}</b>", style), Paragraph(escape(note.text), style)]
        box = ("BOX", (0, 0), (-1, -1), 0.7, HexColor("#777777"))
        ground = ("BACKGROUND", (0, 0), (-1, -1), HexColor("#f2f2f2"))
        return Table([[inside]], colWidths=[self._width], style=[box, ground])
