from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipelines.readers.base import ReaderSetup
from pipelines.readers.docx.reader import DocxReader
from schemas.errors import DocumentEmpty, DocumentUnreadable
from schemas.fragments import HeaderContent
from schemas.reading import FlowView
from tests.readers.docx.build import NAMESPACES, field, kinds, p, page, row, style, t, table, texts, write

OUTLINE = '<w:pPr><w:outlineLvl w:val="{}"/></w:pPr>'
STYLES = (
    style("T", "Title")
    + style("A", "Author", based_on="T")
    + style("U", "Subtitle")
    + style("H1", "heading 1", OUTLINE.format(0))
    + style("H2", "heading 2", OUTLINE.format(1))
    + style("Own", "My heading", based_on="H2")
    + style("Foreign", "Überschrift 3")
    + style("Body", "Looks like one", OUTLINE.format(9), based_on="H1")
    + style("Q", "Quote")
    + style("Code", "Source Code")
    + style("Cap", "caption")
    + style("T1", "toc 1")
    + style("Mono", "Terminal", '<w:rPr><w:rFonts w:ascii="Courier New"/></w:rPr>')
    + style("Term", "Definition Term")
    + style("Def", "Definition")
)


def test_headings_have_the_level_of_their_style(tmp_path: Path) -> None:
    body = "".join(
        p(name, style=name) for name in ("T", "A", "U", "H1", "H2", "Own", "Foreign", "Body", "T")
    ) + p("by itself", properties='<w:outlineLvl w:val="4"/>')
    found = page(write(tmp_path / "a", body, styles=STYLES)).fragments
    assert [
        (f.fragment_type.value, f.content.level if isinstance(f.content, HeaderContent) else None)
        for f in found
    ] == [
        ("title", 0),
        ("text", None),
        ("text", None),
        ("section_header", 1),
        ("section_header", 2),
        ("section_header", 2),
        ("section_header", 3),
        ("text", None),
        ("section_header", 1),
        ("section_header", 5),
    ]


def test_styles_that_are_based_on_each_other_in_a_circle(tmp_path: Path) -> None:
    styles = style("A", "a", based_on="B") + style("B", "b", based_on="A")
    assert kinds(page(write(tmp_path / "a", p("x", style="A"), styles=styles)).fragments) == [("text", "x")]


def test_quotes_code_and_definitions(tmp_path: Path) -> None:
    body = (
        p("said", style="Q")
        + p("if a:", style="Code")
        + p("", style="Code")
        + p("    b", style="Code")
        + p("$ ls", style="Mono")
        + p("word", style="Term")
        + p("meaning", style="Def")
    )
    assert texts(page(write(tmp_path / "a", body, styles=STYLES)).fragments) == [
        "> said",
        "```\nif a:\n\n    b\n$ ls\n```",
        "**word**",
        "    meaning",
    ]


def test_the_lines_of_a_table_of_contents_are_one_fragment(tmp_path: Path) -> None:
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>TOC \\o</w:instrText></w:r>'
    separate = '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    end = p('<w:r><w:fldChar w:fldCharType="end"/></w:r>')
    body = p(begin + separate + t("One") + "<w:r><w:tab/></w:r>" + t("3")) + p("Two 5") + end + p("after")
    expected = [("document_index", "One 3\nTwo 5"), ("text", "after")]
    assert kinds(page(write(tmp_path / "a", body)).fragments) == expected
    ended = p(begin + separate + t("One 3")) + p(t("Two 5") + '<w:r><w:fldChar w:fldCharType="end"/></w:r>')
    assert kinds(page(write(tmp_path / "c", ended + p("after"))).fragments) == expected
    by_style = p("One 3", style="T1") + p("Two 5", style="T1") + p("after")
    assert kinds(page(write(tmp_path / "b", by_style, styles=STYLES)).fragments) == expected


def test_captions_belong_to_what_they_stand_beside(tmp_path: Path) -> None:
    caption = p(t("Tab. ") + field("SEQ Tabelle", "1"), style="Cap")
    body = caption + table(row("a", "b")) + p(t("Figura ") + field("SEQ Figura", "1")) + p("text")
    found = kinds(page(write(tmp_path / "a", body, styles=STYLES)).fragments)
    assert [kind for kind, _ in found] == ["table_caption", "table", "figure_caption", "text"]


def test_a_drop_cap_belongs_to_its_paragraph(tmp_path: Path) -> None:
    body = p("O", properties='<w:framePr w:dropCap="drop"/>') + p("nce")
    assert texts(page(write(tmp_path / "a", body)).fragments) == ["Once"]


SECTION = (
    '<w:sectPr><w:headerReference w:type="default" r:id="header1"/>'
    '<w:headerReference w:type="first" r:id="header2"/>'
    '<w:headerReference w:type="even" r:id="header3"/>'
    '<w:footerReference w:type="default" r:id="footer1"/>{}</w:sectPr>'
)


def test_running_heads_come_once_and_without_page_numbers(tmp_path: Path) -> None:
    heads = {
        "header1": p("Report"),
        "header2": p("Cover") + p("Report"),
        "header3": p("Left"),
        "footer1": p(
            t("Secret") + "<w:r><w:tab/></w:r>" + t("Page ") + field("PAGE", "7") + field("NUMPAGES", "9")
        ),
    }
    once = page(write(tmp_path / "a", p("x") + SECTION.format(""), **heads)).fragments
    assert kinds(once) == [("page_header", "Report"), ("text", "x"), ("page_footer", "Secret")]
    body = p("x") + SECTION.format("<w:titlePg/>") + SECTION.format("")
    both = page(write(tmp_path / "b", body, settings="<w:evenAndOddHeaders/>", **heads)).fragments
    assert [text for kind, text in kinds(both) if kind == "page_header"] == ["Cover", "Report", "Left"]


def test_notes_have_marks_and_come_last(tmp_path: Path) -> None:
    def note(number: int, text: str) -> str:
        return f'<w:footnote w:id="{number}">{p("<w:r><w:footnoteRef/></w:r>" + t(text))}</w:footnote>'

    body = p(t("a") + '<w:r><w:footnoteReference w:id="7"/></w:r>') + p(
        t("b") + '<w:r><w:footnoteReference w:id="3"/></w:r>' + '<w:r><w:footnoteReference w:id="99"/></w:r>'
    )
    found = page(
        write(tmp_path / "a", body, footnotes=note(3, " second") + note(7, " first") + note(8, "unused"))
    )
    assert texts(found.fragments) == [
        "a<sup>1</sup>",
        "b<sup>2</sup>",
        "<sup>1</sup> first",
        "<sup>2</sup> second",
    ]


TEXT_BOX = (
    "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wp:anchor><wps:wsp><wps:txbx>"
    "<w:txbxContent>{0}</w:txbxContent></wps:txbx></wps:wsp></wp:anchor></w:drawing></mc:Choice>"
    "<mc:Fallback><w:pict><v:shape><v:textbox><w:txbxContent>{0}</w:txbxContent></v:textbox></v:shape>"
    "</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
)


def test_boxes_of_text_are_read_once(tmp_path: Path) -> None:
    body = p(t("anchor") + TEXT_BOX.format(p("in the box")))
    assert texts(page(write(tmp_path / "a", body)).fragments) == ["anchor", "in the box"]


def test_of_alternatives_that_are_not_understood_the_fallback_is_read(tmp_path: Path) -> None:
    body = p(
        "<w:r><mc:AlternateContent><mc:Choice xmlns:new='urn:new' Requires='new'><w:t>new</w:t></mc:Choice>"
        "<mc:Fallback><w:t>old</w:t></mc:Fallback></mc:AlternateContent></w:r>"
    )
    assert texts(page(write(tmp_path / "a", body)).fragments) == ["old"]


def picture(part: str, crop: str = "") -> str:
    return (
        '<w:r><w:drawing><wp:inline><wp:docPr id="1" name="Picture 1" descr="a  fox"/><a:graphic>'
        f'<a:graphicData><pic:pic><pic:blipFill><a:blip r:embed="{part}"/>{crop}</pic:blipFill></pic:pic>'
        "</a:graphicData></a:graphic></wp:inline>"
        "</w:drawing></w:r>"
    )


def test_pictures_are_figures_with_pixels(tmp_path: Path) -> None:
    file = io.BytesIO()
    pixels = np.zeros((10, 20, 3), dtype=np.uint8)
    pixels[:, 10:] = 200
    Image.fromarray(pixels).save(file, "PNG")
    body = p(t("see") + picture("image1", '<a:srcRect l="50000"/>')) + p(picture("missing"))
    reader = DocxReader(write(tmp_path / "a", body, image1=file.getvalue()), ReaderSetup(scratch=tmp_path))
    found = reader.flow_page(1, FlowView())
    assert kinds(found.fragments) == [("text", "see"), ("figure", "a fox"), ("figure", "a fox")]
    assert found.pictures == [1]
    shown = reader.picture(1, 1)
    assert shown is not None
    assert shown.shape == (10, 10, 3)
    assert (shown == 200).all()
    assert reader.picture(1, 0) is None
    assert reader.picture(1, 9) is None


def test_smart_art_is_a_list(tmp_path: Path) -> None:
    def point(name: str, text: str) -> str:
        return f'<dgm:pt modelId="{name}"><dgm:t><a:p><a:r><a:t>{text}</a:t></a:r></a:p></dgm:t></dgm:pt>'

    links = '<dgm:cxn srcId="0" destId="1" srcOrd="0"/><dgm:cxn srcId="1" destId="2" srcOrd="0"/>'
    data = (
        f'<dgm:dataModel {NAMESPACES}><dgm:ptLst><dgm:pt modelId="0" type="doc"/>{point("2", "below")}'
        f"{point('1', 'top')}</dgm:ptLst><dgm:cxnLst>{links}</dgm:cxnLst></dgm:dataModel>"
    )
    body = p('<w:r><w:drawing><wp:inline><dgm:relIds r:dm="diagram1"/></wp:inline></w:drawing></w:r>')
    found = page(write(tmp_path / "a", body, diagram1=data.encode())).fragments
    assert kinds(found) == [("list_item", "top"), ("list_item", "    below")]


def test_charts_show_their_data(tmp_path: Path) -> None:
    def points(tag: str, *values: str) -> str:
        listed = "".join(f'<c:pt idx="{i}"><c:v>{v}</c:v></c:pt>' for i, v in enumerate(values))
        return f"<c:{tag}><c:strRef><c:strCache>{listed}</c:strCache></c:strRef></c:{tag}>"

    chart = (
        f"<c:chartSpace {NAMESPACES}><c:chart><c:plotArea><c:barChart><c:barDir val='col'/><c:ser>"
        f"{points('tx', 'Sales')}{points('cat', 'May', 'June')}{points('val', '3', '4')}"
        "</c:ser></c:barChart></c:plotArea></c:chart></c:chartSpace>"
    )
    body = p('<w:r><w:drawing><wp:inline><c:chart r:id="chart1"/></wp:inline></w:drawing></w:r>')
    path = write(tmp_path / "a", body, chart1=chart.encode())
    ((kind, text),) = kinds(page(path).fragments)
    assert kind == "figure"
    assert all(word in text for word in ("Sales", "May", "4"))
    assert kinds(page(path, charts=True).fragments)[0][0] == "chart"


def test_strict_documents_read_like_others(tmp_path: Path) -> None:
    path = write(tmp_path / "a", p("strict"))
    old_name, new_name = b"schemas.openxmlformats.org/", b"purl.oclc.org/ooxml/"
    strict = tmp_path / "b"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(strict, "w") as new:
        for name in old.namelist():
            xml = old.read(name)
            for kind in (b"wordprocessingml", b"officeDocument"):
                xml = xml.replace(old_name + kind + b"/2006/", new_name + kind + b"/")
            new.writestr(name, xml)
    assert texts(page(strict).fragments) == ["strict"]


@pytest.mark.parametrize(
    ("data", "error"),
    [(b"", DocumentEmpty), (b"PK\x03\x04 cut off", DocumentUnreadable), (b"plain", DocumentUnreadable)],
)
def test_what_is_no_document_is_refused(tmp_path: Path, data: bytes, error: type[Exception]) -> None:
    path = tmp_path / "a"
    path.write_bytes(data)
    with pytest.raises(error):
        DocxReader(path)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.html", b"<h2>Head</h2><p>text &amp; more</p>"),
        (
            "a.mht",
            b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n"
            b"--x\nContent-Type: text/html\n"
            b"Content-Transfer-Encoding: quoted-printable\n\n<h2>Head</h2><p>text =26amp; more</p>\n"
            b"--x--\n",
        ),
        ("a.rtf", b"{\\rtf1}"),
    ],
)
def test_content_that_word_imports(tmp_path: Path, name: str, data: bytes) -> None:
    body = p("before") + '<w:altChunk r:id="aFChunk"/>' + p("after")
    found = kinds(page(write(tmp_path / "a", body, names={"aFChunk": name}, aFChunk=data)).fragments)
    assert found[0] == ("text", "before")
    assert found[-1] == ("text", "after")
    shown = [("section_header", "Head"), ("text", "text & more")]
    assert found[1:-1] == ([] if name == "a.rtf" else shown)
