"""A Word document as who fills it in sees it: lines of text with places to fill in, and their tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree
from lxml.etree import _Element

from pipelines.readers.docx.changes import DELETIONS
from pipelines.readers.docx.drawings import alternative
from pipelines.readers.docx.forms.controls import Surroundings, control_of
from pipelines.readers.docx.forms.legacy import FieldParts, legacy_field
from pipelines.readers.docx.forms.runs import SHOWN
from pipelines.readers.docx.forms.spots import Spot
from pipelines.readers.docx.names import MC, W, number, value
from pipelines.readers.docx.styles import PLAIN, Look, Styles, heading_level, look_of
from pipelines.readers.ooxml.symbols import symbol

_ALTERNATIVES = {MC + "Choice", MC + "Fallback"}
# Nothing in these is text or holds any.
_PASSED_OVER = {W + name for name in ("pPr", "rPr", "sdtPr", "tblPr", "trPr", "tcPr", "sectPr", "instrText")}
# More fields in each other are not told apart.
_MOST_OPEN = 30


@dataclass(slots=True)
class Text:
    """Some characters, and the element that they stand in."""

    text: str
    element: _Element


Token = Text | Spot


@dataclass(eq=False, slots=True)
class Line:
    """A paragraph: what stands in it, in order; ``level`` is that of a heading, None of other text.

    ``look`` is how its text looks where its runs do not say otherwise.
    """

    element: _Element
    tokens: list[Token] = field(default_factory=list)
    cell: Cell | None = None
    level: int | None = None
    look: Look = PLAIN
    is_bold: bool = True

    @property
    def text(self) -> str:
        """Its words, one space between them."""
        return " ".join("".join(one.text for one in self.tokens if isinstance(one, Text)).split())

    @property
    def spots(self) -> list[Spot]:
        """What can be filled in in it."""
        return [one for one in self.tokens if isinstance(one, Spot)]


@dataclass(eq=False, slots=True)
class Cell:
    """A cell of a table, and the column of its grid where it begins."""

    element: _Element
    row: int
    column: int
    grid: Grid
    lines: list[Line] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The words of all its lines."""
        return " ".join(line.text for line in self.lines if line.text)

    @property
    def spots(self) -> list[Spot]:
        """What can be filled in in it."""
        return [spot for line in self.lines for spot in line.spots]


@dataclass(eq=False, slots=True)
class Grid:
    """A table."""

    rows: list[list[Cell]] = field(default_factory=list)


@dataclass(slots=True)
class _OpenField:
    """A field that has begun; of a form field its parts and where it stands."""

    parts: FieldParts | None
    line: Line | None
    place: int
    has_result: bool = False


class StoryWalk:
    """Reads the lines of one story, a part's root, in the order of the file."""

    def __init__(self, part: str, shared: Surroundings, styles: Styles) -> None:
        self._part, self._shared, self._styles = part, shared, styles
        self._lines: list[Line] = []
        self._paragraphs: list[Line] = []
        self._cells: list[Cell] = []
        self._grids: list[Grid] = []
        self._fields: list[_OpenField] = []
        self._twins: dict[_Element, dict[_Element, _Element]] = {}
        self._begin: dict[str, Callable[[_Element], object]] = {
            W + "p": self._begin_paragraph,
            W + "tbl": lambda _: self._grids.append(Grid()),
            W + "tr": lambda _: self._grids[-1].rows.append([]) if self._grids else None,
            W + "tc": self._begin_cell,
            W + "fldChar": self._field_char,
            **dict.fromkeys((W + "sym", *SHOWN), self._say),
        }
        self._end: dict[str, list[Line] | list[Grid] | list[Cell]] = {
            W + "p": self._paragraphs,
            W + "tbl": self._grids,
            W + "tc": self._cells,
        }

    def lines(self, root: _Element) -> list[Line]:
        """Its lines; what stands in content controls is not among their text."""
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            if event == "end":
                if open_ones := self._end.get(str(element.tag)):
                    open_ones.pop()
            elif element.tag in _PASSED_OVER or element.tag in DELETIONS or _is_other(element):
                walk.skip_subtree()
            elif element.tag == W + "sdt":
                if self._control(element):
                    walk.skip_subtree()
            elif begin := self._begin.get(str(element.tag)):
                begin(element)
        return self._lines

    def _control(self, sdt: _Element) -> bool:
        """Adds the control, if it is one that can be filled in."""
        control = control_of(sdt, self._part, self._shared)
        if control is None:
            return False
        twin = self._twin_of(sdt)
        again = control_of(twin, self._part, self._shared) if twin is not None else None
        control.twins += [again] if again is not None else []
        cell = sdt.find(f"{W}sdtContent/{W}tc")
        if cell is not None:
            self._begin_cell(cell)
            self._add_line(sdt).tokens.append(control)
            self._cells.pop()
        elif self._paragraphs and sdt.find(f"{W}sdtContent/{W}p") is None:
            self._paragraphs[-1].tokens.append(control)
        else:
            self._add_line(sdt).tokens.append(control)
        return True

    def _twin_of(self, sdt: _Element) -> _Element | None:
        """The same control in what programs show that do not understand what it stands in."""
        either = next(sdt.iterancestors(MC + "AlternateContent"), None)
        fallback = either.find(MC + "Fallback") if either is not None else None
        if either is None or fallback is None:
            return None
        if either not in self._twins:
            shown = [one for child in alternative(either) for one in child.iter(W + "sdt")]
            others = list(fallback.iter(W + "sdt"))
            self._twins[either] = dict(zip(shown, others, strict=True)) if len(shown) == len(others) else {}
        return self._twins[either].get(sdt)

    def _add_line(self, element: _Element) -> Line:
        line = Line(element, cell=self._cells[-1] if self._cells else None)
        self._lines.append(line)
        if line.cell is not None:
            line.cell.lines.append(line)
        return line

    def _begin_paragraph(self, element: _Element) -> None:
        line = self._add_line(element)
        properties = element.find(W + "pPr")
        style = self._styles.of(value(properties, "pStyle"))
        line.level, line.look = heading_level(properties, style), style.look
        self._paragraphs.append(line)

    def _begin_cell(self, element: _Element) -> None:
        if not self._grids:
            self._grids.append(Grid())
        rows = self._grids[-1].rows
        if not rows:
            rows.append([])
        before = rows[-1][-1] if rows[-1] else None
        column = before.column + columns_of(before.element) if before else 0
        cell = Cell(element, len(rows) - 1, column, self._grids[-1])
        rows[-1].append(cell)
        self._cells.append(cell)

    def _say(self, element: _Element) -> None:
        """Adds characters to the line that they stand in, or to the form field that holds them."""
        run = element.getparent()
        if run is None or run.tag != W + "r" or not self._paragraphs:
            return
        if any(not one.has_result for one in self._fields):
            return
        form = next((one.parts for one in self._fields if one.parts), None)
        if form is not None:
            form.result.append(element)
            return
        line, text = self._paragraphs[-1], _characters(element)
        line.tokens.append(Text(text, element))
        if text.strip():
            line.is_bold &= bool(look_of(run.find(W + "rPr")).over(line.look).bold)

    def _field_char(self, element: _Element) -> None:
        match element.get(W + "fldCharType"):
            case "begin":
                self._begin_field(element)
            case "separate" if self._fields:
                self._fields[-1].has_result = True
                if parts := self._fields[-1].parts:
                    parts.separate = element
            case "end" if self._fields:
                self._end_field(element)

    def _begin_field(self, element: _Element) -> None:
        data = element.find(W + "ffData")
        line = self._paragraphs[-1] if self._paragraphs else None
        if len(self._fields) >= _MOST_OPEN:
            self._fields.clear()
        parts = FieldParts(data) if data is not None else None
        self._fields.append(_OpenField(parts, line, len(line.tokens) if line else 0))

    def _end_field(self, element: _Element) -> None:
        ended = self._fields.pop()
        if ended.parts is None or ended.line is None:
            return
        ended.parts.end = element
        found = legacy_field(self._part, ended.parts)
        if found is not None:
            ended.line.tokens.insert(ended.place, found)


def columns_of(cell: _Element) -> int:
    """How many columns of the grid a cell takes."""
    return max(1, number(value(cell.find(W + "tcPr"), "gridSpan"), 1) or 1)


def _is_other(element: _Element) -> bool:
    """Whether another of several ways to show the same thing is read in place of this one."""
    parent = element.getparent()
    if element.tag not in _ALTERNATIVES or parent is None:
        return False
    shown = alternative(parent)
    return not shown or shown[0].getparent() is not element


def _characters(element: _Element) -> str:
    if element.tag != W + "sym":
        return SHOWN[str(element.tag)] or element.text or ""
    try:
        return symbol(int(element.get(W + "char") or "", 16), element.get(W + "font"))
    except ValueError:
        return ""
