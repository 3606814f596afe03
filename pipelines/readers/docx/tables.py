"""Tables (ECMA-376 part 1 §17.4): rows and cells to a grid."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from lxml.etree import _Element

from pipelines.readers.docx.blocks import Block
from pipelines.readers.docx.changes import Change, Revisions, changes_in
from pipelines.readers.docx.names import W, is_on, number, value
from pipelines.readers.docx.styles import Styles
from pipelines.readers.hidden import HiddenTally
from pipelines.readers.inline import Mark
from pipelines.table_markup import MarkupCell, TableModel
from schemas.fragments import FragmentType
from schemas.reading import HiddenReason

# A larger grid is read without spans: a small file can claim a huge one by them.
_LARGEST_GRID = 1_000_000
_WRAPPERS = {W + name for name in ("sdt", "sdtContent", "customXml", "smartTag")}

ReadCell = Callable[[_Element, tuple[Mark, ...]], list[Block]]


class TableCells:
    """The cells of one table that show in a view, read in order by ``read_cell``.

    ``hidden`` counts what is in rows that are switched off.
    """

    def __init__(
        self,
        table: _Element,
        styles: Styles,
        revisions: Revisions,
        read_cell: ReadCell,
        hidden: HiddenTally,
    ) -> None:
        self._hidden = hidden
        self.figures: list[Block] = []
        self._revisions, self._read_cell = revisions, read_cell
        self._rows: list[list[MarkupCell]] = []
        self._bold: list[bool] = []
        self._headers = 0
        self._open: dict[int, MarkupCell] = {}
        for row in _children(table, W + "tr"):
            self._add_row(row)
        # A table that calls all of its rows headers says nothing of them.
        if self._headers == len(self._rows):
            self._headers = 0
        if not self._headers and self._has_header_row(table, styles):
            self._headers = 1
        for cell in (cell for row in self._rows[: self._headers] for cell in row):
            cell.header = True

    def model(self) -> TableModel | None:
        """The table; None if no cell has text."""
        cells = [cell for row in self._rows for cell in row]
        return TableModel(_on_grid(cells, len(self._rows))) if any(cell.text for cell in cells) else None

    def lines(self) -> list[Block]:
        """The rows as texts, for a table inside a cell."""
        rows = [row for row in self._rows if any(cell.text for cell in row)]
        return [
            Block(
                FragmentType.TEXT,
                _one_line(cell.markdown or "" for cell in row),
                _one_line(cell.text for cell in row),
                _one_line(cell.html or "" for cell in row),
            )
            for row in rows
        ]

    def _add_row(self, row: _Element) -> None:
        properties = row.find(W + "trPr")
        changes = changes_in(properties)
        if not self._revisions.shows(*changes):
            return
        if is_on(_child(properties, "hidden")):
            text = " ".join(one.text or "" for one in row.iter(W + "t"))
            self._hidden.add(HiddenReason.SWITCHED_OFF, text)
            return
        self._rows.append([])
        if is_on(_child(properties, "tblHeader")) and self._headers == len(self._rows) - 1:
            self._headers += 1
        column = number(value(properties, "gridBefore"), 0) or 0
        bold: list[bool] = []
        gone = 0
        for cell in _children(row, W + "tc"):
            own = changes_in(cell.find(W + "tcPr"))
            columns = _columns(cell)
            if self._revisions.shows(*own):
                self._add_cell(cell, column, gone + columns, self._marks(own or changes), bold)
                column, gone = column + gone + columns, 0
            elif self._rows[-1]:  # the cell before takes the room of one that is gone
                self._rows[-1][-1].col_span += columns
                column += columns
            else:
                gone += columns
        self._bold.append(bool(bold) and all(bold))

    def _marks(self, changes: list[Change]) -> tuple[Mark, ...]:
        return tuple(change.mark for change in changes) if self._revisions is Revisions.MARKED else ()

    def _add_cell(
        self, element: _Element, column: int, columns: int, marks: tuple[Mark, ...], bold: list[bool]
    ) -> None:
        """Adds a cell that takes some columns, or lengthens the one that it goes on with."""
        properties = element.find(W + "tcPr")
        row = len(self._rows) - 1
        above = self._open.pop(column, None)
        merge = _merge(properties, self._revisions)
        if merge == "continue" and above is not None and above.row + above.row_span == row:
            above.row_span += 1
            self._open[column] = above
            return
        if value(properties, "hMerge") == "continue" and self._rows[row]:
            self._rows[row][-1].col_span += columns
            return
        blocks = self._read_cell(element, marks)
        texts = [block for block in blocks if not block.is_figure]
        self.figures += [block for block in blocks if block.is_figure]
        cell = MarkupCell(
            row,
            column,
            col_span=columns,
            text="\n".join(block.plain for block in texts),
            markdown="\n".join(block.markdown for block in texts),
            html="\n".join(block.html for block in texts),
        )
        self._rows[row].append(cell)
        if merge:
            self._open[column] = cell
        if cell.text:
            bold.append(all(block.is_bold for block in texts))

    def _has_header_row(self, table: _Element, styles: Styles) -> bool:
        """Whether the first row looks unlike the others: by the table's style, or alone in bold type."""
        properties = self._revisions.properties(table, "tblPr")
        style_id = value(properties, "tblStyle")
        if len(self._rows) < 2:
            return False
        if style_id and styles.of(style_id, "table").has_header_row and _is_first_row_special(properties):
            return True
        return self._bold[0] and not any(self._bold[1:])


def _one_line(texts: Iterable[str]) -> str:
    return " | ".join(" ".join(text.split("\n")) for text in texts)


def _children(element: _Element, tag: str) -> Iterator[_Element]:
    """The rows of a table or the cells of a row, also those in content controls."""
    waiting = list(reversed(element))
    while waiting:
        child = waiting.pop()
        if child.tag == tag:
            yield child
        elif child.tag in _WRAPPERS:
            waiting.extend(reversed(child))


def _child(properties: _Element | None, name: str) -> _Element | None:
    return properties.find(W + name) if properties is not None else None


def _columns(cell: _Element) -> int:
    return max(1, number(value(cell.find(W + "tcPr"), "gridSpan"), 1) or 1)


def _merge(properties: _Element | None, revisions: Revisions) -> str:
    """``restart``, ``continue`` or nothing: whether a cell begins or goes on with a vertical merge."""
    change = _child(properties, "cellMerge")
    if change is not None:
        kind = change.get(W + ("vMergeOrig" if revisions is Revisions.REJECTED else "vMerge"))
        return {"rest": "restart", "cont": "continue"}.get(kind or "", "")
    merge = _child(properties, "vMerge")
    return "" if merge is None else merge.get(W + "val") or "continue"


def _is_first_row_special(properties: _Element | None) -> bool:
    """Whether the table takes its style's look of the first row (§17.4.55)."""
    look = _child(properties, "tblLook")
    if look is None:
        return False
    if look.get(W + "firstRow") is not None:
        return look.get(W + "firstRow") not in {"0", "false", "off"}
    try:
        return bool(int(look.get(W + "val") or "0", 16) & 0x20)
    except ValueError:
        return False


def _on_grid(cells: list[MarkupCell], rows: int) -> list[MarkupCell]:
    """The cells on a grid without columns in which none begins; without spans where it would be huge."""
    starts = sorted({cell.col for cell in cells})
    if rows * len(starts) > _LARGEST_GRID:
        return list(_in_turn(cells))
    for cell in cells:
        end = bisect_left(starts, cell.col + cell.col_span)
        cell.col = bisect_left(starts, cell.col)
        cell.col_span = max(1, end - cell.col)
    return cells


def _in_turn(cells: list[MarkupCell]) -> Iterator[MarkupCell]:
    row = column = -1
    for cell in cells:
        column = column + 1 if cell.row == row else 0
        row = cell.row
        yield replace(cell, col=column, row_span=1, col_span=1)
