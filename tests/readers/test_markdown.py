from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.documents.markdown import document_markdown
from pipelines.readers.markdown import MarkdownReader
from schemas.documents import Page
from schemas.fragments import PageFragment
from schemas.options import TableOutputMode


def read(path: Path, text: str) -> list[PageFragment]:
    path.write_text(text, encoding="utf-8", newline="")
    return MarkdownReader(path).fragments()


def contents(path: Path, text: str) -> list[tuple[str, str]]:
    return [(f.fragment_type.value, f.content.content) for f in read(path, text)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "readme.md"


def test_blocks(path: Path) -> None:
    text = "# T\n\ntext\nwraps  \nbreaks\n\nSub\n---\n\n1. a\n   - b\n2. c\n\n> quote\n\n```sh\nls *\n```\n"
    assert contents(path, text) == [
        ("title", "T"),
        ("text", "text wraps\nbreaks"),
        ("section_header", "Sub"),
        ("list_item", "1. a"),
        ("list_item", "    b"),
        ("list_item", "2. c"),
        ("text", "> quote"),
        ("text", "```sh\nls *\n```"),
    ]


def test_tables_and_strikethrough(path: Path) -> None:
    text = "| a | b |\n|---|---|\n| ~~x~~ | `y|` \\| z |\n"
    ((kind, html),) = contents(path, text)
    assert kind == "table"
    assert "<th>a</th>" in html
    assert "~~x~~" in str(read(path, text)[0].content)


def test_front_matter_is_shown_as_it_is(path: Path) -> None:
    assert contents(path, "---\ntitle: <b>\ntags: [a]\n---\n# T\n")[0] == (
        "text",
        "```yaml\ntitle: <b>\ntags: [a]\n```",
    )
    assert contents(path, "---\n\nno front matter\n\n---\n") == [("text", "no front matter")]


def test_raw_html_is_read_for_what_it_shows(path: Path) -> None:
    text = (
        'a <b onclick="x">bold</b> <script>bad()</script>\n\n<table onclick="bad()"><tr><td>1<td>2</table>\n'
    )
    found = contents(path, text)
    assert [kind for kind, _ in found] == ["text", "table"]
    assert found[0][1] == "a **bold**"
    assert "bad" not in str(found)


def test_markdown_comes_out_as_it_went_in(path: Path) -> None:
    text = (
        "# Title\n\nSome **bold**, *italic* and `code`, a [link](https://example.org/).\n\n## Part\n\n"
        "* one\n    * two\n* three\n1. first\n2. second\n\n```\nverbatim\n```\n\n"
        "| a | b |\n| --- | --- |\n| 1 | 2 |"
    )
    page = Page.of(1, None, read(path, text))
    assert document_markdown([page], TableOutputMode.MARKDOWN) == text


@pytest.mark.parametrize(
    "text", [">" * 5000, "> " * 200, "- " * 3000, "*a " * 5000, "[" * 20_000, "<div>" * 500]
)
def test_hostile_nesting_loses_no_text(path: Path, text: str) -> None:
    assert "words" in contents(path, text + "words")[-1][1]


@given(text=st.text("ab# *_-`>|~[]()<!\n1.\\&", max_size=60))
def test_any_markdown_is_read(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.md"
    if text:
        for fragment in read(path, text):
            assert fragment.content.content is not None
