"""A table of a page as what may be a piece of a larger one: its cells with their places in the grid."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cached_property

from lxml import etree, html

from pipelines.documents.merge_tables.extents import Extent, nearest
from pipelines.documents.merge_tables.words import Kind, kind_of, letters, without_mark
from schemas.documents import MergedPlace
from schemas.fragments import PageFragment, TableContent
from schemas.geometry import BBox, Box

_MOST_CELLS = 100_000
"""No table has more: the HTML of a model can claim any number."""
MOST_COLUMNS = 200
"""Tables with more are not merged."""
_LOOKED_AT = 60
"""Rows at either end of a piece that tell what its columns hold."""
_STRAY = 0.1
"""The share of a column's texts that may reach out of it on either side."""


@dataclass(slots=True)
class Cell:
    """A cell: its 0-based place, its spans, and where it, or its parts, stand."""

    row: int
    column: int
    row_span: int
    column_span: int
    text: str
    header: bool
    places: list[MergedPlace] = field(default_factory=list)

    @property
    def box(self) -> Box | None:
        """Where it begins."""
        return self.places[0].bbox if self.places else None


@dataclass
class Piece:
    """A table as it stands on one page. ``head`` rows at its top name the columns, as far as is known.

    ``bold`` are the shares of bold words by row, where the page tells them; ``given`` is where its columns
    stand, if its own cells are too few to show it; ``more`` are other fragments that belong to it.
    """

    page: int
    ref_id: str
    box: BBox | None
    cells: list[Cell]
    bold: list[float | None] = field(default_factory=list)
    given: list[Extent | None] | None = None
    more: tuple[str, ...] = ()

    @cached_property
    def rows(self) -> int:
        """How many rows it has."""
        return max((cell.row + cell.row_span for cell in self.cells), default=0)

    @cached_property
    def columns(self) -> int:
        """How many columns it has."""
        return max((cell.column + cell.column_span for cell in self.cells), default=0)

    @cached_property
    def by_row(self) -> list[list[Cell]]:
        """The cells that begin in each row, from left to right."""
        found: list[list[Cell]] = [[] for _ in range(self.rows)]
        for cell in sorted(self.cells, key=lambda cell: cell.column):
            found[cell.row].append(cell)
        return found

    @cached_property
    def head(self) -> int:
        """How many rows at the top hold only headers, and empty cells."""
        for number, row in enumerate(self.by_row):
            filled = [cell for cell in row if cell.text]
            if not all(cell.header for cell in filled) or not any(cell.header for cell in row):
                return number
        return 0  # nothing but headers: then they head nothing

    def texts(self, row: int) -> list[str]:
        """The texts of the cells that begin in a row, by column."""
        found = [""] * self.columns
        for cell in self.by_row[row]:
            found[cell.column] = cell.text
        return found

    def names(self, first: int, last: int) -> list[str]:
        """What the rows from ``first`` to before ``last`` call each column; a spanning name is each one's."""
        found: list[list[str]] = [[] for _ in range(self.columns)]
        for row in self.by_row[first:last]:
            for cell in row:
                for column in range(cell.column, cell.column + cell.column_span):
                    found[column].append(cell.text)
        return [" ".join(filter(None, parts)) for parts in found]

    def lowest_names(self, head: int) -> list[str]:
        """What the lowest cell over each column says among ``head`` rows of names."""
        found = [""] * self.columns
        for row in self.by_row[:head]:
            for cell in row:
                end = cell.column + cell.column_span
                found[cell.column : end] = [cell.text or one for one in found[cell.column : end]]
        return found

    def words(self, first: int, last: int) -> str:
        """All that the rows from ``first`` to before ``last`` say."""
        return " ".join(cell.text for row in self.by_row[first:last] for cell in row if cell.text)

    def kinds(self, head: int) -> list[Counter[Kind]]:
        """What each column holds below ``head`` rows of names, counted near either end."""
        rows = range(head, self.rows)
        near = [*rows[:_LOOKED_AT], *rows[max(_LOOKED_AT, len(rows) - _LOOKED_AT) :]]
        found: list[Counter[Kind]] = [Counter() for _ in range(self.columns)]
        for row in near:
            for column, text in enumerate(self.texts(row)):
                found[column][kind_of(text)] += 1
        return found

    @cached_property
    def extents(self) -> list[Extent | None]:
        """From where to where the texts of each column reach; None where nothing is known of it."""
        if self.given is not None:
            return self.given
        found: list[Extent | None] = []
        held: defaultdict[int, list[BBox]] = defaultdict(list)
        free: defaultdict[int, list[BBox]] = defaultdict(list)
        for cell in self.cells:
            if cell.box is not None and cell.column_span == 1:
                (held if cell.text else free)[cell.column].append(cell.box.bbox())
        for column in range(self.columns):
            boxes = held[column] or free[column]
            found.append(_extent(boxes) if boxes else None)
        return found

    def row_box(self, row: int) -> BBox | None:
        """Around the texts of the cells that stand in one row."""
        boxes = [c.box.bbox() for c in self.by_row[row] if c.box and c.text and c.row_span == 1]
        if not boxes:
            return None
        xs, ys = [b.x1 for b in boxes] + [b.x2 for b in boxes], [b.y1 for b in boxes] + [b.y2 for b in boxes]
        return BBox(min(xs), min(ys), max(xs), max(ys))

    def only_named(self, head: int) -> frozenset[int]:
        """The columns in which only the first ``head`` rows say something."""
        filled = {
            column
            for cell in self.cells
            if cell.text and cell.row + cell.row_span > head
            for column in range(cell.column, cell.column + cell.column_span)
        }
        return frozenset(range(self.columns)) - filled

    def without_columns(self, columns: Set[int]) -> Piece:
        """The piece without some columns, and what stands in them alone."""
        place = {old: new for new, old in enumerate(j for j in range(self.columns) if j not in columns)}
        cells = []
        for cell in self.cells:
            kept = [place[j] for j in range(cell.column, cell.column + cell.column_span) if j in place]
            if kept:
                cells.append(replace(cell, column=kept[0], column_span=len(kept)))
        extents = [extent for j, extent in enumerate(self.extents) if j in place]
        return Piece(self.page, self.ref_id, self.box, cells, self.bold, extents, self.more)

    def without_head(self) -> Piece:
        """The piece as if nothing in it were a header: each text in the row and the column where it stands.

        What was taken for names over several columns are texts of rows that a page end broke.
        """
        tops: dict[int, float] = {}
        for cell in self.cells:
            if cell.text and cell.box and cell.row_span == cell.column_span == 1:
                tops[cell.row] = min(cell.box.y1, tops.get(cell.row, cell.box.y1))
        cells = [self._placed(cell, tops) if cell.row < self.head else cell for cell in self.cells]
        return Piece(self.page, self.ref_id, self.box, cells, self.bold, self.extents)

    def parted(self, names: Sequence[str]) -> Piece | None:
        """The piece with its first row parted in two: the names of its columns, and what follows them there.

        None unless each text of the row begins with the name of its column, and something follows one.
        """
        top, upper, lower = self.by_row[0], list[Cell](), list[Cell]()
        if any(cell.row_span > 1 or cell.column_span > 1 for cell in top):
            return None
        for cell in top:
            words, name = without_mark(cell.text)[0].split(), names[cell.column].split()
            if letters(" ".join(words[: len(name)])) != letters(" ".join(name)):
                return None
            upper.append(replace(cell, text=" ".join(name), header=True))
            lower.append(replace(cell, row=1, text=" ".join(words[len(name) :]), header=False))
        if not any(cell.text for cell in lower):
            return None
        others = [replace(cell, row=cell.row + 1) for cell in self.cells if cell.row]
        return Piece(self.page, self.ref_id, self.box, [*upper, *lower, *others], given=self.extents)

    def _placed(self, cell: Cell, tops: dict[int, float]) -> Cell:
        """A cell of the head in the row and the column that it stands in."""
        row, column, box = cell.row, cell.column, cell.box
        if box is not None and cell.text:
            rows = [r for r in range(row, row + cell.row_span) if r in tops] or [row]
            row = min(rows, key=lambda r: abs(tops.get(r, box.y1) - box.y1))
            column = nearest((box.x1, box.x2), self.extents, range(column, column + cell.column_span))
        return replace(cell, row=row, column=column, row_span=1, column_span=1, header=False)


def piece_of(page: int, fragment: PageFragment, name: str) -> Piece | None:
    """The piece that a table's fragment is, ``name`` its ``ref_id``; None where its markup holds no cells."""
    content = fragment.content
    markup = (content.html or content.content) if isinstance(content, TableContent) else ""
    if not isinstance(content, TableContent) or "<t" not in markup:
        return None
    try:
        root = html.fragment_fromstring(markup, create_parent="div")
    except (etree.ParserError, ValueError):  # nothing in it, or signs that no markup holds
        return None
    cells = list(_cells(root))
    for cell, box in zip(cells, _boxes(cells, content), strict=True):
        cell.places = [MergedPlace(page_number=page, bbox=box)]
    around = fragment.bbox.bbox() if fragment.bbox else None
    found = Piece(page, name, around, cells)
    return found if 0 < found.columns <= MOST_COLUMNS else None


def _cells(root: etree._Element) -> Iterator[Cell]:
    """The cells of the markup's rows at their places, spans cut to what is free (HTML 5, §4.9.12)."""
    taken: set[tuple[int, int]] = set()
    rows = list(root.iter("tr"))
    for r, row in enumerate(rows):
        c = 0
        for child in row:
            if child.tag not in ("td", "th"):
                continue
            while (r, c) in taken:
                c += 1
            down, across = min(_span(child, "rowspan"), len(rows) - r), _span(child, "colspan")
            if len(taken) + down * across > _MOST_CELLS:
                return
            taken.update((r + i, c + j) for i in range(down) for j in range(across))
            yield Cell(r, c, down, across, _text(child), child.tag == "th")
            c += across


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


def _boxes(cells: Sequence[Cell], content: TableContent) -> list[Box | None]:
    """The box of each cell: the next one in the order of the fragment's cells that says the same."""
    known: defaultdict[str, deque[Box]] = defaultdict(deque)
    for cell in content.cells:
        known[letters(cell.text) or cell.text].append(cell.bounding_box)
    found: list[Box | None] = []
    for one in cells:
        same = known.get(letters(one.text) or one.text)
        found.append(same.popleft() if same else None)
    return found


def _extent(boxes: Sequence[BBox]) -> Extent:
    """From where to where most of the boxes reach."""
    starts, ends = sorted(b.x1 for b in boxes), sorted(b.x2 for b in boxes)
    stray = int(_STRAY * len(boxes))
    return starts[stray], ends[len(ends) - 1 - stray]
