from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.readers.pptx.numbering import label_of
from pipelines.readers.pptx.reader import PptxReader
from schemas.fragments import FragmentType
from schemas.reading import FlowView
from tests.readers.pptx.decks import Slide, deck, graphic, paragraph, shape, xfrm, xml

SOMEWHERE = xfrm(10, 10, 300, 200)


def shown(path: Path, number: int = 1, view: FlowView | None = None) -> list[tuple[str, str]]:
    reader = PptxReader(path)
    found = reader.flow_page(number, view or FlowView()).fragments
    reader.close()
    return [(fragment.fragment_type.value, fragment.content.content) for fragment in found]


def numbered(scheme: str, start: int = 1, level: int = 0) -> str:
    return f'<a:pPr lvl="{level}"><a:buAutoNum type="{scheme}" startAt="{start}"/></a:pPr>'


@pytest.mark.parametrize(
    ("count", "scheme", "label"),
    [
        (3, "arabicPeriod", "3."), (3, "arabicPlain", "3"), (2, "arabicParenR", "2)"),
        (27, "alphaLcParenBoth", "(aa)"), (28, "alphaUcPeriod", "BB."), (9, "romanUcPeriod", "IX."),
        (4, "romanLcParenR", "iv)"), (5, "circleNumDbPlain", "⑤"), (12, "ea1ChsPeriod", "十二."),
        (3, "nobodyKnows", "3"),
    ],
)  # fmt: skip
def test_numbers_as_shown(count: int, scheme: str, label: str) -> None:
    assert label_of(count, scheme) == label


def test_numbers_count_on_below_each_other_and_start_anew_after_text(tmp_path: Path) -> None:
    body = "".join(
        [
            paragraph("a", numbered("arabicPeriod")),
            paragraph("b", numbered("arabicPeriod")),
            paragraph("b1", numbered("alphaLcParenR", level=1)),
            paragraph("c", numbered("arabicPeriod")),
            "<a:p/>",
            paragraph("d", numbered("arabicPeriod")),
            paragraph("text", "<a:pPr><a:buNone/></a:pPr>"),
            paragraph("e", numbered("arabicPeriod", 7)),
        ]
    )
    assert shown(deck(tmp_path / "a.pptx", [shape(body, SOMEWHERE)])) == [
        ("list_item", "1. a"), ("list_item", "2. b"), ("list_item", "    a) b1"), ("list_item", "3. c"),
        ("list_item", "4. d"), ("text", "text"), ("list_item", "7. e"),
    ]  # fmt: skip


def test_bullets_show_where_the_layout_says_so_or_somebody_typed_them(tmp_path: Path) -> None:
    body = (
        paragraph("inherited")
        + paragraph("none", "<a:pPr><a:buNone/></a:pPr>")
        + paragraph("deep", '<a:pPr lvl="2"/>')
    )
    slide = shape(body, xfrm(0, 0, 300, 100), 'idx="13"') + shape("• typed", xfrm(0, 200, 300, 100))
    assert shown(deck(tmp_path / "a.pptx", [slide])) == [
        ("list_item", "inherited"), ("text", "none"), ("list_item", "deep"), ("list_item", "typed"),
    ]  # fmt: skip


def test_runs_keep_their_marks_links_and_breaks(tmp_path: Path) -> None:
    body = (
        '<a:p><a:r><a:rPr b="1"/><a:t>Bold </a:t></a:r><a:r><a:rPr b="1" i="1"/><a:t>both</a:t></a:r><a:br/>'
        '<a:r><a:rPr baseline="30000"/><a:t>2</a:t></a:r><a:r><a:rPr strike="sngStrike"/><a:t>old</a:t></a:r>'
        '<a:r><a:rPr><a:hlinkClick r:id="web"/></a:rPr><a:t>site</a:t></a:r>'
        '<a:r><a:rPr><a:hlinkClick r:id="next"/></a:rPr><a:t> next_x000B_line</a:t></a:r></a:p>'
    )
    related = {"web": ("hyperlink", "https://example.org/a"), "next": ("slide", "slide2.xml")}
    assert shown(deck(tmp_path / "a.pptx", [Slide(shape(body, SOMEWHERE), related)])) == [
        ("text", "**Bold *both***\n<sup>2</sup>~~old~~[site](https://example.org/a) next line")
    ]


def test_a_shape_may_lead_somewhere_as_a_whole(tmp_path: Path) -> None:
    text = "<a:p><a:r><a:t>Order </a:t></a:r><a:r><a:t>now</a:t></a:r></a:p>"
    button = shape(text, SOMEWHERE).replace('name="x" />', '><a:hlinkClick r:id="web"/></p:cNvPr>')
    slide = Slide(button, {"web": ("hyperlink", "https://example.org/order")})
    assert shown(deck(tmp_path / "a.pptx", [slide])) == [("text", "[Order now](https://example.org/order)")]


def test_signs_of_symbol_fonts_are_unicode(tmp_path: Path) -> None:
    body = (
        '<a:p><a:r><a:rPr><a:sym typeface="Wingdings"/></a:rPr><a:t>so \uf0e8 then</a:t></a:r>'
        '<a:r><a:rPr><a:latin typeface="Wingdings"/></a:rPr><a:t>\u00fc</a:t></a:r></a:p>'
    )
    assert shown(deck(tmp_path / "a.pptx", [shape(body, SOMEWHERE)])) == [("text", "so ➔ then✓")]


def test_titles_are_one_line_without_emphasis(tmp_path: Path) -> None:
    body = paragraph("Two", run='<a:rPr b="1"/>') + "<a:p><a:r><a:t>more</a:t></a:r><a:br/></a:p>"
    assert shown(deck(tmp_path / "a.pptx", [shape(body, placeholder='type="ctrTitle"')])) == [
        ("title", "Two more")
    ]


def test_large_letters_at_the_top_are_a_title_where_no_placeholder_is(tmp_path: Path) -> None:
    large = paragraph("Our year", run='<a:rPr sz="4000" b="1"/>')
    small = shape(paragraph("It went well.", run='<a:rPr sz="2000"/>'), xfrm(50, 200, 500, 100))
    above, below = shape(large, xfrm(50, 20, 500, 60)), shape(large, xfrm(50, 400, 500, 60))
    path = deck(tmp_path / "a.pptx", [small + above, small + above, small + below])
    assert shown(path, 1) == [("title", "Our year"), ("text", "It went well.")]
    assert shown(path, 2)[0] == ("section_header", "Our year")
    assert shown(path, 3) == [("text", "It went well."), ("text", "**Our year**")]


def test_equations_stand_in_the_text_or_alone(tmp_path: Path) -> None:
    math = (
        '<mc:AlternateContent><mc:Choice Requires="a14"><a14:m><m:oMath>'
        "<m:f><m:num><m:r><m:t>a</m:t></m:r></m:num><m:den><m:r><m:t>b</m:t></m:r></m:den></m:f>"
        "</m:oMath></a14:m></mc:Choice><mc:Fallback><a:r><a:t>no</a:t></a:r></mc:Fallback></mc:AlternateContent>"
    )
    body = f"<a:p><a:r><a:t>So </a:t></a:r>{math}</a:p><a:p>{math}</a:p>"
    assert shown(deck(tmp_path / "a.pptx", [shape(body, SOMEWHERE)])) == [
        ("text", r"So $\frac{a}{b}$"), ("formula", r"$$\frac{a}{b}$$"),
    ]  # fmt: skip


def test_of_alternatives_what_is_understood_is_taken_once(tmp_path: Path) -> None:
    slide = (
        f'<mc:AlternateContent><mc:Choice Requires="a14">{shape("new", SOMEWHERE)}</mc:Choice>'
        f"<mc:Fallback>{shape('old', SOMEWHERE)}</mc:Fallback></mc:AlternateContent>"
        f'<mc:AlternateContent><mc:Choice Requires="unheardof">{shape("strange", SOMEWHERE)}</mc:Choice>'
        f"<mc:Fallback>{shape('plain', xfrm(10, 300, 300, 50))}</mc:Fallback></mc:AlternateContent>"
    )
    assert [text for _, text in shown(deck(tmp_path / "a.pptx", [slide]))] == ["new", "plain"]


def test_smart_art_is_a_list(tmp_path: Path) -> None:
    def point(name: str, text: str) -> str:
        return f'<dgm:pt modelId="{name}"><dgm:t>{paragraph(text)}</dgm:t></dgm:pt>'

    data = xml(
        "dgm:dataModel",
        f'<dgm:ptLst><dgm:pt modelId="0" type="doc"/>{point("1", "Top")}{point("2", "Under")}</dgm:ptLst>'
        '<dgm:cxnLst><dgm:cxn srcId="0" destId="1"/><dgm:cxn srcId="1" destId="2"/>'
        '<dgm:cxn srcId="2" destId="1"/></dgm:cxnLst>',
    )
    frame = graphic('<dgm:relIds r:dm="d"/>', xfrm(10, 20, 300, 200, tag="p:xfrm"))
    slide = Slide(frame, {"d": ("diagramData", "../diagrams/data1.xml")})
    assert shown(deck(tmp_path / "a.pptx", [slide], {"ppt/diagrams/data1.xml": data})) == [
        ("list_item", "Top"), ("list_item", "    Under"),
    ]  # fmt: skip


def test_charts_give_their_data_as_a_table_or_as_json(tmp_path: Path) -> None:
    points = '<c:pt idx="0"><c:v>{}</c:v></c:pt>'
    chart = xml(
        "c:chartSpace",
        "<c:chart><c:plotArea><c:barChart><c:barDir val=\"col\"/><c:grouping val=\"clustered\"/><c:ser>"
        f"<c:tx><c:strRef><c:strCache>{points.format('Ducks')}</c:strCache></c:strRef></c:tx>"
        f"<c:cat><c:strRef><c:strCache>{points.format('2024')}</c:strCache></c:strRef></c:cat>"
        f"<c:val><c:numRef><c:numCache>{points.format('7')}</c:numCache></c:numRef></c:val>"
        "</c:ser></c:barChart></c:plotArea></c:chart>",
    )  # fmt: skip
    frame = graphic('<c:chart r:id="c"/>', xfrm(10, 20, 300, 200, tag="p:xfrm"))
    slide = Slide(frame, {"c": ("chart", "../charts/chart1.xml")})
    path = deck(tmp_path / "a.pptx", [slide], {"ppt/charts/chart1.xml": chart})
    [(kind, table)] = shown(path)
    assert kind == FragmentType.FIGURE
    assert "| 2024 | 7 |" in table
    [(kind, _)] = shown(path, 1, FlowView(charts=True))
    assert kind == FragmentType.CHART


def test_of_several_titles_the_largest_is_the_slides(tmp_path: Path) -> None:
    def title(text: str, size: int, frame: str) -> str:
        return shape(paragraph(text, run=f'<a:rPr sz="{size}"/>'), frame, 'type="title"')

    cards = title("Left", 2000, xfrm(10, 200, 200, 30)) + title("Right", 2000, xfrm(400, 200, 200, 30))
    texts = shape("l", xfrm(10, 240, 200, 90)) + shape("r", xfrm(400, 240, 200, 90))
    whole = title("All", 4000, xfrm(10, 10, 600, 60))
    path = deck(tmp_path / "a.pptx", [cards + texts + whole, cards + texts])
    below = [("section_header", "Left"), ("text", "l"), ("section_header", "Right"), ("text", "r")]
    assert shown(path, 1) == [("title", "All"), *below]
    assert shown(path, 2) == below
