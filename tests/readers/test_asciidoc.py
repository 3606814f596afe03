from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers.asciidoc.reader import AsciidocReader, html_of_asciidoc
from pipelines.readers.html.reader import fragments_of_html
from schemas.fragments import HeaderContent, TableContent


def contents(text: str) -> list[tuple[str, str]]:
    return [(f.fragment_type.value, f.content.content) for f in fragments_of_html(html_of_asciidoc(text))]


def texts(text: str) -> list[str]:
    return [content for _, content in contents(text)]


def markdown_of_table(text: str) -> str | None:
    (table,) = [
        f.content for f in fragments_of_html(html_of_asciidoc(text)) if isinstance(f.content, TableContent)
    ]
    return table.markdown


def test_headings_of_both_kinds() -> None:
    found = fragments_of_html(
        html_of_asciidoc("= T\nAda\n\n== A ==\n\n=== B\ntext\n\nC\n-\n\nOld way\n-------\n")
    )
    assert [(f.content.content, f.content.level) for f in found if isinstance(f.content, HeaderContent)] == [
        ("T", 0),
        ("A", 1),
        ("B", 2),
        ("Old way", 1),
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*b* _i_ **u**n `c *x*` ``a`b``", "**b** *i* **u**n `c *x*` ``a`b``"),
        ("2 * 3 * 4 and a_b_c and *open", "2 * 3 * 4 and a_b_c and *open"),
        ("H~2~O x^2^ [.line-through]#old# #new# [.underline]##u##n",
         "H<sub>2</sub>O x<sup>2</sup> ~~old~~ new <ins>u</ins>n"),
        (r"\*a* \{b} pass:[*c*] +_d_+", "*a* {b} *c* _d_"),
        ("https://x.example/a_b_c?d=1&e=2[the *page*^].", "[the **page**](https://x.example/a_b_c?d=1&e=2)."),
        ("see https://x.example. or <https://y.example>", "see https://x.example. or https://y.example"),
        ("mailto:a@b.example[Ada] link:x.html[X] <<part,Part>> xref:q[Q]",
         "[Ada](mailto:a@b.example) [X](x.html) [Part](#part) [Q](#q)"),
        ("link:javascript:alert(1)[X]", "X"),
        ("kbd:[Ctrl+C] btn:[OK], menu:File[Save > All] image:i.png[Icon,20]",
         "`Ctrl+C` **OK**, **File › Save › All** Icon"),
        ('(C) a -- b... "`q`" -> stem:[x_1^2]', "© a — b… “q” → $x_1^2$"),
        ("<b> & ((term))(((hidden,term)))", "&lt;b> & term"),
        ("one +\ntwo\nthree", "one\ntwo three"),
    ],
)  # fmt: skip
def test_running_text(text: str, shown: str) -> None:
    assert texts(text) == [shown]


def test_attributes_and_conditions() -> None:
    text = ":name: World\n:greeting: Hello {name}\n:!name:\n\n{greeting}! {name} {amp}\n"
    assert texts(text + "ifdef::greeting[]\nin\nendif::[]\nifndef::greeting[]\nout\n====\nendif::[]\n") == [
        "Hello World! {name} &",
        "in",
    ]


def test_footnotes_come_last() -> None:
    assert texts("a footnote:[N *b*] and footnote:x[M] and again footnote:x[]\n\nend") == [
        "a <sup>1</sup> and <sup>2</sup> and again <sup>2</sup>",
        "end",
        "<sup>1</sup> N **b**",
        "<sup>2</sup> M",
    ]


def test_lists_nest_by_sign_and_by_indentation() -> None:
    assert texts("* a\n** b\n*** c\n* d\n. one\n.. sub\n. two\n\nText\n\n- x\n  - y\n  1. n\n- z") == [
        "a", "    b", "        c", "d", "    1. one", "        a. sub", "    2. two", "Text", "x", "    y",
        "        1. n", "z",
    ]  # fmt: skip


def test_blocks_are_attached_to_items() -> None:
    assert contents("* a\n+\npara\n+\n----\ncode\n----\n* [x] done\n\nafter") == [
        ("list_item", "a\n\n  para"),
        ("text", "```\ncode\n```"),
        ("list_item", "[x] done"),
        ("text", "after"),
    ]


def test_descriptions() -> None:
    assert texts("One:: first\nTwo::\n  second\n  line\nThree::\n* item") == [
        "**One**", "    first", "**Two**", "    second line", "**Three**", "    item",
    ]  # fmt: skip


def test_admonitions_quotes_and_nested_blocks() -> None:
    text = "NOTE: mind\n\n[WARNING]\n====\nhot\n\n----\nx = 1\n----\n====\n\n"
    text += "[quote, Ada, Notes]\n____\nso\n____\n\nend"
    assert texts(text) == [
        "> **Note:** mind", "> **Warning**", "> hot", "```\nx = 1\n```", "> so", "> — Ada, Notes", "end",
    ]  # fmt: skip


def test_verbatim_blocks() -> None:
    text = "[source,ruby]\n----\nputs '*x*'\n== no\n----\n\n....\na\n....\n\n```py\nb\n```\n\n"
    text += " indented\n  text\n\n[stem]\n++++\na^2\n++++\n\n[verse]\nx\ny"
    assert texts(text) == [
        "```ruby\nputs '*x*'\n== no\n```", "```\na\n```", "```py\nb\n```", "```\n indented\n  text\n```",
        "$$a^2$$", "x\ny",
    ]  # fmt: skip


def test_figures_comments_and_includes() -> None:
    text = ".The caption\nimage::a/b.png[An image, 200]\n\n"
    text += "////\nhidden\n////\n// hidden\ninclude::secret.txt[]\n"
    assert contents(text) == [
        ("figure", "An image"),
        ("figure_caption", "The caption"),
        ("text", "include::secret.txt[]"),
    ]


def test_tables() -> None:
    assert markdown_of_table("|===\n|A |B\n\n|1\n|*2*\n\n|x \\| y |z\n|===") == (
        "| A | B |\n| --- | --- |\n| 1 | **2** |\n| x \\| y | z |"
    )
    spans = fragments_of_html(
        html_of_asciidoc(
            '[%header,cols="1,2a,s"]\n|===\n|A |B |C\n2+|wide |c\n.2+|tall\n|* i\n* j |d\n|e |f\n|==='
        )
    )[0].content
    assert isinstance(spans, TableContent)
    assert spans.html is not None
    assert '<td colspan="2">wide</td>' in spans.html
    assert '<td rowspan="2">tall</td><td>- i<br/>- j</td><td>d</td>' in spans.html
    assert "<tr><td>e</td><td>f</td></tr>" in spans.html
    assert contents(".T\n|===\n|a|b\n|===")[0] == ("table_caption", "T")


def test_tables_of_values_and_of_bare_lines() -> None:
    assert markdown_of_table('[format=csv,%header]\n|===\na,b\n1,"x, y"\n|===') == (
        "| a | b |\n| --- | --- |\n| 1 | x, y |"
    )
    assert markdown_of_table(",===\na,b\n,===") == "| a | b |\n| --- | --- |"
    assert markdown_of_table("|a|b|\n|c|d|") == "| a | b |\n| --- | --- |\n| c | d |"
    assert markdown_of_table("|===\n|a |b\n|1 |\n|2 |3 |\n|===") == (
        "| a | b |\n| --- | --- |\n| 1 |  |\n| 2 | 3 |"
    )


def test_attributes_cannot_blow_up() -> None:
    lines = [":a0: " + "x" * 900] + [f":a{n}: " + f"{{a{n - 1}}}" * 50 for n in range(1, 50)]
    text = "\n".join(lines) + "\n\n" + "{a49}" * 100_000
    assert len(html_of_asciidoc(text)) < 3_000_000


@pytest.mark.parametrize(
    "text",
    ["*a " * 50_000, "`a " * 50_000, "link:" * 50_000, "footnote:[" * 30_000, "<<" * 50_000,
     "====\n--\n" * 20_000,
     "* a\n+\n" * 20_000, "|===\n" + "5+.9+|x\n" * 20_000, "((" * 50_000, "pass:[" * 30_000, "_*" * 30_000,
     ".T\n[a]\n" * 20_000, "a::\n" * 20_000, "ifdef::x[]\n" * 20_000, "https://a" * 20_000],
)  # fmt: skip
def test_no_text_takes_long(text: str) -> None:
    start = time.process_time()
    html_of_asciidoc(text)
    assert time.process_time() - start < 5


lines = st.lists(
    st.sampled_from(
        ("= T|== S|* a|** b|. n|.. m|a:: b|+||----|====|____|--|.T|[NOTE]|[source,x]|:k: v|{k}|text *b* _i_"
         "|image::x[y]| indented|````|-----|T|ifdef::k[]|endif::[]|,===|!===|a footnote:[b]|<1> c|[cols=2*a]"
         "|¦===|¦a ¦b|2+¦c").replace("¦", "\t").split("|")
    ).map(lambda line: line.replace("\t", "|")),
    max_size=25,
)  # fmt: skip


@given(lines.map("\n".join))
def test_any_text_is_read(text: str) -> None:
    fragments_of_html(html_of_asciidoc(text))


@given(
    st.lists(
        st.sampled_from(["= {}", "== {}", "* {}", "** {}", ". {}", "{}:: {}", "", "+", "====", "{}", "{}"])
    )
)
def test_no_word_is_lost(forms: list[str]) -> None:
    text = "\n".join(form.replace("{}", f"w{n}q") for n, form in enumerate(forms))
    words = {f"w{n}q" for n, form in enumerate(forms) if "{}" in form}
    assert all(word in " ".join(texts(text)) for word in words)


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.adoc"
    path.write_text("= Ünïcode\n", encoding="utf-16")
    assert AsciidocReader(path).fragments()[0].content.content == "Ünïcode"
