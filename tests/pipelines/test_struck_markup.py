"""Struck words of pages that come ready leave the text, its tables too, and are listed after it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.pages.struck_markup import RemoveStruckMarkup, without_struck
from pipelines.table_markup import MarkupCell, TableModel
from pipelines.work import PageWork
from schemas.fragments import (
    Content,
    FigureContent,
    FragmentType,
    HeaderContent,
    PageFragment,
    TableContent,
    TextContent,
)


@pytest.mark.parametrize(
    ("markdown", "left", "struck"),
    [
        ("keep ~~gone~~ keep", "keep keep", ["gone"]),
        ("~~gone~~ keep", "keep", ["gone"]),
        ("keep ~~gone~~.", "keep.", ["gone"]),
        ("~~one~~ ~~two~~ keep ~~three~~", "keep", ["one two", "three"]),
        ("**bold ~~gone~~** keep", "**bold** keep", ["gone"]),
        ("a **~~gone~~ bold** keep", "a **bold** keep", ["gone"]),
        ("a **~~gone~~** keep", "a keep", ["gone"]),
        ("a ***~~gone~~*** keep", "a keep", ["gone"]),
        ("a ~~**gone**~~ keep", "a keep", ["gone"]),
        ("a [~~gone~~](https://x.example) keep", "a keep", ["gone"]),
        ("a ~~[gone](https://x.example) too~~ keep", "a keep", ["gone too"]),
        ("over\n~~two\nlines~~\nthis", "over\n\nthis", ["two lines"]),
        ("all `~~code~~` stays", "all `~~code~~` stays", []),
        ("all $a ~~b~~$ stays", "all $a ~~b~~$ stays", []),
        (r"all \~~escaped~~ stays", r"all \~~escaped~~ stays", []),
        ("```\n~~code~~\n```", "```\n~~code~~\n```", []),
        ('<del author="A">tracked</del> stays', '<del author="A">tracked</del> stays', []),
        ("about ~~ 5 ~~ stays", "about ~~ 5 ~~ stays", []),
    ],
)
def test_struck_words_leave_markdown(markdown: str, left: str, struck: list[str]) -> None:
    assert without_struck(markdown) == (left, struck)


@given(st.text(alphabet="ab ~*`$\\[]()\n<>|", max_size=40))
def test_any_text_is_taken_and_a_second_look_finds_what_the_first_left(text: str) -> None:
    left, struck = without_struck(text)
    assert bool(struck) or left == text
    letters = [c for c in left + "".join(struck) if c in "ab"]
    assert len(letters) <= len([c for c in text if c in "ab"])


def done(*contents: tuple[FragmentType, Content]) -> list[tuple[str, str]]:
    page = PageWork(1, fragments=[PageFragment(fragment_type=kind, content=c) for kind, c in contents])
    RemoveStruckMarkup()([page])
    return [(f.fragment_type.value, f.content.content) for f in page.fragments or []]


def test_passages_follow_their_fragment_and_what_was_all_struck_is_gone() -> None:
    assert done(
        (FragmentType.SECTION_HEADER, HeaderContent(content="Terms ~~draft~~", level=1)),
        (FragmentType.LIST_ITEM, TextContent(content="~~an item~~")),
        (FragmentType.TEXT, TextContent(content="as it is")),
        (FragmentType.FIGURE, FigureContent(content="~~a picture's text~~")),
    ) == [
        ("section_header", "Terms"),
        ("strikethrough", "draft"),
        ("strikethrough", "an item"),
        ("text", "as it is"),
        ("figure", "~~a picture's text~~"),
    ]


def test_struck_words_leave_every_form_of_a_table() -> None:
    cells = [
        MarkupCell(0, 0, text="what", header=True, col_span=2),
        MarkupCell(0, 2, text="price", header=True),
        MarkupCell(1, 0, text="A & old", markdown="A &amp; ~~old~~", row_span=2),
        MarkupCell(1, 1, text="b|c", markdown="b|c"),
        MarkupCell(1, 2, text="5 7", markdown="~~5~~ 7"),
        MarkupCell(2, 1, text="two\nlines\nstay", markdown="~~two\nlines~~\nstay"),
        MarkupCell(2, 2, text="<9>", markdown="~~&lt;9>~~"),
    ]
    page = PageWork(
        1, fragments=[PageFragment(fragment_type=FragmentType.TABLE, content=TableModel(cells).content())]
    )
    RemoveStruckMarkup()([page])
    table, *struck = page.fragments or []
    assert isinstance(table.content, TableContent)
    assert table.content.html == table.content.content
    for form in (table.content.html or "", table.content.markdown or ""):
        assert not any(gone in form for gone in ("~~", "old", "5", "two", "lines", "9"))
        assert all(kept in form for kept in ("what", "price", "A &amp;", "7", "stay"))
    assert (table.content.markdown or "").count("\n") == 3
    assert [f.content.content for f in struck] == ["old", "5", "two lines", "<9>"]
