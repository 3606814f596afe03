"""What the readers of all spreadsheet formats share: a page a sheet."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from models.base import Image
from pipelines.readers.base import DEFAULT_SETUP, FlowReader, ReaderSetup
from pipelines.readers.flow import as_fragments
from pipelines.readers.sheets.contents import Found, contents
from pipelines.readers.sheets.model import Sheet, shown
from schemas.documents import DocumentWarning, WarningKind
from schemas.fragments import FragmentType, HeaderContent
from schemas.reading import FlowPage, FlowView


class SheetName(NamedTuple):
    """A sheet of a workbook: its name, and whether the program that made it hides it."""

    name: str
    hidden: bool = False


class SheetsReader(FlowReader):
    """A workbook: each sheet, hidden ones too, is a page without geometry.

    A page is the sheet's name, its blocks as tables, captions and text, its comments, and what is drawn
    on it. Hidden rows and columns, and cells whose look hides them, are left out.
    """

    def __init__(self, path: Path, setup: ReaderSetup = DEFAULT_SETUP) -> None:
        self._path, self._setup = path, setup
        self._pictures: dict[tuple[int, int], str] = {}

    @property
    @abstractmethod
    def sheets(self) -> list[SheetName]:
        """The sheets in the order of their tabs."""

    @abstractmethod
    def sheet(self, index: int, view: FlowView) -> Sheet:
        """What is on a sheet (0-based); raises ``PageUnreadable``."""

    def pixels(self, name: str) -> Image | None:
        """The picture in a part of the workbook; None if it cannot be had."""
        return None

    def page_count(self) -> int:
        """See ``FlowReader``: the sheets."""
        return len(self.sheets)

    def flow_page(self, number: int, view: FlowView) -> FlowPage:
        """See ``FlowReader``."""
        name, hidden = self.sheets[number - 1]
        sheet = self.sheet(number - 1, view)
        as_shown = shown(sheet)
        title = HeaderContent(content=f"{name} (hidden)" if hidden else name, level=1)
        if not view.comments:
            as_shown.comments.clear()
        found: list[Found] = [(FragmentType.SECTION_HEADER, title), *contents(as_shown)]
        pictures = []
        for drawing in sorted(sheet.drawings, key=lambda drawing: drawing.place):
            if drawing.picture:
                self._pictures[number, len(found)] = drawing.picture
                pictures.append(len(found))
            found.append((drawing.kind, drawing.content))
        warnings = list(_warnings(name, hidden, sheet))
        return FlowPage(as_fragments(found), warnings=warnings, pictures=pictures, hidden=as_shown.hidden)

    def picture(self, number: int, index: int) -> Image | None:
        """See ``FlowReader``; asked for after the page."""
        name = self._pictures.get((number, index))
        return self.pixels(name) if name else None


def _warnings(name: str, hidden: bool, sheet: Sheet) -> Iterator[DocumentWarning]:
    if hidden:
        yield DocumentWarning(
            kind=WarningKind.HIDDEN_TEXT, message=f"The sheet {name!r} is hidden in the workbook."
        )
    if sheet.cut_off:
        yield DocumentWarning(
            kind=WarningKind.TRUNCATED,
            message=f"The sheet {name!r} is cut off in the file: its last rows may be missing.",
        )
    if sheet.undrawn:
        yield DocumentWarning(
            kind=WarningKind.NOT_AVAILABLE,
            message=f"The pictures, charts and text boxes of {name!r}, if it has any, are not read: "
            "in this format that takes LibreOffice.",
        )
    if sheet.uncomputed:
        yield DocumentWarning(
            kind=WarningKind.FALLBACK,
            message=f"The sheet {name!r} has formulas without a stored value, which are given themselves: "
            f"{sheet.uncomputed}. To have them computed, open the workbook in its program and save it.",
        )
