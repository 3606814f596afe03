"""Formulas of Markdown texts: as plain characters, and whether one is there.

olmOCR-bench (Poznanski et al. 2025, arXiv 2502.18443) draws both with KaTeX and asks whether the glyphs of
the one stand in the other in the same arrangement. Here, without a browser, both are written in one
normal form (no spaces, sizes, fonts or needless braces; symbols as characters) and the one is
searched in the other. It is stricter: two spellings that look alike may be taken for different.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import cache

from pylatexenc.latex2text import LatexNodes2Text

_DELIMITED = (r"\\\((.+?)\\\)", r"\\\[(.+?)\\\]", r"\$\$(.+?)\$\$", r"\$(.+?)\$")
_IN_DOLLARS = re.compile(r"\$\$((?:[^$<]|<(?![/a-zA-Z]))+)\$\$|\$((?:[^$<]|<(?![/a-zA-Z]))+)\$")
_TOKEN = re.compile(r"\\[a-zA-Z]+\*?|\\.|[^\s]", re.DOTALL)
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\{[a-z]+\*?\}(?:\{[lcr|]*\})?")
_WITHOUT_LOOK = frozenset(
    r"\left \right \big \Big \bigg \Bigg \bigl \bigr \Bigl \Bigr \displaystyle \textstyle \limits \nolimits "
    r"\mathrm \mathbf \mathit \mathsf \mathtt \boldsymbol \bm \rm \bf \it \text \textrm \textbf \textit "
    r"\mbox \operatorname \operatorname* \quad \qquad \, \; \: \! ~ &".split()
) | {"\\ "}
"""Sizes, fonts and spaces."""

_SAME = {
    r"\dfrac": r"\frac",
    r"\tfrac": r"\frac",
    r"\le": r"\leq",
    r"\ge": r"\geq",
    r"\ne": r"\neq",
    r"\to": r"\rightarrow",
    r"\prime": "'",
    r"\lbrace": r"\{",
    r"\rbrace": r"\}",
    r"\vert": "|",
    r"\mid": "|",
    r"\lvert": "|",
    r"\rvert": "|",
    r"\ast": "*",
    "′": "'",
    "−": "-",
}


_latex = LatexNodes2Text(math_mode="text")


def without_latex(text: str) -> str:
    """Formulas in dollars as plain characters, escaped for HTML; what is compared as text has none.

    Never across a tag: prices stand in cells.
    """
    return _IN_DOLLARS.sub(lambda found: html.escape(latex_text(found[1] or found[2])), text)


def latex_text(latex: str) -> str:
    """A formula's characters; one that cannot be read stays as it is."""
    try:
        return str(_latex.latex_to_text(latex))
    except (ValueError, IndexError, KeyError):
        return latex


def formulas(markdown: str) -> list[str]:
    r"""The LaTeX between ``\(…\)``, ``\[…\]``, ``$$…$$`` and ``$…$``."""
    found: list[str] = []
    for pattern in _DELIMITED:
        found += [formula.strip() for formula in re.findall(pattern, markdown, re.DOTALL)]
        markdown = re.sub(pattern, "", markdown, flags=re.DOTALL)
    return found


def has_formula(markdown: str, wanted: str) -> bool:
    """Whether one of the formulas is, or holds, the wanted one."""
    normal = normal_form(wanted)
    return any(normal and normal in normal_form(formula) for formula in formulas(markdown))


def normal_form(latex: str) -> str:
    """The formula's tokens, a blank around each."""
    tokens = [_SAME.get(t, t) for t in _TOKEN.findall(_ENVIRONMENT.sub(" ", latex)) if t not in _WITHOUT_LOOK]
    return " " + " ".join(_without_braces([_character(token) for token in tokens])) + " "


@cache
def _character(token: str) -> str:
    r"""A symbol's own character, where it has one: ``\lambda`` is λ."""
    if not token.startswith("\\"):
        return unicodedata.normalize("NFKC", token)
    text = str(LatexNodes2Text().latex_to_text(token)).strip()
    return text if len(text) == 1 and not text.isascii() else token


def _without_braces(tokens: list[str]) -> list[str]:
    """Braces around a single token change nothing; a prime is a prime as a superscript too."""
    text = f" {' '.join(tokens)} "
    while (shorter := re.sub(r" \{ (\S+) \} ", r" \1 ", text)) != text:
        text = shorter
    return text.replace(" ^ ' ", " ' ").split()
