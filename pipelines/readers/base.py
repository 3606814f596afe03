"""Two kinds of reader, and the one door that pipelines see."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Protocol

from models.base import Image
from schemas.fragments import PageFragment
from schemas.geometry import BBox
from schemas.reading import DocumentInfo, SourcePage


class PagedReader(ABC):
    """A document whose pages must be looked at. Built with the file's path; page numbers are 1-based.

    Raises ``DocumentError`` subclasses: from the constructor when the document cannot be read at all,
    from the page methods (``PageUnreadable``) when one page cannot.
    """

    @abstractmethod
    def page_count(self) -> int:
        """How many pages the document has."""

    @abstractmethod
    def page(self, number: int, *, layout: bool) -> SourcePage:
        """A page's size and embedded content, with layout regions if asked for and possible."""

    @abstractmethod
    def render(self, number: int, scale: float, clip: BBox | None = None) -> Image:
        """The page as displayed, or the part ``clip`` of it (page units), at ``scale`` pixels a page unit."""

    def close(self) -> None:  # noqa: B027
        """Gives files and memory back."""


class FlowReader(ABC):
    """A document that already has structure and no geometry: its fragments come ready, in order."""

    @abstractmethod
    def fragments(self) -> list[PageFragment]:
        """The whole document as one page of fragments, without boxes."""


class Reader(Protocol):
    """An open document, in this process or behind a child: what pipelines work with.

    ``format_name`` is a name of ``schemas.formats.FORMATS``.
    """

    def open(self, path: Path, format_name: str) -> DocumentInfo:
        """Opens the document; ``DocumentError`` says why it cannot be."""
        ...

    def page(self, number: int, layout: bool) -> SourcePage:
        """See ``PagedReader.page``."""
        ...

    def render(self, number: int, scale: float, clip: BBox | None = None) -> Image:
        """See ``PagedReader.render``."""
        ...

    def fragments(self) -> list[PageFragment]:
        """See ``FlowReader.fragments``."""
        ...
