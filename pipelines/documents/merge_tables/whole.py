"""Pieces put together: the cells of the whole table, and what is said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pipelines.documents.merge_tables.columns import merged_order
from pipelines.documents.merge_tables.extents import Extent, nearest
from pipelines.documents.merge_tables.link import Link
from pipelines.documents.merge_tables.pieces import Cell, Piece
from pipelines.documents.merge_tables.standing import Standing
from pipelines.documents.merge_tables.strays import with_first_label, with_last_label
from pipelines.documents.merge_tables.words import is_note
from pipelines.pages.joins import seam
from schemas.documents import MergedCell

_MOST_LEAD = 40
"""Captions and headings that are kept of a table of many pages."""


@dataclass(slots=True)
class Chain:
    """Pieces of one table in order; ``links[i]`` joins piece ``i`` to the next one.

    ``first`` is where it begins, ``last`` where its last piece stands; ``lead`` are captions and headings
    above them; ``to_start`` says which column of the first piece each of the last one's is; ``asked``
    are the pages that a language model was asked about. ``columns``: how many the whole has.
    """

    first: Standing
    last: Standing
    pieces: list[Piece]
    columns: int
    links: list[Link] = field(default_factory=list)
    lead: list[str] = field(default_factory=list)
    to_start: list[int | None] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, first: Standing) -> Chain:
        """A table that begins."""
        count = first.piece.columns
        return cls(first, first, [first.piece], count, lead=list(first.lead), to_start=list(range(count)))

    def add(self, standing: Standing, link: Link, *, asked: bool) -> None:
        """Takes the next piece in; ``asked``: because a language model says so."""
        if link.gap.label is not None:
            name = self.last.name_of(link.gap.label)
            self.pieces[-1] = with_last_label(self.pieces[-1], link.gap.label, name)
        piece = standing.piece
        if link.gap.top is not None:
            piece = with_first_label(piece, link.gap.top, standing.name_of(link.gap.top))
        self.last = standing
        self.columns += link.pairing.of.count(None)
        self.asked += [standing.piece.page] if asked else []
        self.pieces.append(piece)
        self.links.append(link)
        self.lead = [*self.lead, *standing.lead][-_MOST_LEAD:]
        self.to_start = [self.to_start[i] if i is not None else None for i in link.pairing.of]


def cells_of(chain: Chain) -> list[Cell]:
    """The cells of the whole table: repeated names dropped, broken rows joined, columns by their places."""
    places = merged_order([link.pairing for link in chain.links], chain.pieces[0].columns)
    grids = _placed(chain, places)
    names = max([chain.pieces[0].head, *(link.head.named for link in chain.links)])
    parts: list[list[Cell]] = []
    rows = 0
    for i, piece in enumerate(chain.pieces):
        link = chain.links[i - 1] if i else None
        first = link.first_row if link else 0
        last = piece.rows - (_notes_below(piece, first) if i + 1 < len(chain.pieces) else 0)
        own = [_cut(cell, first, last) for cell in grids[i] if first <= cell.row < last]
        if link and link.broken:
            own = _rejoined(parts[-1], rows - 1, own)
            rows -= 1
        for cell in own:
            cell.row += rows
            cell.header = cell.row < names or (not i and cell.header)
        rows += last - first
        parts.append(own or parts.pop())
    return _tidied([cell for part in parts for cell in part])


def _placed(chain: Chain, places: Sequence[Sequence[int]]) -> list[list[Cell]]:
    """The cells of each piece in the columns of the whole; ``places`` are those of the piece's columns.

    Where a piece has one column for several of the whole, each text goes where it stands.
    """
    count = 1 + max(place for own in places for place in own)
    extents: list[Extent | None] = [None] * count
    found = []
    offset = 0.0
    for i, (piece, own) in enumerate(zip(chain.pieces, places, strict=True)):
        offset += chain.links[i - 1].pairing.shift if i else 0.0
        for place, extent in zip(own, piece.extents, strict=True):
            if extents[place] is None and extent is not None:
                extents[place] = extent[0] + offset, extent[1] + offset
        found.append([_moved(cell, own, extents, offset) for cell in piece.cells])
    return found


def _notes_below(piece: Piece, first: int) -> int:
    """How many rows at the end say only that the table goes on."""
    count = 0
    while piece.rows - count - 1 > first:
        filled = [cell.text for cell in piece.by_row[piece.rows - count - 1] if cell.text]
        if len(filled) != 1 or not is_note(filled[0]):
            break
        count += 1
    return count


def _moved(cell: Cell, places: Sequence[int], extents: Sequence[Extent | None], offset: float) -> Cell:
    """A copy of the cell in the columns of the whole table."""
    spanned = places[cell.column : cell.column + cell.column_span]
    column, span = min(spanned), max(spanned) - min(spanned) + 1
    left = places[cell.column - 1] if cell.column else -1
    right = places[cell.column + 1] if cell.column + 1 < len(places) else len(extents)
    if cell.column_span == 1 and cell.text and cell.box is not None and right - left > 2:
        column = nearest((cell.box.x1 + offset, cell.box.x2 + offset), extents, range(left + 1, right))
    return replace(cell, column=column, column_span=span, places=list(cell.places))


def _cut(cell: Cell, first: int, last: int) -> Cell:
    """The cell with its rows counted from ``first``, and none from ``last`` on."""
    return replace(cell, row=cell.row - first, row_span=min(cell.row_span, last - cell.row))


def _rejoined(above: Sequence[Cell], row: int, own: Sequence[Cell]) -> list[Cell]:
    """What is left when the first row of ``own`` has gone to the cells ``above`` that reach ``row``."""
    homes = {
        column: cell
        for cell in above
        if cell.row + cell.row_span > row
        for column in range(cell.column, cell.column + cell.column_span)
    }
    for cell in own:
        home = homes.get(cell.column)
        if cell.row == 0 and home is not None and cell.text:
            between = seam(home.text, cell.text)
            kept = home.text[: len(home.text) - between.dropped]
            home.text = f"{kept}{between.between}{cell.text}"
            home.places += cell.places
    return [cell for cell in own if cell.row > 0]


def _tidied(cells: Sequence[Cell]) -> list[Cell]:
    """Row by row; cells that came to the same place are one."""
    found: dict[tuple[int, int], Cell] = {}
    for cell in sorted(cells, key=lambda cell: (cell.row, cell.column)):
        home = found.get((cell.row, cell.column))
        if home is None:
            found[cell.row, cell.column] = cell
        elif cell.text:
            home.text = f"{home.text} {cell.text}".strip()
            home.places += cell.places
    return list(found.values())


def merged_cells(cells: Sequence[Cell]) -> list[MergedCell]:
    """As they are told of."""
    return [
        MergedCell(
            text=cell.text,
            row=cell.row,
            column=cell.column,
            row_span=cell.row_span,
            column_span=cell.column_span,
            header=cell.header,
            page_number=cell.places[0].page_number,
            bbox=cell.places[0].bbox,
            continued=cell.places[1:],
        )
        for cell in cells
    ]
