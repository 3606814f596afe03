"""The regression files of Docling (docling-project): sources with the Markdown its maintainers accepted.

The truth is that engine's own output, looked over by people: silver, good for agreement, not for rank. Of
files that it has no output for, it only counts whether they can be read.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.corpus import Document, Truth
from benchmarks.facts.grid import Cell, grid_html
from benchmarks.scores.markdown import bare, tables


def documents(folder: Path) -> Iterator[Document]:
    """Every source; a layout beside a source is none."""
    for source in sorted(folder.glob("*/sources/**/*")):
        if source.is_file() and not source.name.endswith(".layout.json"):
            kind = source.relative_to(folder).parts[0]
            label = _label(source, folder / kind / "groundtruth")
            yield Document(folder.name, kind, source, partial(_truth, label) if label else Truth)


def _label(source: Path, folder: Path) -> Path | None:
    for name in (f"{source.name}.md", f"{source.stem}.md"):
        if (label := folder / name).exists():
            return label
    return _agreed(sorted(folder.glob(f"*/*/{source.stem}.*.md")))


def _agreed(labels: list[Path]) -> Path | None:
    """Of one label for each of several OCR engines, the one that most of them agree on."""
    texts = Counter(label.read_text(encoding="utf-8") for label in labels)
    return max(labels, key=lambda label: texts[label.read_text(encoding="utf-8")], default=None)


def _truth(label: Path) -> Truth:
    markdown = label.read_text(encoding="utf-8")
    record = label.with_suffix(".json")
    if not record.exists():
        return Truth(markdown=markdown, tables=(tuple(tables(markdown)),), silver=True)
    tree = json.loads(record.read_text(encoding="utf-8"))
    optional = tuple(_left_out(tree, markdown))
    return Truth(markdown=markdown, tables=(tuple(_tables(tree)),), silver=True, optional=optional)


def _left_out(tree: dict[str, Any], markdown: str) -> Iterator[str]:
    """The lines of running heads, speakers' notes and the like: layers that the Markdown leaves out."""
    known = {bare(line) for line in markdown.splitlines()} | {""}
    for text in tree.get("texts", []):
        if text.get("content_layer") != "body":
            yield from (line for line in text["text"].splitlines() if bare(line) not in known)


def _tables(tree: dict[str, Any]) -> list[str]:
    """The outermost tables with their spans, which the Markdown cannot hold, and the data of charts."""
    grids = [table["data"] for table in tree.get("tables", []) if not _in_a_table(table, tree)]
    charts = ((picture.get("meta") or {}).get("tabular_chart") for picture in tree.get("pictures", []))
    grids += [chart["chart_data"] for chart in charts if chart]
    return [grid_html({_place(cell): _cell(cell) for cell in grid["table_cells"]}) for grid in grids]


def _in_a_table(node: dict[str, Any], tree: dict[str, Any]) -> bool:
    """Whether a node's parent, or one above it, is a table; parents are named ``#/groups/3``."""
    while parent := node.get("parent"):
        _, kind, *index = parent["$ref"].split("/")
        if kind == "tables":
            return True
        node = tree[kind][int(index[0])] if index else {}
    return False


def _place(cell: dict[str, Any]) -> tuple[int, int]:
    return cell["start_row_offset_idx"], cell["start_col_offset_idx"]


def _cell(cell: dict[str, Any]) -> Cell:
    return Cell(cell["text"], cell["row_span"], cell["col_span"])
