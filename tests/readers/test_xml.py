from __future__ import annotations

import base64
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers.xml.reader import XmlReader
from schemas.errors import DocumentEmpty, DocumentUnreadable
from schemas.fragments import HeaderContent, PageFragment, TableContent

Read = Callable[[str], list[PageFragment]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def fragments(text: str) -> list[PageFragment]:
        path = tmp_path / "file.xml"
        path.write_text(text, encoding="utf-8")
        return XmlReader(path).fragments()

    return fragments


def shown(fragments: list[PageFragment]) -> list[str]:
    return [
        f"{'#' * f.content.level} {f.content.content}" if isinstance(f.content, HeaderContent) else
        f.content.markdown or "" if isinstance(f.content, TableContent) else f.content.content
        for f in fragments
    ]  # fmt: skip


def test_jats(read: Read) -> None:
    found = read("""<?xml version="1.0"?><!DOCTYPE article PUBLIC "-//NLM//DTD" "none.dtd">
    <article xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:m="http://www.w3.org/1998/Math/MathML"><front>
    <journal-meta><journal-title>Hidden</journal-title></journal-meta><article-meta><title-group>
    <article-title>On <italic>it</italic></article-title></title-group><contrib-group>
    <contrib><name><surname>Byron</surname><given-names>Ada</given-names></name></contrib>
    <contrib><name><surname>Ray</surname><given-names>Bob</given-names></name></contrib></contrib-group>
    <abstract><p>Short&nbsp;one.</p></abstract></article-meta></front><body><sec><label>1</label>
    <title>Part</title><p>See <ext-link xlink:href="https://x.example">there</ext-link>, <inline-formula>
    <alternatives><tex-math>\\begin{document}$x^2$\\end{document}</tex-math><m:math><m:mi>x</m:mi></m:math>
    </alternatives></inline-formula>.</p><sec><title>Sub</title><list list-type="order"><list-item><p>one</p>
    </list-item></list><disp-formula><tex-math>$$a=b$$</tex-math></disp-formula><fig><label>Fig. 1</label>
    <caption><title>Head.</title><p>Tail.</p></caption><alt-text>Alt</alt-text><graphic/></fig></sec></sec>
    </body><back><ref-list><title>References</title><ref><label>1</label><element-citation><name>
    <surname>Doe</surname><given-names>J</given-names></name><article-title>Stuff</article-title>
    <year>1999</year></element-citation></ref></ref-list></back></article>""")
    assert shown(found) == [
        " On it", "Ada Byron, Bob Ray", "Short one.", "# 1 Part", "See [there](https://x.example), $x^2$.",
        "## Sub", "1. one", "$$a=b$$", "Fig. 1 Head. Tail.", "Alt", "# References", "1 J Doe Stuff 1999",
    ]  # fmt: skip


def test_docbook(read: Read) -> None:
    found = read("""<book xmlns="http://docbook.org/ns/docbook"><info><title>B</title></info><chapter>
    <title>C</title><para>a<footnote><para>n</para></footnote> <emphasis role="bold">b</emphasis></para>
    <section><title>S</title><itemizedlist><listitem><para>i</para></listitem></itemizedlist>
    <note><para>mind</para></note><variablelist><varlistentry><term>T</term><listitem><para>D</para>
    </listitem></varlistentry></variablelist><programlisting language="c">x;
  y;</programlisting><table><title>Tab</title><tgroup cols="3"><colspec colname="a"/><colspec colname="b"/>
    <thead><row><entry namest="a" nameend="b">AB</entry><entry>C</entry></row></thead><tbody><row>
    <entry morerows="1">1</entry><entry>2</entry><entry>3</entry></row><row><entry>4</entry><entry>5</entry>
    </row></tbody></tgroup></table><figure><title>F</title><mediaobject><imageobject><imagedata/>
    </imageobject><textobject><phrase>seen</phrase></textobject></mediaobject></figure></section></chapter></book>""")
    assert shown(found) == [
        " B", "# C", "a<sup>1</sup> **b**", "## S", "i", "> **Note**", "> mind", "**T**", "    D",
        "```c\nx;\n  y;\n```", "Tab", "| AB | AB | C |\n| --- | --- | --- |\n| 1 | 2 | 3 |\n| 1 | 4 | 5 |",
        "F", "seen", "<sup>1</sup> n",
    ]  # fmt: skip
    assert [f.fragment_type.value for f in found if "caption" in f.fragment_type] == [
        "table_caption",
        "figure_caption",
    ]


def test_tei_and_fictionbook(read: Read) -> None:
    tei = """<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc><titleStmt><title>T</title>
    </titleStmt><publicationStmt><p>hidden</p></publicationStmt></fileDesc></teiHeader><text><body><div>
    <head>One</head><p>a<note>n</note> <hi rend="bold">b</hi></p><lg><l>x</l><l>y</l></lg></div></body></text>
    </TEI>"""
    assert shown(read(tei)) == [" T", "# One", "a<sup>1</sup> **b**", "x", "y", "<sup>1</sup> n"]
    book = """<FictionBook xmlns="f"><description><title-info><genre>hidden</genre><book-title>B</book-title>
    </title-info></description><body><section><title><p>One</p><p>Two</p></title><p>a</p></section></body>
    <binary>AAAA</binary></FictionBook>"""
    assert shown(read(book)) == [" B", "# One Two", "a"]


def test_feeds(read: Read) -> None:
    rss = """<rss xmlns:c="http://purl.org/rss/1.0/modules/content/"><channel><title>F</title><item>
    <title>A &amp; B</title><link>https://x.example/1</link><pubDate>today</pubDate>
    <description>&lt;p&gt;so &lt;b&gt;b&lt;/b&gt;&lt;script&gt;x&lt;/script&gt;</description></item>
    <item><title>C</title><c:encoded><![CDATA[<ul><li>i</ul>]]></c:encoded></item></channel></rss>"""
    assert shown(read(rss)) == [" F", "# [A & B](https://x.example/1)", "today", "so **b**", "# C", "i"]
    atom = """<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title><entry><title>E</title>
    <author><name>Ada</name></author><updated>2001</updated><link rel="edit" href="https://no.example"/>
    <content type="text">1 &lt; 2</content></entry></feed>"""
    assert shown(read(atom)) == [" F", "# E", "Ada, 2001", "1 < 2"]


def test_records_are_tables_and_the_rest_is_an_outline(read: Read) -> None:
    found = read("""<shop version="2"><owner><name>Ada</name></owner>
    <book id="1"><by>A</by><by>B</by><price cur="EUR">5</price></book>
    <book id="2"><by>C</by><made><in>UK</in></made></book>
    <order no="7"><deep><er><est>x</est></er></deep></order><p>Some <b>mixed</b> text</p><tag>a</tag>
    <tag>b</tag><![CDATA[<loose>]]></shop>""")
    assert shown(found) == [
        " shop", "**version**: 2", "**owner**", "    **name**: Ada", "book",
        "| id | by | price.cur | price | made.in |\n| --- | --- | --- | --- | --- |\n"
        "| 1 | A; B | EUR | 5 |  |\n| 2 | C |  |  | UK |",
        "**order** (no: 7)", "    **deep**", "        **er**", "            **est**: x",
        "**p**: Some mixed text", "**tag**: a", "**tag**: b", "&lt;loose>",
    ]  # fmt: skip


@pytest.mark.parametrize("width", [76, 10_000])
def test_data_in_base64_is_not_text(read: Read, width: int) -> None:
    data = base64.b64encode(bytes(range(256)) * 8).decode()
    lines = "\n".join(data[at : at + width] for at in range(0, len(data), width))
    found = read(
        f"<m><name>a.pdf</name><file>{lines}</file><x key='{data}'/>"
        f"<r><a>1</a><b>{lines}</b></r><r><a>2</a><b>{'ACGT' * 100}</b></r><s>{'Words 12. ' * 50}</s></m>"
    )
    told = "(2,048 bytes of data)"
    assert shown(found)[1:4] == ["**name**: a.pdf", f"**file**: {told}", f"**x** (key: {told})"]
    assert f"| 1 | {told} |\n| 2 | {'ACGT' * 100} |" in shown(found)[5]
    assert "Words 12. Words" in shown(found)[6]


def test_entities_are_never_resolved(read: Read, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET", encoding="utf-8")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 30))
    kinds = f'<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY l0 "ha">{laughs}<!ENTITY % p SYSTEM "x.dtd">%p;'
    found = shown(
        read(f"<!DOCTYPE a [{kinds}]><a><b>&x;</b><c>&l29;</c><d>&eacute;&amp;<![CDATA[&x;]]></d></a>")
    )
    assert found == [" a", "**b**: &amp;x;", "**c**: &amp;l29;", "**d**: é&&amp;x;"]


def test_charsets(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    for charset in ("iso-8859-2", "utf-16", "shift_jis"):
        word = "日本" if charset == "shift_jis" else "Łódź"
        path.write_bytes(f'<?xml version="1.0" encoding="{charset}"?><a><b>{word}</b></a>'.encode(charset))
        assert shown(XmlReader(path).fragments())[-1] == f"**b**: {word}"


def test_damage_is_skipped(read: Read) -> None:
    assert shown(read("<x:a><b>one</b><c y=>two & three</d>")) == [" a", "**b**: one", "**c**: two three"]


def test_nothing_to_read(read: Read) -> None:
    with pytest.raises(DocumentEmpty):
        read("")
    with pytest.raises(DocumentUnreadable, match="no element"):
        read("just words")
    with pytest.raises(DocumentUnreadable, match="deeply"):
        read("<a>" * 100_000)


@pytest.mark.parametrize("start", ["<a>", "<article><p>x</p>"])
@pytest.mark.parametrize(
    "inner",
    ["<a>" * 1500 + "x", "<b/>" * 10_000, "<b>x</b>t" * 10_000, "<label>1</label><title>t</title>" * 5_000,
     "<r a='1'><b>2</b></r>" * 5_000, "<p>a<footnote>b</footnote></p>" * 5_000, "&x;" * 100_000],
)  # fmt: skip
def test_no_document_takes_long(read: Read, start: str, inner: str) -> None:
    began = time.process_time()
    assert read(start + inner)
    assert time.process_time() - began < 10


names = st.sampled_from(
    "article book title sec p para table tgroup row entry colspec list list-item label caption fig footnote "
    "note math tex-math alternatives ref name given-names contrib-group rss item link emphasis a b".split()
)
trees = st.recursive(
    st.text("abé &<]\n", max_size=5).map(lambda text: text.replace("&", "&amp;").replace("<", "&lt;")),
    lambda inner: st.tuples(names, st.lists(inner, max_size=4)).map(
        lambda made: f'<{made[0]} namest="a" nameend="b" morerows="x">{"".join(made[1])}</{made[0]}>'
    ),
)


@given(names, st.lists(trees, max_size=5))
def test_any_tree_is_read(tmp_path_factory: pytest.TempPathFactory, name: str, inner: list[str]) -> None:
    path = tmp_path_factory.mktemp("xml") / "any.xml"
    path.write_text(f"<{name}>{''.join(inner)}</{name}>", encoding="utf-8")
    for fragment in XmlReader(path).fragments():
        assert PageFragment.model_validate_json(fragment.model_dump_json())


@given(
    st.lists(st.sampled_from(["<a>{}</a>", "<b x='{}'/>", "<c><d>{}</d></c>", "{}", "<e>{}<f>{}</f></e>"]))
)
def test_data_is_kept(tmp_path_factory: pytest.TempPathFactory, forms: list[str]) -> None:
    path = tmp_path_factory.mktemp("xml") / "any.xml"
    path.write_text(f"<r>{''.join(form.replace('{}', f'w{n}q') for n, form in enumerate(forms))}</r>")
    assert all(f"w{n}q" in str(shown(XmlReader(path).fragments())) for n in range(len(forms)))
