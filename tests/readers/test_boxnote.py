from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers.boxnote import BoxNoteReader
from schemas.errors import DocumentUnreadable
from schemas.fragments import TableContent

Read = Callable[[Any], list[tuple[str, str]]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def contents(note: Any) -> list[tuple[str, str]]:
        path = tmp_path / "a.boxnote"
        path.write_text(note if isinstance(note, str) else json.dumps(note), encoding="utf-8")
        found = []
        for fragment in BoxNoteReader(path).fragments():
            content = fragment.content
            shown = content.markdown if isinstance(content, TableContent) else content.content
            found.append((fragment.fragment_type.value, shown or ""))
        return found

    return contents


def node(kind: str, *content: Any, **attributes: Any) -> dict[str, Any]:
    return {"type": kind, "attrs": attributes, "content": list(content)}


def text(words: str, *marks: str) -> dict[str, Any]:
    return {"type": "text", "text": words, "marks": [{"type": mark} for mark in marks]}


def test_a_note(read: Read) -> None:
    link = {"type": "text", "text": "L", "marks": [{"type": "link", "attrs": {"href": "https://x.example"}}]}
    doc = node(
        "doc",
        node("heading", text("H"), level=2),
        node("paragraph", text("a "), text("b", "strong", "em"), text(" <c> "), link),
        node("check_list", node("check_list_item", node("paragraph", text("done")), checked=True)),
        node("ordered_list", node("list_item", node("paragraph", text("three"))), order=3),
        node("code_block", text("x = 1"), language="python"),
        node("table", node("table_row", node("table_header", text("A"), colspan=2)),
             node("table_row", node("table_cell", text("1")), node("table_cell", text("2")))),
        node("image", alt="A picture"),
    )  # fmt: skip
    assert read({"doc": doc}) == [
        ("section_header", "H"),
        ("text", "a ***b*** &lt;c> [L](https://x.example)"),
        ("list_item", "[x] done"),
        ("list_item", "3. three"),
        ("text", "```python\nx = 1\n```"),
        ("table", "| A | A |\n| --- | --- |\n| 1 | 2 |"),
        ("figure", "A picture"),
    ]


def test_an_old_note(read: Read) -> None:
    assert read({"atext": {"text": "one\n\ntwo\n"}}) == [("text", "one"), ("text", "two")]


@pytest.mark.parametrize("note", ["{", "[]", '{"a": 1}', "[" * 100_000])
def test_what_is_no_note(read: Read, note: str) -> None:
    with pytest.raises(DocumentUnreadable, match="Box"):
        read(note)


values = st.recursive(
    st.none() | st.integers(-1, 9) | st.sampled_from(["text", "table", "heading", "image", "a<"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "attrs", "content", "text", "marks", "level"]), inner)
    ),
)


@given(values)
def test_any_tree(tmp_path_factory: pytest.TempPathFactory, doc: Any) -> None:
    path = tmp_path_factory.mktemp("note") / "a.boxnote"
    path.write_text(json.dumps({"doc": doc}), encoding="utf-8")
    BoxNoteReader(path).fragments()
