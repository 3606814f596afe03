"""The ICDAR 2013 table competition (Göbel, Hassan, Oro, Orsi 2013): PDFs, every table cell by cell.

``<doc>a`` and ``<doc>b`` are two accepted readings of one PDF, which lies beside the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from lxml import etree

from benchmarks.corpus import Document, Truth
from benchmarks.facts.grid import Cell, grid_html
from benchmarks.facts.rasterise import rasterise

_SAFE = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)


def documents(folder: Path) -> Iterator[Document]:
    """Every PDF that has a structure file."""
    for pdf in sorted(folder.glob("*.pdf")):
        readings = [folder / f"{pdf.stem}-str.xml"]
        if pdf.stem.endswith("a"):
            readings.append(folder / f"{pdf.stem.removesuffix('a')}b-str.xml")
        if readings[0].exists():
            yield Document(folder.name, "pdf", pdf, partial(_truth, [p for p in readings if p.exists()]))


def rasterised(folder: Path) -> Iterator[Document]:
    """The same PDFs as pictures alone, without text or lines; the truth stays."""
    for document in documents(folder):
        yield replace(document, set_name="icdar2013_rasterised", kind="scan", path=rasterise(document.path))


def _truth(readings: list[Path]) -> Truth:
    return Truth(tables=tuple(tuple(read_tables(path)) for path in readings))


def read_tables(path: Path) -> list[str]:
    """The tables of a structure file as HTML; a table over several regions (pages) is one table."""
    return [_table(table) for table in etree.parse(path, _SAFE).getroot().iter("table")]


def _table(table: etree._Element) -> str:
    """The files leave blank cells out, and number a later region from where its increments say."""
    cells: dict[tuple[int, int], Cell] = {}
    for region in table.iter("region"):
        down, right = int(region.get("row-increment") or 0), int(region.get("col-increment") or 0)
        for cell in region.iter("cell"):
            row, column = int(cell.get("start-row") or 0), int(cell.get("start-col") or 0)
            rows = int(cell.get("end-row") or row) - row + 1
            columns = int(cell.get("end-col") or column) - column + 1
            cells[row + down, column + right] = Cell(cell.findtext("content") or "", rows, columns)
    return grid_html(cells)
