"""Tables without their header: the names of the columns were taken for a heading above."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.pages.tables.cells import edges
from pipelines.pages.tables.columns import Pieces, extents, gaps_between_columns, phrase_rows, slot
from pipelines.pages.tables.twin_rules import over
from pipelines.pages.tables.values import is_value
from schemas.geometry import union_of
from schemas.reading import Region, TextLine

# The names stand within this above the first row (line heights), and begin or end where the texts of their
# columns do, to within the other.
_NEAR, _FLUSH = 1.6, 0.4
# So many names are none by chance.
_NAMES = 2


def with_names(table: Region, lines: Sequence[TextLine]) -> Region:
    """The table with the row of names in bold right above it, one over each column, if there is one.

    A table that begins with a row in bold has its names.
    """
    rows = phrase_rows([line for line in lines if table.bbox.holds(*line.bbox.center)])
    xs = edges(table.grid)[0] if table.grid else gaps_between_columns(rows, table.bbox)
    if len(xs) <= _NAMES or not rows or _is_bold(rows[0]):
        return table
    top = min(piece.bbox.y1 for piece in rows[0])
    height = rows[0][0].bbox.height
    left, right = table.bbox.x1 - height, table.bbox.x2 + height
    above = phrase_rows(
        [
            line
            for line in lines
            if left < line.bbox.center[0] < right and top - _NEAR * height < line.bbox.y2 <= top
        ]
    )
    names = above[-1] if above else []
    if not _name_columns(names, xs, rows):
        return table
    return over(table, union_of([table.bbox, *(piece.bbox for piece in names)]), lines)


def _name_columns(names: Pieces, xs: Sequence[float], rows: Sequence[Pieces]) -> bool:
    """Whether texts are in bold and no values, one over each column, and begin or end where its texts do."""
    if [slot(name.bbox, xs) for name in names] != list(range(len(xs) - 1)):
        return False
    if not _is_bold(names) or any(is_value(name.text) for name in names):
        return False
    return all(
        min(abs(name.bbox.x1 - start), abs(name.bbox.x2 - end)) < _FLUSH * name.bbox.height
        for name, (start, end) in zip(names, extents(rows, xs), strict=True)
    )


def _is_bold(row: Pieces) -> bool:
    return all(word.bold for piece in row for word in piece.words)
