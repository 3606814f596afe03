"""Whole pages through the stages, with fake engines and a fake reader."""

from __future__ import annotations

import base64
import io
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pictures

from models.base import Image
from pipelines.parse import assemble, read_pages
from pipelines.work import PageRecord, RunContext
from schemas.documents import ParsedDocument, WarningKind
from schemas.errors import PageUnreadable, TooManyBadPages
from schemas.fragments import FigureContent, FragmentType, HeaderContent, PageFragment, Source, TableContent
from schemas.geometry import BBox, Box
from schemas.options import Configuration
from schemas.reading import (
    DocumentInfo,
    DocumentPart,
    GridCell,
    HiddenReason,
    HiddenText,
    Region,
    RegionKind,
    SourcePage,
    TableGrid,
    TextLine,
)
from tests.fakes.engines import BrokenEngines, FakeEngines, FakeReader, NonsenseEngines, line

WIDTH, HEIGHT = 600.0, 800.0


def paged(pages: int) -> DocumentInfo:
    return DocumentInfo([DocumentPart(pages, paged=True)])


def digital(lines: list[TextLine], regions: list[Region], **more: object) -> Callable[[int], SourcePage]:
    return lambda number: SourcePage(number, WIDTH, HEIGHT, lines=lines, regions=regions, **more)  # type: ignore[arg-type]


def scanned(number: int) -> SourcePage:
    return SourcePage(number, WIDTH, HEIGHT, ocr_scale=2.0)


def read(
    make: Callable[[int], SourcePage],
    engines: FakeEngines | None = None,
    *,
    blank: bool = False,
    **options: object,
) -> list[PageRecord]:
    reader = FakeReader(make, blank=blank)
    return read_pages(reader, engines or FakeEngines(), paged(1), [1], conf(**options), RunContext())


def conf(**options: object) -> Configuration:
    return Configuration.model_validate({"parsing_options": options})


def parse(
    make: Callable[[int], SourcePage], engines: FakeEngines | None = None, **options: object
) -> ParsedDocument:
    return assemble(read(make, engines, **options), 1, conf(**options), FakeEngines(), RunContext())


def fragments(document: ParsedDocument) -> list[PageFragment]:
    return document.pages[0].page_fragments


def region(kind: RegionKind, x: float, y: float, width: float, height: float) -> Region:
    return Region(kind, BBox(x, y, x + width, y + height))


def test_a_digital_page_is_looked_at_and_not_read() -> None:
    engines = FakeEngines()
    text = line("some words of text", 50, 100)
    document = parse(digital([text], [region(RegionKind.TEXT, 40, 90, 300, 30)]), engines)
    assert engines.calls == ["find_regions"]
    (fragment,) = fragments(document)
    assert (fragment.content.content, fragment.source) == ("some words of text", Source.DIGITAL)
    assert (fragment.reading_order, fragment.ref_id, fragment.confidence) == (0, "1.0", None)


def test_kinds_levels_and_order() -> None:
    rows = [
        (RegionKind.PAGE_FOOTER, line("Page 3 of 9", 280, 780)),
        (RegionKind.PAGE_HEADER, line("The Harbor Paper", 50, 10)),
        (RegionKind.SECTION_HEADER, line("A smaller heading", 50, 300, size=12)),
        (RegionKind.TITLE, line("Tides", 50, 50, size=30)),
        (RegionKind.SECTION_HEADER, line("A heading", 50, 100, size=18)),
        (RegionKind.FOOTNOTE, line("1 a note", 50, 700, size=7)),
        (RegionKind.SECTION_HEADER, line("2.1.3 Numbered", 50, 400, size=18)),
    ]
    regions = [Region(kind, text.bbox) for kind, text in rows]
    found = fragments(parse(digital([text for _, text in rows], regions)))
    assert [(f.fragment_type.value, f.content.content) for f in found] == [
        ("page_header", "The Harbor Paper"),
        ("title", "Tides"),
        ("section_header", "A heading"),
        ("section_header", "A smaller heading"),
        ("section_header", "2.1.3 Numbered"),
        ("text", "1 a note"),
        ("page_number", "Page 3 of 9"),
    ]
    levels = [f.content.level for f in found if isinstance(f.content, HeaderContent)]
    assert levels == [0, 1, 2, 3]


def test_captions_belong_to_what_is_nearest() -> None:
    texts = [
        line("Ships in port", 50, 90),
        line("A view of the pier", 50, 610),
        line("Port", 60, 110),
        line("Ships", 160, 110),
        line("Amber", 60, 150),
        line("12", 160, 150),
    ]
    regions = [
        Region(RegionKind.CAPTION, texts[0].bbox),
        Region(RegionKind.CAPTION, texts[1].bbox),
        table_region(50, 105, 200, 60),
        region(RegionKind.PICTURE, 50, 400, 300, 200),
    ]
    kinds = {f.content.content: f.fragment_type for f in fragments(parse(digital(texts, regions)))}
    assert kinds["Ships in port"] is FragmentType.TABLE_CAPTION
    assert kinds["A view of the pier"] is FragmentType.FIGURE_CAPTION


def table_region(x: float, y: float, width: float, height: float) -> Region:
    box = BBox(x, y, x + width, y + height)
    across, down = (x, x + width / 2, x + width), (y, y + height / 2, y + height)
    cells = [
        GridCell(r, r + 1, c, c + 1, BBox(across[c], down[r], across[c + 1], down[r + 1]))
        for r in range(2)
        for c in range(2)
    ]
    return Region(RegionKind.TABLE, box, grid=TableGrid(2, 2, cells))


def test_tables_come_in_both_forms_and_with_cells() -> None:
    texts = [line("Port", 60, 110), line("Ships", 160, 110), line("Amber", 60, 140), line("12", 160, 140)]
    make = digital(texts, [table_region(50, 100, 200, 60)])
    (html,) = fragments(parse(make))
    assert isinstance(html.content, TableContent)
    assert html.content.content == html.content.html
    assert [(c.text, c.ref_id) for c in html.content.cells] == [
        ("Port", "1.0.0"),
        ("Ships", "1.0.1"),
        ("Amber", "1.0.2"),
        ("12", "1.0.3"),
    ]
    (markdown,) = fragments(parse(make, table_output_mode="markdown"))
    assert markdown.content.content == "| Port | Ships |\n| --- | --- |\n| Amber | 12 |"


def test_drawn_lines_decide_a_tables_cells() -> None:
    texts = [line("Ships in port", 80, 110), line("Spring", 60, 140), line("Autumn", 160, 140)]
    rules = [BBox(50, y, 250, y) for y in (100, 130, 160)]
    rules += [BBox(50, 100, 50, 160), BBox(250, 100, 250, 160), BBox(150, 130, 150, 160)]
    make = digital(texts, [table_region(55, 105, 190, 50)], rules=rules)
    (table,) = fragments(parse(make))
    assert isinstance(table.content, TableContent)
    assert '<th colspan="2">Ships in port</th>' in (table.content.html or "")


def test_a_table_without_rows_and_columns_is_text() -> None:
    (found,) = fragments(parse(digital([line("only one line", 60, 110)], [table_region(50, 100, 200, 60)])))
    assert found.fragment_type is FragmentType.TEXT


def test_text_inside_a_figure_stays_with_it_and_missed_pictures_are_figures() -> None:
    make = digital(
        [line("axis", 100, 150), line("a paragraph of text", 50, 600)],
        [region(RegionKind.PICTURE, 50, 100, 300, 200), region(RegionKind.TEXT, 40, 590, 300, 30)],
        pictures=[BBox(52, 102, 340, 290), BBox(50, 350, 250, 500), BBox(0, 0, 5, 5)],
    )
    found = [(f.fragment_type.value, f.content.content) for f in fragments(parse(make))]
    assert found == [("figure", "axis"), ("figure", ""), ("text", "a paragraph of text")]


def test_a_bullet_apart_from_its_text_joins_it() -> None:
    lines = [
        line("•", 50, 100),
        line("the first item", 90, 100),
        line("•", 50, 120),
        line("the second item", 90, 120),
    ]
    make = digital(lines, [region(RegionKind.LIST_ITEM, 85, 95, 200, 40)])
    found = [(f.fragment_type.value, f.content.content) for f in fragments(parse(make))]
    assert found == [("list_item", "the first item"), ("list_item", "the second item")]


def test_a_scan_is_turned_read_laid_out_and_mapped_back() -> None:
    # The page is 600 x 800; the engine sees 1600 x 1200 pixels after one turn.
    text = line("read by ocr", 200, 100, size=20)
    for word in text.words:
        word.confidence = 0.8
    engines = FakeEngines([text], [Region(RegionKind.TEXT, text.bbox)], turns=1)
    (record,) = read(scanned, engines, include_words=True)
    assert engines.calls[0] == "quarter_turns"
    assert engines.calls[-3:] == ["read_text model03 1600x1200", "lay_out", "find_regions"]
    (fragment,) = record.fragments
    assert fragment.bbox is not None
    upright = text.bbox.scaled(0.5)
    assert fragment.bbox.bbox() == BBox(upright.y1, 800 - upright.x2, upright.y2, 800 - upright.x1)
    assert (fragment.source, fragment.confidence) == (Source.OCR, 0.8)
    assert [word.text for word in fragment.words or []] == ["read", "by", "ocr"]
    assert record.lines[0].bbox == fragment.bbox.bbox()
    assert record.size is not None
    assert (record.size.width, record.size.height) == (600, 800)


def test_a_blank_scan_asks_no_engine_and_has_no_fragments() -> None:
    engines = FakeEngines()
    (record,) = read(scanned, engines, blank=True)
    assert (record.fragments, record.fault, engines.calls) == ([], None, [])


def test_a_photograph_without_a_word_is_a_figure() -> None:
    (record,) = read(scanned)
    (figure,) = record.fragments
    assert figure.fragment_type is FragmentType.FIGURE
    assert figure.bbox == Box(x1=0, y1=0, x2=WIDTH, y2=HEIGHT)


def test_dirt_on_a_blank_sheet_is_no_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    def dirty(self: FakeReader, number: int, scale: float, clip: BBox | None = None) -> Image:
        image = np.full((800, 600, 3), 250, np.uint8)
        image[:, :10] = image[100:140, 300:340] = 20
        return image

    monkeypatch.setattr(FakeReader, "render", dirty)
    (record,) = read(scanned)
    assert (record.fragments, record.fault) == ([], None)


def test_without_layout_all_text_comes_as_blocks() -> None:
    engines = FakeEngines(
        [line("first of two", 100, 100), line("second line", 100, 112), line("apart", 100, 400)]
    )
    (record,) = read(scanned, engines, disable_layout_detection=True)
    assert "lay_out" not in engines.calls
    assert [f.content.content for f in record.fragments] == ["first of two second line", "apart"]


def test_words_come_only_when_asked_for() -> None:
    make = digital([line("two words", 50, 100)], [])
    assert fragments(parse(make))[0].words is None
    assert len(fragments(parse(make, include_words=True))[0].words or []) == 2


def test_figures_carry_their_pixels_when_asked_for() -> None:
    make = digital([line("words", 50, 600)], [region(RegionKind.PICTURE, 100, 100, 200, 120)], ocr_scale=1.0)
    (record,) = read(make, include_images=True)
    figure = next(f.content for f in record.fragments if isinstance(f.content, FigureContent))
    picture = Pictures.open(io.BytesIO(base64.b64decode(figure.image_base64 or "")))
    assert (picture.format, picture.size) == ("PNG", (200, 120))


def test_ignored_sections_leave_no_gap_in_the_order() -> None:
    rows = [(RegionKind.PAGE_HEADER, line("head", 50, 10)), (RegionKind.TEXT, line("body", 50, 100))]
    make = digital([text for _, text in rows], [Region(kind, text.bbox) for kind, text in rows])
    document = parse(make, ignore_sections=["page_header"])
    assert [(f.content.content, f.reading_order) for f in fragments(document)] == [("body", 0)]
    assert "head" not in document.document_markdown


def test_a_failing_engine_costs_the_page_and_too_many_the_document() -> None:
    records = read(scanned, BrokenEngines())
    assert records[0].fault is not None
    assert "secret" not in records[0].fault.message
    good = [PageRecord(n, None, [], [], []) for n in (2, 3)]
    document = assemble([records[0], *good], 3, Configuration(), FakeEngines(), RunContext())
    assert (document.parsed_pages_count, len(document.pages), len(document.page_errors)) == (2, 3, 1)
    with pytest.raises(TooManyBadPages, match="Page 1 could not be processed"):
        assemble(records, 1, Configuration(), FakeEngines(), RunContext())
    with pytest.raises(TooManyBadPages):
        assemble([records[0], *good], 3, Configuration(), FakeEngines(), RunContext(), max_bad_page_share=0.2)


def test_a_page_that_cannot_be_read_keeps_its_number() -> None:
    def make(number: int) -> SourcePage:
        raise PageUnreadable(f"Page {number} is torn.")

    (record,) = read(make)
    assert record.fault is not None
    assert (record.number, record.size, record.fault.message) == (1, None, "Page 1 is torn.")


def test_nonsense_regions_lose_no_text() -> None:
    (record,) = read(scanned, NonsenseEngines([line("all of this text", 100, 100)]))
    assert record.fault is None
    assert " ".join(f.content.content for f in record.fragments) == "all of this text"


_places = st.lists(
    st.tuples(st.floats(0, 500), st.floats(0, 780), st.integers(1, 5), st.sampled_from([8.0, 10.0, 24.0])),
    min_size=1,
    max_size=20,
)
_regions = st.lists(
    st.tuples(
        st.sampled_from(list(RegionKind)),
        st.floats(-50, 500),
        st.floats(-50, 700),
        st.floats(1, 600),
        st.floats(1, 500),
    ),
    max_size=10,
)


@given(_places, _regions)
def test_every_word_is_in_exactly_one_fragment(
    places: list[tuple[float, float, int, float]], boxes: list[tuple[RegionKind, float, float, float, float]]
) -> None:
    lines = [
        line(" ".join(f"w{i}x{j}" for j in range(count)), x, y, size=size)
        for i, (x, y, count, size) in enumerate(places)
    ]
    regions = [
        table_region(x, y, w, h) if kind is RegionKind.TABLE else region(kind, x, y, w, h)
        for kind, x, y, w, h in boxes
    ]
    (record,) = read(digital(lines, regions), include_words=True)
    wanted = Counter(word.text for one in lines for word in one.words)
    assert Counter(word.text for f in record.fragments for word in f.words or []) == wanted
    said = " ".join(_said(f) for f in record.fragments).split()
    assert Counter(said) == wanted


def _said(fragment: PageFragment) -> str:
    if isinstance(fragment.content, TableContent):
        return " ".join(cell.text for cell in fragment.content.cells)
    return fragment.content.content


def test_damage_of_one_page_names_it_and_damage_of_all_is_told_once() -> None:
    words = [line("Some words", 72, 72)]

    def make(number: int) -> SourcePage:
        damage = "the page is cut" if number == 2 else "the file was repaired"
        return SourcePage(number, WIDTH, HEIGHT, lines=words, regions=[], damage=damage)

    records = read_pages(FakeReader(make), FakeEngines(), paged(3), [1, 2, 3], Configuration(), RunContext())
    warnings = assemble(records, 3, Configuration(), FakeEngines(), RunContext()).warnings
    assert [(w.message, w.page_number) for w in warnings] == [
        ("the file was repaired", None),
        ("the page is cut", 2),
    ]


def test_hidden_text_is_told_with_its_place_and_never_quoted() -> None:
    def make(number: int) -> SourcePage:
        hidden = HiddenText(HiddenReason.INVISIBLE, 17, BBox(10, 20, 90, 30))
        return SourcePage(number, WIDTH, HEIGHT, lines=[line("Seen", 72, 72)], regions=[], hidden=[hidden])

    records = read_pages(FakeReader(make), FakeEngines(), paged(2), [1, 2], Configuration(), RunContext())
    warnings = assemble(records, 2, Configuration(), FakeEngines(), RunContext()).warnings
    assert [(w.kind, w.page_number, w.bbox) for w in warnings] == [
        (WarningKind.HIDDEN_TEXT, page, Box(x1=10, y1=20, x2=90, y2=30)) for page in (1, 2)
    ]
    assert all("17 characters" in w.message and "invisibly" in w.message for w in warnings)


def test_an_attached_document_begins_with_its_name() -> None:
    info = DocumentInfo([DocumentPart(1, paged=True), DocumentPart(2, paged=True, name="b.pdf")])
    reader = FakeReader(lambda number: digital([line("some words", 10, 10)], [])(number))
    records = read_pages(reader, FakeEngines(), info, [1, 2, 3], conf(), RunContext())
    document = assemble(records, 3, conf(), FakeEngines(), RunContext())
    assert [len(page.page_fragments) for page in document.pages] == [1, 2, 1]
    heading = document.pages[1].page_fragments[0]
    assert (heading.fragment_type, heading.ref_id) == (FragmentType.SECTION_HEADER, "2.0")
    assert heading.content == HeaderContent(content="Attachment: b.pdf", level=1)
