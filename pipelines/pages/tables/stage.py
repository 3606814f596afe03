"""Tables: the structure of every table region, from what is drawn, what models see and what words say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import median_high
from typing import ClassVar

from models.base import Engines
from pipelines.pages.parts import upright_part
from pipelines.pages.tables import frames
from pipelines.pages.tables.agreed_spans import with_spans
from pipelines.pages.tables.beside import side_by_side
from pipelines.pages.tables.build import build_table, columns_of, final_grid, tiles
from pipelines.pages.tables.cells import Table, edges, tears_sentences
from pipelines.pages.tables.columns import Pieces, column_cost, phrase_rows
from pipelines.pages.tables.dashes import dashes_in
from pipelines.pages.tables.guesses import clear_of, lines_of, moved
from pipelines.pages.tables.joined_rules import joined
from pipelines.pages.tables.named_lists import named_lists
from pipelines.pages.tables.names_above import with_names
from pipelines.pages.tables.rulings import with_rulings
from pipelines.pages.tables.successions import parted
from pipelines.pages.tables.twin_rules import grown
from pipelines.pages.tables.values import is_value
from pipelines.pages.tables.word_grids import outside, word_grids
from pipelines.readers.base import Reader
from pipelines.work import PageWork
from schemas.geometry import BBox, union_of
from schemas.reading import Region, RegionKind, TableGrid, TextLine

# A line of strokes this long is a rule that was typed.
_TYPED_RULE = re.compile(r"^[-–—=─═_‐]{6,}$")
# Columns that cost more than this (faults a row) are doubtful: a model is asked to look at the picture.
_DOUBTFUL = 0.25
# What only the eye took for a table is one when its columns cost less than this, and so much is filled.
_MOST_COST, _LEAST_FILLED = 0.5, 0.4
# A region with this score or more was seen to be a table.
_SEEN = 0.5
# Fewer rows than this, none with a value, make no table unless they are seen to.
_FEW_ROWS = 3
# A part of a table lies in another table when this share of it does.
_IN = 0.5
# At least this much better (faults a row) another grid must be.
_BETTER = 0.1
# The picture of a table has a margin (font sizes), and its text this height (pixels).
_MARGIN, _TEXT_HEIGHT, _CAREFUL_TEXT_HEIGHT = 0.5, 14.0, 22.0
_LEAST_SCALE, _MOST_SCALE = 0.5, 4.0


class Tables:
    """Gives each table region of a page its final grid, in units of the upright page.

    A region that holds no table is left to be text; titles and notes in a table's frame are cut off it.
    """

    name: ClassVar[str] = "tables"
    reads: ClassVar[frozenset[str]] = frozenset({"source", "turns", "lines", "regions", "rules"})
    writes: ClassVar[frozenset[str]] = frozenset({"lines", "regions", "rules"})
    batch: ClassVar[int] = 1

    def __init__(self, reader: Reader, engines: Engines, *, careful: bool) -> None:
        """``careful``: every model is asked about every table that is not ruled, on a larger picture."""
        self._reader = reader
        self._engines = engines
        self._careful = careful

    def __call__(self, pages: Sequence[PageWork]) -> None:
        """See ``PageStage``."""
        for page in pages:
            if page.source is None or not page.lines:
                continue
            _take_typed_rules(page)
            width, _ = page.pose.upright_size
            regions = with_rulings(page.regions or [], page.lines, page.rules, width)
            apart = {RegionKind.TABLE, RegionKind.PICTURE}
            for find in (named_lists, word_grids):
                taken = [region.bbox for region in regions if region.kind in apart]
                regions = regions + find(outside(page.lines, taken))
            regions = [self._grown(page, region, regions) for region in regions]
            regions = _all_parted(regions, page)
            found = [one for region in regions for one in self._read(page, region)]
            tables = [r.bbox for r in found if r.kind is RegionKind.TABLE]
            page.regions = [r for r in found if r.kind is RegionKind.TABLE or not _is_in(r, tables)]

    def _grown(self, page: PageWork, region: Region, regions: Sequence[Region]) -> Region:
        if region.kind is not RegionKind.TABLE or (region.grid and region.grid.ruled):
            return region
        found = grown(region, page.lines or [], page.rules)
        tables = [r.bbox for r in regions if r.kind is RegionKind.TABLE and r is not region]
        return region if any(found.bbox.intersection(box) for box in tables) else found

    def _read(self, page: PageWork, region: Region) -> Iterator[Region]:
        """The region as it should be, and regions for what stood in it and is no table."""
        inside = _inside(page.lines or [], region.bbox)
        if region.kind is not RegionKind.TABLE or not inside:
            yield region
            return
        if region.grid and region.grid.ruled:
            yield from _ruled(region, region.grid, inside)
            return
        if region.grid and tears_sentences(inside, region.grid):
            yield region
            return
        rules = [rule for rule in page.rules if region.bbox.holds(*rule.center)]
        grid = self._best_grid(page, region, inside, rules)
        if grid is None:
            return
        frame = frames.without_notes(phrase_rows(inside), edges(grid)[0], rules)
        box = frames.clipped(region.bbox, frame)
        table = self._table(page, box, _clipped(grid, box), rules)
        if region.score is None and _is_unlikely(table):
            return
        yield replace(region, bbox=box, grid=final_grid(table))
        for rows in (frame.above, frame.below):
            if rows:
                kind = RegionKind.CAPTION if rows is frame.above else RegionKind.FOOTNOTE
                yield Region(kind, union_of([piece.bbox for row in rows for piece in row]))

    def _table(self, page: PageWork, box: BBox, grid: TableGrid, rules: Sequence[BBox]) -> Table:
        """The table in ``box``, with overlooked dashes, and spans that a model sees on the careful path."""
        table = build_table(_inside(page.lines or [], box), grid, rules)
        if page.image is not None and (dashes := list(dashes_in(table, page.image, page.scale))):
            page.lines = (page.lines or []) + dashes
            table = build_table(_inside(page.lines, box), grid, rules)
        if self._careful:
            for guess in self._structures(page, _inside(page.lines or [], box))[0]:
                table = with_spans(table, guess) if guess.tight else table
        return table

    def _best_grid(
        self, page: PageWork, region: Region, lines: Sequence[TextLine], rules: Sequence[BBox]
    ) -> TableGrid | None:
        """The layout's grid, or what a table model sees on the picture where that fits the words better."""
        own = region.grid
        if own and own.columns < 2 and (region.score or 0.0) < _SEEN:
            return own  # neither the text nor the eye says that it is a table
        rows = phrase_rows(lines)
        cost = _cost(rows, own) if own else None
        if own and cost is not None and cost < _DOUBTFUL and not self._careful:
            return own
        seen = [(_cost(rows, grid), grid) for grid in self._seen(page, lines)]
        best = min(seen, key=lambda pair: pair[0], default=None)
        if own is not None and cost is not None:
            return best[1] if best and best[0] < cost - _BETTER else own
        if best is None or best[0] > _MOST_COST or tears_sentences(lines, best[1]):
            return None
        return best[1] if _is_filled(build_table(lines, best[1], rules)) else None

    def _seen(self, page: PageWork, lines: Sequence[TextLine]) -> list[TableGrid]:
        """The grids that models see around these lines, their lines moved clear of the words."""
        words = [word for line in lines for word in line.words]
        found = []
        grids, box = self._structures(page, lines)
        for grid in grids:
            xs, ys = lines_of(grid, box)
            xs = clear_of(xs, [(word.bbox.x1, word.bbox.x2) for word in words])
            ys = clear_of(ys, [(line.bbox.y1, line.bbox.y2) for line in lines])
            found.append(tiles(xs, ys))
        return found

    def _structures(self, page: PageWork, lines: Sequence[TextLine]) -> tuple[list[TableGrid], BBox]:
        """What table models see around these lines, in page units, and where they looked."""
        words = [word for line in lines for word in line.words]
        size = sorted(word.size for word in words)[len(words) // 2] or 10.0
        tight = union_of([word.bbox for word in words])
        margin = _MARGIN * size
        around = BBox(tight.x1 - margin, tight.y1 - margin, tight.x2 + margin, tight.y2 + margin)
        box = around.clipped(*page.pose.upright_size)
        wanted = (_CAREFUL_TEXT_HEIGHT if self._careful else _TEXT_HEIGHT) / size
        picture, scale = upright_part(page, self._reader, box, min(max(wanted, _LEAST_SCALE), _MOST_SCALE))
        grids = self._engines.table_structures(picture)
        return [moved(grid, 1 / scale, box.x1, box.y1) for grid in grids], box


def _all_parted(regions: Sequence[Region], page: PageWork) -> list[Region]:
    """The regions, and in place of some of them the tables in it; none that lies in another region."""
    lines = page.lines or []
    height = median_high(line.bbox.height for line in lines) if lines else 0.0
    rules = joined([rule for rule in page.rules if rule.width > rule.height], height)
    found: list[Region] = []
    for region in regions:
        others = [r.bbox for r in regions if r is not region and r.kind is RegionKind.TABLE]
        parts = list(_parted(region, lines, rules, others))
        if len(parts) > 1:
            parts = [part for part in parts if all(part.bbox.inside(box) < _IN for box in others)]
        found += parts
    return found


def _parted(
    region: Region, lines: Sequence[TextLine], rules: Sequence[BBox], others: Sequence[BBox]
) -> Iterator[Region]:
    """The region, or the tables that stand beside or below each other in it, and their titles."""
    if region.kind is not RegionKind.TABLE or (region.grid and region.grid.ruled):
        yield region
        return
    for column in side_by_side(region, _inside(lines, region.bbox), lines, rules, others):
        named = with_names(column, outside(lines, others))
        yield from parted(named, _inside(lines, named.bbox))


def _ruled(region: Region, grid: TableGrid, lines: Sequence[TextLine]) -> Iterator[Region]:
    kept, cut = frames.ruled_without_notes(grid, lines)
    if not cut:
        yield region
        return
    yield replace(region, bbox=union_of([cell.bbox for cell in kept.cells]), grid=kept)
    for box in cut:
        held = _inside(lines, box)
        if held:
            kind = RegionKind.CAPTION if box.y1 <= region.bbox.center[1] else RegionKind.FOOTNOTE
            yield Region(kind, union_of([line.bbox for line in held]))


def _take_typed_rules(page: PageWork) -> None:
    """Lines that were drawn with dashes or equals signs become rules."""
    typed = [line for line in page.lines or [] if _TYPED_RULE.match(line.text.replace(" ", ""))]
    tables = [region.bbox for region in page.regions or [] if region.kind is RegionKind.TABLE]
    typed = [line for line in typed if any(box.holds(*line.bbox.center) for box in tables)]
    if not typed:
        return
    page.lines = [line for line in page.lines or [] if not any(line is one for one in typed)]
    page.rules = page.rules + [
        BBox(line.bbox.x1, line.bbox.center[1], line.bbox.x2, line.bbox.center[1]) for line in typed
    ]


def _cost(rows: Sequence[Pieces], grid: TableGrid) -> float:
    """Faults a row of the columns that come of a grid."""
    return column_cost(columns_of(rows, grid), rows)


def _is_unlikely(table: Table) -> bool:
    """Whether a table is so small and so much without values that it may be any text."""
    texts = [cell.text for cell in table.cells if cell.lines]
    return table.rows < _FEW_ROWS and not any(is_value(text) or _is_code(text) for text in texts)


def _is_code(text: str) -> bool:
    """Whether a text is one word with a digit in it, as rows are numbered with."""
    return len(text.split()) == 1 and any(map(str.isdigit, text))


def _is_filled(table: Table) -> bool:
    filled = sum(bool(cell.lines) for cell in table.cells)
    return min(table.rows, table.columns) > 1 and filled >= _LEAST_FILLED * len(table.cells)


def _is_in(region: Region, tables: Sequence[BBox]) -> bool:
    return region.kind is not RegionKind.PICTURE and any(region.bbox.inside(table) > 0.8 for table in tables)


def _clipped(grid: TableGrid, box: BBox) -> TableGrid:
    xs, ys = edges(grid)
    return tiles(xs, [box.y1, *(y for y in ys if box.y1 < y < box.y2), box.y2])


def _inside(lines: Sequence[TextLine], box: BBox) -> list[TextLine]:
    """The lines, cut to the words that stand in ``box``."""
    found = []
    for line in lines:
        words = [word for word in line.words if box.holds(*word.bbox.center)]
        if words:
            found.append(replace(line, words=words, bbox=union_of([word.bbox for word in words])))
    return found
