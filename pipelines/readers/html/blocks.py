"""From an HTML tree to blocks in reading order: one pass without recursion, so that depth cannot hurt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from lxml.etree import _Element, iterwalk

from pipelines.readers.flow import fenced
from pipelines.readers.hidden import HiddenTally
from pipelines.readers.html.elements import (
    BLOCKS,
    HEADINGS,
    MARKS,
    alternative,
    is_no_text,
    language,
    shown_input,
    tex,
)
from pipelines.readers.html.lists import Item, ItemList, indented, label
from pipelines.readers.html.sight import Sheets, Sight, seen
from pipelines.readers.html.table import TableBuilder, is_layout
from pipelines.readers.inline import Inline, Mark, safe_link
from pipelines.readers.text import without_controls
from pipelines.table_markup import TableModel
from schemas.fragments import FragmentType
from schemas.reading import HiddenReason

_Close = Callable[[], None]
_DEEPEST_QUOTE = 10
# Paragraphs after this many characters of an item stand for themselves.
_LONGEST_ITEM = 20_000


@dataclass(slots=True)
class Block:
    """A block: its text as Markdown and plain; headings have a ``level`` 1 to 6, tables a ``table``.

    ``image`` is the address of a figure's image.
    """

    kind: FragmentType
    markdown: str
    plain: str
    level: int = 0
    table: TableModel | None = None
    image: str = ""


@dataclass(slots=True)
class _Figure:
    """An open figure: what is in it says of what kind its captions are, before or after."""

    has_table: bool = False
    captions: list[Block] = field(default_factory=list)


@dataclass(slots=True)
class _Frame:
    """What is open around the text: one frame for the document, one more for each table cell."""

    blocks: list[Block] = field(default_factory=list)
    inline: Inline = field(default_factory=Inline)
    lists: list[ItemList] = field(default_factory=lambda: [ItemList()])
    items: list[Item] = field(default_factory=list)
    quotes: int = 0
    heading: int = 0
    figure: _Figure | None = None
    caption: FragmentType | None = None


def blocks_of(
    root: _Element,
    has_picture: Callable[[str], bool] = lambda address: False,
    hidden: HiddenTally | None = None,
) -> list[Block]:
    """The blocks of a document. Scripts and styles are left out; nothing is fetched.

    What does not show is left out and counted in ``hidden``. An image of which ``has_picture`` says that
    there is something to see is a figure even within a text.
    """
    walk = _Walk(has_picture, hidden or HiddenTally())
    walk.run(root)
    return walk.frame.blocks


class _Walk:
    def __init__(self, has_picture: Callable[[str], bool], hidden: HiddenTally) -> None:
        self.has_picture, self.hidden = has_picture, hidden
        self.sights = [Sight()]
        self.frames = [_Frame()]
        self.marks: list[Mark] = []
        self.tables: list[TableBuilder] = []
        self.verbatim: list[str] | None = None
        self.openers: dict[str, Callable[[_Element], _Close]] = {
            "a": self._open_link,
            "blockquote": self._open_quote,
            "br": self._break_line,
            "button": self._open_control,
            "caption": self._open_caption,
            "dd": self._open_item,
            "dl": self._open_list,
            "dt": self._open_item,
            "figcaption": self._open_caption,
            "figure": self._open_figure,
            "img": self._show_image,
            "input": self._show_input,
            "li": self._open_item,
            "listing": self._open_verbatim,
            "menu": self._open_list,
            "ol": self._open_list,
            "option": self._open_option,
            "pre": self._open_verbatim,
            "q": self._open_quotation,
            "rt": self._open_reading,
            "select": self._open_control,
            "summary": self._open_summary,
            "table": self._open_table,
            "textarea": self._open_control,
            "ul": self._open_list,
            "xmp": self._open_verbatim,
            **dict.fromkeys(BLOCKS, self._open_block),
            **dict.fromkeys(HEADINGS, self._open_heading),
            **dict.fromkeys(MARKS, self._open_mark),
            "math": self._show_math,
            "td": self._open_cell,
            "th": self._open_cell,
            "tr": self._open_row,
        }

    @property
    def frame(self) -> _Frame:
        return self.frames[-1]

    def run(self, root: _Element) -> None:
        closers: list[_Close] = []
        sheets = Sheets(root)
        self.sights = [sheets.first]
        walk = iterwalk(root, events=("start", "end"))
        for event, element in walk:
            if event == "end":
                closers.pop()()
                self.sights.pop()
                self._text(element.tail if closers else None)
                continue
            sight = seen(element, sheets.style(element), self.sights[-1])
            if isinstance(sight, HiddenReason) or is_no_text(element):
                if isinstance(sight, HiddenReason) and not is_no_text(element):
                    self.hidden.add(sight, f"{_words_in(element)} ")
                walk.skip_subtree()
                closers.append(_nothing)
                self.sights.append(self.sights[-1])
                continue
            self.sights.append(sight)
            opener = self.openers.get(str(element.tag))
            closers.append(opener(element) if opener else _nothing)
            if element.tag == "math":
                walk.skip_subtree()
            else:
                self._text(element.text)
        self._flush()

    # Text

    def _text(self, text: str | None) -> None:
        if not text:
            return
        text = without_controls(text)
        if reason := self.sights[-1].reason:
            self.hidden.add(reason, text)
            text = " " if text[:1].isspace() or text[-1:].isspace() else ""
        if self.verbatim is not None:
            self.verbatim.append(text)
        else:
            self.frame.inline.add(text, self.marks)

    def _flush(self) -> None:
        """Ends the block that is being gathered and puts it where it belongs."""
        if self.verbatim is not None:
            if self.verbatim and not self.verbatim[-1].endswith("\n"):
                self.verbatim.append("\n")
            return
        frame, inline = self.frame, self.frame.inline
        if not inline:
            frame.inline = Inline()
            return
        frame.inline = Inline()
        markdown, plain = inline.markdown(), inline.plain()
        if frame.caption:
            block = Block(frame.caption, markdown, plain)
            frame.blocks.append(block)
            if frame.figure:
                frame.figure.captions.append(block)
        elif frame.heading:
            one_line = " ".join(markdown.split("\n"))
            frame.blocks.append(Block(FragmentType.SECTION_HEADER, one_line, plain, frame.heading))
        elif frame.items:
            self._put_in_item(frame.items[-1], markdown, plain)
        else:
            self._put_text(markdown, plain)

    def _put_text(self, markdown: str, plain: str) -> None:
        prefix = "> " * min(self.frame.quotes, _DEEPEST_QUOTE)
        markdown = "\n".join(f"{prefix}{line}".rstrip() for line in markdown.split("\n"))
        self.frame.blocks.append(Block(FragmentType.TEXT, markdown, plain))

    def _put_in_item(self, item: Item, markdown: str, plain: str) -> None:
        if not item.shown:
            item.shown = len(self.frame.blocks) + 1
            marker = item.label or "-"
            text = indented(markdown, item) if len(self.frames) == 1 else f"{marker} {markdown}"
            self.frame.blocks.append(Block(FragmentType.LIST_ITEM, text, f"{marker} {plain}"))
        elif item.shown == len(self.frame.blocks) and len(self.frame.blocks[-1].markdown) < _LONGEST_ITEM:
            block = self.frame.blocks[-1]
            block.markdown += "\n\n" + indented(markdown, item, first=False)
            block.plain += "\n" + plain
        else:
            self._put_text(markdown, plain)

    # Openers: each begins an element and gives back what ends it.

    def _open_block(self, _element: _Element) -> _Close:
        self._flush()
        return self._flush

    def _open_mark(self, element: _Element) -> _Close:
        return self._push_mark(Mark(MARKS[str(element.tag)]))

    def _open_link(self, element: _Element) -> _Close:
        target = safe_link(element.get("href"))
        if target is None or (self.frame.heading and target.startswith("#")):
            return _nothing
        return self._push_mark(Mark("link", target))

    def _push_mark(self, mark: Mark) -> _Close:
        kinds = {open_mark.kind for open_mark in self.marks}
        in_heading = self.frame.heading and mark.kind in {"bold", "italic"}
        if self.verbatim is not None or mark.kind in kinds or "code" in kinds or in_heading:
            return _nothing
        self.marks.append(mark)
        return lambda: self.marks.remove(mark)

    def _break_line(self, _element: _Element) -> _Close:
        if self.verbatim is not None:
            self.verbatim.append("\n")
        else:
            self.frame.inline.break_line(self.marks)
        return _nothing

    def _open_heading(self, element: _Element) -> _Close:
        self._flush()
        frame, outer = self.frame, self.frame.heading
        frame.heading = HEADINGS[str(element.tag)]

        def close() -> None:
            self._flush()
            frame.heading = outer

        return close

    def _open_summary(self, _element: _Element) -> _Close:
        self._flush()
        unmark = self._push_mark(Mark("bold"))

        def close() -> None:
            self._flush()
            unmark()

        return close

    def _open_quotation(self, _element: _Element) -> _Close:
        self._text("“")
        return lambda: self._text("”")

    def _open_reading(self, element: _Element) -> _Close:
        """How the word before is read (ruby), in brackets, unless the page brings its own."""
        parent = element.getparent()
        if parent is None or next(parent.iterchildren("rp"), None) is not None:
            return _nothing
        self._text("(")
        return lambda: self._text(")")

    def _open_quote(self, _element: _Element) -> _Close:
        self._flush()
        frame = self.frame
        frame.quotes += 1

        def close() -> None:
            self._flush()
            frame.quotes -= 1

        return close

    def _open_list(self, element: _Element) -> _Close:
        self._flush()
        frame = self.frame
        frame.lists.append(ItemList.of(element))

        def close() -> None:
            self._flush()
            frame.lists.pop()

        return close

    def _open_item(self, element: _Element) -> _Close:
        self._flush()
        frame = self.frame
        items = frame.lists[-1]
        # An item whose end tag was left out seems to hold the next one.
        parent = next((outer for outer in reversed(frame.items) if outer.items is not items), None)
        depth = parent.depth + bool(parent.shown) if parent else 0
        item = Item(items, label(element, items), depth + (element.tag == "dd" and items.has_terms))
        frame.items.append(item)
        unmark = self._push_mark(Mark("bold")) if element.tag == "dt" else _nothing

        def close() -> None:
            self._flush()
            unmark()
            frame.items.pop()

        return close

    def _open_verbatim(self, element: _Element) -> _Close:
        if self.verbatim is not None:
            return _nothing
        self._flush()
        self.verbatim = []

        def close() -> None:
            text = "".join(self.verbatim or ()).strip("\n").rstrip()
            self.verbatim = None
            if text.strip():
                in_cell = len(self.frames) > 1
                markdown = _code_lines(text) if in_cell else fenced(text, language(element))
                self.frame.blocks.append(Block(FragmentType.TEXT, markdown, text))

        return close

    def _open_figure(self, _element: _Element) -> _Close:
        self._flush()
        frame, outer = self.frame, self.frame.figure
        figure = frame.figure = _Figure()

        def close() -> None:
            self._flush()
            frame.figure = outer
            for caption in figure.captions if figure.has_table else ():
                caption.kind = FragmentType.TABLE_CAPTION

        return close

    def _open_caption(self, element: _Element) -> _Close:
        self._flush()
        frame, outer = self.frame, self.frame.caption
        is_table = element.tag == "caption"
        frame.caption = FragmentType.TABLE_CAPTION if is_table else FragmentType.FIGURE_CAPTION

        def close() -> None:
            self._flush()
            frame.caption = outer

        return close

    def _show_image(self, element: _Element) -> _Close:
        frame, alt, address = self.frame, alternative(element), element.get("src") or ""
        in_figure = frame.figure is not None and frame.caption is None
        in_text = frame.inline or frame.heading or self.marks or self.verbatim is not None
        breaks_text = self.verbatim is None and not (frame.heading and frame.inline)
        is_figure = in_figure or (alt and not in_text) or (breaks_text and self.has_picture(address))
        if len(self.frames) == 1 and is_figure:
            self._flush()
            frame.blocks.append(Block(FragmentType.FIGURE, alt, alt, image=address))
        else:
            self._text(alt)
        return _nothing

    def _show_input(self, element: _Element) -> _Close:
        self._text(shown_input(element))
        return _nothing

    def _open_control(self, _element: _Element) -> _Close:
        self._text(" ")
        return lambda: self._text(" ")

    def _open_option(self, element: _Element) -> _Close:
        self._text("[x] " if element.get("selected") is not None else None)
        return lambda: self._text(" ")

    def _show_math(self, element: _Element) -> _Close:
        formula = tex(element)
        if formula is None:
            self._text("".join(element.itertext()))
        elif element.get("display") == "block" and len(self.frames) == 1:
            self._flush()
            self.frame.blocks.append(Block(FragmentType.FORMULA, f"$${formula}$$", formula))
        else:
            self._text(f"${formula}$")
        return _nothing

    # Tables

    def _open_table(self, element: _Element) -> _Close:
        self._flush()
        if self.verbatim is not None or is_layout(element, len(self.frames) - 1):
            return self._flush
        frame = self.frame
        table = TableBuilder(element)
        self.tables.append(table)

        def close() -> None:
            self._flush()
            self.tables.pop()
            if len(self.frames) == 1:
                models = table.models()
                frame.blocks.extend(Block(FragmentType.TABLE, "", "", table=model) for model in models)
                if frame.figure:
                    frame.figure.has_table = True
            else:
                lines = "\n".join(table.lines())
                frame.blocks.append(Block(FragmentType.TEXT, lines, lines))

        return close

    def _open_row(self, element: _Element) -> _Close:
        self._flush()
        if self.tables and self.tables[-1].owns(element):
            self.tables[-1].start_row()
        return self._flush

    def _open_cell(self, element: _Element) -> _Close:
        self._flush()
        table = self.tables[-1] if self.tables else None
        if table is None or not table.owns(element):
            return self._flush
        self.frames.append(_Frame())

        def close() -> None:
            self._flush()
            blocks = self.frames.pop().blocks
            table.add(element, "\n".join(b.plain for b in blocks), "\n".join(b.markdown for b in blocks))

        return close


def _words_in(element: _Element) -> str:
    """The text in an element, scripts and styles apart."""
    inside = (one.text for one in element.iter() if one.tag not in {"script", "style"})
    return " ".join(text for text in inside if text)


def _nothing() -> None:
    pass


def _code_lines(text: str) -> str:
    """Verbatim text for a cell, where no fence can stand: each line as code."""
    inline = Inline()
    for line in text.split("\n"):
        inline.add(line, [Mark("code")])
        inline.break_line([])
    return inline.markdown()
