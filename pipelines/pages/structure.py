"""Tables: the structure of every table region, from what is drawn, what models see and what words say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from models.base import Engines
from pipelines.pages.rulings import with_rulings
from pipelines.pages.table_build import build_table, final_grid
from pipelines.pages.tables import tears_sentences
from pipelines.readers.base import Reader
from pipelines.space import upright_size
from pipelines.work import PageWork
from schemas.geometry import BBox, union_of
from schemas.reading import Region, RegionKind, TextLine


class Tables:
    """Gives each table region of a page its final grid, in units of the upright page."""

    name: ClassVar[str] = "tables"
    reads: ClassVar[frozenset[str]] = frozenset({"source", "turns", "lines", "regions", "rules"})
    writes: ClassVar[frozenset[str]] = frozenset({"regions"})
    batch: ClassVar[int] = 1

    def __init__(self, reader: Reader, engines: Engines, *, careful: bool) -> None:
        """``careful``: every model is asked about every table, on a larger picture."""
        self._reader = reader
        self._engines = engines
        self._careful = careful

    def __call__(self, pages: Sequence[PageWork]) -> None:
        """See ``PageStage``."""
        for page in pages:
            if page.source is None:
                continue
            width, _ = upright_size(page.source, page.turns)
            lines = page.lines or []
            regions = with_rulings(page.regions or [], lines, page.rules, width)
            page.regions = [self._read(region, lines, page.rules) for region in regions]

    def _read(self, region: Region, lines: Sequence[TextLine], rules: Sequence[BBox]) -> Region:
        if region.kind is not RegionKind.TABLE or region.grid is None or region.grid.ruled:
            return region
        inside = _inside(lines, region.bbox)
        if not inside or tears_sentences(inside, region.grid):
            return region
        drawn = [rule for rule in rules if region.bbox.holds(*rule.center)]
        table = build_table(inside, region.grid, drawn)
        return replace(region, grid=final_grid(table))


def _inside(lines: Sequence[TextLine], box: BBox) -> list[TextLine]:
    """The lines, cut to the words that stand in ``box``."""
    found = []
    for line in lines:
        words = [word for word in line.words if box.holds(*word.bbox.center)]
        if words:
            found.append(replace(line, words=words, bbox=union_of([word.bbox for word in words])))
    return found
