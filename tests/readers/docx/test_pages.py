import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from models import images
from pipelines.readers.base import ReaderSetup
from pipelines.readers.docx.pages import DocxPages
from pipelines.readers.docx.reader import DocxReader
from schemas.documents import WarningKind
from schemas.fragments import FragmentType, TableContent
from schemas.reading import FlowPage, FlowView
from tests.readers.docx.build import write

SOFFICE = shutil.which("soffice")
needs_soffice = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
BREAK = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
HEADED = (
    '<w:sectPr><w:headerReference w:type="default" r:id="header1"/>'
    '<w:pgSz w:w="8000" w:h="10000"/>'
    '<w:pgMar w:top="1000" w:bottom="1000" w:left="1000" w:right="1000"/></w:sectPr>'
)


def paragraph(text: str, properties: str = "") -> str:
    return f'<w:p>{properties}<w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


@contextmanager
def opened(path: Path, **setup: object) -> Iterator[DocxPages]:
    reader = DocxPages(path, ReaderSetup(**{"soffice": Path(SOFFICE or ""), "scratch": path.parent, **setup}))
    yield reader
    reader.close()


def pages(reader: DocxPages, view: FlowView | None = None) -> list[FlowPage]:
    return [reader.flow_page(number, view or FlowView()) for number in range(1, reader.page_count() + 1)]


@pytest.mark.engines
@needs_soffice
def test_pages_sizes_and_boxes(tmp_path: Path) -> None:
    body = (
        paragraph("The first page")
        + BREAK
        + paragraph("The second page")
        + BREAK
        + paragraph("The third page")
    )
    path = write(tmp_path / "a.docx", body + HEADED, header1=paragraph("On all of them"))
    with opened(path) as reader:
        found = pages(reader)
    assert [[one.content.content for one in page.fragments] for page in found] == [
        ["On all of them", f"The {name} page"] for name in ("first", "second", "third")
    ]
    for page in found:
        assert page.size is not None
        assert (page.size.width, page.size.height) == (400, 500)
        head, text = (one.bbox for one in page.fragments)
        assert head is not None
        assert text is not None
        assert head.y2 < text.y1
        assert abs(head.x1 - 50) < 2


@pytest.mark.engines
@needs_soffice
def test_tables_have_cells_with_boxes(tmp_path: Path) -> None:
    rows = "".join(
        f"<w:tr>{''.join(f'<w:tc>{paragraph(text)}</w:tc>' for text in row)}</w:tr>"
        for row in (("Name", "Age"), ("Ada", "36"))
    )
    grid = '<w:tblGrid><w:gridCol w:w="3000"/><w:gridCol w:w="3000"/></w:tblGrid>'
    path = write(tmp_path / "a.docx", f"<w:tbl>{grid}{rows}</w:tbl>{paragraph('after')}")
    with opened(path) as reader:
        content = reader.flow_page(1, FlowView()).fragments[0].content
    assert isinstance(content, TableContent)
    name, age, ada, years = content.cells
    assert [cell.text for cell in content.cells] == ["Name", "Age", "Ada", "36"]
    assert name.bounding_box.x2 < age.bounding_box.x1
    assert name.bounding_box.y2 <= ada.bounding_box.y1 + 1
    assert abs(age.bounding_box.x1 - years.bounding_box.x1) < 1


@pytest.mark.engines
@needs_soffice
def test_right_to_left_text(tmp_path: Path) -> None:
    words = "שלום עולם זה מסמך קצר בעברית עם כמה מילים"
    rtl = "<w:pPr><w:bidi/></w:pPr>"
    run = f"<w:r><w:rPr><w:rtl/></w:rPr><w:t>{words}</w:t></w:r>"
    path = write(tmp_path / "a.docx", f"<w:p>{rtl}{run}</w:p>{paragraph('and Latin text after it')}")
    with opened(path) as reader:
        first, second = reader.flow_page(1, FlowView()).fragments
    assert first.bbox is not None
    assert second.bbox is not None
    assert first.bbox.x1 > second.bbox.x1
    assert first.bbox.x2 - first.bbox.x1 > 100
    assert first.bbox.y2 <= second.bbox.y1 + 2


@pytest.mark.engines
@needs_soffice
def test_pictures_keep_their_pixels(tmp_path: Path) -> None:
    drawing = (
        '<w:p><w:r><w:drawing><wp:inline><wp:extent cx="1270000" cy="635000"/><wp:docPr id="1" name="p"/>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
        '<pic:nvPicPr><pic:cNvPr id="1" name="p"/><pic:cNvPicPr/></pic:nvPicPr>'
        '<pic:blipFill><a:blip r:embed="image1"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        '<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="1270000" cy="635000"/></a:xfrm>'
        '<a:prstGeom prst="rect"/></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline>'
        "</w:drawing></w:r></w:p>"
    )
    pixels = np.zeros((20, 40, 3), np.uint8)
    pixels[..., 0] = 255
    body = paragraph("one") + BREAK + paragraph("two") + drawing
    path = write(tmp_path / "a.docx", body, image1=images.png(pixels))
    with opened(path) as reader:
        page = reader.flow_page(2, FlowView())
        (index,) = page.pictures
        picture = reader.picture(2, index)
    assert picture is not None
    assert picture.shape == (20, 40, 3)
    figure = page.fragments[index]
    assert figure.fragment_type is FragmentType.FIGURE
    assert figure.bbox is not None
    assert abs(figure.bbox.x2 - figure.bbox.x1 - 100) < 2
    assert abs(figure.bbox.y2 - figure.bbox.y1 - 50) < 2


@pytest.mark.engines
@needs_soffice
def test_views_are_placed_each_by_itself(tmp_path: Path) -> None:
    changed = (
        '<w:p><w:r><w:t xml:space="preserve">Some text </w:t></w:r><w:del w:id="1" w:author="A">'
        "<w:r><w:delText>gone</w:delText></w:r></w:del><w:r><w:t>stays</w:t></w:r></w:p>"
    )
    path = write(tmp_path / "a.docx", changed + BREAK + paragraph("the end"))
    with opened(path) as reader:
        marked, accepted = pages(reader), pages(reader, FlowView(tracked_changes=False))
    assert "<del" in marked[0].fragments[0].content.content
    assert accepted[0].fragments[0].content.content == "Some text stays"
    assert marked[1].fragments[0].bbox == accepted[1].fragments[0].bbox is not None


@pytest.mark.parametrize("setup", [{"soffice": None}, {"soffice": Path("/bin/true"), "office_layout": False}])
def test_without_layout_it_is_one_page(tmp_path: Path, setup: dict[str, object]) -> None:
    path = write(tmp_path / "a.docx", paragraph("one") + BREAK + paragraph("two"))
    with opened(path, **setup) as reader:
        assert reader.page_count() == 1
        page = reader.flow_page(1, FlowView())
    assert page == DocxReader(path).flow_page(1, FlowView())
    assert page.size is None


def test_a_layout_that_fails_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "a.docx", paragraph("one"))
    with opened(path, soffice=Path(shutil.which("true") or "")) as reader:
        page = reader.flow_page(1, FlowView())
        again = reader.flow_page(1, FlowView(comments=False))
    assert [one.content.content for one in page.fragments] == ["one"]
    for one in (page, again):
        assert [warning.kind for warning in one.warnings] == [WarningKind.FALLBACK]
        assert "no pages and boxes" in one.warnings[0].message
