"""Tables: whole words into the cells of a grid, spans from the phrases that cross its lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise

import numpy as np
from numpy.typing import NDArray

from pipelines.pages.certainty import main_source, mean_confidence
from pipelines.pages.paragraphs import text_of
from pipelines.pages.tables.columns import PHRASE_GAP, is_leader
from pipelines.pages.tables.values import is_value
from pipelines.table_markup import MarkupCell, TableModel
from schemas.fragments import TableCell, TableContent
from schemas.geometry import BBox, Box, union_of
from schemas.reading import TableGrid, TextLine, Word

# A phrase stands in two rows when each holds at least this share of its height.
_BOTH_ROWS = 0.35
# A name stands in the middle of columns when its own middle is off by less than this (column widths).
_CENTRED = 0.3
# A grid that cuts this many phrases of so many words, with that share of all words, is no table's.
_SENTENCE, _MOST_TORN, _TORN_SHARE = 3, 5, 0.1


@dataclass(slots=True)
class Phrase:
    """Words that stand together, and the range of rows and columns they stand in (ends exclusive)."""

    line: TextLine
    top: int
    bottom: int
    left: int
    right: int

    @property
    def is_spanning(self) -> bool:
        """Whether it stands in more than one cell of the grid."""
        return self.bottom - self.top > 1 or self.right - self.left > 1

    def meets(self, other: Phrase) -> bool:
        """Whether the two share a cell of the grid."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


@dataclass(slots=True)
class Cell:
    """A cell of the finished table; ends are exclusive. ``place`` is its box in the grid, in page units."""

    top: int
    bottom: int
    left: int
    right: int
    place: BBox
    lines: list[TextLine] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The cell's running text."""
        return text_of(self.lines)

    @property
    def bbox(self) -> BBox:
        """Tight around the words; the cell's place if there are none."""
        return union_of([line.bbox for line in self.lines]) if self.lines else self.place

    @property
    def words(self) -> list[Word]:
        """All words, in line order."""
        return [word for line in self.lines for word in line.words]


@dataclass(slots=True)
class Table:
    """Cells that tile ``rows`` x ``columns``; rows and columns without any text are gone."""

    rows: int
    columns: int
    cells: list[Cell]

    def content(self) -> TableContent:
        """As a fragment's content, in HTML and Markdown, with a box on every cell."""
        headers = header_rows(self)
        marked = [
            MarkupCell(c.top, c.left, c.bottom - c.top, c.right - c.left, c.text, header=c.top < headers)
            for c in self.cells
        ]
        boxes = [
            TableCell(
                text=c.text,
                bounding_box=Box.of(c.bbox),
                confidence=mean_confidence(c.words),
                source=main_source(c.words),
            )
            for c in self.cells
        ]
        return TableModel(marked).content(boxes)


def make_table(lines: Sequence[TextLine], grid: TableGrid) -> Table:
    """Fills ``grid`` with the words of ``lines``: each word goes into exactly one cell, never cut.

    A phrase that crosses a line of the grid makes one cell of those it crosses, unless something else
    stands there on the same height. A ruled grid is taken as it is.
    """
    if grid.ruled:
        return _ruled(lines, grid)
    xs, ys = edges(grid)
    phrases = settled(lines, xs, ys)
    xs, ys = without_empty(xs, ys, phrases)
    phrases = settled(lines, xs, ys)
    return _with_tall_headers(filled(phrases, xs, ys, _centred_names(phrases, xs)))


def filled(
    phrases: Sequence[Phrase], xs: list[float], ys: list[float], spans: Sequence[Phrase] = ()
) -> Table:
    """The table between these lines with each phrase in its cell; ``spans`` say where cells are one too."""
    cells = _cells([*phrases, *spans], xs, ys)
    homes = {
        (r, c): cell
        for cell in cells
        for r in range(cell.top, cell.bottom)
        for c in range(cell.left, cell.right)
    }
    for phrase in phrases:
        homes[phrase.top, phrase.left].lines.append(phrase.line)
    return Table(len(ys) - 1, len(xs) - 1, cells)


def tears_sentences(lines: Sequence[TextLine], grid: TableGrid) -> bool:
    """Whether the columns of an unruled grid run through running text: then it is a page, not a table."""
    if grid.ruled:
        return False
    xs, ys = edges(grid)
    phrases = [phrase for line in lines for phrase in _phrases(line, xs, ys)]
    long = [p for p in phrases if p.right - p.left > 1 and len(p.line.words) >= _SENTENCE]
    torn = [len(phrase.line.words) for phrase in long if _is_blocked(phrase, phrases)]
    words = sum(len(phrase.line.words) for phrase in phrases)
    return len(torn) >= _MOST_TORN and sum(torn) > _TORN_SHARE * words


def _with_tall_headers(table: Table) -> Table:
    """A column with one name in several header rows: its name spans them all."""
    headers = header_rows(table)
    for column in range(table.columns if headers > 1 else 0):
        stack = [c for c in table.cells if c.left <= column < c.right and c.top < headers]
        named = [c for c in stack if c.lines]
        if len(named) == 1 < len(stack) and all(c.right - c.left == 1 and c.bottom <= headers for c in stack):
            tall = named[0]
            tall.place = union_of([c.place for c in stack])
            tall.top, tall.bottom = 0, headers
            table.cells = [c for c in table.cells if c is tall or not any(c is s for s in stack)]
    table.cells.sort(key=lambda c: (c.top, c.left))
    return table


def _ruled(lines: Sequence[TextLine], grid: TableGrid) -> Table:
    cells = [Cell(c.row_start, c.row_end, c.col_start, c.col_end, c.bbox) for c in grid.cells]
    places = np.array([cell.place for cell in cells], dtype=float).reshape(-1, 4)
    for line in lines:
        for index, group in groupby(line.words, key=lambda word: _nearest(word.bbox, places)):
            words = list(group)
            piece = replace(line, words=words, bbox=union_of([w.bbox for w in words]))
            cells[index].lines.append(piece)
    return Table(grid.rows, grid.columns, cells)


def _nearest(box: BBox, places: NDArray[np.float64]) -> int:
    """Which of ``places`` (``(n, 4)`` corners) holds most of the box; the closest one if none does."""
    x1, y1, x2, y2 = places.T
    across = np.minimum(x2, box.x2) - np.maximum(x1, box.x1)
    down = np.minimum(y2, box.y2) - np.maximum(y1, box.y1)
    shared = across.clip(0) * down.clip(0)
    if shared.max() > 0:
        return int(shared.argmax())
    x, y = box.center
    return int((np.abs((x1 + x2) / 2 - x) + np.abs((y1 + y2) / 2 - y)).argmin())


def edges(grid: TableGrid) -> tuple[list[float], list[float]]:
    """The grid's vertical and horizontal lines, outer edges included."""
    xs = sorted({c.bbox.x1 for c in grid.cells} | {c.bbox.x2 for c in grid.cells})
    ys = sorted({c.bbox.y1 for c in grid.cells} | {c.bbox.y2 for c in grid.cells})
    return xs, ys


def settled(lines: Sequence[TextLine], xs: list[float], ys: list[float]) -> list[Phrase]:
    """All phrases in their places; a spanning one with something beside it is cut at the grid's lines."""
    phrases = [phrase for line in lines for phrase in _phrases(line, xs, ys)]
    settled: list[Phrase] = []
    for phrase in phrases:
        settled += _cut(phrase, xs, ys) if _is_blocked(phrase, phrases) else [phrase]
    return settled


def _is_blocked(phrase: Phrase, phrases: Sequence[Phrase]) -> bool:
    return phrase.is_spanning and any(
        other is not phrase
        and phrase.meets(other)
        and (_beside(phrase.line, other.line) or _is_next_in_chain(phrase, other))
        for other in phrases
    )


def _is_next_in_chain(phrase: Phrase, other: Phrase) -> bool:
    """Whether the two stand between different rows: then the grid is off, and nothing spans."""
    return min(phrase.bottom - phrase.top, other.bottom - other.top) > 1 and phrase.top != other.top


def _beside(one: TextLine, other: TextLine) -> bool:
    shared = min(one.bbox.y2, other.bbox.y2) - max(one.bbox.y1, other.bbox.y1)
    return shared > 0.3 * min(one.bbox.height, other.bbox.height)


def _phrases(line: TextLine, xs: list[float], ys: list[float]) -> Iterator[Phrase]:
    """The line cut at wide gaps, and between two numbers in different columns."""
    words: list[Word] = []
    for word in line.words:
        if words and _parts(words[-1], word, xs):
            yield _phrase(line, words, xs, ys)
            words = []
        words.append(word)
    yield _phrase(line, words, xs, ys)


def _parts(first: Word, second: Word, xs: list[float]) -> bool:
    """Whether a cell may end between two neighbouring words."""
    gap = second.bbox.x1 - first.bbox.x2
    if is_leader(second.text):
        return False
    if gap > PHRASE_GAP * max(first.size, second.size) or (is_leader(first.text) and is_value(second.text)):
        return True
    apart = _slot(first.bbox.x1, first.bbox.x2, xs) != _slot(second.bbox.x1, second.bbox.x2, xs)
    return apart and any(is_value(word.text) for word in (first, second))


def _phrase(line: TextLine, words: list[Word], xs: list[float], ys: list[float]) -> Phrase:
    box = union_of([word.bbox for word in words])
    named = [word for word in words if not is_leader(word.text)] or words[:1]
    columns = [_slot(word.bbox.x1, word.bbox.x2, xs) for word in named]
    top, bottom = _rows(box, ys)
    piece = replace(line, words=words, bbox=box)
    return Phrase(piece, top, bottom, min(columns), max(columns) + 1)


def _rows(box: BBox, ys: list[float]) -> tuple[int, int]:
    """The row that holds most of the box, or two neighbours that share it about equally."""
    shares = {i: min(box.y2, y2) - max(box.y1, y1) for i, (y1, y2) in enumerate(pairwise(ys))}
    both = [i for i, share in shares.items() if share >= _BOTH_ROWS * box.height > 0]
    if len(both) == 2 and both[1] == both[0] + 1:
        return both[0], both[1] + 1
    row = _slot(box.y1, box.y2, ys)
    return row, row + 1


def _slot(start: float, end: float, edges: list[float]) -> int:
    """The interval between two edges that shares most with ``start`` to ``end``, or is nearest to it."""
    shared = [min(end, high) - max(start, low) for low, high in pairwise(edges)]
    return max(range(len(shared)), key=lambda i: (shared[i], -i))


def _cut(phrase: Phrase, xs: list[float], ys: list[float]) -> list[Phrase]:
    """The phrase as pieces of one cell each."""
    row = _slot(phrase.line.bbox.y1, phrase.line.bbox.y2, ys)
    pieces = []
    for column, group in groupby(phrase.line.words, key=lambda w: _slot(w.bbox.x1, w.bbox.x2, xs)):
        words = list(group)
        line = replace(phrase.line, words=words, bbox=union_of([w.bbox for w in words]))
        pieces.append(Phrase(line, row, row + 1, column, column + 1))
    return pieces


def without_empty(
    xs: list[float], ys: list[float], phrases: Sequence[Phrase]
) -> tuple[list[float], list[float]]:
    """The grid's lines without those that only bound rows or columns in which nothing stands alone."""
    columns = _used([(p.left, p.right) for p in phrases])
    rows = _used([(p.top, p.bottom) for p in phrases])
    return _kept(xs, columns), _kept(ys, rows)


def _used(ranges: list[tuple[int, int]]) -> set[int]:
    used = {start for start, end in ranges if end - start == 1}
    return used | {start for start, end in ranges if not used & set(range(start, end))}


def _kept(edges: list[float], used: set[int]) -> list[float]:
    """Each unused interval is given to the one before it, at the start to the one after."""
    inner = sorted(used)[1:]
    return [edges[0], *(edges[i] for i in inner), edges[-1]]


def _centred_names(phrases: Sequence[Phrase], xs: list[float]) -> list[Phrase]:
    """A name alone in the first row spans the named columns below that it stands in the middle of."""
    first = [p for p in phrases if p.top == 0]
    named = {p.left for p in phrases if p.top == 1 and p.bottom == 2 and not p.is_spanning}
    if len(first) != 1 or first[0].is_spanning or is_value(first[0].line.text):
        return []
    name, best = first[0], None
    for left in range(name.left + 1):
        for right in range(name.right, len(xs)):
            off = abs((xs[left] + xs[right]) / 2 - name.line.bbox.center[0])
            close = off < _CENTRED * (xs[right] - xs[left]) / (right - left)
            if right - left > 1 and close and named >= set(range(left, right)):
                best = max(best or (0, 0, 0), (right - left, left, right))
    if best is None:
        return []
    return [replace(name, left=best[1], right=best[2])]


def _cells(phrases: Sequence[Phrase], xs: list[float], ys: list[float]) -> list[Cell]:
    """Cells that tile the grid, row by row: what phrases span is one cell."""
    spans = _joined([(p.top, p.bottom, p.left, p.right) for p in phrases if p.is_spanning])
    covered = {
        (r, c) for top, bottom, left, right in spans for r in range(top, bottom) for c in range(left, right)
    }
    singles = [
        (r, r + 1, c, c + 1) for r in range(len(ys) - 1) for c in range(len(xs) - 1) if (r, c) not in covered
    ]
    return [
        Cell(top, bottom, left, right, BBox(xs[left], ys[top], xs[right], ys[bottom]))
        for top, bottom, left, right in sorted(spans + singles, key=lambda s: (s[0], s[2]))
    ]


_Span = tuple[int, int, int, int]


def _joined(spans: list[_Span]) -> list[_Span]:
    """Overlapping spans made one, until none overlap."""
    done: list[_Span] = []
    for span in spans:
        hit = next((d for d in done if _overlap(d, span)), None)
        while hit is not None:
            done.remove(hit)
            span = (min(hit[0], span[0]), max(hit[1], span[1]), min(hit[2], span[2]), max(hit[3], span[3]))
            hit = next((d for d in done if _overlap(d, span)), None)
        done.append(span)
    return done


def _overlap(one: _Span, other: _Span) -> bool:
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]


def header_rows(table: Table) -> int:
    """How many rows at the top name the columns; none where the first row already holds values."""
    if table.rows < 2 or not _names_columns(table, 0):
        return 0
    rows = 1
    while rows < table.rows - 1:
        above = [c for c in table.cells if c.top < rows]
        reaches = any(c.bottom > rows for c in above)
        grouped = any(c.top == rows - 1 and 1 < c.right - c.left < table.columns for c in above)
        if not reaches and not (grouped and _names_columns(table, rows)):
            break
        rows += 1
    return rows


def _names_columns(table: Table, row: int) -> bool:
    """Whether the cells that start in this row are words (or years) and not values."""
    texts = [c.text for c in table.cells if c.top == row and c.lines]
    values = sum(is_value(text) for text in texts[1:] or texts)
    return bool(texts) and values <= 0.3 * len(texts)
