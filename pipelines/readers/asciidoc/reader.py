"""AsciiDoc: written as HTML and read as HTML, so that both formats give the same fragments."""

from __future__ import annotations

from pipelines.readers.asciidoc.blocks import Blocks
from pipelines.readers.asciidoc.inline import RunningText, unreserved
from pipelines.readers.html.reader import fragments_of_html
from pipelines.readers.text import OneText
from schemas.fragments import PageFragment


class AsciidocReader(OneText):
    """AsciiDoc with its lists, tables, admonitions, code and running text; nothing is included or fetched.

    Raises ``DocumentEmpty`` and ``DocumentUnreadable``.
    """

    def fragments(self) -> list[PageFragment]:
        """The fragments of the rendered text; footnotes come last."""
        return fragments_of_html(html_of_asciidoc(self._text))


def html_of_asciidoc(text: str) -> str:
    """An AsciiDoc text as HTML."""
    running = RunningText()
    html = Blocks(unreserved(text).split("\n"), running).html()
    notes = (f"<p><sup>{n}</sup> {note}</p>" for n, note in enumerate(running.footnotes, 1))
    return "\n".join([html, *notes])
