"""How the cells of a workbook show their values: number formats and bold type."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from pipelines.readers.sheets.dates import serial
from pipelines.readers.sheets.model import Cell
from pipelines.readers.sheets.number_format import BUILT_IN, NumberFormat
from schemas.reading import HiddenReason

# Cells that show the same are one object, up to so many.
_MOST_KEPT = 50_000


class Style(NamedTuple):
    """A cell's number format (its code), whether its text is bold, and why its look does not show it."""

    code: str = "General"
    bold: bool = False
    hidden: HiddenReason | None = None


def code_of(number: int, own: dict[int, str]) -> str:
    """The code of a format's number: those that the file spells out come before the built-in ones."""
    return own.get(number) or BUILT_IN.get(number, "General")


class Styles:
    """Makes cells of values; ``styles`` are those that cells refer to by number."""

    def __init__(self, styles: Sequence[Style], *, from_1904: bool = False) -> None:
        self._styles = styles or [Style()]
        self._from_1904 = from_1904
        self._formats: dict[str, NumberFormat] = {}
        self._numbers: dict[tuple[float, int], Cell] = {}

    def unformatted(self) -> Styles:
        """Styles that show numbers as such, and only dates in their format."""
        styles = [style if self._format(style.code).shows_dates else Style() for style in self._styles]
        return Styles(styles, from_1904=self._from_1904)

    def number(self, value: float, style: int) -> Cell:
        """A number, as its format shows it."""
        key = value, style
        cell = self._numbers.get(key)
        if cell is None:
            code, bold, hidden = self._style(style)
            text = self._format(code).number(value)
            if not text.strip() and value:  # zeros are often not shown
                text, hidden = f"{value:g}", HiddenReason.SWITCHED_OFF
            cell = Cell(text, True, bold, hidden=hidden)
            if len(self._numbers) < _MOST_KEPT:
                self._numbers[key] = cell
        return cell

    def date(self, value: datetime, style: int) -> Cell:
        """A date, as its format shows it."""
        return self.number(serial(value, from_1904=self._from_1904), style)

    def text(self, text: str, style: int, markdown: str | None = None) -> Cell:
        """A text; few formats add anything to it."""
        code, bold, hidden = self._style(style)
        if code not in {"General", "@"}:
            shown = self._format(code).text(text)
            markdown = markdown if shown == text else None
            if shown.strip() or not text.strip():
                text = shown
            else:
                hidden = HiddenReason.SWITCHED_OFF
        return Cell(text, False, bold, markdown, hidden)

    def sign(self, text: str, style: int) -> Cell:
        """A truth value or an error, which no format changes."""
        _, bold, hidden = self._style(style)
        return Cell(text, True, bold, hidden=hidden)

    def _style(self, style: int) -> Style:
        return self._styles[style] if 0 <= style < len(self._styles) else self._styles[0]

    def _format(self, code: str) -> NumberFormat:
        if code not in self._formats:
            self._formats[code] = NumberFormat(code, from_1904=self._from_1904)
        return self._formats[code]
