"""Documents as docling's clients read them: by docling-core's own model and exporters."""

from __future__ import annotations

import base64
import json
import struct
from itertools import count
from typing import Any

import pytest
from docling_core.types.doc.base import CoordOrigin
from docling_core.types.doc.document import DoclingDocument

from api.docling.answers import written
from api.docling.blocks import blocks_of
from api.docling.document import Origin
from api.docling.inline import plain
from api.docling.tables import grid_of
from schemas.conversions import Conversion, ImageMode, OutputFormat, Target
from schemas.documents import Page, ParsedDocument
from schemas.fragments import (
    FigureContent,
    FragmentType,
    HeaderContent,
    PageFragment,
    TableCell,
    TableContent,
    TextContent,
)
from schemas.geometry import Box, PageSize

SIZE = PageSize(width=600, height=800)
ORIGIN = Origin("report.pdf", "application/pdf", "ab" * 32)
PICTURE = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 200, 100) + bytes(30)
PNG = base64.b64encode(PICTURE).decode()
TABLE = (
    '<table><thead><tr><th colspan="2">A &lt;b&gt;</th><th>C</th></tr></thead><tbody>'
    '<tr><td rowspan="2">x</td><td>1</td><td>2</td></tr><tr><td>3</td><td></td></tr></tbody></table>'
)


class Draft:
    """A document put together fragment by fragment; each stands 50 units below the one before."""

    def __init__(self, size: PageSize | None = SIZE) -> None:
        self._size = size
        self._pages: list[list[PageFragment]] = [[]]

    def page(self) -> Draft:
        self._pages.append([])
        return self

    def add(self, kind: FragmentType, content: Any) -> Draft:
        fragments = self._pages[-1]
        order, top = len(fragments), 50.0 * len(fragments)
        box = Box(x1=60, y1=top, x2=300, y2=top + 10) if self._size else None
        content = TextContent(content=content) if isinstance(content, str) else content
        name = f"{len(self._pages)}.{order}"
        fragments.append(
            PageFragment(fragment_type=kind, content=content, bbox=box, reading_order=order, ref_id=name)
        )
        return self

    def done(self) -> ParsedDocument:
        pages = [Page.of(n, self._size, fragments) for n, fragments in zip(count(1), self._pages)]
        return ParsedDocument(total_pages=len(pages), parsed_pages_count=len(pages), pages=pages, chunks=[])


def table(html: str = TABLE, *boxed: str) -> TableContent:
    cells = [
        TableCell(text=text, bounding_box=Box(x1=n, y1=n, x2=n + 1, y2=n + 2)) for n, text in enumerate(boxed)
    ]
    return TableContent(content=html, html=html, markdown="| A | C |\n| --- | --- |\n| x | 2 |", cells=cells)


def result(draft: Draft, **wanted: Any) -> Any:
    conversion = Conversion(**{"to_formats": list(OutputFormat), **wanted})
    return written(draft.done(), ORIGIN, conversion)


def read(draft: Draft, **wanted: Any) -> DoclingDocument:
    """The JSON as docling-core takes it, through text as over the wire."""
    data = json.dumps(result(draft, **wanted).document.json_content)
    return DoclingDocument.model_validate_json(data)


@pytest.fixture
def report() -> Draft:
    return (
        Draft()
        .add(FragmentType.PAGE_HEADER, "Confidential")
        .add(FragmentType.TITLE, HeaderContent(content="Ferries", level=0))
        .add(FragmentType.SECTION_HEADER, HeaderContent(content="Fares", level=1))
        .add(FragmentType.TEXT, "They **rise** in May.")
        .add(FragmentType.SECTION_HEADER, HeaderContent(content="Cars", level=2))
        .add(FragmentType.LIST_ITEM, "- small")
        .add(FragmentType.LIST_ITEM, "    1. red")
        .add(FragmentType.LIST_ITEM, "    2. blue")
        .add(FragmentType.LIST_ITEM, "- large")
        .add(FragmentType.TABLE_CAPTION, "Table 1: fares")
        .add(FragmentType.TABLE, table(TABLE, "A <b>", "C", "x", "1", "2", "3"))
        .add(FragmentType.FIGURE, FigureContent(content="Quay", image_base64=PNG))
        .add(FragmentType.FIGURE_CAPTION, "Figure 1: the quay")
        .add(FragmentType.FORMULA, "$$E = mc^2$$")
        .add(FragmentType.TEXT, "```python\nprint(1)\n```")
        .add(FragmentType.PAGE_NUMBER, "1")
        .page()
        .add(FragmentType.TEXT, "The end.")
    )


def test_the_json_is_a_docling_document(report: Draft) -> None:
    document = read(report)
    labels = [(item.label.value, item.text) for item in document.texts]
    assert labels == [
        ("page_header", "Confidential"),
        ("title", "Ferries"),
        ("section_header", "Fares"),
        ("text", "They rise in May."),
        ("section_header", "Cars"),
        ("list_item", "small"),
        ("list_item", "red"),
        ("list_item", "blue"),
        ("list_item", "large"),
        ("caption", "Table 1: fares"),
        ("caption", "Figure 1: the quay"),
        ("text", "Quay"),
        ("formula", "E = mc^2"),
        ("code", "print(1)"),
        ("page_footer", "1"),
        ("text", "The end."),
    ]
    assert document.validate_tree(document.body)
    assert [document.texts[n].level for n in (2, 4)] == [1, 2]  # type: ignore[union-attr]
    assert (document.name, document.pages.keys()) == ("report", {1, 2})
    assert document.origin is not None
    assert document.origin.binary_hash == 0xABABABABABABABAB


def test_places_are_counted_from_the_bottom_as_docling_does(report: Draft) -> None:
    document = read(report)
    box = document.texts[1].prov[0].bbox
    assert (box.l, box.t, box.r, box.b, box.coord_origin) == (60, 750, 300, 740, CoordOrigin.BOTTOMLEFT)
    turned = box.to_top_left_origin(document.pages[1].size.height)
    assert (turned.t, turned.b) == (50, 60)
    assert document.texts[-1].prov[0].page_no == 2


def test_a_table_has_its_spans_headers_and_boxes(report: Draft) -> None:
    (found,) = read(report).tables
    assert (found.data.num_rows, found.data.num_cols) == (3, 3)
    cells = {(c.start_row_offset_idx, c.start_col_offset_idx): c for c in found.data.table_cells}
    assert (cells[0, 0].text, cells[0, 0].col_span, cells[0, 0].column_header) == ("A <b>", 2, True)
    assert (cells[1, 0].row_span, cells[2, 1].text, cells[2, 2].text) == (2, "3", "")
    assert [[cell.text for cell in row] for row in found.data.grid][2] == ["x", "3", ""]
    assert cells[2, 1].bbox is not None
    assert (cells[2, 1].bbox.l, cells[2, 1].bbox.coord_origin) == (5, CoordOrigin.TOPLEFT)
    assert cells[2, 2].bbox is None


def test_captions_belong_to_what_they_are_of(report: Draft) -> None:
    document = read(report)
    assert document.tables[0].caption_text(document) == "Table 1: fares"
    assert document.pictures[0].caption_text(document) == "Figure 1: the quay"


def test_lists_stand_in_lists(report: Draft) -> None:
    document = read(report)
    outer, inner = document.groups
    assert [child.resolve(document).text for child in outer.children] == ["small", "large"]
    assert [child.resolve(document).marker for child in inner.children] == ["1.", "2."]
    assert inner.parent is not None
    assert inner.parent.resolve(document).text == "small"


def test_docling_writes_the_same_words_as_octavo(report: Draft) -> None:
    ours = result(report).document.md_content
    theirs = read(report).export_to_markdown()

    def words(text: str) -> list[str]:
        return text.replace("*", "").replace("```python", "```").replace("-", "").split()

    # The table's own Markdown comes from its reader, and docling leaves out the writing in pictures.
    own = [line for line in ours.splitlines() if not line.startswith("|") and line != "Quay"]
    others = [line for line in theirs.splitlines() if not line.startswith("|")]
    assert words("\n".join(own)) == words("\n".join(others))


def test_markdown_leaves_out_what_stands_around_each_page(report: Draft) -> None:
    markdown = result(report, page_break="<!-- next -->").document.md_content
    assert markdown.startswith(
        "# Ferries\n\n## Fares\n\nThey **rise** in May.\n\n### Cars\n\n- small\n    1. red"
    )
    assert "Confidential" not in markdown
    assert "Figure 1: the quay\n\n<!-- image -->" in markdown
    assert markdown.endswith("print(1)\n```\n\n<!-- next -->\n\nThe end.")


def test_html_nests_lists_and_closes_what_it_opens(report: Draft) -> None:
    html = result(report).document.html_content
    lists = html[html.index("<ul>") : html.index("</ul>") + 5].replace("\n", "")
    assert lists == "<ul><li>small<ol><li>red</li><li>blue</li></ol></li><li>large</li></ul>"
    assert '<th colspan="2">A &lt;b&gt;</th>' in html
    assert "<figcaption>Figure 1: the quay</figcaption>" in html


def test_doctags_say_where_and_what(report: Draft) -> None:
    tags = result(report).document.doctags_content
    assert "<title><loc_50><loc_31><loc_250><loc_38>Ferries</title>" in tags
    assert "<ched>A &lt;b&gt;<lcel><ched>C<nl><fcel>x<fcel>1<fcel>2<nl><ucel><fcel>3<ecel><nl></otsl>" in tags
    assert "<page_break>\n<text>" in tags


def test_pictures_are_embedded_referenced_or_only_marked(report: Draft) -> None:
    embedded = result(report, images=ImageMode.EMBEDDED).document
    assert f"![Image](data:image/png;base64,{PNG})" in embedded.md_content
    image = read(report, images=ImageMode.EMBEDDED).pictures[0].image
    assert image is not None
    # 240 units wide, 72 of them an inch
    assert (image.size.width, image.size.height, image.dpi) == (200, 100, 60)
    beside = result(report, images=ImageMode.REFERENCED, target=Target.ZIP)
    (name,) = beside.files
    assert f"![Image]({name})" in beside.document.md_content
    assert beside.files[name] == PICTURE
    assert PNG not in json.dumps(result(report).document.model_dump())


def test_forms_are_keys_and_values() -> None:
    fields = [
        {"field_name": "Name", "type": "text", "value": "Ada"},
        {"field_name": "Paid", "type": "checkbox", "value": True},
    ]
    cells = table("", "Ada", "true").cells
    content = TableContent(content=json.dumps(fields), cells=cells, markdown="[a] **Name** (text): Ada")
    (form,) = read(Draft().add(FragmentType.FORM, content)).form_items
    assert [(c.label.value, c.text) for c in form.graph.cells] == [
        ("key", "Name"),
        ("value", "Ada"),
        ("key", "Paid"),
        ("checkbox", "true"),
    ]
    assert [(link.source_cell_id, link.target_cell_id) for link in form.graph.links] == [(0, 1), (2, 3)]
    assert form.graph.cells[3].prov is not None


def test_charts_signatures_and_codes_are_pictures_of_a_class() -> None:
    chart = FigureContent(content='{"type": "bar", "series": []}', summary="It rises.")
    draft = Draft().add(FragmentType.CHART, chart).add(FragmentType.SIGNATURE, "Signature detected")
    document = read(draft.add(FragmentType.BARCODE, "QRCODE: https://example.org"))
    metas = [picture.meta for picture in document.pictures]
    classes = [m.classification.get_main_prediction().class_name for m in metas if m and m.classification]
    assert classes == ["bar_chart", "signature", "qr_code"]
    assert metas[0] is not None
    assert metas[0].description is not None
    assert metas[0].description.text == "It rises."


def test_a_format_without_geometry_has_no_places() -> None:
    document = read(Draft(None).add(FragmentType.TEXT, "Hello").add(FragmentType.TABLE, table()))
    assert document.pages == {}
    assert document.texts[0].prov == []
    assert document.tables[0].data.num_rows == 3


def test_a_document_without_anything_is_one() -> None:
    document = read(Draft())
    assert list(document.iterate_items()) == []


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "</text><picture>",
        "]]>&lt;",
        "\ud800",
        "**" * 2_000,
        "[" * 5_000,
        "`" * 3_000,
    ],
)
def test_nothing_of_a_document_is_taken_for_markup(hostile: str) -> None:
    draft = Draft().add(FragmentType.TEXT, hostile).add(FragmentType.LIST_ITEM, hostile)
    draft.add(FragmentType.SECTION_HEADER, HeaderContent(content=hostile, level=1))
    found = result(draft).document
    assert "<script>" not in found.html_content
    assert found.doctags_content.count("</text>") == 1
    DoclingDocument.model_validate(found.json_content)


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<table>",
        "<td>1</td>",
        '<tr><td rowspan="999999999999">1',
        '<tr><td colspan="-1">1</td></tr>',
        "<tr>" * 50,
    ],
)
def test_any_html_is_some_grid(html: str) -> None:
    grid = grid_of(TableContent(content=html, html=html))
    assert all(0 <= cell.row < grid.rows and 0 <= cell.column < grid.columns for cell in grid.cells)
    assert len(grid.slots()) == grid.rows


def test_a_form_whose_fields_cannot_be_read_is_text() -> None:
    broken = TableContent(content="{not json", markdown="{not json")
    (block,) = blocks_of(Draft().add(FragmentType.FORM, broken).done())
    assert (block.text, block.fields) == ("{not json", [])


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("**bold** and *slanted*", "bold and slanted"),
        ("~~gone~~ [here](https://example.org)", "gone here"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("a_b_c <sup>2</sup>", "a_b_c 2"),
        (r"\*not\* slanted", "*not* slanted"),
        ("x < y", "x < y"),
    ],
)
def test_marks_are_taken_off_and_nothing_else(markdown: str, text: str) -> None:
    assert plain(markdown) == text
