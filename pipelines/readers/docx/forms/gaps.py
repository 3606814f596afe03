"""Forms without fields: lines to write on, boxes to tick and empty cells that are only typed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from lxml import etree
from lxml.etree import _Element

from pipelines.readers.docx.forms.lines import Cell, Grid, Line, Text, Token
from pipelines.readers.docx.forms.runs import clean, put_lines, run_of, sign_run, split_off
from pipelines.readers.docx.forms.spots import Spot, Traits, text_of, ticked
from pipelines.readers.docx.names import W, number, value
from schemas.reading import FieldKind

# Stand, one for one, for a tab that draws a line, and for white space that is underlined.
_LINE_TAB, _LINE_SPACE = "\ue000", "\ue001"
_BOX_SIGNS, _TICKED_SIGNS = "☐□❏❑❒◻", "☑☒"
_RULE = r"_{3,}(?:[ _]*_)?|(?:…[ .]?){3,}|\.{8,}"
_BOX = rf"[{_BOX_SIGNS}{_TICKED_SIGNS}]|\[[ _\u00a0]{{1,3}}\]|\[[xX]\]"
_GAPS = re.compile(rf"(?P<box>{_BOX})|(?P<rule>{_RULE})|(?P<tab>{_LINE_TAB})|(?P<space>{_LINE_SPACE}{{4,}})")
_LEADERS = {"underscore", "heavy"}
_UNDERLINED = {"single", "thick", "double", "dotted", "dottedHeavy", "dash", "words"}
# A table that would have more places to fill in than this is no form.
_MOST_CELLS = 2_000
_DRAWN = [W + name for name in ("drawing", "pict", "object", "tbl")]
_WINGDINGS = {False: 0xA8, True: 0xFE}


def add_gaps(part: str, lines: Iterable[Line]) -> None:
    """Puts what is only typed to be filled in among the tokens of its lines."""
    grids: dict[Grid, None] = {}
    for line in lines:
        line.tokens = _with_gaps(part, line)
        if line.cell is not None:
            grids[line.cell.grid] = None
    for grid in grids:
        for cell in _empty_cells(grid):
            cell.lines[0].tokens.append(EmptyCell(part, cell))


class Gap(Spot):
    """Characters to be replaced: a line to write on, or white space that is underlined, or a box.

    ``pieces`` are the elements that they stand in, each with where they begin and end there; ``siblings``
    all gaps of the line.
    """

    def __init__(
        self, part: str, text: str, pieces: list[tuple[_Element, int, int]], siblings: list[Gap]
    ) -> None:
        self.text, self._pieces, self._siblings = text, pieces, siblings
        self._runs: list[_Element] = []
        is_box = re.fullmatch(_BOX, text) is not None
        kind = FieldKind.CHECKBOX if is_box else FieldKind.TEXT
        super().__init__(part, Traits(kind, value=_is_ticked(text) if is_box else None))

    def write(self, value: str | bool) -> str:
        """See ``Spot``."""
        if self.traits.kind is FieldKind.CHECKBOX:
            return self._tick(is_set=ticked(value))
        text = " ".join(clean(text_of(value)).split())
        if text:
            self._write_on_line(text)
        return text

    def _tick(self, *, is_set: bool) -> str:
        is_bracket = self.text[0] == "["
        sign = ("[x]" if is_set else "[ ]") if is_bracket else ("☒" if is_set else "☐")
        run = self._own_runs()[0]
        look = run.find(W + "rPr")
        is_sign = run.find(W + "sym") is not None
        code = _WINGDINGS[is_set]
        self._replace([sign_run(code, "Wingdings", look) if is_sign else run_of(sign, look)])
        return sign

    def _write_on_line(self, text: str) -> None:
        """Writes as a pen would: on the line, the rest of which goes on."""
        look = self._own_runs()[0].find(W + "rPr")
        written = run_of(text, look)
        if self.text == _LINE_TAB:
            _underline(written)
            self._runs[0].addprevious(written)
            return
        rest = len(self.text) - len(text)
        if self.text[0] == _LINE_SPACE:
            self._replace([run_of(text + "\u00a0" * max(0, rest), look)])
            return
        _underline(written)
        self._replace([written, *([run_of(self.text[0] * rest, look)] if rest > 0 else [])])

    def _own_runs(self) -> list[_Element]:
        """The runs that hold the gap and nothing else; all gaps of the line get theirs at once."""
        if not self._runs:
            for gap in reversed(self._siblings):
                gap.part_off()
        return self._runs

    def part_off(self) -> None:
        """Gives the gap runs of its own; of a line the last gap comes first."""
        self._runs = [split_off(*piece) for piece in reversed(self._pieces)][::-1]

    def _replace(self, runs: list[_Element]) -> None:
        first, *others = self._runs
        for run in runs:
            first.addprevious(run)
        for run in [first, *others]:
            holder = run.getparent()
            if holder is not None:
                holder.remove(run)
        self._runs = runs


class EmptyCell(Spot):
    """A cell of a table without any text."""

    def __init__(self, part: str, cell: Cell) -> None:
        self._cell = cell
        super().__init__(part, Traits(FieldKind.TEXT, multiline=True))

    def write(self, value: str | bool) -> str:
        """See ``Spot``."""
        text = clean(text_of(value))
        look = self._cell.element.find(f"{W}p/{W}pPr/{W}rPr")
        put_lines(self._cell.element, [[run_of(line, look)] for line in text.split("\n")])
        return text


def _with_gaps(part: str, line: Line) -> list[Token]:
    """A line's tokens, its text parted where there are gaps."""
    found: list[Token] = []
    gaps: list[Gap] = []
    tabs = _Tabs(line.element)
    for is_text, tokens in groupby(line.tokens, key=lambda token: isinstance(token, Text)):
        if not is_text:
            found += tokens
            continue
        texts = [token for token in tokens if isinstance(token, Text)]
        masked = "".join(_masked(text, tabs) for text in texts)
        said = "".join(text.text for text in texts)
        at = 0
        for match in _GAPS.finditer(masked):
            if match.start() > at:
                found.append(Text(said[at : match.start()], texts[0].element))
            gap = Gap(part, match[0], list(_pieces(texts, *match.span())), gaps)
            gaps.append(gap)
            found.append(gap)
            at = match.end()
        if at < len(said):
            found.append(Text(said[at:], texts[0].element))
    return found


def _pieces(texts: list[Text], start: int, end: int) -> Iterator[tuple[_Element, int, int]]:
    """The elements that some characters of a stretch of text stand in, and their places there."""
    at = 0
    for text in texts:
        first, last = max(start - at, 0), min(end - at, len(text.text))
        if first < last:
            yield text.element, first, last
        at += len(text.text)


class _Tabs:
    """The tab stops of a paragraph; its tabs are asked for in their order."""

    def __init__(self, paragraph: _Element) -> None:
        stops = paragraph.findall(f"{W}pPr/{W}tabs/{W}tab")
        stops = [stop for stop in stops if stop.get(W + "val") != "clear"]
        stops.sort(key=lambda stop: number(stop.get(W + "pos"), 0) or 0)
        self._draws = [stop.get(W + "leader") in _LEADERS for stop in stops]
        self._next = 0

    def draws_line(self) -> bool:
        """Whether the next tab goes to a stop before which a line is drawn."""
        draws = self._draws[self._next] if self._next < len(self._draws) else False
        self._next += 1
        return draws


def _masked(text: Text, tabs: _Tabs) -> str:
    """Its characters, with what draws a line made plain."""
    run = text.element.getparent()
    look = value(run.find(W + "rPr") if run is not None else None, "u")
    is_underlined = look in _UNDERLINED
    if text.element.tag == W + "tab":
        return _LINE_TAB if tabs.draws_line() or is_underlined else text.text
    if not is_underlined:
        return text.text
    return "".join(_LINE_SPACE if character in " \u00a0" else character for character in text.text)


def _is_ticked(text: str) -> bool:
    return text[0] in _TICKED_SIGNS or text.lower() == "[x]"


def _underline(run: _Element) -> None:
    look = run.find(W + "rPr")
    if look is None:
        look = etree.Element(W + "rPr")
        run.insert(0, look)
    if look.find(W + "u") is None:
        line = etree.SubElement(look, W + "u")
        line.set(W + "val", "single")


def _empty_cells(grid: Grid) -> list[Cell]:
    """The cells that a table leaves for entries: most of their row is empty, or all of their column."""
    columns: dict[int, bool] = {}
    for row in grid.rows[1:]:
        for cell in row:
            columns[cell.column] = columns.get(cell.column, True) and _is_empty(cell)
    found: list[Cell] = []
    for index, row in enumerate(grid.rows):
        empty = [cell for cell in row if _is_empty(cell)]
        mostly = 2 * len(empty) >= len(row)
        found += [cell for cell in empty if mostly or (index and columns.get(cell.column, False))]
    has_words = any(cell.text for row in grid.rows for cell in row)
    return found if has_words and len(found) <= _MOST_CELLS else []


def _is_empty(cell: Cell) -> bool:
    """Whether a cell holds nothing, and is no continuation of the one above it."""
    if cell.text or cell.spots or not cell.lines:
        return False
    merge = cell.element.find(f"{W}tcPr/{W}vMerge")
    continues = merge is not None and merge.get(W + "val") != "restart"
    return not continues and next(cell.element.iter(*_DRAWN), None) is None
