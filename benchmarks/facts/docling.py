"""The regression files of Docling (docling-project): sources with the Markdown its maintainers accepted.

The truth is that engine's own output, looked over by people: silver, good for agreement, not for rank.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.corpus import Document, Truth
from benchmarks.facts.grid import Cell, grid_html
from benchmarks.scores.markdown import tables
from schemas.formats import format_of_mime_type, mime_type_of_name


def documents(folder: Path) -> Iterator[Document]:
    """Every source of a format that is read here and has its Markdown."""
    for source in sorted(folder.glob("*/sources/**/*")):
        label = _label(source, source.relative_to(folder).parts[0], folder)
        if label and format_of_mime_type(mime_type_of_name(source.name)):
            yield Document(folder.name, source.relative_to(folder).parts[0], source, partial(_truth, label))


def _label(source: Path, kind: str, folder: Path) -> Path | None:
    for name in (f"{source.name}.md", f"{source.stem}.md"):
        if (label := folder / kind / "groundtruth" / name).exists():
            return label
    return None


def _truth(label: Path) -> Truth:
    markdown = label.read_text(encoding="utf-8")
    record = label.with_suffix(".json")
    true_tables = _record_tables(record) if record.exists() else tables(markdown)
    return Truth(markdown=markdown, tables=(tuple(true_tables),), silver=True)


def _record_tables(record: Path) -> list[str]:
    """The tables with their spans, which the Markdown cannot hold."""
    found = json.loads(record.read_text(encoding="utf-8")).get("tables", [])
    return [grid_html({_place(cell): _cell(cell) for cell in t["data"]["table_cells"]}) for t in found]


def _place(cell: dict[str, Any]) -> tuple[int, int]:
    return cell["start_row_offset_idx"], cell["start_col_offset_idx"]


def _cell(cell: dict[str, Any]) -> Cell:
    return Cell(cell["text"], cell["row_span"], cell["col_span"])
