from dataclasses import replace

import numpy as np
import pytest

from pipelines.pages.assemble import Assemble
from pipelines.pages.charts.stage import ReadCharts
from pipelines.pages.figures import CutFigures
from pipelines.plan import page_stages
from pipelines.space import scaled_line
from pipelines.work import Find, PageWork
from schemas.charts import AnyChart, BarChart, BarSeries, CategoryAxis
from schemas.fragments import FigureContent, FragmentType, Source, TextContent
from schemas.geometry import BBox, Box
from schemas.options import Configuration
from schemas.reading import Region, RegionKind, SourcePage
from schemas.vision import VisionUse
from tests.fakes.engines import FakeEngines, FakeReader, line
from tests.pipelines.charts import axes, columns, names, value_labels

READ = AnyChart(BarChart(x_axis=CategoryAxis(categories=["a"]), series=[BarSeries(data=[1])]))
PICTURE = BBox(100, 100, 400, 300)
PROSE = [line("a paragraph of running text stands above", 60, 40), line("and another one far below", 60, 500)]


def page_of(lines, regions, *, scanned: bool = False, pictures=()) -> PageWork:
    source = SourcePage(1, 500, 700, lines=list(lines), pictures=list(pictures))
    page = PageWork(1, source=source, scanned=scanned, lines=list(lines), regions=list(regions))
    if scanned:
        page.image, page.scale = np.full((1400, 1000, 3), 255, np.uint8), 2.0
    return page


def read(page: PageWork, engines: FakeEngines | None = None, drawn=()) -> tuple[PageWork, FakeEngines]:
    engines = engines or FakeEngines()
    reader = FakeReader(lambda _: page.source, drawn=list(drawn))
    ReadCharts(reader, engines, "model01")([page])
    Assemble(include_words=False)([page])
    CutFigures(reader)([page])
    return page, engines


def texts(page: PageWork) -> list[str]:
    return [str(f.content.content) for f in page.fragments or [] if f.fragment_type is not FragmentType.CHART]


def of_kind(page: PageWork, kind: FragmentType):
    return [fragment for fragment in page.fragments or [] if fragment.fragment_type is kind]


def test_a_drawn_chart_is_a_fragment_in_its_place_and_its_words_are_no_text():
    labels = value_labels() + names(["one", "two", "three"])
    page, engines = read(
        page_of(PROSE + labels, [Region(RegionKind.PICTURE, PICTURE)]), drawn=axes() + columns([50, 400, 250])
    )
    kinds = [fragment.fragment_type for fragment in page.fragments or []]
    assert kinds == [FragmentType.TEXT, FragmentType.CHART, FragmentType.TEXT]
    (chart,) = of_kind(page, FragmentType.CHART)
    assert '"data": [50, 400, 250]' in chart.content.content
    assert chart.source is Source.DIGITAL
    assert isinstance(chart.content, FigureContent)
    assert chart.content.image_base64
    assert not any("three" in text or "400" in text for text in texts(page))
    assert "read_chart" not in engines.calls


@pytest.mark.parametrize(("cover", "looked_at"), [(2, True), (30, False)])
def test_a_chart_that_was_taken_for_a_table_is_looked_at(cover, looked_at):
    lines = [line(f"{n} apples and pears", 100, 100 + 10 * n) for n in range(cover)]
    page = page_of(lines, [Region(RegionKind.TABLE, BBox(80, 80, 300, 500))], scanned=True)
    _, engines = read(page, FakeEngines(chart=READ))
    assert ("read_chart" in engines.calls) == looked_at


def test_the_option_adds_the_stage_and_a_vision_model_has_what_is_left():
    asked = Configuration.model_validate({"enrichment_options": {"chart_extraction": True}})

    def names_of(configuration: Configuration, *uses: VisionUse) -> list[str]:
        engines = FakeEngines(vision_uses=frozenset(uses))
        return [
            stage.name
            for stage in page_stages(configuration, FakeReader(lambda _: SourcePage(1, 1, 1)), engines)
        ]

    assert names_of(asked)[-4:] == ["tables", "charts", "assemble", "watch"]
    assert names_of(asked, VisionUse.CHARTS)[-2:] == ["vision parts", "watch"]
    assert {"charts", "vision parts"}.isdisjoint(names_of(Configuration(), VisionUse.CHARTS))


def test_what_cannot_be_read_stays_a_figure_with_its_words():
    labels = [line("20 apples and 30 pears", 120, 150)]
    page, engines = read(page_of(labels, [Region(RegionKind.PICTURE, PICTURE)]))
    assert [f.fragment_type for f in page.fragments or []] == [FragmentType.FIGURE]
    assert texts(page) == ["20 apples and 30 pears"]
    assert engines.calls.count("read_chart") == 1


def test_a_picture_of_a_chart_is_read_from_its_pixels():
    labels = [line(f"{n} apples", 120, 120 + 40 * n) for n in range(4)]
    labels = [
        replace(one, words=[replace(w, confidence=0.9, source=Source.OCR) for w in one.words])
        for one in labels
    ]
    page, engines = read(
        page_of(PROSE + labels, [Region(RegionKind.PICTURE, PICTURE)]), FakeEngines(chart=READ)
    )
    (chart,) = of_kind(page, FragmentType.CHART)
    assert chart.bbox == Box.of(PICTURE)
    assert (chart.confidence, chart.source) == (0.8485, Source.OCR)  # of words 0.9, of measured numbers 0.8
    assert len(texts(page)) == 2
    assert not of_kind(page, FragmentType.FIGURE)
    assert not any(call.startswith("read_text") for call in engines.calls)


def test_a_picture_with_a_chart_that_was_read_in_it_is_not_read_as_one():
    labels = value_labels() + names(["one", "two", "three"])
    below = [line(f"{n} apples", 120, 420 + 40 * n) for n in range(4)]
    two = Region(RegionKind.PICTURE, BBox(60, 90, 420, 680))
    page, engines = read(
        page_of(labels + below, [two]), FakeEngines(chart=READ), drawn=axes() + columns([50, 400, 250])
    )
    (chart,) = of_kind(page, FragmentType.CHART)
    assert '"data": [50, 400, 250]' in chart.content.content
    assert "read_chart" not in engines.calls


def test_a_barcode_is_not_looked_at_as_a_chart():
    page = page_of(PROSE, [Region(RegionKind.PICTURE, PICTURE)])
    page.finds.append(Find(FragmentType.BARCODE, PICTURE, TextContent(content="QRCODE: 1")))
    _, engines = read(page, FakeEngines(chart=READ, lines=[line("3", 10, 10)]))
    assert not engines.calls


def test_a_picture_without_text_lines_is_read_by_ocr_first():
    page = page_of(PROSE, [], pictures=[PICTURE])
    _, engines = read(page, FakeEngines(chart=READ, lines=[line("3", 10, 10)]))
    assert [call.split()[0] for call in engines.calls] == ["read_text", "read_chart"]


def test_where_letters_are_drawn_too_ocr_names_the_shapes():
    labels = value_labels() + names(["one", "two", "three"])
    around = BBox(70, 90, 410, 330)
    scale = 1400 / around.width
    seen = [scaled_line(one.moved(lambda box: box.shifted(-around.x1, -around.y1)), scale) for one in labels]
    page = page_of(PROSE, [Region(RegionKind.PICTURE, around)])
    page, engines = read(page, FakeEngines(lines=seen), drawn=axes() + columns([50, 400, 250]))
    (chart,) = of_kind(page, FragmentType.CHART)
    assert chart.source is Source.OCR
    assert '"categories": ["one", "two", "three"]' in chart.content.content
    assert '"data": [50, 400, 250]' in chart.content.content
    assert "read_chart" not in engines.calls


def test_pictures_without_numbers_are_not_looked_at():
    page = page_of([*PROSE, line("a view of the sea", 150, 200)], [Region(RegionKind.PICTURE, PICTURE)])
    _, engines = read(page, FakeEngines(chart=READ))
    assert engines.calls == []


def test_a_scan_that_is_one_chart_is_read_whole():
    labels = [line(f"{n} apples", 120, 120 + 40 * n) for n in range(4)]
    page = page_of(
        [line("Title", 60, 40), *labels], [Region(RegionKind.PICTURE, BBox(50, 80, 450, 600))], scanned=True
    )
    page, _ = read(page, FakeEngines(chart=READ))
    (chart,) = page.fragments or []
    assert (chart.fragment_type, chart.bbox) == (FragmentType.CHART, Box(x1=0, y1=0, x2=500, y2=700))


def test_a_page_on_its_side_has_its_chart_where_it_is_displayed():
    turned = page_of(PROSE, [Region(RegionKind.PICTURE, PICTURE)])
    turned.turns = 1
    turned.source = SourcePage(1, 700, 500)
    page, _ = read(turned, FakeEngines(chart=READ, lines=[line("3", 10, 10)]))
    (chart,) = of_kind(page, FragmentType.CHART)
    assert chart.bbox == Box.of(page.pose.to_displayed(PICTURE))
