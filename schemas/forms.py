"""What can be filled in on a form, what to write there, and what became of it.

Plain slotted dataclasses: they cross process borders and go into checkpoints. Boxes are in page units of the
page as displayed (``schemas.geometry``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from schemas.geometry import BBox
from schemas.reading import FieldKind


class Origin(StrEnum):
    """How a place to fill in is known."""

    ACROFORM = "acroform"
    """A field of a PDF's interactive form."""
    DRAWN = "drawn"
    """Lines, boxes and blanks that are printed on the page, or scanned."""
    DOCX = "docx"
    """A content control or form field of a Word document."""


@dataclass(slots=True)
class Choice:
    """One of the values that a field takes: a line of a list, a button of a radio group.

    ``value`` is what the file stores, ``label`` what a person reads at it; ``page`` (1-based) and ``bbox``
    are those of the button, None of a line in a list.
    """

    value: str
    label: str
    page: int | None = None
    bbox: BBox | None = None


@dataclass(slots=True)
class Blank:
    """A place on a form that can be filled in; a group of radio buttons is one, with its buttons as choices.

    ``id`` is unique in its document and the same each time the document is read: of a field in the file its
    full name. ``names`` are what it may be called, the likeliest first: the print beside it, its tooltip, its
    name in the file; ``context`` what stands above all that: the section's heading, a table's row and column,
    the question of a group. ``value`` is what stands there now: text (several choices one a line), whether a
    box is ticked, None where nothing does. ``bbox`` is None of a field that shows on no page.

    ``longest`` is the most characters it takes (0: any number); with ``comb`` each stands in a cell of its
    own. ``size`` is the letters' height to write with (page units; 0: what fits). ``format`` is how a value
    should look (``mm/dd/yyyy``), where the form says so. ``parts`` are the lines that a text runs on over, or
    the cells of a comb, where ``bbox`` alone does not say. So many degrees clockwise (``angle``) make its
    writing level; boxes have the sides they have when it is, but for quarter turns.
    """

    id: str
    kind: FieldKind
    origin: Origin
    page: int
    bbox: BBox | None
    names: list[str] = field(default_factory=list)
    context: list[str] = field(default_factory=list)
    value: str | bool | None = None
    choices: list[Choice] = field(default_factory=list)
    multiline: bool = False
    several: bool = False
    editable: bool = False
    longest: int = 0
    comb: bool = False
    read_only: bool = False
    required: bool = False
    hidden: bool = False
    size: float = 0.0
    format: str = ""
    parts: list[BBox] = field(default_factory=list)
    angle: float = 0.0


@dataclass(slots=True)
class Filling:
    """What is to stand in a blank: text, the stored values of its choices (one a line), whether it is ticked.

    ``said`` is the words of the prompt that say so, ``confidence`` (0 to 1) how sure it is that they mean
    this blank; None of what is only cleared.
    """

    blank: str
    value: str | bool
    said: str = ""
    confidence: float | None = None


@dataclass(slots=True)
class Unplaced:
    """Words of the prompt that no blank was filled with, and why, for a person."""

    said: str
    reason: str


@dataclass(slots=True)
class Placed:
    """What became of a filling: the text that now stands there, or why it does not (``problem``)."""

    blank: str
    text: str = ""
    problem: str = ""


@dataclass(slots=True)
class FilledForm:
    """A document after filling: its bytes as PDF and, of a Word document, as DOCX.

    ``pdf`` is None where a Word document cannot be laid out here. ``warnings`` are for a person.
    """

    pdf: bytes | None = None
    docx: bytes | None = None
    placed: list[Placed] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
