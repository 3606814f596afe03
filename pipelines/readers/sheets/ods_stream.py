"""The sheets of an OpenDocument spreadsheet (OpenDocument 1.3 part 3 §9), read as a stream."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, NamedTuple

from lxml.etree import _Element

from pipelines.readers.inline import Mark, safe_link
from pipelines.readers.sheets.cells import Run, inline, marked
from pipelines.readers.sheets.model import Cell, Place, Range, Row, Sheet
from pipelines.readers.sheets.references import LAST_COLUMN, LAST_ROW, range_of
from pipelines.readers.sheets.xml_stream import drop, is_cut_off, stream

_NAMES = "urn:oasis:names:tc:opendocument:xmlns:"
TABLE, OFFICE, TEXT, DRAW = (f"{{{_NAMES}{name}:1.0}}" for name in ("table", "office", "text", "drawing"))
STYLE = f"{{{_NAMES}style:1.0}}"
_FO = f"{{{_NAMES}xsl-fo-compatible:1.0}}"
HREF = "{http://www.w3.org/1999/xlink}href"

# A row or cell may claim to be repeated; more cells than these are not written out.
_MOST_REPEATED = 2_000_000
_POINTS = {"in": 72.0, "cm": 72 / 2.54, "mm": 72 / 25.4, "pt": 1.0, "pc": 12.0, "px": 0.75}
_THIN_ROW, _THIN_COLUMN = 7.0, 12.0
_TEXTS = {"string", None}
_PARAGRAPH = f"{TEXT}p"
_VALUES = {
    f"{OFFICE}{name}" for name in ("value", "date-value", "time-value", "boolean-value", "string-value")
}
_SPANS = {f"{TABLE}number-rows-spanned", f"{TABLE}number-columns-spanned"}


class Frame(NamedTuple):
    """Something drawn on a sheet, kept until the sheet is asked for."""

    place: Place
    element: _Element


@dataclass(slots=True)
class OdsSheet:
    """A sheet of the stream: what it holds, and what is drawn on it."""

    name: str
    hidden: bool
    found: Sheet = field(default_factory=Sheet)
    frames: list[Frame] = field(default_factory=list)


@dataclass(slots=True)
class _Look:
    """What an automatic style says."""

    displayed: bool = True
    size: float | None = None
    marks: tuple[Mark, ...] = ()

    @property
    def bold(self) -> bool:
        """Whether text is bold."""
        return any(mark.kind == "bold" for mark in self.marks)


_NO_LOOK = _Look()


class OdsStream:
    """Reads ``content.xml`` (or a flat document) once."""

    def __init__(self) -> None:
        self.sheets: list[OdsSheet] = []
        self._looks: dict[str, _Look] = {}
        self._row = self._column = 0
        self._left = _MOST_REPEATED
        self._layouts: dict[tuple[int, ...], tuple[int, ...]] = {}

    def read(self, file: IO[bytes]) -> list[OdsSheet]:
        """The sheets; raises ``etree.XMLSyntaxError`` and what ``zipfile`` does when the part is damaged."""
        handled = [
            f"{STYLE}style",
            *(TABLE + n for n in ("table", "table-column", "table-row", "shapes", "database-range")),
        ]
        depth = 0
        source = stream(file, handled, ("start", "end"))
        for event, element in source:
            name = str(element.tag)
            if event == "start":
                depth += name == f"{TABLE}table"
                if name == f"{TABLE}table" and depth == 1:
                    self._start_sheet(element)
                continue
            if name == f"{TABLE}table":
                depth -= 1
            if depth <= 1:
                self._end(name, element)
        if is_cut_off(source) and self.sheets:
            self.sheets[-1].found.cut_off = True
        return self.sheets

    def _end(self, name: str, element: _Element) -> None:
        if name == f"{STYLE}style":
            self._add_look(element)
        elif name == f"{TABLE}database-range":
            self._add_range(element)
            return
        elif self.sheets and name == f"{TABLE}table-column":
            self._add_columns(element)
        elif self.sheets and name == f"{TABLE}table-row":
            self._add_rows(element)
        elif self.sheets and name == f"{TABLE}shapes":
            self._add_frames(element, (0, 0))
        if name != f"{TABLE}shapes":
            drop(element)

    def _start_sheet(self, element: _Element) -> None:
        look = self._looks.get(element.get(f"{TABLE}style-name", ""), _NO_LOOK)
        self.sheets.append(OdsSheet(element.get(f"{TABLE}name", ""), not look.displayed))
        self._row = self._column = 0

    def _add_look(self, element: _Element) -> None:
        look = _Look()
        for properties in element:
            if properties.get(f"{TABLE}display") == "false":
                look.displayed = False
            size = properties.get(f"{STYLE}column-width") or properties.get(f"{STYLE}row-height")
            look.size = _points(size) if size else look.size
            look.marks += tuple(_marks(properties))
        self._looks[element.get(f"{STYLE}name", "")] = look

    def _add_columns(self, element: _Element) -> None:
        first, count = self._column, _count(element, "number-columns-repeated")
        self._column = min(first + count, LAST_COLUMN + 1)
        sheet, look = self.sheets[-1].found, self._looks.get(element.get(f"{TABLE}style-name", ""), _NO_LOOK)
        if element.get(f"{TABLE}visibility", "visible") != "visible" or look.size == 0:
            sheet.hidden_columns.append((first, first + count - 1))
        elif look.size is not None and look.size < _THIN_COLUMN:
            sheet.thin_columns.append((first, first + count - 1))

    def _add_rows(self, element: _Element) -> None:
        sheet, number = self.sheets[-1].found, self._row
        count = min(_count(element, "number-rows-repeated"), LAST_ROW + 1 - number)
        self._row += max(0, count)
        cells = dict(self._cells(element, number))
        look = self._looks.get(element.get(f"{TABLE}style-name", ""), _NO_LOOK)
        hidden = element.get(f"{TABLE}visibility", "visible") != "visible"
        if hidden or (look.size is not None and look.size < _THIN_ROW):
            # Rows after the last text are hidden by the hundred thousand.
            numbers = range(number, number + (count if cells else min(count, 10_000)))
            (sheet.hidden_rows if hidden else sheet.thin_rows).update(numbers)
        if not cells:
            return
        layout = self._layouts.setdefault(tuple(cells), tuple(cells))
        copies = min(count - 1, self._left // len(layout))
        self._left -= copies * len(layout)
        for copy in range(copies + 1):
            sheet.rows.append(Row(number + copy, layout, list(cells.values())))

    def _cells(self, row: _Element, number: int) -> Iterator[tuple[int, Cell]]:
        column = 0
        for element in row:
            tag = str(element.tag)
            if tag not in {f"{TABLE}table-cell", f"{TABLE}covered-table-cell"}:
                continue
            count = _count(element, "number-columns-repeated")
            if len(element) or element.get(f"{OFFICE}value-type"):
                if not _is_plain(element) or _SPANS & set(element.keys()):
                    self._add_on_top(element, (number, column))
                cell = self._cell(element) if tag == f"{TABLE}table-cell" else None
                if cell is not None and cell.text.strip():
                    copies = max(0, min(count - 1, self._left, LAST_COLUMN - column))
                    self._left -= copies
                    yield from ((column + copy, cell) for copy in range(copies + 1))
            column += count

    def _cell(self, element: _Element) -> Cell:
        value = element.get(f"{OFFICE}value-type") not in _TEXTS
        look = self._looks.get(element.get(f"{TABLE}style-name", ""), _NO_LOOK)
        if _is_plain(element):
            return Cell(element[0].text or "", value, look.bold)
        runs: list[Run] = []
        for paragraph in element.iterchildren(_PARAGRAPH, f"{TEXT}h"):
            if runs:
                runs.append(("\n", ()))
            runs.extend(self._runs(paragraph))
        if not runs:
            stored = (said for name, said in element.attrib.items() if str(name) in _VALUES)
            return Cell(str(next(stored, "")), value, look.bold)
        if any(mark.kind == "link" for _, marks in runs for mark in marks):
            return Cell("".join(text for text, _ in runs), value, look.bold, inline(runs).markdown())
        plain, all_bold, markdown = marked(runs)
        return Cell(plain, value, look.bold or all_bold, markdown)

    def _runs(self, paragraph: _Element) -> Iterator[Run]:
        """The text of a paragraph in pieces, those of spans and links with their marks."""
        waiting: list[tuple[_Element | str, tuple[Mark, ...]]] = [(paragraph, ())]
        while waiting:
            part, marks = waiting.pop()
            if isinstance(part, str):
                yield part, marks
                continue
            tag = str(part.tag)
            if tag in {f"{TEXT}s", f"{TEXT}tab", f"{TEXT}line-break"}:
                yield "\n" if tag.endswith("break") else " ", marks
                continue
            if tag == f"{OFFICE}annotation":
                continue
            if tag == f"{TEXT}span":
                marks = (*marks, *self._looks.get(part.get(f"{TEXT}style-name", ""), _NO_LOOK).marks)
            target = safe_link(part.get(HREF)) if tag == f"{TEXT}a" else None
            if target:
                marks = (*marks, Mark("link", target))
            inside: list[tuple[_Element | str, tuple[Mark, ...]]] = [(part.text or "", marks)]
            for child in part:
                inside += [(child, marks), (child.tail or "", marks)]
            waiting.extend(reversed([piece for piece in inside if piece[0] != ""]))

    def _add_on_top(self, element: _Element, place: Place) -> None:
        """Notes what a cell has besides its text: spans, a comment, drawings."""
        sheet = self.sheets[-1].found
        down, across = _count(element, "number-rows-spanned"), _count(element, "number-columns-spanned")
        if down > 1 or across > 1:
            sheet.merged.append(Range(place[0], place[1], place[0] + down - 1, place[1] + across - 1))
        for annotation in element.iterchildren(f"{OFFICE}annotation"):
            lines = ("".join(p.itertext()) for p in annotation.iterchildren(f"{TEXT}p"))
            text = "\n".join(lines).strip()
            if text:
                sheet.comments[place] = text
        if len(element):
            self._add_frames(element, place)

    def _add_frames(self, parent: _Element, place: Place) -> None:
        for child in parent:
            if str(child.tag).startswith(DRAW):
                parent.remove(child)
                self.sheets[-1].frames.append(Frame(place, child))

    def _add_range(self, element: _Element) -> None:
        """A range with filter buttons is a table with a header; its sheet is named in the address."""
        if element.get(f"{TABLE}display-filter-buttons") != "true":
            return
        address = element.get(f"{TABLE}target-range-address", "")
        name = address.rpartition(":")[0].rpartition(".")[0].strip("'$").replace("''", "'")
        corners = [corner.rpartition(".")[2] for corner in address.split(":")]
        found = range_of(":".join(corners))
        for sheet in self.sheets:
            if found and sheet.name == name:
                sheet.found.tables.append(found)


def _is_plain(element: _Element) -> bool:
    """Whether a cell holds one paragraph of mere text and nothing else."""
    return len(element) == 1 and not len(element[0]) and str(element[0].tag) == _PARAGRAPH


def _marks(properties: _Element) -> Iterator[Mark]:
    if properties.get(f"{_FO}font-weight") in {"bold", "600", "700", "800", "900"}:
        yield Mark("bold")
    if properties.get(f"{_FO}font-style") in {"italic", "oblique"}:
        yield Mark("italic")
    if properties.get(f"{STYLE}text-line-through-style", "none") != "none":
        yield Mark("del")
    position = properties.get(f"{STYLE}text-position", "")
    if position.startswith(("super", "sub")):
        yield Mark("sup" if position.startswith("super") else "sub")


def _count(element: _Element, name: str) -> int:
    text = element.get(TABLE + name)
    return max(1, int(text)) if text and text.isdecimal() and len(text) < 10 else 1


def _points(length: str) -> float | None:
    try:
        return float(length[:-2]) * _POINTS[length[-2:]]
    except (ValueError, KeyError):
        return None
