from __future__ import annotations

import time
from pathlib import Path

import pytest

from pipelines.readers.ooxml.symbols import symbol
from schemas.reading import HiddenReason, HiddenText
from tests.readers.docx.build import field, kinds, p, page, style, t, texts, write


def read(path: Path, *runs: str, styles: str = "", links: dict[str, str] | None = None) -> str:
    (found,) = texts(page(write(path / "a", p("".join(runs)), links, styles=styles)).fragments)
    return found


def test_marks(tmp_path: Path) -> None:
    assert (
        read(
            tmp_path,
            t("a", "<w:b/>"),
            t("b", '<w:b w:val="0"/>'),
            t("c", "<w:i/>"),
            t("2", '<w:vertAlign w:val="superscript"/>'),
            t("d", "<w:strike/>"),
            t("e", '<w:rStyle w:val="V"/>'),
            styles=style(
                "V", "Verbatim Char", '<w:rPr><w:rFonts w:ascii="Consolas"/></w:rPr>', kind="character"
            ),
        )
        == "**a**b*c*<sup>2</sup>~~d~~`e`"
    )


def test_capitals_and_hidden_text(tmp_path: Path) -> None:
    body = p(t("caps", "<w:caps/>") + t(" secret", "<w:vanish/>") + t(" small", "<w:smallCaps/>"))
    found = page(write(tmp_path / "a", body))
    assert texts(found.fragments) == ["CAPS SMALL"]
    assert found.hidden == [HiddenText(HiddenReason.SWITCHED_OFF, len("secret"))]


def test_a_style_hides_and_a_run_shows(tmp_path: Path) -> None:
    hidden = style("H", "hid", "<w:rPr><w:vanish/></w:rPr>")
    body = p(t("no") + t("yes", '<w:vanish w:val="false"/>'), "H")
    assert texts(page(write(tmp_path / "a", body, styles=hidden)).fragments) == ["yes"]


def test_breaks_tabs_and_hyphens(tmp_path: Path) -> None:
    run = (
        "<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:noBreakHyphen/><w:t>d</w:t>"
        "<w:softHyphen/><w:t>e</w:t></w:r>"
    )
    assert read(tmp_path, run) == "a b\nc-de"


@pytest.mark.parametrize(
    ("font", "char", "expected"),
    [
        ("Wingdings", "F0FE", "☑"),
        ("Wingdings", "00FC", "✓"),
        ("Symbol", "F061", "α"),
        ("Symbol", "F0B7", "•"),
        ("Arial", "20AC", "€"),
        ("Wingdings", "zz", ""),
        ("No such", "F0FE", ""),
        ("Arial", "D800", ""),
    ],
)
def test_symbols(tmp_path: Path, font: str, char: str, expected: str) -> None:
    run = f'<w:r><w:t>x</w:t><w:sym w:font="{font}" w:char="{char}"/></w:r>'
    assert read(tmp_path, run) == f"x{expected}"


def test_private_characters_of_symbol_fonts_in_text(tmp_path: Path) -> None:
    assert read(tmp_path, t("\uf0fe", '<w:rFonts w:ascii="Wingdings"/>'), t(" \uf061")) == "☑ α"
    assert symbol(0x110000, None) == ""


def test_ruby_stands_behind_its_base(tmp_path: Path) -> None:
    run = f"<w:r><w:ruby><w:rt>{t('かん')}</w:rt><w:rubyBase>{t('漢')}</w:rubyBase></w:ruby></w:r>"
    assert read(tmp_path, run) == "漢(かん)"


def test_links_by_relationship_and_by_field(tmp_path: Path) -> None:
    link = f'<w:hyperlink r:id="l1" w:anchor="part">{t("here")}</w:hyperlink>'
    bad = f'<w:hyperlink r:id="l2">{t("bad")}</w:hyperlink>'
    inside = f'<w:hyperlink w:anchor="x">{t("inside")}</w:hyperlink>'
    by_field = field(' HYPERLINK "https://e.org/b" \\l "sec" \\o "tip"', "there")
    links = {"l1": "https://e.org/a", "l2": "javascript:alert(1)"}
    assert read(tmp_path, link, t(" "), by_field, t(" "), inside, t(" "), bad, links=links) == (
        "[here](https://e.org/a#part) [there](https://e.org/b#sec) inside bad"
    )


def test_fields_show_their_results(tmp_path: Path) -> None:
    inner = field("MERGEFIELD n", "5")
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>IF </w:instrText></w:r>'
    end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    nested = f'{begin}{inner}<w:r><w:fldChar w:fldCharType="separate"/></w:r>{t("yes")}{end}'
    simple = f'<w:fldSimple w:instr="DATE">{t("today")}</w:fldSimple>'
    index = field("XE", t("not shown"))
    assert read(tmp_path, t("a "), nested, t(" "), simple, index) == "a yes today"


def form(name: str, data: str) -> str:
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData>{data}</w:ffData></w:fldChar></w:r>'
        f'<w:r><w:instrText>{name}</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def test_forms_and_fields_without_results(tmp_path: Path) -> None:
    ticked = form("FORMCHECKBOX", '<w:checkBox><w:default w:val="0"/><w:checked/></w:checkBox>')
    empty = form("FORMCHECKBOX", '<w:checkBox><w:default w:val="0"/></w:checkBox>')
    entries = '<w:listEntry w:val="one"/><w:listEntry w:val="two"/>'
    chosen = form("FORMDROPDOWN", f'<w:ddList><w:result w:val="1"/>{entries}</w:ddList>')
    button = form("MACROBUTTON Go [Click here]", "")
    sign = form("SYMBOL 183 \\f Symbol", "")
    assert read(tmp_path, ticked, empty, t(" "), chosen, t(" "), button, sign) == "☒☐ two [Click here]•"


def test_a_field_that_never_ends_swallows_no_more_than_its_paragraph(tmp_path: Path) -> None:
    body = p('<w:r><w:fldChar w:fldCharType="begin"/></w:r>' + t("lost")) + p("kept")
    assert texts(page(write(tmp_path / "a", body)).fragments) == ["kept"]


def test_content_controls_smart_tags_and_directions_show_what_they_hold(tmp_path: Path) -> None:
    control = f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{t('Click')}</w:sdtContent></w:sdt>"
    tag = f"<w:smartTag><w:bdo w:val='rtl'>{t(' שלום')}</w:bdo></w:smartTag>"
    assert read(tmp_path, control, tag) == "Click שלום"


def test_formulas_alone_and_in_text(tmp_path: Path) -> None:
    formula = "<m:oMath><m:r><m:t>a&lt;b</m:t></m:r></m:oMath>"
    body = p(f"<m:oMathPara>{formula}</m:oMathPara>") + p(t("if ") + formula)
    assert kinds(page(write(tmp_path / "a", body)).fragments) == [
        ("formula", "$$a < b$$"),
        ("text", "if $a < b$"),
    ]


def nested(open_tag: str, close_tag: str, depth: int) -> str:
    return p(open_tag * depth + t("deep") + close_tag * depth)


@pytest.mark.parametrize(
    "body",
    [
        nested("<w:ins>", "</w:ins>", 2000),
        nested("<w:r>", "</w:r>", 2000),
        nested("<w:r><w:ruby><w:rubyBase>", "</w:rubyBase></w:ruby></w:r>", 600),
        nested("<mc:AlternateContent><mc:Fallback>", "</mc:Fallback></mc:AlternateContent>", 1000),
        nested("<w:sdt><w:sdtContent>", "</w:sdtContent></w:sdt>", 1000),
        "<w:tbl><w:tr><w:tc>" * 700 + p("deep") + "</w:tc></w:tr></w:tbl>" * 700 + p("after"),
        "<w:sdt><w:sdtContent>" * 1000 + p("deep") + "</w:sdtContent></w:sdt>" * 1000,
        p("<w:r><w:pict><w:txbxContent><w:p>" * 400 + t("x") + "</w:p></w:txbxContent></w:pict></w:r>" * 400),
        p('<w:r><w:fldChar w:fldCharType="begin"/></w:r>' * 5000),
        p(field("REF", "").replace('<w:r><w:fldChar w:fldCharType="end"/></w:r>', "") * 5000 + t("x") * 5000),
        p("<m:oMath>" + "<m:d><m:e>" * 700 + "</m:e></m:d>" * 700 + "</m:oMath>"),
    ],
)
def test_depth_cannot_hurt(tmp_path: Path, body: str) -> None:
    start = time.process_time()
    page(write(tmp_path / "a", body))
    assert time.process_time() - start < 5


def test_long_documents_take_linear_time(tmp_path: Path) -> None:
    def seconds(paragraphs: int) -> float:
        path = write(tmp_path / str(paragraphs), p(t("word ", "<w:b/>") + t("and more")) * paragraphs)
        start = time.process_time()
        assert len(page(path).fragments) == paragraphs
        return time.process_time() - start

    seconds(100)
    assert seconds(8000) < 8 * 4 * max(seconds(1000), 0.02)
