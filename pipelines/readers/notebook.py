"""Jupyter notebooks: their text, their code, and what it printed and drew."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from pipelines.readers.base import DEFAULT_SETUP, ReaderSetup
from pipelines.readers.html.illustrations import IllustratedPage
from pipelines.readers.markdown import html_of_markdown
from pipelines.readers.text import read_text
from schemas.errors import DocumentUnreadable

_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
_COLOURS = re.compile(r"\x1b\[[\d;]*m")


class NotebookReader(IllustratedPage):
    """A notebook as one page: code and what it printed as code blocks, tables as tables, pictures as figures.

    Raises:
        DocumentUnreadable: it is no notebook, or nested beyond all measure.
    """

    def __init__(self, path: Path, setup: ReaderSetup = DEFAULT_SETUP) -> None:
        self._drawn: dict[str, str] = {}
        try:
            html = "\n".join(self._cells(json.loads(read_text(path))))
        except (ValueError, TypeError, AttributeError, KeyError, IndexError, RecursionError) as error:
            raise DocumentUnreadable(
                "The notebook is damaged: open it in Jupyter and save it again."
            ) from error
        super().__init__(html, self._picture, setup)

    def _cells(self, notebook: Any) -> Iterator[str]:
        """The cells as HTML (nbformat 4, and 3, which has sheets of them)."""
        language = notebook.get("metadata", {}).get("language_info", {}).get("name") or "python"
        cells = notebook["cells"] if "cells" in notebook else notebook["worksheets"][0]["cells"]
        for cell in cells:
            source = _joined(cell.get("source") or cell.get("input"))
            if cell["cell_type"] == "code":
                yield _code(source, language)
                for output in cell.get("outputs", []):
                    yield self._output(output)
            elif cell["cell_type"] == "markdown":
                for name, pictures in cell.get("attachments", {}).items():
                    self._keep(f"attachment:{name}", pictures)
                yield html_of_markdown(source)
            else:
                yield _code(source)

    def _output(self, output: Any) -> str:
        """What a cell showed: of several forms a table, a picture, running text, or else plain text."""
        data = output.get("data") or output
        html = _joined(data.get("text/html"))
        if "<table" in html:
            return html
        address = f"output:{len(self._drawn)}"
        if self._keep(address, data):
            return f'<img src="{address}">'
        if "text/markdown" in data:
            return html_of_markdown(_joined(data["text/markdown"]))
        text = data.get("text/plain") or data.get("text") or data.get("traceback")
        return _code(_COLOURS.sub("", _joined(text, "\n" if "traceback" in data else "")))

    def _keep(self, address: str, forms: Any) -> bool:
        """Keeps the picture among the forms of an output, if there is one."""
        kind = next((kind for kind in _PICTURES if kind in forms), None)
        if kind is not None:
            self._drawn.setdefault(address, _joined(forms[kind]))
        return kind is not None

    def _picture(self, address: str) -> bytes | None:
        try:
            return base64.b64decode(self._drawn.get(address, ""))
        except binascii.Error:
            return None


def _joined(text: Any, separator: str = "") -> str:
    """A text, which may be written as the list of its lines."""
    return separator.join(text) if isinstance(text, list) else str(text or "")


def _code(text: str, language: str = "") -> str:
    marked = f' class="language-{escape(language)}"' if language else ""
    return f"<pre><code{marked}>{escape(text)}</code></pre>" if text.strip() else ""
