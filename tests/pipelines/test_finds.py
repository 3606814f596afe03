"""What is seen besides text: words taken out, its place among the blocks, back on the page as displayed."""

from __future__ import annotations

from pipelines.pages.assemble import Assemble
from pipelines.pages.finds import without_words
from pipelines.work import Find, PageWork
from schemas.fragments import FigureContent, FragmentType, TableCell, TableContent, TextContent
from schemas.geometry import BBox, Box
from schemas.reading import Region, RegionKind, SourcePage, TextLine
from tests.fakes.engines import line


def page(lines: list[TextLine], finds: list[Find], **more: object) -> PageWork:
    source = SourcePage(1, 200, 300, lines=lines)
    work = PageWork(1, source=source, lines=lines, finds=finds)
    for name, value in more.items():
        setattr(work, name, value)
    Assemble(include_words=False)([work])
    return work


def kinds_and_texts(work: PageWork) -> list[tuple[str, str]]:
    return [(f.fragment_type.value, str(f.content.content)) for f in work.fragments or []]


def barcode(box: BBox) -> Find:
    return Find(FragmentType.BARCODE, box, TextContent(content="QRCODE: x"))


def test_a_find_stands_in_reading_order() -> None:
    lines = [line("above", 20, 20), line("below", 20, 200)]
    work = page(lines, [barcode(BBox(20, 100, 60, 140))])
    assert kinds_and_texts(work) == [("text", "above"), ("barcode", "QRCODE: x"), ("text", "below")]


def test_a_find_inside_a_text_follows_it_and_a_signature_ends_the_page() -> None:
    lines = [line("one two three", 20, 20), line("four five six", 20, 32), line("below", 20, 200)]
    struck = Find(FragmentType.STRIKETHROUGH, BBox(40, 32, 60, 42), TextContent(content="gone"))
    signed = Find(FragmentType.SIGNATURE, BBox(20, 10, 60, 18), TextContent(content="Signature detected"))
    work = page(lines, [signed, struck], regions=[Region(RegionKind.TEXT, BBox(18, 18, 120, 44))])
    assert [kind for kind, _ in kinds_and_texts(work)] == ["text", "strikethrough", "text", "signature"]


def test_a_picture_of_what_was_found_is_no_figure_but_one_with_words_stays() -> None:
    code = BBox(20, 100, 60, 140)
    work = page([], [barcode(code)], regions=[Region(RegionKind.PICTURE, BBox(18, 98, 62, 142))])
    assert kinds_and_texts(work) == [("barcode", "QRCODE: x")]
    lines = [line("logo", 22, 110)]
    work = page(lines, [barcode(code)], regions=[Region(RegionKind.PICTURE, BBox(18, 98, 62, 142))])
    assert ("figure", "logo") in kinds_and_texts(work)


def test_charts_have_captions_and_barcodes_none() -> None:
    lines = [line("Figure 2: Ships", 20, 144)]
    work = page(lines, [barcode(BBox(20, 100, 60, 140))])
    assert kinds_and_texts(work)[1] == ("text", "Figure 2: Ships")
    chart = Find(FragmentType.CHART, BBox(20, 40, 160, 140), FigureContent(content="{}"))
    work = page(lines, [chart])
    assert kinds_and_texts(work)[1] == ("figure_caption", "Figure 2: Ships")


def test_boxes_go_back_to_the_page_as_displayed() -> None:
    cell = TableCell(text="7", bounding_box=Box(x1=10, y1=20, x2=30, y2=40))
    form = Find(FragmentType.FORM, BBox(10, 20, 30, 40), TableContent(content="[]", cells=[cell]))
    work = page([], [form], turns=1)
    fragment = (work.fragments or [])[0]
    assert fragment.bbox == Box(x1=20, y1=270, x2=40, y2=290)
    assert isinstance(fragment.content, TableContent)
    assert fragment.content.cells[0].bounding_box == fragment.bbox


def test_words_are_taken_once_and_the_rest_of_the_line_stays() -> None:
    left, taken = without_words(
        [line("keep drop keep", 0, 0), line("drop", 0, 20)], lambda word: word.text == "drop"
    )
    assert [[word.text for word in one.words] for one in left] == [["keep", "keep"]]
    assert [word.text for word in taken] == ["drop", "drop"]
