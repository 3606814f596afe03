"""Tables of a document as grids whose cells know their words; what goes on over pages is one table."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from lxml import etree, html

from pipelines.extraction.evidence import Block, Evidence, PlacedWord
from schemas.fragments import FragmentType, TableContent
from schemas.geometry import union_of

# No table has more cells than this: HTML can claim any number.
_MOST_CELLS = 100_000
_RUNNING = {FragmentType.PAGE_HEADER, FragmentType.PAGE_FOOTER, FragmentType.PAGE_NUMBER}


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that spans ``columns``. Without geometry it has no ``words``."""

    text: str = ""
    words: tuple[PlacedWord, ...] = ()
    columns: int = 1

    def joined(self, other: Cell) -> Cell:
        """This cell and what goes on in another."""
        return Cell(f"{self.text}\n{other.text}".strip(), self.words + other.words, self.columns)


Row = tuple[Cell, ...]


@dataclass(slots=True)
class Grid:
    """A table: rows of equal length, the first ``head`` of which name the columns as far as is known.

    A cell over several rows stands in each of them, one over several columns in the first. ``heading`` is
    what stands before the table.
    """

    page: int
    rows: list[Row]
    head: int = 0
    heading: str = ""

    @property
    def columns(self) -> int:
        """How many columns it has."""
        return len(self.rows[0]) if self.rows else 0

    def names(self, first: int, last: int) -> list[str]:
        """The columns' names in the rows from ``first`` to before ``last``, those of a group first."""
        levels = [_spread(row) for row in self.rows[first:last]] or [[""] * self.columns]
        return [" ".join(dict.fromkeys(filter(None, column))) for column in zip(*levels, strict=True)]

    def extents(self) -> list[tuple[float, float] | None]:
        """From where to where each column's own words reach, in page units; None where nothing is known."""
        found = []
        for column in range(self.columns):
            boxes = [w.bbox for row in self.rows if row[column].columns == 1 for w in row[column].words]
            box = union_of(boxes) if boxes else None
            found.append((box.x1, box.x2) if box else None)
        return found

    def goes_on_in(self, other: Grid) -> bool:
        """Whether the other table has this one's columns: as many, each at the same place on the page."""
        if self.columns != other.columns:
            return False
        pairs = [(one, two) for one, two in zip(self.extents(), other.extents(), strict=True) if one and two]
        return all(min(one[1], two[1]) > max(one[0], two[0]) for one, two in pairs)


def grids(evidence: Evidence) -> list[Grid]:
    """The tables in reading order, each with the last line of text before it."""
    found = []
    heading = ""
    for block in evidence.blocks:
        if block.fragment.fragment_type is FragmentType.TABLE:
            if grid := grid_of(block, heading):
                found.append(grid)
        elif block.text and block.fragment.fragment_type not in _RUNNING:
            heading = block.text.rsplit("\n", 1)[-1].lstrip("# ")
    return found


def grid_of(block: Block, heading: str = "") -> Grid | None:
    """The grid of a table's fragment; None where its markup holds no cells."""
    content = block.fragment.content
    markup = (content.html or content.content) if isinstance(content, TableContent) else ""
    if not isinstance(content, TableContent) or "<t" not in markup:
        return None
    try:
        root = html.fragment_fromstring(markup, create_parent="div")
    except (etree.ParserError, ValueError):  # nothing in it, or signs that no markup holds
        return None
    slots, head = _slots(root)
    elements = list(dict.fromkeys(slots.values()))
    texts = [_text(element) for element in elements]
    cells = {
        element: Cell(text, words, _span(element, "colspan"))
        for element, text, words in zip(elements, texts, _words(block, content, texts), strict=True)
    }
    columns = max((column for _, column in slots), default=-1) + 1
    rows = [
        tuple(_shown(cells, slots, r, c) for c in range(columns))
        for r in range(max((row for row, _ in slots), default=-1) + 1)
    ]
    return Grid(block.page, rows, head, heading) if rows else None


def _slots(root: etree._Element) -> tuple[dict[tuple[int, int], etree._Element], int]:
    """The cell at each place of the grid, and how many rows at the top hold headers only."""
    slots: dict[tuple[int, int], etree._Element] = {}
    head, at_top = 0, True
    for r, row in enumerate(root.iter("tr")):
        own = [child for child in row if child.tag in ("td", "th")]
        at_top = at_top and bool(own) and all(child.tag == "th" or not _text(child) for child in own)
        head += at_top
        c = 0
        for child in own:
            while (r, c) in slots:
                c += 1
            for down in range(_span(child, "rowspan")):
                for across in range(_span(child, "colspan")):
                    if len(slots) >= _MOST_CELLS:
                        return slots, head
                    slots.setdefault((r + down, c + across), child)
    return slots, head


def _shown(
    cells: dict[etree._Element, Cell], slots: dict[tuple[int, int], etree._Element], row: int, column: int
) -> Cell:
    element = slots.get((row, column))
    begun_left = column > 0 and element is slots.get((row, column - 1))
    return Cell() if element is None or begun_left else cells[element]


def _span(element: etree._Element, name: str) -> int:
    said = element.get(name, "1")
    return max(1, min(int(said), 1000)) if said.isdecimal() else 1


def _text(element: etree._Element) -> str:
    parts = []
    for child in element.iter():
        parts.append("\n" if child.tag == "br" else child.text or "")
        if child is not element:
            parts.append(child.tail or "")
    return "\n".join(" ".join(line.split()) for line in "".join(parts).split("\n")).strip()


def _words(block: Block, content: TableContent, texts: Sequence[str]) -> list[tuple[PlacedWord, ...]]:
    """The words of each text: those in the box of the cell that says it."""
    boxes = defaultdict[str, deque[int]](deque)
    for i, cell in enumerate(content.cells):
        boxes[_letters(cell.text)].append(i)
    places = np.array([cell.bounding_box.bbox() for cell in content.cells], np.float64).reshape(-1, 4)
    held = defaultdict[int, list[PlacedWord]](list)
    for word in block.words:
        x, y = word.bbox.center
        around = (places[:, 0] <= x) & (x <= places[:, 2]) & (places[:, 1] <= y) & (y <= places[:, 3])
        homes = np.flatnonzero(around)
        if homes.size:
            says = [i for i in homes if _letters(word.text) in _letters(content.cells[i].text)]
            held[int((says or homes)[0])].append(word)
    return [tuple(held[same.popleft()]) if (same := boxes.get(_letters(text))) else () for text in texts]


def _letters(text: str) -> str:
    return "".join(text.split())


def _spread(row: Row) -> list[str]:
    """The texts of a row of names, one that spans columns over each of them."""
    texts: list[str] = []
    for column, cell in enumerate(row):
        if column >= len(texts):
            texts += [cell.text.replace("\n", " ")] * max(1, min(cell.columns, len(row) - column))
    return texts
