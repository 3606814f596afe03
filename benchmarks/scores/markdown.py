"""What the scores need to know of Markdown: where its tables are, and its text without marks."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterable

from markdown_it import MarkdownIt
from markdown_it.token import Token

_TABLE_TAG = re.compile(r"<table\b[^>]*>|</table\s*>", re.IGNORECASE)
_BREAK = re.compile(r"&lt;br\s*/?&gt;", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_REVIEW = re.compile(
    r"<!--\s*Comment:\s*(.*?)\s*-->"
    r"|<span\b[^<>]*\bdata-note=\"([^\"]*)\"[^<>]*>"
    r"|^\[author: [^\]\n]*\]:[ ]*([^\n]*)$",
    re.DOTALL | re.MULTILINE,
)
_FIGURE = re.compile(
    r"^### (?:Figure|Chart)$"
    r"(?:\n\n(?![|<])(?:[^\n]+\n)*[^\n]+(?=\n\n(?![|<])|\s*\Z))?"  # a paragraph that no table follows
    r"|^(?<=<!-- image -->\n\n)\w+ chart$",
    re.MULTILINE,
)
_CUE_TIME = re.compile(r"^\[\d{1,2}(?::\d{2}){1,2}(?:[.,]\d{3})?\]", re.MULTILINE)
_PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)\s]*(?:\s+\"[^\"]*\")?\)")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_LATEX_COMMAND = re.compile(r"\\[a-zA-Z]+\*?")
_NOT_A_WORD = re.compile(r"[\W_]+")

_markdown = MarkdownIt("commonmark").enable("table")


def with_html_tables(markdown: str) -> str:
    """Every pipe table rewritten as an HTML table, the rest untouched; cells keep their inline marks."""
    lines = markdown.splitlines()
    tokens = _markdown.parse(markdown)
    opened = [i for i, token in enumerate(tokens) if token.type == "table_open" and token.map]
    for start in reversed(opened):
        first, end = tokens[start].map or (0, 0)
        lines[first:end] = [_pipe_table(tokens[start:])]
    return "\n".join(lines)


def _pipe_table(tokens: list[Token]) -> str:
    rows: list[str] = []
    tag = "th"
    for token in tokens:
        if token.type == "tr_open":
            rows.append("")
        elif token.type in {"th_open", "td_open"}:
            tag = token.tag
        elif token.type == "inline":
            rows[-1] += f"<{tag}>{_cell(token.content)}</{tag}>"
        elif token.type == "table_close":
            break
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"


def _cell(content: str) -> str:
    return _BREAK.sub("<br>", html.escape(html.unescape(content), quote=False))


def _table_spans(markdown: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    depth = start = 0
    for tag in _TABLE_TAG.finditer(markdown):
        closing = tag.group().startswith("</")
        if closing and depth == 1:
            spans.append((start, tag.end()))
        if not closing and depth == 0:
            start = tag.start()
        depth = max(0, depth - 1) if closing else depth + 1
    return spans


def tables(markdown: str) -> list[str]:
    """The outermost tables in reading order, pipe tables included, each as one ``<table>`` element."""
    text = with_html_tables(markdown)
    return [text[start:end] for start, end in _table_spans(text)]


def with_tables_as(markdown: str, write: Callable[[str], str]) -> str:
    """The Markdown with what ``write`` makes of each outermost table in its place."""
    text = with_html_tables(markdown)
    for start, end in reversed(_table_spans(text)):
        text = f"{text[:start]}\n\n{write(text[start:end])}\n\n{text[end:]}"
    return text


def comparable(markdown: str) -> str:
    """What engines write each in their own way made the same: comments, words for pictures, times of cues.

    Comments (HTML comments, attributes, paragraphs with an author) come last, as text without authors. What
    is said of a picture goes, as its alternative text does elsewhere: headings that name it, the paragraph
    under them unless it is a table's title, and the name of its class. When a subtitle is shown goes too.
    """
    comments: list[str] = []

    def keep(match: re.Match[str]) -> str:
        comments.append(next(text for text in match.groups() if text is not None))
        return " "

    text = _CUE_TIME.sub("", _FIGURE.sub("", _REVIEW.sub(keep, markdown)))
    return "\n\n".join([text, *comments])


def without_lines(markdown: str, lines: Iterable[str]) -> str:
    """The Markdown without the lines that read like one of these, marks apart."""
    unwanted = {bare(line) for line in lines}
    return "\n".join(line for line in markdown.splitlines() if bare(line) not in unwanted)


def collapse(text: str) -> str:
    """White space collapsed to single blanks, none at the ends."""
    return " ".join(text.split())


def bare(text: str) -> str:
    """Letters and digits only: no marks, links, tags, LaTeX commands, punctuation or white space; NFKC.

    The comparison that OmniDocBench (Ouyang et al. 2024, arXiv 2412.07626) makes between text blocks.
    """
    text = _PICTURE.sub(" ", _COMMENT.sub(" ", text))
    text = html.unescape(_TAG.sub(" ", _LINK.sub(r"\1", text)))
    text = unicodedata.normalize("NFKC", _LATEX_COMMAND.sub(" ", text))
    return _NOT_A_WORD.sub("", text)
