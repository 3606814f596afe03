"""The kinds of reader, and the one door that pipelines see."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from models.base import Image
from schemas.errors import NotFillable
from schemas.forms import Blank, FilledForm, Filling
from schemas.geometry import BBox
from schemas.reading import DocumentInfo, Drawing, FlowPage, FlowView, FormField, SourcePage


@dataclass(frozen=True, slots=True)
class ReaderSetup:
    """What readers are told of the machine and its limits.

    ``scratch`` is a folder of the document's own for what is unpacked or converted. ``soffice`` is
    LibreOffice's program, None where it is not installed; one conversion may take ``convert_seconds``.
    With ``office_layout`` a Word document is laid out by it, to learn its pages and boxes. A document may
    hold ``max_unpacked_bytes`` once unpacked, and others inside it ``max_depth`` deep.
    """

    max_page_pixels: int = 100_000_000
    scratch: Path | None = None
    soffice: Path | None = None
    convert_seconds: float = 90.0
    office_layout: bool = True
    max_unpacked_bytes: int = 2 << 30
    max_depth: int = 5


DEFAULT_SETUP = ReaderSetup()


class PagedReader(ABC):
    """A document whose pages must be looked at.

    Built with the file's path and a ``ReaderSetup``; page numbers are 1-based. Raises
    ``DocumentError`` subclasses: from the constructor when the document cannot be read at all, from the page
    methods (``PageUnreadable``) when one page cannot.
    """

    @abstractmethod
    def page_count(self) -> int:
        """How many pages the document has."""

    @abstractmethod
    def page(self, number: int, *, layout: bool) -> SourcePage:
        """A page's size and embedded content, with layout regions if asked for and possible."""

    def level_page(self, number: int, *, layout: bool, angle: float) -> SourcePage:
        """The page as ``page`` gives it, but turned about its middle by ``angle`` degrees clockwise.

        It is enlarged so that nothing is cut off. Only asked for where ``SourcePage.lean`` is not 0.
        """
        raise NotImplementedError

    @abstractmethod
    def render(self, number: int, scale: float, clip: BBox | None = None) -> Image:
        """The page as displayed, or the part ``clip`` of it (page units), at ``scale`` pixels a page unit."""

    def fields(self, number: int) -> list[FormField]:
        """The fields of an interactive form that stand on a page; none where the format has no forms."""
        return []

    def blanks(self, number: int) -> list[Blank]:
        """What the file itself lets be filled in on a page; fields without a page come with the first."""
        return []

    def fill(self, blanks: Sequence[Blank], fillings: Sequence[Filling], *, interactive: bool) -> FilledForm:
        """A copy of the document, filled in; what cannot be written is told in ``FilledForm.placed``.

        ``interactive``: fields of the file's own form stay fields; else what they show becomes print.
        """
        raise NotFillable("A document of this format cannot be filled in.")

    def inks(self, number: int) -> list[BBox]:
        """Where something was written by hand into the file (ink annotations), page units."""
        return []

    def drawings(self, number: int) -> list[Drawing]:
        """The vector graphics of a page in painting order; none where the format has none."""
        return []

    def close(self) -> None:  # noqa: B027
        """Gives files and memory back."""


class FlowReader(ABC):
    """A document that already has structure: its fragments come ready, in order.

    Built with the file's path and a ``ReaderSetup``; page numbers are 1-based.
    """

    def page_count(self) -> int:
        """How many pages the document has: one, where the format knows no pages."""
        return 1

    @abstractmethod
    def flow_page(self, number: int, view: FlowView) -> FlowPage:
        """A page's fragments; their numbers (``reading_order``, ``ref_id``) are given later."""

    def picture(self, number: int, index: int) -> Image | None:
        """The pixels of the figure ``fragments[index]`` of a page; None if they cannot be had."""
        return None

    def blanks(self, number: int) -> list[Blank]:
        """See ``PagedReader.blanks``."""
        return []

    def fill(self, blanks: Sequence[Blank], fillings: Sequence[Filling], *, interactive: bool) -> FilledForm:
        """See ``PagedReader.fill``."""
        raise NotFillable("A document of this format cannot be filled in.")

    def close(self) -> None:  # noqa: B027
        """Gives files and memory back."""


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A document inside another: its bytes in a file of the scratch folder, and what is said of it."""

    path: Path
    name: str
    mime_type: str | None = None


class Envelope(ABC):
    """A file that holds documents: a signed envelope, a message with attachments.

    Built with the file's path and a ``ReaderSetup`` whose ``scratch`` takes what is unpacked.
    """

    @abstractmethod
    def cover(self) -> FlowReader | None:
        """What the envelope itself says (a message's text): its first pages. None for a mere wrapper."""

    @abstractmethod
    def enclosed(self) -> list[Enclosed]:
        """The documents inside, in order."""


class Reader(Protocol):
    """An open document, in this process or behind a child: what pipelines work with.

    ``format_name`` is a name of ``schemas.formats.FORMATS``.
    """

    def detect(self, path: Path, mime_type: str | None, name: str | None) -> str:
        """The name of a file's format; see ``pipelines.readers.detection.detect``."""
        ...

    def open(self, path: Path, format_name: str) -> DocumentInfo:
        """Opens the document; ``DocumentError`` says why it cannot be."""
        ...

    def page(self, number: int, layout: bool) -> SourcePage:
        """See ``PagedReader.page``."""
        ...

    def level_page(self, number: int, layout: bool, angle: float) -> SourcePage:
        """See ``PagedReader.level_page``."""
        ...

    def render(self, number: int, scale: float, clip: BBox | None = None) -> Image:
        """See ``PagedReader.render``."""
        ...

    def fields(self, number: int) -> list[FormField]:
        """See ``PagedReader.fields``."""
        ...

    def blanks(self, number: int) -> list[Blank]:
        """See ``PagedReader.blanks``."""
        ...

    def fill(self, blanks: list[Blank], fillings: list[Filling], interactive: bool) -> FilledForm:
        """See ``PagedReader.fill``.

        Raises:
            NotFillable: the document has no one part that is filled in (a message with attachments), or
                is of a format that is not.
        """
        ...

    def inks(self, number: int) -> list[BBox]:
        """See ``PagedReader.inks``."""
        ...

    def drawings(self, number: int) -> list[Drawing]:
        """See ``PagedReader.drawings``."""
        ...

    def flow_page(self, number: int, view: FlowView) -> FlowPage:
        """See ``FlowReader.flow_page``."""
        ...

    def picture(self, number: int, index: int) -> Image | None:
        """See ``FlowReader.picture``."""
        ...
