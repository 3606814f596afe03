import base64
import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.readers.base import ReaderSetup
from pipelines.readers.notebook import NotebookReader
from schemas.errors import DocumentUnreadable
from schemas.reading import FlowView
from tests.readers.mail.test_eml import picture

PNG = base64.b64encode(picture(64)).decode()


def code(source: str, *outputs: dict[str, Any]) -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "outputs": list(outputs)}


def opened(folder: Path, *cells: dict[str, Any]) -> NotebookReader:
    path = folder / "a.ipynb"
    path.write_text(json.dumps({"nbformat": 4, "metadata": {}, "cells": cells}), encoding="utf-8")
    return NotebookReader(path, ReaderSetup(scratch=folder))


def test_text_code_and_what_it_printed(tmp_path: Path) -> None:
    reader = opened(
        tmp_path,
        {"cell_type": "markdown", "source": ["# A study\n", "\n", "Some *words*."]},
        code("print(1 < 2)", {"output_type": "stream", "text": ["True\n"]}),
        code("1/0", {"output_type": "error", "traceback": ["\x1b[0;31mZeroDivisionError\x1b[0m", "at 1"]}),
        {"cell_type": "markdown", "source": "# More"},
        {"cell_type": "raw", "source": "as it is"},
    )
    page = reader.flow_page(1, FlowView())
    assert [(f.fragment_type.value, f.content.content) for f in page.fragments] == [
        ("title", "A study"),
        ("text", "Some *words*."),
        ("text", "```python\nprint(1 < 2)\n```"),
        ("text", "```\nTrue\n```"),
        ("text", "```python\n1/0\n```"),
        ("text", "```\nZeroDivisionError\nat 1\n```"),
        ("section_header", "More"),
        ("text", "```\nas it is\n```"),
    ]


def test_tables_and_pictures_come_before_plain_text(tmp_path: Path) -> None:
    table = "<div><style>td {}</style>\n\n<table><tr><th>a</th></tr><tr><td>1</td></tr></table></div>"
    reader = opened(
        tmp_path,
        code("t", {"data": {"text/html": [table], "text/plain": "a 1"}}),
        code("p", {"data": {"image/png": PNG, "text/plain": "<Figure>"}}),
        code("m", {"data": {"text/markdown": "**b**", "text/plain": "b"}}),
        {
            "cell_type": "markdown",
            "source": "![a square](attachment:a.png)",
            "attachments": {"a.png": {"image/png": PNG}},
        },
    )
    page = reader.flow_page(1, FlowView())
    kinds = [fragment.fragment_type.value for fragment in page.fragments]
    assert kinds == ["text", "table", "text", "figure", "text", "text", "figure"]
    assert page.pictures == [3, 6]
    pixels = reader.picture(1, 6)
    assert pixels is not None
    assert pixels.shape == (64, 64, 3)


def test_older_notebooks_have_sheets(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    cells = [{"cell_type": "code", "input": "x", "outputs": [{"output_type": "pyout", "text": ["1"]}]}]
    path.write_text(json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}]}), encoding="utf-8")
    page = NotebookReader(path).flow_page(1, FlowView())
    assert [fragment.content.content for fragment in page.fragments] == ["```python\nx\n```", "```\n1\n```"]


@pytest.mark.parametrize("text", ["{}", "[1]", "no JSON", "[" * 100_000, '{"cells": [{}]}', '{"cells": 3}'])
def test_damaged_notebooks_say_so(text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DocumentUnreadable, match="damaged"):
        NotebookReader(path)
