"""Rows of a table that were read as text: a last one alone on the next page, labels beside a break."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import reduce
from itertools import pairwise

from pipelines.documents.merge_tables.extents import Extent, nearest
from pipelines.documents.merge_tables.pieces import Cell, Piece
from pipelines.documents.merge_tables.words import Kind, kind_of
from pipelines.pages.tables.columns import phrase_rows
from pipelines.work import PageRecord
from schemas.documents import MergedPlace
from schemas.fragments import PageFragment, TableContent
from schemas.geometry import BBox, Box
from schemas.reading import TextLine

_MOST_ROWS = 2
_BESIDE = 3.0
"""A text stands in a column, or begins or ends at most so many units beside it."""
_CLOSE = 1.25
"""A label at a page's end is no farther below the last row than rows are apart, times this."""
_LEAST_ROWS = 4


def remainder(piece: Piece, fragments: Mapping[str, PageFragment], record: PageRecord) -> Piece | None:
    """The piece that fragments are, given by their ``ref_id``; None if they are none.

    Side by side, they have rows of texts that stand in the columns of ``piece``, a value among them.
    """
    boxes = [one.bbox.bbox() for one in fragments.values() if one.bbox]
    tables = any(isinstance(one.content, TableContent) for one in fragments.values())
    if tables or not boxes or not any(piece.extents):
        return None
    around = reduce(BBox.union, boxes)
    rows = phrase_rows(_lines(record, around))
    if not 0 < len(rows) <= _MOST_ROWS or any(len(row) < 2 for row in rows):
        return None
    kinds = piece.kinds(min(piece.head, piece.rows - 1))
    cells: list[Cell] = []
    for r, row in enumerate(rows):
        taken: set[int] = set()
        valued = False
        for phrase in row:
            column = _column(phrase.bbox, piece.extents)
            if column is None or column in taken:
                return None
            taken.add(column)
            kind = kind_of(phrase.text)
            valued |= kind is not Kind.TEXT and kinds[column][kind] > 0
            place = MergedPlace(page_number=record.number, bbox=Box.of(phrase.bbox))
            cells.append(Cell(r, column, 1, 1, phrase.text, False, [place]))
        if not valued:
            return None
        empty = set(range(piece.columns)) - taken
        nowhere = MergedPlace(page_number=record.number)
        cells += [Cell(r, column, 1, 1, "", False, [nowhere]) for column in sorted(empty)]
    name, *more = fragments
    return Piece(record.number, name, around, cells, given=piece.extents, more=tuple(more))


def _lines(record: PageRecord, box: BBox) -> list[TextLine]:
    return [line for line in record.lines if box.holds(*line.bbox.center)]


def _column(box: BBox, extents: Sequence[Extent | None]) -> int | None:
    """The column that a text stands in; None where it stands in none, or in several."""
    own = box.x1, box.x2
    met = [i for i, one in enumerate(extents) if one and one[0] <= own[1] and own[0] <= one[1]]
    if len(met) > 1:
        return None
    near = [
        i
        for i, one in enumerate(extents)
        if one and min(abs(one[0] - own[0]), abs(one[1] - own[1])) <= _BESIDE
    ]
    options = met or near
    return nearest(own, extents, options) if options else None


def is_last_label(piece: Piece, fragment: PageFragment) -> bool:
    """Whether a line right below a table's last row is a label of it, as other rows are that hold but one.

    It begins where the first column does, as far below as rows are apart, and is not higher than they.
    """
    boxes = _row_boxes(piece)
    if fragment.bbox is None or not boxes or piece.rows < _LEAST_ROWS:
        return False
    step = fragment.bbox.y1 - boxes[-1].y1
    return _is_label(fragment.bbox, step, piece, piece)


def is_first_label(first: Piece, second: Piece, fragment: PageFragment) -> bool:
    """Whether a line right above the first row of ``second`` is a label, as ``first`` has among its rows."""
    boxes = _row_boxes(second)
    if fragment.bbox is None or not boxes or first.rows < _LEAST_ROWS:
        return False
    return _is_label(fragment.bbox, boxes[0].y1 - fragment.bbox.y1, second, first)


def _is_label(box: Box, step: float, piece: Piece, labelled: Piece) -> bool:
    """Whether a line ``step`` units from the next row of ``piece`` is set like the labels of ``labelled``."""
    begin = piece.extents[0]
    boxes = _row_boxes(labelled)
    steps = sorted(below.y1 - above.y1 for above, below in pairwise(boxes))
    if not steps or begin is None or abs(box.x1 - begin[0]) > _BESIDE:
        return False
    labels = [row for row in range(labelled.head, labelled.rows) if sum(map(bool, labelled.texts(row))) == 1]
    heights = [found.height for row in labels if (found := labelled.row_box(row))]
    low = box.y2 - box.y1 <= _CLOSE * max(heights, default=0.0)
    return low and 0 < step <= _CLOSE * steps[len(steps) // 2]


def _row_boxes(piece: Piece) -> list[BBox]:
    return [found for row in range(piece.rows) if (found := piece.row_box(row))]


def with_last_label(piece: Piece, fragment: PageFragment, name: str) -> Piece:
    """The piece with a label as its last row; ``name`` is the ``ref_id`` of the label's fragment."""
    return _with_label(piece, piece.cells, piece.rows, fragment, (*piece.more, name))


def with_first_label(piece: Piece, fragment: PageFragment, name: str) -> Piece:
    """The piece with a label as its first row; ``name`` is the ``ref_id`` of the label's fragment."""
    lower = [replace(cell, row=cell.row + 1) for cell in piece.cells]
    return _with_label(piece, lower, 0, fragment, (name, *piece.more))


def _with_label(
    piece: Piece, cells: Sequence[Cell], row: int, fragment: PageFragment, more: tuple[str, ...]
) -> Piece:
    place = MergedPlace(page_number=piece.page, bbox=fragment.bbox)
    label = Cell(row, 0, 1, piece.columns, fragment.content.content, False, [place])
    assert piece.box is not None  # noqa: S101 - labels are known by their places
    assert fragment.bbox is not None  # noqa: S101
    around = piece.box.union(fragment.bbox.bbox())
    return Piece(piece.page, piece.ref_id, around, [*cells, label], more=more)
