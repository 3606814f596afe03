"""Markdown: rendered to HTML and read as HTML, so that both formats give the same fragments."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

from markdown_it import MarkdownIt

from pipelines.readers.base import FlowReader
from pipelines.readers.html import fragments_of_html
from pipelines.readers.text import read_text
from schemas.errors import DocumentUnreadable
from schemas.fragments import PageFragment

_DEEPEST_NESTING = 60
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)?(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_YAML_KEY = re.compile(r"^[\w-]+[ \t]*:(?:\s|$)", re.MULTILINE)


class MarkdownReader(FlowReader):
    """CommonMark with pipe tables and strikethrough; raw HTML in it counts as what it shows.

    Raises ``DocumentEmpty`` and ``DocumentUnreadable``.
    """

    def __init__(self, path: Path) -> None:
        self._text = read_text(path)

    def fragments(self) -> list[PageFragment]:
        """The fragments of the rendered text; YAML front matter comes first, as a code block."""
        front, body = _split_front_matter(self._text)
        parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST_NESTING}).enable(["table", "strikethrough"])
        try:
            return fragments_of_html(front + parser.render(body))
        except RecursionError as error:
            raise DocumentUnreadable(
                "The Markdown nests its quotes and lists too deeply to be read: "
                "flatten them, or send it as text."
            ) from error


def _split_front_matter(text: str) -> tuple[str, str]:
    """The front matter as an HTML code block (empty if there is none), and the rest of the text."""
    found = _FRONT_MATTER.match(text)
    if found is None or not _YAML_KEY.search(found.group(1) or ""):
        return "", text
    return f'<pre><code class="language-yaml">{escape(found.group(1))}</code></pre>\n', text[found.end() :]
