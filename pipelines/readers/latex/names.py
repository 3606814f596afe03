"""What LaTeX's commands and environments mean for a reader who wants the text."""

from __future__ import annotations

import re
from functools import lru_cache

HEADINGS = ("part", "chapter", "section", "subsection", "subsubsection", "paragraph", "subparagraph")
# Commands whose argument is marked text, and those that mark all text up to the end of their group.
MARKS = {
    "textbf": "b", "textit": "i", "emph": "i", "textsl": "i", "texttt": "code", "textsuperscript": "sup",
    "textsubscript": "sub", "sout": "del", "st": "del", "inst": "sup",
}  # fmt: skip
DECLARATIONS = {
    "bf": "b", "bfseries": "b", "it": "i", "itshape": "i", "em": "i", "sl": "i", "slshape": "i", "tt": "code",
    "ttfamily": "code",
}  # fmt: skip
# Commands that leave nothing of their first arguments: how many.
DROPPED = {
    **dict.fromkeys(
        "label vspace hspace usepackage RequirePackage documentclass bibliographystyle pagestyle color "
        "thispagestyle hypersetup geometry graphicspath captionsetup input include bibliography index "
        "addbibresource phantom hphantom vphantom textcolor colorbox scalebox raisebox parbox rotatebox "
        "rowcolor cellcolor arrayrulecolor nocite newcolumntype theoremstyle tikzset pgfplotsset lstset "
        "usetikzlibrary setlist hyphenation selectlanguage newlength newcounter stepcounter setstretch "
        "refstepcounter linespread enlargethispage hypertarget hyperlink".split(),
        1,
    ),
    **dict.fromkeys(
        "setlength addtolength setcounter addtocounter numberwithin resizebox fcolorbox fontsize titleformat "
        "PassOptionsToPackage newtheorem setbeamertemplate".split(),
        2,
    ),
    **dict.fromkeys("definecolor addcontentsline newenvironment renewenvironment".split(), 3),
}
CITATIONS = set(
    "cite citep citet citealp citealt citeauthor citeyear parencite textcite autocite footcite citenum "
    "Cite Citep Citet Textcite Parencite fullcite".split()
)
REFERENCES = set("ref eqref autoref cref Cref pageref nameref vref subref".split())
LISTS = {
    **dict.fromkeys("itemize compactitem itemize* inparaenum".split(), "ul"),
    **dict.fromkeys("enumerate compactenum enumerate*".split(), "ol"),
    **dict.fromkeys("description compactdesc".split(), "dl"),
}
# Environments by the number of their arguments.
TABLES = {"tabular": 1, "tabular*": 2, "tabularx": 2, "tabulary": 2, "longtable": 1, "tabu": 1}
FIGURES = {
    "figure": 0, "figure*": 0, "table": 0, "table*": 0, "sidewaystable": 0, "sidewaysfigure": 0,
    "wrapfigure": 2, "wraptable": 2, "subfigure": 1, "subtable": 1, "algorithm": 0, "listing": 0,
}  # fmt: skip
ARGUMENTS = {"minipage": 1, "multicols": 1, "adjustbox": 1, "spacing": 1, "thebibliography": 1}
# Lines in tables, by the number of their arguments, and what ends the parts of a long one.
RULES = {
    "hline": 0, "toprule": 0, "midrule": 0, "bottomrule": 0, "hhline": 1, "cline": 1, "cmidrule": 1,
    "rule": 2, "specialrule": 3, "addlinespace": 0,
}  # fmt: skip
TABLE_PARTS = {"endhead", "endfirsthead", "endfoot", "endlastfoot"}
QUOTES = {"quote", "quotation", "verse", "displayquote"}
STATEMENTS = set(
    "theorem lemma corollary proposition definition remark example proof claim conjecture exercise".split()
)
# Environments of mathematics, and what stands for them where one formula is shown alone.
MATH = {
    **dict.fromkeys("equation displaymath math".split(), ""),
    **dict.fromkeys("align flalign alignat eqnarray split IEEEeqnarray dmath".split(), "aligned"),
    **dict.fromkeys("gather multline".split(), "gathered"),
}
# Boxes on slides that have a title.
TITLED = {"block", "alertblock", "exampleblock"}
# Steps of algorithms, each on a line of its own.
STEPS = {
    "State": "", "Statex": "", "Require": "Require: ", "Ensure": "Ensure: ", "If": "if ", "ElsIf": "else if ",
    "Else": "else ", "EndIf": "end if", "For": "for ", "ForAll": "for all ", "EndFor": "end for",
    "While": "while ", "EndWhile": "end while", "Repeat": "repeat", "Until": "until ",
    "Procedure": "procedure ",
    "EndProcedure": "end procedure", "Function": "function ", "EndFunction": "end function",
}  # fmt: skip
SPACES = {"quad", "qquad", "enspace", "enskip", "thinspace", "space", "hfill", "hfil"}
ACCENTS = set("`'^\"~=.cvuHkrbdt")

_LETTER = re.compile(r"[A-Za-z]{1,2}|\\[ij]")
_SYMBOLS = {
    "LaTeX": "LaTeX", "TeX": "TeX", "LaTeXe": "LaTeX2e", "BibTeX": "BibTeX", "XeTeX": "XeTeX", "S": "§",
    "P": "¶", "copyright": "©", "pounds": "£", "euro": "€", "checkmark": "✓", "textbar": "|", "slash": "/",
    "i": "ı", "textasciitilde": "~", "textasciicircum": "^", "textless": "<", "textgreater": ">", "lq": "‘",
    "rq": "’", "today": "",
}  # fmt: skip


@lru_cache(maxsize=4096)
def symbol(name: str) -> str:
    r"""The characters that a command without arguments stands for (``ss``: ß); nothing for any other."""
    from pylatexenc.latex2text import get_default_latex_context_db

    known = _SYMBOLS.get(name)
    if known is not None:
        return known
    spec = get_default_latex_context_db().get_macro_spec(name)
    text = getattr(spec, "simplify_repl", None)
    return text if isinstance(text, str) and text.isprintable() and "%" not in text else ""


@lru_cache(maxsize=4096)
def accented(accent: str, letter: str) -> str:
    r"""A letter (``e``, ``\i``) under an accent by its command's name; what is no letter stays as it is."""
    from pylatexenc.latex2text import LatexNodes2Text

    if not _LETTER.fullmatch(letter):
        return letter
    text: str = LatexNodes2Text().latex_to_text(f"\\{accent}{{{letter}}}")
    return text
