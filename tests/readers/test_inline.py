from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers.inline import Inline, Mark

BOLD, ITALIC, CODE = Mark("bold"), Mark("italic"), Mark("code")
INS = Mark("ins", attributes=(("data-author", 'A "B" | C'),))
NOTE = Mark("span", "1", (("class", "comment"),))


def inline(*runs: tuple[str, tuple[Mark, ...]]) -> Inline:
    made = Inline()
    for text, marks in runs:
        made.add(text, marks)
    return made


@pytest.mark.parametrize(
    ("runs", "markdown"),
    [
        ([("a ", (BOLD,)), ("b", (ITALIC, BOLD)), (" c", (BOLD,))], "**a *b* c**"),
        (
            [("a", (BOLD,)), ("b", (NOTE, BOLD)), ("c", (NOTE,))],
            '**a<span class="comment">b</span>**<span class="comment">c</span>',
        ),
        ([("a", (NOTE, BOLD)), (" ", ()), ("b", (NOTE,))], '<span class="comment">**a** b</span>'),
        ([("x`y", (CODE, BOLD))], "**``x`y``**"),
    ],
)  # fmt: skip
def test_marks_that_go_on_longer_are_further_out(
    runs: list[tuple[str, tuple[Mark, ...]]], markdown: str
) -> None:
    assert inline(*runs).markdown() == markdown


def test_attributes_are_safe_in_html_and_in_pipe_tables() -> None:
    tag = '<ins data-author="A &quot;B&quot; &#124; C">'
    made = inline(("1 < 2", (INS,)))
    assert made.markdown() == f"{tag}1 < 2</ins>"
    assert made.html() == f"{tag}1 &lt; 2</ins>"


def test_html_has_no_other_marks() -> None:
    made = inline(("a", (BOLD,)), ("<b>", (INS, ITALIC)))
    assert made.html() == 'a<ins data-author="A &quot;B&quot; &#124; C">&lt;b&gt;</ins>'
    assert inline(("a & ", (BOLD,)), ("b", ())).html() == "a &amp; b"


def test_what_is_written_as_it_is() -> None:
    made = Inline()
    made.add_verbatim("$a<b&c$", (BOLD,), "math")
    made.add_verbatim("<!-- x -->", (), "markup")
    assert (made.markdown(), made.plain()) == ("**$a<b&c$**<!-- x -->", "$a<b&c$")
    assert made.html() == "$a&lt;b&amp;c$<!-- x -->"


RUNS = st.lists(
    st.tuples(st.text("ab ", min_size=1, max_size=3), st.sets(st.sampled_from([BOLD, ITALIC, INS, NOTE]))),
    max_size=8,
)


@given(RUNS)
def test_tags_nest_and_lose_no_text(runs: list[tuple[str, set[Mark]]]) -> None:
    made = inline(*((text, tuple(marks)) for text, marks in runs))
    opened: list[str] = []
    for end, name in re.findall(r"<(/?)(ins|span)[^>]*>", made.html()):
        if end:
            assert opened.pop() == name
        else:
            opened.append(name)
    assert not opened
    bare = re.sub(r"<[^>]*>|\*", "", made.markdown())
    assert bare.split() == made.plain().split()
