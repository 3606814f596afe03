"""What readers and models say of a page, before it becomes fragments.

Plain slotted dataclasses: they cross process borders and go into checkpoints (``msgspec``), and hold no
pixels. Boxes are in page units (``schemas.geometry``) unless a docstring says pixels.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import accumulate

from schemas.documents import DocumentWarning
from schemas.fragments import PageFragment, Source
from schemas.geometry import BBox, PageSize

MOST_GARBLED = 0.2
"""Text of which a larger share is no usable Unicode is not used."""


Move = Callable[[BBox], BBox]
"""Where a box lies in another space."""


@dataclass(slots=True)
class Word:
    """A word as it stands on the page. ``size`` is the font size in page units (OCR: the line's height).

    ``confidence`` is that of its characters, 0 to 1; None where nothing is known of them. ``font`` is the
    font's name without its subset's mark, and ``descent`` how far, in page units, the box reaches below
    the baseline; both only where the file says so. A script (``superscript``, ``subscript``) and a run of
    mathematics set in its own font are words of their own, with no space before them.
    """

    text: str
    bbox: BBox
    confidence: float | None = None
    size: float = 0.0
    bold: bool = False
    italic: bool = False
    superscript: bool = False
    subscript: bool = False
    struck: bool = False
    space_before: bool = True
    source: Source = Source.DIGITAL
    font: str = ""
    descent: float = 0.0


@dataclass(slots=True)
class TextLine:
    """Words on one baseline, in writing order. ``block`` groups lines the file itself holds together."""

    words: list[Word]
    bbox: BBox
    confidence: float | None = None
    block: int = -1
    quarter_turns: int = 0

    def moved(self, move: Move) -> TextLine:
        """The line in another space; font sizes stay."""
        words = [replace(word, bbox=move(word.bbox)) for word in self.words]
        return replace(self, words=words, bbox=move(self.bbox))

    @property
    def text(self) -> str:
        """The words with their spaces."""
        return "".join((" " if w.space_before and i else "") + w.text for i, w in enumerate(self.words))


class RegionKind(StrEnum):
    """The classes a layout detector tells apart; an index (a table of contents) is told by its text."""

    TEXT = "text"
    TITLE = "title"
    SECTION_HEADER = "section-header"
    LIST_ITEM = "list-item"
    TABLE = "table"
    PICTURE = "picture"
    FORMULA = "formula"
    CAPTION = "caption"
    FOOTNOTE = "footnote"
    PAGE_HEADER = "page-header"
    PAGE_FOOTER = "page-footer"
    INDEX = "document-index"


@dataclass(slots=True)
class GridCell:
    """A cell of a table's grid; ends are exclusive; ``bbox`` is in page units."""

    row_start: int
    row_end: int
    col_start: int
    col_end: int
    bbox: BBox


@dataclass(slots=True)
class TableGrid:
    """A table's structure: cells that tile ``rows`` x ``columns``.

    ``ruled``: the cells, spans too, are what drawn lines enclose; else every cell is 1 x 1 and spans are
    for the words to tell. ``tight``: a model's guess with spans, whose boxes lie about the texts.
    """

    rows: int
    columns: int
    cells: list[GridCell] = field(default_factory=list)
    ruled: bool = False
    tight: bool = False


@dataclass(slots=True)
class Region:
    """A box of one class; a table may carry its grid."""

    kind: RegionKind
    bbox: BBox
    score: float | None = None
    grid: TableGrid | None = None

    def moved(self, move: Move) -> Region:
        """The region, with its grid, in another space."""
        grid = self.grid
        if grid is not None:
            grid = replace(grid, cells=[replace(cell, bbox=move(cell.bbox)) for cell in grid.cells])
        return replace(self, bbox=move(self.bbox), grid=grid)

    def scaled(self, factor: float) -> Region:
        """The region, with its grid, in another unit."""
        return self.moved(lambda box: box.scaled(factor))


@dataclass(slots=True)
class Sighting:
    """Something seen on a picture: where, and how sure, 0 to 1."""

    bbox: BBox
    score: float


@dataclass(slots=True)
class Barcode:
    """A symbol that was read: its symbology (``QRCODE``, ``EAN13``…) and its content as text to show.

    ``printed`` is what people print beside such a symbol, where that is something else.
    """

    symbology: str
    value: str
    bbox: BBox
    printed: str = ""


@dataclass(slots=True)
class CheckBox:
    """A drawn box or circle to be marked, and whether it is; ``round`` ones are radio buttons."""

    bbox: BBox
    checked: bool
    score: float
    round: bool = False


class FieldKind(StrEnum):
    """The kinds of form field; the values are those of the wire's key-value entries."""

    TEXT = "text"
    CHECKBOX = "checkbox"
    RADIO = "radio button"
    DROPDOWN = "dropdown"
    SIGNATURE = "signature"


@dataclass(slots=True)
class FormField:
    """A field of an interactive form where it stands on the page as displayed: one widget.

    ``name`` is the full name, its parts joined by dots; ``label`` what a person is told of it (its
    tooltip). ``value`` is the text or the choices (one a line), of a box its export value if it is checked
    and empty if not, of a signature the signer's name. ``is_set``: checked, signed, filled in.
    ``options`` are the choices of a list, or this widget's export value. A ``hidden`` field does not show.
    """

    name: str
    kind: FieldKind
    bbox: BBox | None
    value: str = ""
    label: str = ""
    is_set: bool = False
    options: list[str] = field(default_factory=list)
    read_only: bool = False
    hidden: bool = False


@dataclass(slots=True)
class FormEntry:
    """A field of a form as a person reads it, interactive, printed or scanned: its name and its value.

    ``value`` is text (several choices one a line), of a box to tick whether it is, None where nothing can be
    said of it. ``bbox`` is that of the field or its value; ``words`` are the value's, ``label`` the printed
    name's: all on the page as displayed. ``framed``: a box is drawn around it. Of an interactive field
    ``in_file`` is its full name and ``options`` are its choices, or this widget's export value.
    """

    name: str
    kind: FieldKind
    value: str | bool | None
    bbox: BBox | None
    words: list[Word] = field(default_factory=list)
    label: list[Word] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    in_file: str = ""
    framed: bool = False


@dataclass(slots=True)
class Drawing:
    """A painted path: its subpaths as points, curves as short chords, on the page as displayed.

    Colours are ``#RRGGBB``, None where the path is not filled, or not stroked; ``width`` is the line's.
    """

    subpaths: list[list[tuple[float, float]]]
    fill: str | None = None
    stroke: str | None = None
    width: float = 0.0
    dashed: bool = False
    opacity: float = 1.0


@dataclass(slots=True)
class DocumentPart:
    """A run of pages of one kind: the whole document, or one of the documents in an envelope.

    ``paged`` pages must be looked at; of the others the fragments come ready. ``name`` is that of a document
    that is attached to the one before it, as Markdown.
    """

    page_count: int
    paged: bool
    name: str = ""


@dataclass(slots=True)
class DocumentInfo:
    """What is known of an open document: its parts in order; pages are numbered through them all."""

    parts: list[DocumentPart]

    @property
    def page_count(self) -> int:
        """The pages of all parts."""
        return sum(part.page_count for part in self.parts)

    def part_of(self, number: int) -> int:
        """The index of the part that holds page ``number`` (1-based)."""
        ends = list(accumulate(part.page_count for part in self.parts))
        return bisect_left(ends, number)

    def begins(self, number: int) -> str:
        """The name of the attached document that begins on page ``number``, empty if none does."""
        part = self.part_of(number)
        is_first = number == 1 + sum(before.page_count for before in self.parts[:part])
        return self.parts[part].name if is_first else ""


@dataclass(slots=True)
class FlowView:
    """What is asked of a document whose fragments come ready.

    Without ``tracked_changes`` the document reads as if all were accepted, without ``comments`` as if
    there were none. ``charts`` gives charts their data as JSON, not as figures with a table.
    """

    tracked_changes: bool = True
    comments: bool = True
    charts: bool = False


@dataclass(slots=True)
class FlowPage:
    """A page whose fragments come ready: the whole of a flow (HTML, text…), a slide, a sheet.

    Boxes are in the units of ``size``, both None where the format has no geometry. ``pictures`` are the
    indices of the figures among ``fragments`` whose pixels can be had; ``hidden`` is what does not show.
    """

    fragments: list[PageFragment]
    size: PageSize | None = None
    warnings: list[DocumentWarning] = field(default_factory=list)
    pictures: list[int] = field(default_factory=list)
    hidden: list[HiddenText] = field(default_factory=list)


@dataclass(slots=True)
class Bookmark:
    """An entry of a file's outline that leads to a page.

    ``level`` is 0-based; ``y`` (page units, as displayed) is how far down the page it leads, None if the file
    does not say.
    """

    title: str
    level: int
    y: float | None = None


class HiddenReason(StrEnum):
    """Why nobody who looks at the page sees a text that is in the file."""

    SWITCHED_OFF = "switched off"
    INVISIBLE = "invisible"
    TINY = "tiny"
    NO_CONTRAST = "no contrast"
    COVERED = "covered"
    CLIPPED = "clipped"
    OFF_PAGE = "off the page"
    LAYER_OFF = "layer off"
    OTHER_TEXT = "other text"
    NO_LOOKS = "no looks"


@dataclass(slots=True)
class HiddenText:
    """Text that does not show and was left out: how many characters, blanks not counted.

    ``bbox`` is around them all, None where the format has no geometry. ``orders``: it speaks to a model.
    """

    reason: HiddenReason
    characters: int
    bbox: BBox | None = None
    orders: bool = False


@dataclass(slots=True)
class SourcePage:
    """A page as its reader gives it: size as displayed, embedded text, pictures and ruling lines.

    ``garbled`` is the share of characters that carry no usable Unicode; ``regions`` is None when no
    layout was asked for, or the page has nothing that a text layout could be made of. At ``ocr_scale``
    pixels a page unit its text is read best. ``damage`` says, for a user, what of it may be missing.
    ``bars`` are level lines too short to rule anything: fraction bars and the like; ``hidden`` is text
    that does not show. ``lean``: so many degrees clockwise make most of the embedded text level, or plumb.
    ``enlarged``: a picture at ``ocr_scale`` is so many times as long and wide as the file's own.
    ``bookmarks`` are the entries of the file's outline that lead here.
    """

    number: int
    width: float
    height: float
    lines: list[TextLine] = field(default_factory=list)
    pictures: list[BBox] = field(default_factory=list)
    rules: list[BBox] = field(default_factory=list)
    garbled: float = 0.0
    regions: list[Region] | None = None
    ocr_scale: float = 150 / 72
    damage: str = ""
    bars: list[BBox] = field(default_factory=list)
    hidden: list[HiddenText] = field(default_factory=list)
    lean: float = 0.0
    enlarged: float = 1.0
    bookmarks: list[Bookmark] = field(default_factory=list)

    @property
    def quarter_turns(self) -> int:
        """The clockwise quarter turns that most of the embedded text stands at (0 to 3)."""
        counts = [0, 0, 0, 0]
        for line in self.lines:
            counts[line.quarter_turns] += sum(len(word.text) for word in line.words)
        return counts.index(max(counts))

    @property
    def needs_ocr(self) -> bool:
        """Whether the embedded text cannot stand for the page: none, unusable, or a stamp on a scan.

        Words that only a form's fields tell are not counted.
        """
        words = (word for line in self.lines for word in line.words)
        characters = sum(len(word.text) for word in words if word.source is not Source.FORM)
        covered = sum(picture.area for picture in self.pictures)
        on_a_scan = characters < 200 and covered > 0.5 * self.width * self.height
        return not characters or self.garbled > MOST_GARBLED or on_a_scan
