"""LaTeX: its text as HTML, read as HTML, so that both formats give the same fragments."""

from __future__ import annotations

import re

from pipelines.readers.html.reader import fragments_of_html
from pipelines.readers.latex.names import STATEMENTS
from pipelines.readers.latex.source import brace_pairs, prepared
from pipelines.readers.latex.writer import Writer
from pipelines.readers.text import OneText
from schemas.fragments import PageFragment

_IN_PREAMBLE = re.compile(r"\\(title|subtitle|author|date)\s*(?:\[[^\[\]]{0,500}\]\s*)?(?=\{)")
_BODY = re.compile(r"\\begin\s*\{document\}")
_STATEMENT = re.compile(r"\\newtheorem\*?\s*\{([\w*]{1,50})\}\s*(?:\[\w{0,50}\]\s*)?\{([^{}]{1,100})\}")


class LatexReader(OneText):
    """A LaTeX document: what it says, its formulas as they are; nothing is included or run.

    Raises ``DocumentEmpty`` and ``DocumentUnreadable``.
    """

    def fragments(self) -> list[PageFragment]:
        """Title, headings, paragraphs, lists, tables, figures and formulas; footnotes come last."""
        return fragments_of_html(html_of_latex(self._text))


def html_of_latex(text: str) -> str:
    """A LaTeX text as HTML."""
    text, aside = prepared(text)
    preamble, body = _parts(text)
    pairs = brace_pairs(preamble)
    said = ""
    for found in _IN_PREAMBLE.finditer(preamble):
        end = pairs.get(found.end())
        if end is not None:
            said += f"\\{found.group(1)}{preamble[found.end() : end + 1]}\n\n"
    statements = {name: name.capitalize() for name in STATEMENTS} | dict(_STATEMENT.findall(preamble))
    return Writer(said + body, aside, statements).html()


def _parts(text: str) -> tuple[str, str]:
    """The preamble, and the text of the document; without a beginning of one, all is text."""
    found = _BODY.search(text)
    if found is None:
        return "", text
    end = text.find("\\end{document}", found.end())
    return text[: found.start()], text[found.end() : end if end >= 0 else len(text)]
