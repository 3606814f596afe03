"""TEDS: how alike two tables are, cells and structure together.

Zhong, ShafieiBavani, Jimeno Yepes: *Image-based table recognition: data, model, and evaluation* (ECCV 2020,
arXiv 1911.10683): ``1 - distance / max(nodes)``, where the distance is the tree edit distance of
the two tables and renaming a cell costs the normalised Levenshtein distance of its texts.
``th`` counts as ``td``; ``thead`` and ``tbody`` are looked through.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from apted import APTED, Config
from lxml import html
from rapidfuzz.distance import Indel, Levenshtein

from benchmarks.scores.markdown import collapse
from benchmarks.scores.tally import Tally


@dataclass(slots=True)
class Node:
    """A node of a table's tree: ``table``, ``tr`` or ``td`` (with spans and text)."""

    tag: str
    spans: tuple[int, int] = (1, 1)
    text: str = ""
    children: list[Node] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Nodes below this one."""
        return sum(1 + child.size for child in self.children)


class _Costs(Config):  # type: ignore[misc]
    def rename(self, node1: Node, node2: Node) -> float:
        if node1.tag != node2.tag or node1.spans != node2.spans:
            return 1.0
        return float(Levenshtein.normalized_distance(node1.text, node2.text))


def tree(table: str, *, structure_only: bool = False) -> Node:
    """The tree of an HTML table; broken HTML is read as a browser would, bad spans as 1."""
    root = html.document_fromstring(f"<html><body>{table}</body></html>").find(".//table")
    return Node("table") if root is None else _table_node(root, structure_only)


def _table_node(root: html.HtmlElement, structure_only: bool) -> Node:
    rows = root.xpath("./tr | ./thead/tr | ./tbody/tr | ./tfoot/tr")
    return Node("table", children=[_row_node(row, structure_only) for row in rows])


def _row_node(row: html.HtmlElement, structure_only: bool) -> Node:
    cells = [
        Node("td", (span(cell, "rowspan"), span(cell, "colspan")), "" if structure_only else cell_text(cell))
        for cell in row.xpath("./td | ./th")
    ]
    return Node("tr", children=cells)


def has_cells(table: str) -> bool:
    """Whether the table has more than one cell."""
    return sum(len(row.children) for row in tree(table).children) > 1


def span(cell: html.HtmlElement, name: str) -> int:
    """How many rows (``rowspan``) or columns (``colspan``) a cell covers; what makes no sense is 1."""
    value = (cell.get(name) or "1").strip()
    return max(1, int(value)) if value.isdecimal() and len(value) < 5 else 1


def cell_text(cell: html.HtmlElement) -> str:
    """The cell's text, NFKC, white space collapsed; blocks and ``<br>`` part words, inline tags do not."""
    for block in cell.iter("br", "p", "div", "li"):
        block.tail = " " + (block.tail or "")
    return collapse(unicodedata.normalize("NFKC", "".join(cell.itertext())))


def teds(true: str, found: str, *, structure_only: bool = False) -> float:
    """The similarity of two HTML tables, 0 to 1; ``structure_only`` leaves the texts out (TEDS-S)."""
    return _similarity(tree(true, structure_only=structure_only), tree(found, structure_only=structure_only))


def joint_teds(true: Sequence[str], found: Sequence[str]) -> float | None:
    """TEDS of all tables at once, under one root, as opendataloader-bench does; None without truth."""
    if not true:
        return None
    return _similarity(*(Node("root", children=[tree(table) for table in side]) for side in (true, found)))


def _similarity(a: Node, b: Node) -> float:
    nodes = max(a.size, b.size)
    if nodes == 0:
        return 1.0
    return max(0.0, 1.0 - float(APTED(a, b, _Costs()).compute_edit_distance()) / nodes)


def score_tables(true: Sequence[str], found: Sequence[str]) -> Tally:
    """Pairs true and found tables one to one, the most alike texts first, and sums the TEDS of the pairs."""
    texts = [[_words(table) for table in side] for side in (true, found)]
    likeness = {
        (i, j): Indel.normalized_similarity(a, b)
        for i, a in enumerate(texts[0])
        for j, b in enumerate(texts[1])
    }
    free_true, free_found = set(range(len(true))), set(range(len(found)))
    total = 0.0
    for i, j in sorted(likeness, key=lambda pair: (-likeness[pair], pair)):
        if i in free_true and j in free_found:
            free_true.remove(i)
            free_found.remove(j)
            total += teds(true[i], found[j])
    return Tally(total, len(true), len(found))


def _words(table: str) -> str:
    return " ".join(cell.text for row in tree(table).children for cell in row.children)
