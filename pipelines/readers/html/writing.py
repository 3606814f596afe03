"""Pieces of HTML, for the readers that turn their text into it and let the HTML reader do the rest."""

from __future__ import annotations

from html import escape


def formula(tex: str, *, block: bool = False) -> str:
    """A formula by its TeX source; ``block``: it stands in a paragraph of its own."""
    display = ' display="block"' if block else ""
    return f'<math{display}><annotation encoding="application/x-tex">{escape(tex)}</annotation></math>'


def code_block(text: str, language: str = "") -> str:
    """Text whose white space counts, with the name of its programming language, if it has one."""
    # The first line end after ``<pre>`` is not part of the text.
    return f'<pre><code class="language-{escape(language)}">\n{escape(text)}</code></pre>'


def link(target: str, text: str) -> str:
    """A link; ``text`` is HTML."""
    return f'<a href="{escape(target)}">{text}</a>'


def figure(alt: str, caption: str = "") -> str:
    """A picture by the text that stands for it; ``caption`` is HTML."""
    below = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure><img alt="{escape(alt)}">{below}</figure>'
