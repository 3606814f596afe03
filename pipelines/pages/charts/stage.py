"""Finds the charts of a page, reads them as data, takes their words out of its text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from models.base import Engines, Image
from pipelines.pages.certainty import certainty, main_source
from pipelines.pages.charts.candidates import candidates, is_done
from pipelines.pages.charts.scene import Scene, Shape, shapes_of
from pipelines.pages.charts.vector import Seen, read_charts
from pipelines.pages.finds import without_words
from pipelines.pages.parts import upright_part
from pipelines.readers.base import Reader
from pipelines.space import scaled_line
from pipelines.work import Find, PageWork
from schemas.charts import Chart, charts_json
from schemas.fragments import FigureContent, FragmentType
from schemas.geometry import BBox
from schemas.reading import Region, RegionKind, SourcePage, TextLine, Word

# The longer side (pixels) that a picture is shown with to the reader of pixels, unless it has more itself.
_SIDE = 1400
# A picture with fewer lines of text on it is read again by itself, as large.
_FEW_LINES = 3
# How sure a chart is that was read from its drawing: its numbers are exact, but names may be missing.
_DRAWN = 0.9
# And one that was read from its pixels: its numbers are measured.
_PICTURED = 0.8
# A picture in which so much of a chart lies that was read already shows several: its pixels are not of one.
_WITHIN = 0.5


class ReadCharts:
    """Makes a find of each chart: from its drawing where there is one, else from its pixels.

    What cannot be read stays the figure it is. ``model`` is the OCR model for pictures without text lines.
    """

    name: ClassVar[str] = "charts"
    reads: ClassVar[frozenset[str]] = frozenset(
        {"source", "scanned", "image", "scale", "turns", "lines", "regions", "finds"}
    )
    writes: ClassVar[frozenset[str]] = frozenset({"lines", "regions", "finds"})
    batch: ClassVar[int] = 1

    def __init__(self, reader: Reader, engines: Engines, model: str) -> None:
        self._reader = reader
        self._engines = engines
        self._model = model

    def __call__(self, pages: Sequence[PageWork]) -> None:
        """See ``PageStage``."""
        for page in pages:
            if page.source is None:
                continue
            shapes = [] if page.scanned else self._shapes(page)
            found = [_find(seen) for seen in read_charts(Scene(shapes, page.lines or []))]
            for find in found:
                _take(page, find)
            codes = [find.bbox for find in page.finds if find.kind is FragmentType.BARCODE]
            for box in candidates(page):
                charts = [find.bbox for find in found]
                if is_done(box, [*codes, *charts]) or any(one.inside(box) > _WITHIN for one in charts):
                    continue
                pictured = self._pictured(page, page.source, box, shapes)
                if pictured is not None:
                    _take(page, pictured)
                    found.append(pictured)
            page.finds = [*page.finds, *found]
            charts = [find.bbox for find in found]
            page.regions = page.regions and [one for one in page.regions if not _shows(one, charts)]

    def _shapes(self, page: PageWork) -> list[Shape]:
        """What is drawn with vectors."""
        return shapes_of(self._reader.drawings(page.number), page.pose.to_upright)

    def _pictured(
        self, page: PageWork, source: SourcePage, box: BBox, shapes: Sequence[Shape]
    ) -> Find | None:
        """The chart that a part of the upright page shows, read from its pixels; None if it shows none.

        Where even the letters are drawn, what OCR makes of them is held against the shapes first.
        """
        picture, scale = self._picture(page, source, box)
        lines = [line for line in page.lines or [] if box.holds(*line.bbox.center)]
        if len(lines) < _FEW_LINES:
            read = self._engines.read_text(picture, self._model)
            lines = [_moved(scaled_line(line, 1 / scale), box.x1, box.y1) for line in read]
            drawn = read_charts(Scene(_without_letters(shapes, box, lines), lines))
            if drawn:
                return _find(drawn[0])
        shown = [scaled_line(_moved(line, -box.x1, -box.y1), scale) for line in lines]
        chart = self._engines.read_chart(picture, shown)
        if chart is None:
            return None
        words = [word for line in lines for word in line.words]
        return _chart_find(chart.root, box, words, certainty(words, _PICTURED))

    def _picture(self, page: PageWork, source: SourcePage, box: BBox) -> tuple[Image, float]:
        """A part of the upright page, and its pixels a page unit."""
        scale = max(source.ocr_scale, _SIDE / max(box.width, box.height))
        return upright_part(page, self._reader, box, scale)


def _without_letters(shapes: Sequence[Shape], box: BBox, lines: Sequence[TextLine]) -> list[Shape]:
    """The shapes in a part of the page, but for those that are the letters of its words."""
    words = [word.bbox for line in lines for word in line.words]
    inside = [shape for shape in shapes if box.holds(*shape.bbox.center)]
    return [
        shape
        for shape in inside
        if not shape.is_mark or not any(word.holds(*shape.bbox.center) for word in words)
    ]


def _moved(line: TextLine, across: float, down: float) -> TextLine:
    return line.moved(lambda one: one.shifted(across, down))


def _find(seen: Seen) -> Find:
    words = [word for label in seen.labels for word in label.words]
    return _chart_find(seen.chart, seen.bbox, words, certainty(words, _DRAWN))


def _chart_find(chart: Chart, box: BBox, words: list[Word], confidence: float | None) -> Find:
    content = FigureContent(content=charts_json([chart]))
    return Find(FragmentType.CHART, box, content, confidence, main_source(words), words)


def _take(page: PageWork, find: Find) -> None:
    """Takes the words of a chart out of the page's lines: those it was made with, and all that lie in it."""
    own = {id(word) for word in find.words}

    def is_taken(word: Word) -> bool:
        return id(word) in own or find.bbox.holds(*word.bbox.center)

    page.lines, taken = without_words(page.lines or [], is_taken)
    find.words = taken or find.words  # words that OCR found in the chart alone are in no line


def _shows(region: Region, charts: Sequence[BBox]) -> bool:
    """Whether a region is a picture of charts that were read."""
    return region.kind is RegionKind.PICTURE and is_done(region.bbox, charts)
