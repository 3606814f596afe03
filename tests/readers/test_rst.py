from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers.html.reader import fragments_of_html
from pipelines.readers.rst import RstReader, html_of_rst
from schemas.fragments import HeaderContent, TableContent


def contents(text: str) -> list[tuple[str, str]]:
    found = []
    for fragment in fragments_of_html(html_of_rst(text)):
        content = fragment.content
        shown = content.markdown if isinstance(content, TableContent) else content.content
        found.append((fragment.fragment_type.value, shown or ""))
    return found


def texts(text: str) -> list[str]:
    return [content for _, content in contents(text)]


def test_headings() -> None:
    found = fragments_of_html(html_of_rst("=====\nTitle\n=====\n\nOne\n===\n\nTwo\n---\n\nThree\n=====\n"))
    assert [(f.content.content, f.content.level) for f in found if isinstance(f.content, HeaderContent)] == [
        ("Title", 0), ("One", 1), ("Two", 2), ("Three", 1),
    ]  # fmt: skip


def test_running_text_and_footnotes() -> None:
    text = (
        "*em* **st** ``li`` `there <https://x.example>`_ :ref:`this <that>` :func:`~a.b` :math:`x^2` |s| "
        "[1]_ <b>\n\n"
        ".. |s| replace:: S\n.. [1] A *note*\n.. hidden\n"
    )
    assert texts(text) == [
        "*em* **st** `li` [there](https://x.example) this a.b $x^2$ S <sup>1</sup> &lt;b>",
        "[1] A *note*",
    ]


def test_lists() -> None:
    assert texts("- a\n\n  - b\n\n3. c\n#. d\n\nTerm\n  Def\n\n-o FILE, --out=FILE  where to\n") == [
        "a", "    b", "3. c", "4. d", "**Term**", "    Def", "**-o FILE, --out=FILE**", "    where to",
    ]  # fmt: skip


def test_blocks() -> None:
    text = (
        ".. note:: mind\n\n.. code-block:: python\n\n   x = 1\n\n::\n\n  lit\n\n.. math:: a = b\n\n"
        ".. figure:: a.png\n   :alt: Alt\n\n   Cap\n\n.. toctree::\n\n   a\n\n.. contents::\n\n| one\n| two\n"
    )
    assert contents(text) == [
        ("text", "> **Note**"), ("text", "> mind"), ("text", "```python\nx = 1\n```"),
        ("text", "```\nlit\n```"),
        ("formula", "$$a = b$$"), ("figure", "Alt"), ("figure_caption", "Cap"),
        ("text", "```\n.. toctree::\n\n   a\n```"), ("text", "one"), ("text", "two"),
    ]  # fmt: skip


def test_tables() -> None:
    grid = "   +---+-------+\n   | A | B     |\n   +===+===+===+\n   | 1 | 2 | 3 |\n   +---+---+---+\n"
    assert contents(f".. table:: T\n\n{grid}") == [
        ("table_caption", "T"),
        ("table", "| A | B | B |\n| --- | --- | --- |\n| 1 | 2 | 3 |"),
    ]


def test_no_file_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET", encoding="utf-8")
    text = (
        f".. include:: {secret}\n\n.. csv-table::\n   :file: {secret}\n\n.. raw:: html\n   :file: {secret}\n"
    )
    assert "SECRET" not in str(texts(text))
    assert "include" in str(texts(text))


def test_deep_nesting_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.rst"
    path.write_text(
        "".join(f"{' ' * n}- a\n\n" for n in range(0, 2000, 2)) + " " * 2000 + "inner\n", encoding="utf-8"
    )
    assert "inner" in str(RstReader(path).fragments())


@pytest.mark.parametrize(
    "text", ["*a " * 2_000, "`a " * 2_000, "|a " * 2_000, "a\n=\n\n" * 2_000, "[1]_ " * 5_000]
)
def test_no_text_takes_long(text: str) -> None:
    start = time.process_time()
    html_of_rst(text)
    assert time.process_time() - start < 20


lines = st.lists(
    st.sampled_from(
        ["Title", "=====", "-----", "", "* a", "  b", "1. c", ".. note:: d", ".. image:: e",
         ".. [1] f", "[1]_ |g|",
         "+---+", "| h |", "::", ".. code:: x", "term", "   def", ":field: i", ".. j: k", "`l`_ *m* **n",
         ">>> o"]
    ),
    max_size=15,
)  # fmt: skip


@given(lines.map("\n".join))
def test_any_text_is_read(text: str) -> None:
    fragments_of_html(html_of_rst(text))
