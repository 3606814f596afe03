"""The ICDAR 2013 table competition (Göbel, Hassan, Oro, Orsi 2013): PDFs, every table cell by cell.

``<doc>a`` and ``<doc>b`` are two accepted readings of one PDF, which lies beside the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from html import escape
from pathlib import Path

from lxml import etree

from benchmarks.corpus import Document, Truth

_SAFE = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)


def documents(folder: Path) -> Iterator[Document]:
    """Every PDF that has a structure file."""
    for pdf in sorted(folder.glob("*.pdf")):
        readings = [folder / f"{pdf.stem}-str.xml"]
        if pdf.stem.endswith("a"):
            readings.append(folder / f"{pdf.stem.removesuffix('a')}b-str.xml")
        if readings[0].exists():
            yield Document(folder.name, "pdf", pdf, partial(_truth, [p for p in readings if p.exists()]))


def _truth(readings: list[Path]) -> Truth:
    return Truth(tables=tuple(tuple(read_tables(path)) for path in readings))


def read_tables(path: Path) -> list[str]:
    """The tables of a structure file as HTML; a table over several regions (pages) is one table."""
    return [_table(table) for table in etree.parse(path, _SAFE).getroot().iter("table")]


def _table(table: etree._Element) -> str:
    cells: dict[tuple[int, int], tuple[str, int, int]] = {}
    for region in table.iter("region"):
        down, right = int(region.get("row-increment") or 0), int(region.get("col-increment") or 0)
        for cell in region.iter("cell"):
            row, column = int(cell.get("start-row") or 0), int(cell.get("start-col") or 0)
            rows = int(cell.get("end-row") or row) - row + 1
            columns = int(cell.get("end-col") or column) - column + 1
            cells[row + down, column + right] = cell.findtext("content") or "", rows, columns
    return _html(cells)


def _html(cells: dict[tuple[int, int], tuple[str, int, int]]) -> str:
    """The grid as HTML. The files leave blank cells out: every place that no cell covers becomes one."""
    covered = {
        (r, c): (row, column)
        for (row, column), (_, rows, columns) in sorted(cells.items(), reverse=True)
        for r in range(row, row + rows)
        for c in range(column, column + columns)
    }
    if not covered:
        return "<table></table>"
    (top, bottom), (left, right) = ((min(side), max(side)) for side in zip(*covered, strict=True))
    body = ""
    for r in range(top, bottom + 1):
        body += "<tr>"
        for c in range(left, right + 1):
            if covered.get((r, c), (r, c)) == (r, c):
                body += _cell(*cells.get((r, c), ("", 1, 1)))
        body += "</tr>"
    return f"<table>{body}</table>"


def _cell(content: str, rows: int, columns: int) -> str:
    spans = (f' rowspan="{rows}"' if rows > 1 else "") + (f' colspan="{columns}"' if columns > 1 else "")
    return f"<td{spans}>{escape(content)}</td>"
