from __future__ import annotations

import time
from pathlib import Path

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers.html.reader import HtmlReader, fragments_of_html
from schemas.errors import DocumentEmpty, DocumentUnreadable
from schemas.fragments import FragmentType, HeaderContent, PageFragment, TableContent


def contents(html: str) -> list[tuple[str, str]]:
    return [(f.fragment_type.value, f.content.content) for f in fragments_of_html(html)]


def texts(html: str) -> list[str]:
    return [text for _, text in contents(html)]


def only_table(html: str) -> TableContent:
    (table,) = [f.content for f in fragments_of_html(html) if isinstance(f.content, TableContent)]
    return table


def test_fragments_have_no_geometry() -> None:
    found = fragments_of_html("<h1>T</h1><p>a<p>b")
    assert [(f.content.content, f.bbox) for f in found] == [("T", None), ("a", None), ("b", None)]


def levels(html: str) -> list[tuple[str, int]]:
    return [
        (f.fragment_type.value, f.content.level)
        for f in fragments_of_html(html)
        if isinstance(f.content, HeaderContent)
    ]


def test_one_h1_is_the_title_and_h2_comes_right_below() -> None:
    assert levels("<h1>T</h1><h2>a</h2><h3>b</h3><h2>c</h2>") == [
        ("title", 0),
        ("section_header", 1),
        ("section_header", 2),
        ("section_header", 1),
    ]


def test_without_h1_the_levels_are_the_same() -> None:
    assert levels("<h2>a</h2><h3>b</h3>") == [("section_header", 1), ("section_header", 2)]


def test_several_h1_stand_above_their_h2() -> None:
    assert levels("<h1>T</h1><h1>A</h1><h2>a</h2>") == [
        ("title", 0),
        ("section_header", 1),
        ("section_header", 2),
    ]


def test_inline_marks_become_markdown() -> None:
    html = (
        "<p>a <b>bold </b>and <i>it<b>alic</b></i>, <code>x < `y`</code> "
        "H<sub>2</sub>O <del>old</del><ins>new</ins><br>next</p>"
    )
    assert texts(html) == [
        "a **bold** and *it**alic***, `` x < `y` `` H<sub>2</sub>O ~~old~~<ins>new</ins>\nnext"
    ]


def test_marks_that_touch_are_joined_and_empty_ones_vanish() -> None:
    assert texts("<p><b>a</b> <b>b</b><i> </i><b></b> c</p>") == ["**a b** c"]


def test_text_that_looks_like_markup_is_escaped() -> None:
    assert texts("<p>&lt;script&gt; 1 &lt; 2 AT&T &amp;lt;</p>") == ["&lt;script> 1 < 2 AT&T &amp;lt;"]


@pytest.mark.parametrize(
    ("href", "shown"),
    [
        ("https://example.org/a b", "[x](https://example.org/ab)"),
        ("/a(b)", "[x](/a%28b%29)"),
        ("x", "x"),
        ("mailto:a@b.example", "[x](mailto:a@b.example)"),
        ("javascript:alert(1)", "x"),
        (" java\nscript:alert(1)", "x"),
        ("DATA:text/html,x", "x"),
        ("vbscript:x", "x"),
        ("#", "x"),
        ("", "x"),
    ],
)
def test_only_harmless_links_are_kept(href: str, shown: str) -> None:
    assert texts(f'<p><a href="{href}">x</a></p>') == [shown]


def test_signs_that_link_a_heading_to_itself_are_left_out() -> None:
    assert texts('<h2>Part<a href="#part">¶</a></h2><p>Note<a href="#n1">1</a></p>') == [
        "Part",
        "Note[1](#n1)",
    ]


def test_control_characters_by_reference_are_dropped() -> None:
    assert texts("<p>a&#1;b</p><pre>c&#x1f;d</pre>") == ["ab", "```\ncd\n```"]


def test_a_link_around_blocks() -> None:
    assert texts('<a href="/x"><div>one</div><div>two</div></a>') == ["[one](/x)", "[two](/x)"]


def test_lists_keep_depth_and_numbers() -> None:
    html = """<ul><li>a<ol start=3><li>b</li><li value=7>c<p>more</p></li></ol></li><li>d</ul>
        <ol type=a><li>x<li>y</ol><ul><li>1. not a number</ul>"""
    assert contents(html) == [
        ("list_item", "a"),
        ("list_item", "    3. b"),
        ("list_item", "    7. c\n\n       more"),
        ("list_item", "d"),
        ("list_item", "a. x"),
        ("list_item", "b. y"),
        ("list_item", "* 1. not a number"),
    ]


def test_items_without_text_of_their_own_add_no_depth() -> None:
    assert texts("<ul><li>a<ul><li><ul><li>b</ul></ul></ul>") == ["a", "    b"]


def test_description_lists() -> None:
    assert texts("<dl><dt>T<dd>one<dd><dl><dt>S<dd>two</dl></dl>") == [
        "**T**",
        "    one",
        "    **S**",
        "        two",
    ]


def test_code_blocks_are_fenced_with_their_language() -> None:
    html = '<pre><code class="language-python">\na = 1\n\n  b ``` c\n</code></pre>'
    assert contents(html) == [("text", "````python\na = 1\n\n  b ``` c\n````")]


def test_code_in_cells_is_code_by_lines() -> None:
    table = only_table("<table><tr><td>a<td><pre>if x &lt; 1:\n  y</pre></table>")
    assert table.markdown == "| a | `if x < 1:`<br/>`y` |\n| --- | --- |"
    assert "<td>if x &lt; 1:<br/>y</td>" in (table.html or "")


def test_quotes_and_details() -> None:
    html = (
        "<blockquote><p>a<br>b<blockquote>c</blockquote></blockquote><details><summary>S</summary>d</details>"
    )
    assert texts(html) == ["> a\n> b", "> > c", "**S**", "d"]


def test_figures_and_captions() -> None:
    html = """<figure><img src=x><figcaption>F</figcaption></figure><img alt=" A  chart"><p><img src=spacer>
        text <img alt="ok"> more</p><figure><table><tr><td>1<td>2</table>
        <figcaption>T</figcaption></figure>"""
    kinds = contents(html)
    assert kinds[:4] == [
        ("figure", ""),
        ("figure_caption", "F"),
        ("figure", "A chart"),
        ("text", "text ok more"),
    ]
    assert [kind for kind, _ in kinds[4:]] == ["table", "table_caption"]


def test_what_is_not_shown_is_not_read() -> None:
    html = """<head><title>t</title></head><script>s</script><style>s</style><template>t</template>
        <p hidden>h</p><p style="color:red; DISPLAY : none">h</p><noscript>n</noscript>
        <svg><text>v</text></svg>
        <p>seen<span aria-hidden="true">¶</span></p><!-- c --><p hidden="until-found">found</p>"""
    assert texts(html) == ["seen", "found"]


def test_formulas() -> None:
    tex = '<semantics><mi>a</mi><annotation encoding="application/x-tex">a^2</annotation></semantics>'
    html = f'<p>so <math>{tex}</math> is</p><math display="block">{tex}</math>'
    assert contents(html) == [("text", "so $a^2$ is"), ("formula", "$$a^2$$")]


def test_formulas_without_a_source_are_read_from_their_parts() -> None:
    assert texts("<p>so <math><msup><mi>a</mi><mn>2</mn></msup></math> and <math>b</math>") == [
        "so $a^{2}$ and b"
    ]


def test_readings_stand_in_brackets() -> None:
    assert texts("<p><ruby>漢<rt>かん</rt></ruby> <ruby>字<rp>（</rp><rt>じ</rt><rp>）</rp></ruby>") == [
        "漢(かん) 字（じ）"
    ]


def test_captions_belong_to_what_is_in_their_figure() -> None:
    table = "<table><tr><td>1<td>2</table>"
    kinds = [kind for kind, _ in contents(f"<figure><figcaption>T</figcaption>{table}</figure>")]
    assert kinds == ["table_caption", "table"]


def test_form_fields_show_their_values() -> None:
    html = (
        '<p><input type=checkbox checked>yes <input type=radio>no <input value="Ada">'
        "<input type=password value=p>"
    )
    assert texts(html) == ["[x] yes [ ] no Ada"]


def test_tables_are_rebuilt() -> None:
    html = """<table><caption>C</caption><thead><tr><td>a<td>b</thead><tr><td onclick="x()"><b>1</b>|<td>2
        <script>x</script></table>"""
    table = only_table(html)
    assert table.html == (
        "<table>\n<thead>\n<tr><th>a</th><th>b</th></tr>\n</thead>\n"
        "<tbody>\n<tr><td>1|</td><td>2</td></tr>\n</tbody>\n</table>"
    )
    assert table.markdown == "| a | b |\n| --- | --- |\n| **1**\\| | 2 |"
    assert table.cells == []
    assert contents(html)[0] == ("table_caption", "C")


def test_spans_are_kept_and_clamped() -> None:
    html = """<table><tr><td rowspan=0>all<td colspan=99>wide<tr><td>1<td>2<tr><td rowspan=70000>3
        <td colspan=-1>4</table>"""
    table = only_table(html)
    assert table.html is not None
    assert '<td rowspan="3">all</td><td colspan="2">wide</td>' in table.html
    assert "<tr><td>3</td><td>4</td></tr>" in table.html


def test_a_table_inside_a_cell_becomes_lines() -> None:
    html = "<table><tr><th>k<th>v<tr><td>a<td><table><tr><td>1<td>2<tr><td>3<td>4</table></table>"
    assert only_table(html).html is not None
    assert "<td>1 | 2<br/>3 | 4</td>" in (only_table(html).html or "")


def test_layout_tables_are_read_as_text() -> None:
    html = """<table><tr><td><h2>H</h2><p>p</p></td></tr><tr><td>
        <table><tr><td>a<td>b<tr><td>c<td>d</table></td></tr></table>
        <table role=presentation><tr><td>x<td>y</table>"""
    assert [kind for kind, _ in contents(html)] == ["section_header", "text", "table", "text", "text"]


def test_a_table_with_one_text_in_each_row_and_blocks_in_them_is_layout() -> None:
    html = "<table><tr><td><img src=a.png><td><p>a</p><p>b</p><tr><td>&nbsp;<td><p>c</p></table>"
    assert texts(html) == ["a", "b", "c"]
    assert only_table("<table><tr><td>Name<td><tr><td>Date<td></table>").html is not None


def test_a_table_of_sections_is_layout() -> None:
    html = "<table><tr><td><h2>A</h2><p>a<td><h2>B</h2>b<td>c</table>"
    assert texts(html) == ["A", "a", "B", "b", "c"]
    assert only_table("<table><tr><td><h2>A</h2><td><h2>B</h2><tr><td>a<td>b</table>").html is not None
    assert only_table("<table><tr><td><h2>A</h2>a<td>5<tr><td><h2>B</h2>b<td>6</table>").html is not None


def test_blocks_in_cells_stay_in_their_cell() -> None:
    html = "<table><tr><th>a<th>b<tr><td><p>x<p>y<td><ul><li>1<li>2</ul><img alt=pic></table>after"
    assert only_table(html).markdown == "| a | b |\n| --- | --- |\n| x<br/>y | - 1<br/>- 2<br/>pic |"
    assert texts(html)[-1] == "after"


def test_stray_table_parts_lose_no_text() -> None:
    assert "".join(texts("<tr><td>a</td></tr><td>b</td><li>c</li><table>d<tr>e<td>f<td>g</table>")) != ""
    joined = " ".join(texts("<td>b</td><li>c</li><table>d<tr>e<td>f<td>g</table>"))
    assert all(letter in joined for letter in "bcdefg")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ('<meta charset="windows-1251"><p>Привет'.encode("cp1251"), "Привет"),
        (
            '<meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS"><p>日本語'.encode(
                "shift_jis"
            ),
            "日本語",
        ),
        ('<?xml version="1.0" encoding="ISO-8859-1"?><html><body><p>“é”'.encode("cp1252"), "“é”"),
        ("\ufeff<p>ü".encode(), "ü"),
        ("\ufeff<p>ü".encode("utf-16"), "ü"),
        ('<meta charset="unicode_escape"><p>\\x41é'.encode(), "\\x41é"),
    ],
)
def test_charsets(tmp_path: Path, data: bytes, text: str) -> None:
    path = tmp_path / "page"
    path.write_bytes(data)
    assert HtmlReader(path).fragments()[-1].content.content.lstrip("\ufeff") == text


def test_xhtml_may_end_elements_in_their_start_tag() -> None:
    html = (
        '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><script src="x"/></head>'
        '<body><a id="a"/><p>seen</p></body></html>'
    )
    assert texts(html) == ["seen"]


def test_nothing_to_read(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(b"")
    with pytest.raises(DocumentEmpty, match="empty"):
        HtmlReader(path)
    path.write_bytes(b"\x00\x01\x02\x03" * 100)
    with pytest.raises(DocumentUnreadable, match="binary"):
        HtmlReader(path)
    assert fragments_of_html("  \n") == []
    assert fragments_of_html("<!-- only a comment -->") == []


def test_external_entities_and_files_are_not_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    url = secret.as_uri()
    html = f'<!DOCTYPE html [<!ENTITY e SYSTEM "{url}">]><p>a&e;b</p><iframe src="{url}"></iframe>'
    assert "SECRET" not in str(fragments_of_html(html))


@pytest.mark.parametrize("tag", ["div", "ul><li", "blockquote", "b", "table><tr><td", "font", "dl><dd"])
def test_deep_nesting_loses_nothing(tag: str) -> None:
    html = "".join(f"<{tag}>" for _ in range(400)) + "inner" + "<p>after"
    assert {"inner", "after"} <= set(" ".join(texts(html)).replace("*", "").replace(">", "").split())


def test_nesting_beyond_all_measure_is_refused_and_not_cut() -> None:
    with pytest.raises(DocumentUnreadable, match="deeply"):
        fragments_of_html("<div>" * 100_000 + "inner")


def test_a_small_file_cannot_claim_a_huge_table() -> None:
    html = "<table>" + "<tr><td colspan=1000 rowspan=65534>x" * 3000 + "</table>"
    start = time.process_time()
    assert sum(str(f.content.content).count("<td") for f in fragments_of_html(html)) <= 1_000_000
    assert time.process_time() - start < 5


words = st.text("abcXYZé <>&\"'|`*_[]()#\n\t", max_size=15)
tags = st.sampled_from(
    [
        "a",
        "b",
        "code",
        "p",
        "div",
        "h1",
        "h2",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "table",
        "tr",
        "td",
        "th",
        "thead",
        "caption",
        "pre",
        "blockquote",
        "figure",
        "figcaption",
        "img",
        "br",
        "details",
        "summary",
        "math",
        "input",
        "span",
        "script",
        "title",
        "select",
        "option",
        "body",
        "html",
    ]
)
pieces = st.one_of(
    words,
    tags.map("<{}>".format),
    tags.map("</{}>".format),
    tags.map('<{} colspan=2 rowspan=3 alt=x href="y">'.format),
)


@given(st.lists(pieces, max_size=40).map("".join))
def test_any_html_gives_valid_fragments(html: str) -> None:
    for fragment in fragments_of_html(html):
        assert PageFragment.model_validate_json(fragment.model_dump_json()) is not None
        if isinstance(fragment.content, TableContent):
            assert fragment.content.html is not None
            parts = [part for part in lxml.html.fromstring(fragment.content.html).iter() if part.tag != "br"]
            assert {part.tag for part in parts} <= {"table", "thead", "tbody", "tr", "th", "td"}
            assert {name for part in parts for name in part.attrib} <= {"rowspan", "colspan"}


@given(
    st.lists(
        st.sampled_from(["<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<ul>", "<li>", "</ul>", "<td>"])
    )
)
def test_text_is_kept_in_order(tags_between: list[str]) -> None:
    html = "".join(f"{tag}w{n}" for n, tag in enumerate(tags_between))
    read = "".join(c for c in " ".join(texts(f"<body>{html}")) if c.isalnum())
    assert read == "".join(f"w{n}" for n in range(len(tags_between)))


def test_types_are_of_the_wire() -> None:
    assert {f.fragment_type for f in fragments_of_html("<h1>a</h1><p>b")} == {
        FragmentType.TITLE,
        FragmentType.TEXT,
    }
