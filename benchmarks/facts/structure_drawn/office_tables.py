"""Tables in flat OpenDocument text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from benchmarks.facts.structure_drawn.blocks import Grid, Paper, Row

_BORDERS = {
    "grid": ('fo:border="0.5pt solid #999999"',) * 2,
    "rows": ('fo:border-bottom="0.4pt solid #999999"',) * 2,
    "head": ('fo:border-top="1pt solid #333333" fo:border-bottom="0.6pt solid #333333"', ""),
    "zebra": ("", ""),
    "none": ("", ""),
}
"""Of cells in head rows and in others."""


def table_styles(paper: Paper) -> Iterator[str]:
    """The automatic styles of all tables: rows, cells and the columns of each."""
    look = paper.look
    keep = "auto" if look.justified else "always"
    yield (
        '<style:style style:name="Row" style:family="table-row">'
        f'<style:table-row-properties fo:keep-together="{keep}"/></style:style>'
    )
    head, body = _BORDERS[look.rules]
    shade = 'fo:background-color="#eef1f5"'
    for name, more in (
        ("Head", f"{head} {shade if look.rules == 'grid' else ''}"),
        ("Plain", body),
        ("Shaded", f"{body} {shade if look.rules == 'zebra' else ''}"),
    ):
        yield (
            f'<style:style style:name="{name}" style:family="table-cell">'
            f'<style:table-cell-properties fo:padding="2.5pt" {more}/></style:style>'
        )
    across = (look.page[0] - 2 * look.margin + 44 - 20 * (look.columns - 1)) / look.columns
    for block in paper.blocks:
        if isinstance(block, Grid):
            total = sum(block.shares)
            for i, share in enumerate(block.shares):
                width = f'style:column-width="{across * share / total:.1f}pt"'
                yield (
                    f'<style:style style:name="{_name(block)}.{i}" style:family="table-column">'
                    f"<style:table-column-properties {width}/></style:style>"
                )


def _name(grid: Grid) -> str:
    return grid.name.replace(" ", "")


def table(grid: Grid) -> Iterator[str]:
    """The head rows repeat or not: LibreOffice knows no other ones."""
    if grid.title:
        yield f'<text:p text:style-name="Caption">{escape(grid.title)}</text:p>'
    columns = "".join(
        f'<table:table-column table:style-name="{_name(grid)}.{i}"/>' for i in range(len(grid.shares))
    )
    head = "".join(_head(line, grid.numeric) for line in grid.head)
    if grid.again:
        head = f"<table:table-header-rows>{head}</table:table-header-rows>"
    rows = "".join(_row(row, grid.numeric, "Shaded" if i % 2 else "Plain") for i, row in enumerate(grid.body))
    yield f'<table:table table:name="{_name(grid)}">{columns}{head}{rows}</table:table>'
    if grid.foot:
        yield f'<text:p text:style-name="Small">{escape(grid.foot)}</text:p>'
    if not grid.cut:
        yield "<text:p/>"


def _head(line: Sequence[str | None], numeric: Sequence[bool]) -> str:
    cells = []
    for c, text in enumerate(line):
        if text is None:
            cells.append("<table:covered-table-cell/>")
            continue
        span = 1 + next((i for i, other in enumerate(line[c + 1 :]) if other is not None), len(line) - c - 1)
        cells.append(_cell(text, "Head", span=span, bold=True, number=numeric[c] and span == 1))
    return f'<table:table-row table:style-name="Row">{"".join(cells)}</table:table-row>'


def _row(row: Row, numeric: Sequence[bool], style: str) -> str:
    if row.spans:
        cells = _cell(row.cells[0], style, span=len(row.cells), bold=True, number=False)
        cells += "<table:covered-table-cell/>" * (len(row.cells) - 1)
    else:
        cells = "".join(
            _cell(text, style, span=1, bold=row.total, number=number)
            for text, number in zip(row.cells, numeric, strict=True)
        )
    return f'<table:table-row table:style-name="Row">{cells}</table:table-row>'


def _cell(text: str, style: str, *, span: int, bold: bool, number: bool) -> str:
    shown = f'<text:span text:style-name="Bold">{escape(text)}</text:span>' if bold else escape(text)
    spanned = f' table:number-columns-spanned="{span}"' if span > 1 else ""
    return (
        f'<table:table-cell table:style-name="{style}"{spanned}>'
        f'<text:p text:style-name="{"Number" if number else "Cell"}">{shown}</text:p></table:table-cell>'
    )
