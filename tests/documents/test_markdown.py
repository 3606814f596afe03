from __future__ import annotations

import pytest

from pipelines.documents.markdown import document_markdown, fragment_markdown
from schemas.documents import Page
from schemas.fragments import (
    Content,
    FigureContent,
    FragmentType,
    HeaderContent,
    PageFragment,
    TableContent,
    TextContent,
    content_class,
)
from schemas.options import TableOutputMode

HTML, MARKDOWN = TableOutputMode.HTML, TableOutputMode.MARKDOWN
TABLE = TableContent(content="<table></table>", html="<table></table>", markdown="| a |")


def fragment(kind: FragmentType, content: Content, order: int = 0) -> PageFragment:
    return PageFragment(fragment_type=kind, content=content, reading_order=order, ref_id=f"1.{order}")


def text(content: str, kind: FragmentType = FragmentType.TEXT, order: int = 0) -> PageFragment:
    return fragment(kind, TextContent(content=content), order)


@pytest.mark.parametrize(("level", "signs"), [(0, "#"), (1, "##"), (5, "######"), (9, "######")])
def test_headings(level: int, signs: str) -> None:
    header = fragment(FragmentType.SECTION_HEADER, HeaderContent(content="Part", level=level))
    assert fragment_markdown(header, HTML) == f"{signs} Part"


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        ("milk", "* milk"),
        ("• milk", "* milk"),
        ("- milk", "* milk"),
        ("    milk", "    * milk"),
        ("  ▪ milk", "  * milk"),
        ("3. milk", "3. milk"),
        ("    12) milk", "    12) milk"),
        ("* 3. milk", "* 3. milk"),
        ("-3 degrees", "* -3 degrees"),
        ("*milk*", "* *milk*"),
        ("a) milk", "* a) milk"),
        ("2.5 litres", "* 2.5 litres"),
        (" ", ""),
    ],
)
def test_list_items(content: str, shown: str) -> None:
    assert fragment_markdown(text(content, FragmentType.LIST_ITEM), HTML) == shown


@pytest.mark.parametrize(
    ("kind", "html"),
    [
        (FragmentType.TABLE, "<table></table>"),
        (FragmentType.FORM, "| a |"),
        (FragmentType.KEY_VALUE_REGION, "| a |"),
    ],
)
def test_tables_by_mode(kind: FragmentType, html: str) -> None:
    assert fragment_markdown(fragment(kind, TABLE), HTML) == html
    assert fragment_markdown(fragment(kind, TABLE), MARKDOWN) == "| a |"
    summed = fragment(kind, TABLE.model_copy(update={"summary": "About a."}))
    assert fragment_markdown(summed, MARKDOWN) == "| a |\n\nTable Summary\n\nAbout a."


def test_a_table_without_the_asked_form_gives_what_it_has() -> None:
    assert fragment_markdown(fragment(FragmentType.FORM, TableContent(content="[]")), MARKDOWN) == "[]"


def test_figures_and_charts() -> None:
    figure = FigureContent(content="a cat", summary="It sleeps.")
    assert (
        fragment_markdown(fragment(FragmentType.FIGURE, figure), HTML) == "### Figure\n\na cat\n\nIt sleeps."
    )
    chart = FigureContent(content='{"type": "bar_chart"}')
    shown = fragment_markdown(fragment(FragmentType.CHART, chart), HTML)
    assert shown == '### Chart\n\n```json\n{"type": "bar_chart"}\n```'


def test_a_figure_that_nothing_is_known_of_leaves_no_trace() -> None:
    empty = fragment(FragmentType.FIGURE, FigureContent(content=""), 1)
    assert fragment_markdown(empty, HTML) == ""
    page = Page.of(1, None, [text("a"), empty, text("b", order=2)])
    assert document_markdown([page], HTML) == "a\n\nb"


def test_an_image_is_linked_and_not_inlined() -> None:
    figure = FigureContent(content="", image_base64="iVBORw0KGgo=")
    assert fragment_markdown(fragment(FragmentType.FIGURE, figure), HTML) == "### Figure\n\n![1.0](1.0)"


def test_struck_text_shows_that_it_is_struck() -> None:
    assert fragment_markdown(text("old", FragmentType.STRIKETHROUGH), HTML) == "~~old~~"
    assert fragment_markdown(text("a <del>b</del>", FragmentType.STRIKETHROUGH), HTML) == "a <del>b</del>"


def test_a_barcode_s_lines_begin_nothing() -> None:
    card = text("QRCODE: BEGIN:VCARD\n```\n# Amber", FragmentType.BARCODE)
    assert fragment_markdown(card, HTML) == "QRCODE: BEGIN:VCARD ``` # Amber"


@pytest.mark.parametrize("kind", list(FragmentType))
def test_every_kind_shows_its_content(kind: FragmentType) -> None:
    extra = {"level": 1} if content_class(kind) is HeaderContent else {}
    content = content_class(kind).model_validate({"content": "word", **extra})
    assert "word" in fragment_markdown(PageFragment(fragment_type=kind, content=content), HTML)  # type: ignore[arg-type]


def test_a_document_is_in_reading_order_with_signatures_last() -> None:
    page = Page.of(
        1,
        None,
        [
            text("Signature detected", FragmentType.SIGNATURE, -1),
            text("two", FragmentType.LIST_ITEM, 2),
            text("one", FragmentType.LIST_ITEM, 1),
            text("first", order=0),
            text("footer", FragmentType.PAGE_FOOTER, 3),
        ],
    )
    shown = document_markdown([page, Page.of(2, None, [text("next")])], HTML)
    assert shown == "first\n\n* one\n* two\n\nfooter\n\nSignature detected\n\nnext"


@pytest.mark.parametrize(
    ("items", "shown"),
    [
        (["    a", "        b\n          more", "    c"], "* a\n    * b\n      more\n* c"),
        (["    a", "b"], "* a\n* b"),
        (["a", "            b", "    c"], "* a\n    * b\n    * c"),
        (["1. a", "    i. b"], "1. a\n    * i. b"),
    ],
)
def test_no_item_is_deeper_than_one_step_below_its_own(items: list[str], shown: str) -> None:
    page = Page.of(1, None, [text(item, FragmentType.LIST_ITEM, i) for i, item in enumerate(items)])
    assert document_markdown([page], HTML) == shown


def test_a_list_ends_at_text_that_is_not_its_items() -> None:
    item = FragmentType.LIST_ITEM
    inside = Page.of(1, None, [text("a", item, 0), text("  more", order=1), text("    b", item, 2)])
    assert document_markdown([inside], HTML) == "* a\n\n  more\n\n    * b"
    parted = Page.of(1, None, [text("a", item, 0), text("more", order=1), text("    b", item, 2)])
    assert document_markdown([parted], HTML) == "* a\n\nmore\n\n* b"
