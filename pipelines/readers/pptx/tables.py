"""Tables on slides (ECMA-376 part 1, §21.1.3): merged cells, and where each cell is."""

from __future__ import annotations

from itertools import accumulate

from lxml.etree import _Element

from pipelines.readers.pptx.names import A, flag, number
from pipelines.readers.pptx.shapes import Shape
from pipelines.readers.pptx.text import TextSetting, paragraphs_of
from pipelines.table_markup import MarkupCell, TableModel
from schemas.fragments import Source, TableCell, TableContent
from schemas.geometry import BBox, Box


def table_of(shape: Shape, table: _Element, setting: TextSetting) -> tuple[TableContent, BBox | None] | None:
    """An ``a:tbl`` in its frame, and the box around its cells; None if all of them are empty."""
    header = flag(table.find(f"{A}tblPr"), "firstRow")
    rows = table.findall(f"{A}tr")
    grid = [row.findall(f"{A}tc") for row in rows]
    columns = max((len(cells) for cells in grid), default=0)
    placed: list[MarkupCell] = []
    for r, cells in enumerate(grid):
        for c, cell in enumerate(cells):
            if not flag(cell, "hMerge") and not flag(cell, "vMerge"):
                spans = _span(cell, "rowSpan", len(rows) - r), _span(cell, "gridSpan", columns - c)
                placed.append(_markup(cell, r, c, spans, setting, header=header and r == 0))
    if not any(cell.text for cell in placed):
        return None
    model = TableModel(placed)
    frame = shape.frame
    if frame is None:
        return model.content(), None
    widths = [number(column, "w") for column in table.iterfind(f"{A}tblGrid/{A}gridCol")]
    lefts = list(accumulate(widths, initial=frame.x))
    tops = list(accumulate((number(row, "h") for row in rows), initial=frame.y))
    boxes = [
        shape.inside.box(
            lefts[min(cell.col, len(widths))],
            tops[cell.row],
            lefts[min(cell.col + cell.col_span, len(widths))] - lefts[min(cell.col, len(widths))],
            tops[min(cell.row + cell.row_span, len(rows))] - tops[cell.row],
        )
        for cell in placed
    ]
    shown = [
        TableCell(text=cell.text, bounding_box=Box.of(box), source=Source.DIGITAL)
        for cell, box in zip(placed, boxes, strict=True)
    ]
    around = shape.inside.box(frame.x, frame.y, lefts[-1] - frame.x, tops[-1] - frame.y)
    return model.content(shown), around


def _span(cell: _Element, name: str, most: int) -> int:
    return int(min(max(1, number(cell, name, 1)), most))


def _markup(
    cell: _Element, row: int, column: int, spans: tuple[int, int], setting: TextSetting, *, header: bool
) -> MarkupCell:
    paragraphs = paragraphs_of(cell.find(f"{A}txBody"), (), setting, emphasis=not header)
    return MarkupCell(
        row,
        column,
        *spans,
        "\n".join(paragraph.text.plain() for paragraph in paragraphs),
        header,
        "\n".join(paragraph.text.markdown() for paragraph in paragraphs),
    )
