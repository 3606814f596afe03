"""Markdown: rendered to HTML and read as HTML, so that both formats give the same fragments."""

from __future__ import annotations

import re
from html import escape

from markdown_it import MarkdownIt

from pipelines.readers.allowance import PARSER_SECONDS, OutOfTimeError, allowed
from pipelines.readers.hidden import HiddenTally
from pipelines.readers.html.reader import fragments_of_html
from pipelines.readers.text import OneText, fragments_of_text
from schemas.fragments import PageFragment

# The parser drops what is deeper without a word: beyond what its recursion can reach, so that it raises.
_DEEPEST_NESTING = 10_000
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)?(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_YAML_KEY = re.compile(r"^[\w-]+[ \t]*:(?:\s|$)", re.MULTILINE)


class MarkdownReader(OneText):
    """CommonMark with pipe tables and strikethrough; raw HTML in it counts as what it shows.

    Raises ``DocumentEmpty`` and ``DocumentUnreadable``.
    """

    def fragments(self) -> list[PageFragment]:
        """The fragments of the rendered text; YAML front matter comes first, as a code block."""
        return fragments_of_markdown(self._text, self.hidden)


def fragments_of_markdown(text: str, hidden: HiddenTally | None = None) -> list[PageFragment]:
    """The fragments of a Markdown text; one that cannot be parsed, or not in time, is read as plain text.

    What does not show, by HTML in it, is counted in ``hidden``.
    Raises ``DocumentUnreadable`` when the HTML in it is nested beyond all measure.
    """
    try:
        with allowed(PARSER_SECONDS):
            html = html_of_markdown(text)
    except (RecursionError, OutOfTimeError):
        return fragments_of_text(text)
    return fragments_of_html(html, hidden)


def html_of_markdown(text: str) -> str:
    """A Markdown text as HTML; raises ``RecursionError`` when it is nested beyond what can be parsed."""
    front, body = split_front_matter(text)
    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST_NESTING}).enable(["table", "strikethrough"])
    return front + str(parser.render(body))


def split_front_matter(text: str) -> tuple[str, str]:
    """The front matter as an HTML code block (empty if there is none), and the rest of the text."""
    found = _FRONT_MATTER.match(text)
    if found is None or not _YAML_KEY.search(found.group(1) or ""):
        return "", text
    return f'<pre><code class="language-yaml">{escape(found.group(1))}</code></pre>\n', text[found.end() :]
