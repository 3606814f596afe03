"""Tables on slides (ECMA-376 part 1, §21.1.3): merged cells, and where each cell is."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from operator import add

from lxml.etree import _Element

from pipelines.readers.pptx.geometry import Frame
from pipelines.readers.pptx.names import A, flag, number
from pipelines.readers.pptx.shapes import Shape
from pipelines.readers.pptx.text import Paragraph, TextSetting, paragraphs_of
from pipelines.table_markup import MarkupCell, TableModel
from schemas.fragments import Source, TableCell, TableContent
from schemas.geometry import BBox, Box, union_of


def table_of(shape: Shape, table: _Element, setting: TextSetting) -> tuple[TableContent, BBox | None] | None:
    """An ``a:tbl`` in its frame, and the box around its cells; None if all of them are empty."""
    rows = table.findall(f"{A}tr")
    grid = [
        [paragraphs_of(cell.find(f"{A}txBody"), (), setting) for cell in row.iterfind(f"{A}tc")]
        for row in rows
    ]
    header = flag(table.find(f"{A}tblPr"), "firstRow") or _is_set_off(grid)
    columns = max((len(cells) for cells in grid), default=0)
    placed: list[MarkupCell] = []
    for r, row in enumerate(rows):
        for c, cell in enumerate(row.iterfind(f"{A}tc")):
            if not flag(cell, "hMerge") and not flag(cell, "vMerge"):
                spans = _span(cell, "rowSpan", len(rows) - r), _span(cell, "gridSpan", columns - c)
                placed.append(_markup(grid[r][c], r, c, spans, header=header and r == 0))
    if not any(cell.text for cell in placed):
        return None
    model = TableModel(placed)
    if shape.frame is None:
        return model.content(), None
    boxes = _boxes(shape, shape.frame, table, placed)
    cells = [
        TableCell(text=cell.text, bounding_box=Box.of(box), source=Source.DIGITAL)
        for cell, box in zip(placed, boxes, strict=True)
    ]
    return model.content(cells), union_of(boxes)


def _boxes(shape: Shape, frame: Frame, table: _Element, cells: Sequence[MarkupCell]) -> list[BBox]:
    """Where the cells are: columns have widths, rows the least heights that their text left them."""
    widths = [number(column, "w") for column in table.iterfind(f"{A}tblGrid/{A}gridCol")]
    lefts = list(accumulate(widths, initial=frame.x))
    tops = list(accumulate((number(row, "h") for row in table.iterfind(f"{A}tr")), initial=frame.y))
    boxes = []
    for cell in cells:
        left, right = (lefts[min(edge, len(widths))] for edge in (cell.col, cell.col + cell.col_span))
        top, bottom = tops[cell.row], tops[cell.row + cell.row_span]
        boxes.append(shape.inside.box(left, top, right - left, bottom - top))
    return boxes


def _span(cell: _Element, name: str, most: int) -> int:
    return int(min(max(1, number(cell, name, 1)), most))


def _is_set_off(grid: Sequence[Sequence[list[Paragraph]]]) -> bool:
    """Whether the first row is bold and not all that comes below it."""
    first, *rest = [[paragraph.bold for cell in row for paragraph in cell] for row in grid] or [[]]
    return bool(first) and all(first) and not all(bold for row in rest for bold in row)


def _markup(
    paragraphs: list[Paragraph], row: int, column: int, spans: tuple[int, int], *, header: bool
) -> MarkupCell:
    labels = [f"{paragraph.label} " if paragraph.label else "" for paragraph in paragraphs]
    text = "\n".join(map(add, labels, (paragraph.text.plain() for paragraph in paragraphs)))
    if header:
        return MarkupCell(row, column, *spans, text, header=True)
    return MarkupCell(
        row,
        column,
        *spans,
        text,
        markdown="\n".join(map(add, labels, (paragraph.text.markdown() for paragraph in paragraphs))),
    )
