"""What a model answers becomes content, whatever is around it and whatever is in it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.vision.transcript import formula_of, fragments_of, is_foreign, is_refusal, table_of, unwrapped
from schemas.fragments import FragmentType, HeaderContent, Source

PAGE = "# Tides\n\nThe water rises twice a day."


def told(text: str) -> list[tuple[str, str]]:
    return [(f.fragment_type.value, f.content.content) for f in fragments_of(text)]


@pytest.mark.parametrize(
    "answer",
    [
        PAGE,
        f"\n {PAGE}\n\n",
        f"```markdown\n{PAGE}\n```",
        f"```\n{PAGE}\n```\n",
        f"Here you are:\n```md\n{PAGE}\n```\nAll done!",
        f"```markdown\n{PAGE}",
        f"<think>A page about `tides`.</think>\n{PAGE}",
        f"---\nprimary_language: en\nrotation: 0\n---\n{PAGE}",
        f"{PAGE}<|im_end|>",
    ],
)
def test_what_is_around_the_transcription_goes(answer: str) -> None:
    assert unwrapped(answer) == PAGE


@pytest.mark.parametrize(
    "answer",
    [
        f"{PAGE}\n\n```python\nprint(1)\n```",
        f"{PAGE}\n\n```\nlisting\n```",
        f"{PAGE * 9}\n\n```html\n<p>\n```",
        "```python\nprint(1)\n```",
    ],
)
def test_code_of_the_page_stays(answer: str) -> None:
    assert unwrapped(answer) == answer


def test_markdown_becomes_fragments_of_the_model() -> None:
    text = (
        "# Tides\n\n## Causes\n\nThe **moon** and H<sub>2</sub>O.\n\n- spring\n- neap\n\n3. third\n\n"
        "| Port | Height |\n|---|---|\n| Amber | 3.2 |\n"
    )
    found = fragments_of(text)
    assert [(f.fragment_type.value, f.content.content.split("\n")[0]) for f in found] == [
        ("title", "Tides"),
        ("section_header", "Causes"),
        ("text", "The **moon** and H<sub>2</sub>O."),
        ("list_item", "spring"),
        ("list_item", "neap"),
        ("list_item", "3. third"),
        ("table", "<table>"),
    ]
    assert {f.source for f in found} == {Source.MODEL}
    assert {f.bbox for f in found} == {None}
    assert isinstance(found[0].content, HeaderContent)


def test_formulas_are_not_read_as_markdown() -> None:
    text = "Where $x_1 * y_2 * z$ and \\(a_b\\), so\n\n$$\n\\frac{a_1}{b_1} \\\\ c\n$$\n\n\\[ E = mc^2 \\]\n"
    assert told(text) == [
        ("text", "Where $x_1 * y_2 * z$ and $a_b$, so"),
        ("formula", "$$\\frac{a_1}{b_1} \\\\ c$$"),
        ("formula", "$$E = mc^2$$"),
    ]


def test_formulas_in_environments() -> None:
    text = "So\n\n\\begin{align*}\na &= b_1 \\\\\nc &= d\n\\end{align*}\n\nfollows."
    assert told(text) == [
        ("text", "So"),
        ("formula", "$$\\begin{align*} a &= b_1 \\\\ c &= d \\end{align*}$$"),
        ("text", "follows."),
    ]


@pytest.mark.parametrize(
    "text", ["It costs $5 and $10.", "From US$7 to A$9.", "Write `$x_1$` for it.", "A $ and a $ sign."]
)
def test_dollars_that_are_money_or_code_are_left_alone(text: str) -> None:
    assert told(text) == [("text", text)]


def test_formulas_in_tables_and_headings() -> None:
    table = table_of("<table><tr><th>$x_1$</th></tr><tr><td>$y_{2}$</td></tr><tr><td>3</td></tr></table>")
    assert table is not None
    assert "<th>$x_1$</th>" in (table.html or "")
    assert told("## On $a_1 + b_1$") == [("section_header", "On $a_1 + b_1$")]


def test_tables_are_whole_however_they_are_laid_out() -> None:
    text = (
        "<table>\n\n    <tr>\n        <th>Port</th>\n\n        <th>**Ships**</th>\n    </tr>\n\n"
        "    <tr><td>Amber</td><td>2 * 3 ** 2</td></tr>\n\n</table>\n\n    code\n"
    )
    table, code = fragments_of(text)
    assert (table.fragment_type, code.content.content) == (FragmentType.TABLE, "```\ncode\n```")
    html = str(getattr(table.content, "html", ""))
    assert "<tr><th>Port</th><th>Ships</th></tr>" in html
    assert "<tr><td>Amber</td><td>2 * 3 ** 2</td></tr>" in html


def test_nothing_active_and_no_pictures_come_through() -> None:
    text = (
        "<script>alert(1)</script>\n\n![a mountain](http://x/y.png)\n\n[go](javascript:x) <b onclick=x>on</b>"
    )
    (only,) = told(text)
    assert "alert" not in only[1]
    assert "onclick" not in only[1]
    assert "mountain" not in only[1]


def test_the_largest_table_is_the_table() -> None:
    text = "<table><tr><td>1</td><td>2</td></tr></table>\n\n| a | b |\n|---|---|\n| 3 | 4 |\n| 5 | 6 |\n"
    table = table_of(text)
    assert table is not None
    assert "<td>6</td>" in (table.html or "")
    assert table_of("no table here") is None


@pytest.mark.parametrize(
    ("answer", "formula"),
    [
        ("x^2", "$$x^2$$"),
        ("$$ x^2 $$", "$$x^2$$"),
        ("\\[ x^2 \\tag{1} \\]", "$$x^2 \\tag{1}$$"),
        ("\\(x\\)", "$$x$$"),
        ("$x$", "$$x$$"),
        ("", None),
        ("$$", None),
        ("$x$ and $y$", None),
        ("x\n\ny", None),
    ],
)
def test_a_formula_alone(answer: str, formula: str | None) -> None:
    assert formula_of(answer) == formula


@pytest.mark.parametrize(
    ("answer", "foreign"),
    [
        ('[{"bbox": [1, 2, 3, 4], "text": "Tides"}]', True),
        ('{"text": "Tides"}', True),
        ("<doctag><text><loc_1><loc_2>Tides</text></doctag>", True),
        ("[12]", False),
        ("[1] A. Keeper, Tides, 1871.", False),
        ("{a} is a set", False),
        ("[" * 200_000, False),
        (PAGE, False),
    ],
)
def test_formats_of_their_own_are_told_from_markdown(answer: str, foreign: bool) -> None:
    assert is_foreign(answer) is foreign


def test_refusals() -> None:
    assert is_refusal("I'm sorry, I can't help with that.")
    assert is_refusal("Sorry, the picture is too dark.")
    assert not is_refusal("Sorry Day is a holiday in the harbor.")
    assert not is_refusal("I am the master of the harbor.")


@pytest.mark.parametrize(
    "answer",
    [
        part * 10_000
        for part in (
            "\\[",
            "$$x",
            "$a",
            "```\n",
            "> ",
            "<div>",
            "<table><tr><td>",
            "[",
            "<think>",
            "<|",
            "\\begin{align}",
        )
    ],
)
def test_answers_made_to_take_long_do_not(answer: str) -> None:
    started = time.process_time()
    fragments_of(unwrapped(answer))
    assert time.process_time() - started < 10


@given(st.text(alphabet="a1$`\\[]()#|*_<>/tdr \n-&;", max_size=200))
def test_any_answer_gives_valid_fragments(answer: str) -> None:
    for fragment in fragments_of(unwrapped(answer)):
        assert fragment.fragment_type is not FragmentType.FIGURE
