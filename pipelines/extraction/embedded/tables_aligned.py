"""Tables that nothing marks as such: rows of words in columns below a row of names."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from pipelines.extraction.embedded.arrays_names import column_scores
from pipelines.extraction.embedded.matching import Matcher, one_to_one
from pipelines.extraction.embedded.rows import Piece, Row, Sheet
from pipelines.extraction.embedded.tables import Cell, Grid
from pipelines.extraction.evidence import PlacedWord
from pipelines.extraction.targets import Field
from schemas.geometry import BBox

# A name of a column has so many words at most, and means a field from this likeness on; a header's mean so
# much in all.
_LONGEST_NAME, _FLOOR, _HEADER = 5, 0.3, 1.2
# A gap between rows of so many usual ones ends a table.
_GAP = 3.0


def aligned_grids(pages: Sequence[Sheet], fields: Sequence[Field], matcher: Matcher) -> list[Grid]:
    """A grid for each row that names two or more of ``fields``: it, and the rows below in its columns."""
    names = [piece.text for sheet in pages for row in sheet.rows if _names(row) for piece in row.pieces]
    names = list(dict.fromkeys(names))
    if not names:
        return []
    scores = column_scores(matcher, fields, names)
    at = {name: i for i, name in enumerate(names)}

    def is_head(row: Row) -> bool:
        columns = [at[piece.text] for piece in row.pieces] if _names(row) else []
        pairs = one_to_one(scores[:, columns], _FLOOR)
        return len(pairs) > 1 and sum(float(scores[:, columns][pair]) for pair in pairs) >= _HEADER

    found = []
    for sheet in pages:
        heads = [i for i, row in enumerate(sheet.rows) if is_head(row)]
        for head, end in pairwise([*heads, len(sheet.rows)]):
            found.append(_grid(sheet, head, end))
    return found


def _names(row: Row) -> bool:
    """Whether the pieces of a row may name columns: several short ones without figures."""
    short = all(len(piece.words) <= _LONGEST_NAME for piece in row.pieces)
    return len(row.pieces) > 1 and short and not any(map(str.isdigit, row.text))


def _grid(sheet: Sheet, head: int, end: int) -> Grid:
    """The names and the rows below them, down to the first wide gap."""
    rows = sheet.rows[head:end]
    steps = [below.bbox.y1 - above.bbox.y1 for above, below in pairwise(rows)]
    widest = _GAP * median(steps) if steps else 0.0
    last = next((i + 1 for i, step in enumerate(steps) if step > widest), len(rows))
    places = [piece.bbox for piece in rows[0].pieces]
    cells = [_in_columns(row.pieces, places, cited=sheet.placed) for row in rows[:last]]
    return Grid(sheet.page, cells, head=1)


def _in_columns(pieces: Sequence[Piece], places: Sequence[BBox], *, cited: bool) -> tuple[Cell, ...]:
    """Each piece in the column whose name it is most below, or nearest to."""
    held: list[list[PlacedWord]] = [[] for _ in places]
    for piece in pieces:
        box = piece.bbox
        gaps = [max(place.x1, box.x1) - min(place.x2, box.x2) for place in places]
        held[gaps.index(min(gaps))] += piece.words
    return tuple(Cell(" ".join(word.text for word in words), tuple(words) if cited else ()) for words in held)
