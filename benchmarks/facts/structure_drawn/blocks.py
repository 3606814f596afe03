"""What a document is made of, before a generator lays it out."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading as printed: ``label`` is its number. ``level`` 0 is the title, others begin at 1.

    ``apart``: the label has a line of its own. ``optional``: whether it is a heading is a matter of taste
    (the line above the contents).
    """

    level: int
    text: str
    label: str = ""
    gap: str = " "
    apart: bool = False
    optional: bool = False

    @property
    def printed(self) -> str:
        """The whole of it on one line."""
        return f"{self.label}{' ' if self.apart else self.gap}{self.text}" if self.label else self.text


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; ``lead`` is its bold beginning, ``bold`` sets all of it so."""

    text: str
    lead: str = ""
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """A list, each item with its mark."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A box in the text with a title."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing with its caption; ``bars`` are heights, 0 to 1."""

    caption: str
    bars: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """Short lines that are no paragraph: an address, a date, the lines of a signature."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """The table of contents goes here, under its own heading."""

    heading: Heading


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins on a new page."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table. ``spans``: the first cell covers all columns (a subhead); ``total`` rows are bold."""

    cells: tuple[str, ...]
    spans: bool = False
    total: bool = False


Head = tuple[tuple[str | None, ...], ...]
"""The head rows of a table; None goes on from the cell to the left."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: ``head`` rows, then ``body``.

    ``again`` is what stands over its later pieces: the head rows, none, or an abbreviated row. ``title``
    is above it; ``title_again`` above later pieces; ``foot`` below the last. ``shares``: the columns' widths.
    ``group_again``: where a group of rows goes on in a later piece, its subhead is repeated with this word.
    ``cut``: the table ends with the page that it begins on.
    """

    name: str
    head: Head
    body: tuple[Row, ...]
    shares: tuple[float, ...]
    numeric: tuple[bool, ...]
    again: Head = ()
    title: str = ""
    title_again: str = ""
    group_again: str = ""
    foot: str = ""
    cut: bool = False


Block = Heading | Text | Items | Note | Picture | Lines | Contents | PageBreak | Grid


@dataclass(frozen=True, slots=True)
class HeadingLook:
    """How the headings of one level are set; ``size`` relative to the text's."""

    size: float
    bold: bool = False
    italic: bool = False
    capitals: bool = False
    centred: bool = False
    underlined: bool = False
    color: str = "#000000"
    above: float = 1.0
    """Space above, in sizes of the text."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a document is set. Sizes in points; ``headings`` from level 0 on.

    ``running``: what stands at the head of pages ("", "title", "chapter", "sides": the title on left pages
    and the chapter on right ones). ``keep``: no heading is left alone at a page's end.
    """

    family: str
    size: float
    headings: tuple[HeadingLook, ...]
    page: tuple[float, float] = (595.0, 842.0)
    margin: float = 62.0
    columns: int = 1
    justified: bool = False
    indented: bool = False
    bookmarks: bool = False
    running: str = ""
    page_number: str = "{page}"
    keep: bool = True
    chapters_break: bool = False
    rules: str = "grid"
    """Lines of tables: "grid", "rows", "head" (above, below the head, below all), "zebra", "none"."""
    table_size: float = 8.5

    def heading(self, level: int) -> HeadingLook:
        """The look of a level; deeper ones look like the deepest."""
        return self.headings[min(level, len(self.headings) - 1)]


@dataclass(frozen=True, slots=True)
class Paper:
    """A document to be laid out."""

    language: str
    kind: str
    title: str
    blocks: tuple[Block, ...]
    look: Look
    footnotes: tuple[str, ...] = field(default=())
