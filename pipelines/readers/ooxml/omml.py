r"""Office Math (ISO/IEC 29500-1, part 22) as LaTeX.

The result has no delimiters (``$``). What LaTeX has no command for stays the character it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from lxml.etree import _Element

from pipelines.pages.formulas.symbols import FUNCTIONS, LARGE_OPERATORS, WITH_LIMITS, latex_of

# What lies deeper is written as its text alone.
_DEEPEST = 40
_OFF = {"0", "false", "off"}
_SPACES = {"\u00a0": "~", "\u2002": r"\enspace ", "\u2003": r"\quad ", "\u2009": r"\,", "\u2004": r"\;"} | {
    "\u2005": r"\:", "\u205f": r"\:", "\u2006": r"\,", "\u200a": r"\,",
}  # fmt: skip
# Only there for programs: applied functions, invisible operators, zero-width spaces.
_INVISIBLE = frozenset("\u2061\u2062\u2063\u2064\u200b\u2060\ufeff")
_TEXT_ESCAPES = str.maketrans(
    {char: f"\\{char}" for char in "{}$&#%_"}
    | {"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}"}
)
_ALPHABETS = {
    "double-struck": "mathbb", "fraktur": "mathfrak", "script": "mathcal", "sans-serif": "mathsf",
    "monospace": "mathtt",
}  # fmt: skip
_ACCENTS = {
    "\u0300": "grave", "\u0301": "acute", "\u0302": "hat", "\u0303": "tilde", "\u0304": "bar",
    "\u0305": "overline", "\u0306": "breve", "\u0307": "dot", "\u0308": "ddot", "\u030a": "mathring",
    "\u030c": "check", "\u0332": "underline", "\u20d6": "overleftarrow", "\u20d7": "vec", "\u20db": "dddot",
    "\u20e1": "overleftrightarrow", "^": "hat", "~": "tilde", "¯": "bar", "ˉ": "bar", "˙": "dot",
    "¨": "ddot", "ˇ": "check", "˘": "breve", "→": "vec", "←": "overleftarrow", "´": "acute", "`": "grave",
}  # fmt: skip
_WIDE = {"hat": "widehat", "tilde": "widetilde", "bar": "overline", "vec": "overrightarrow"}
_OVER = {"⏞": "overbrace", "→": "overrightarrow", "←": "overleftarrow", "↔": "overleftrightarrow"} | {
    "¯": "overline", "⎴": "overbracket", "⏜": "overparen",
}  # fmt: skip
_UNDER = {"⏟": "underbrace", "→": "underrightarrow", "←": "underleftarrow", "↔": "underleftrightarrow"} | {
    "_": "underline", "⎵": "underbracket", "⏝": "underparen",
}  # fmt: skip
_MATRICES = {"()": "pmatrix", "[]": "bmatrix", "{}": "Bmatrix", "||": "vmatrix", "‖‖": "Vmatrix"}
_FENCES = {"〈": r"\langle", "〉": r"\rangle", "⟦": r"\llbracket", "⟧": r"\rrbracket", "∥": r"\|"} | {
    "〖": ".", "〗": ".", "": ".",
}  # fmt: skip
_TOKEN = re.compile(
    r"\d+(?:[.,]\d+)*|[A-Za-z]+(?![\u0300-\u036f\u20d0-\u20ef])|.[\u0300-\u036f\u20d7]*", re.S
)
_ENDS_IN_COMMAND = re.compile(r"\\[A-Za-z]+$")
_ONE_TOKEN = re.compile(r"\\?[^\W_]|\\[A-Za-z]+|\d|[^\\{}^_&%$#\s]")
_GROUPED = re.compile(r"(?:\\[A-Za-z]+)?\{[^{}]*\}")


def latex(element: _Element) -> str:
    r"""An equation (``m:oMath``) or a paragraph of them (``m:oMathPara``), as when all changes are accepted.

    Several equations become the rows of one ``aligned``.
    """
    if _name(element) != "oMathPara":
        return _tidy(_row(element, 0))
    rows = [row for one in element if _name(one) == "oMath" and (row := _tidy(_row(one, 0)))]
    return rows[0] if len(rows) == 1 else _environment("aligned", rows) if rows else ""


def _tidy(row: str) -> str:
    """One line; a break of the line inside an equation needs rows to stand between."""
    row = re.sub(r"\s+", " ", row.replace("\v", r" \\ ")).strip().removesuffix(r"\\").rstrip()
    outside = re.sub(r"\\begin\{(\w+)\}.*\\end\{\1\}", "", row)
    return f"\\begin{{aligned}} {row} \\end{{aligned}}" if r"\\" in outside else row


def _name(element: _Element) -> str:
    """The tag without its namespace (there are two: transitional and strict); ``""`` for a comment."""
    # QName would refuse the tags that a parser makes of damaged markup.
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _row(element: _Element | None, depth: int, *, aligned: bool = False) -> str:
    """The parts of an argument (``m:e``, ``m:num``…), side by side; ``&`` aligns where ``aligned``."""
    if element is None:
        return ""
    if depth > _DEEPEST:
        return _escaped("".join(str(text) for text in element.itertext()))
    return _joined(_typed_scripts(_parts(element, depth, aligned=aligned)))


def _parts(element: _Element, depth: int, *, aligned: bool) -> Iterator[str]:
    for child in element:
        name = _name(child)
        if name in {"r", "fld"}:
            yield from _run(child, aligned=aligned)
        elif name in _BUILT:
            yield _BUILT[name](child, depth + 1)
        elif name not in _LEFT_OUT and not name.endswith("Pr"):
            if depth >= _DEEPEST:
                yield _escaped("".join(str(text) for text in child.itertext()))
            else:
                yield from _parts(child, depth + 1, aligned=aligned)


def _joined(parts: Iterable[str]) -> str:
    found: list[str] = []
    command = False
    for part in parts:
        if part:
            found.append(" " + part if command and part[0].isalpha() else part)
            command = bool(_ENDS_IN_COMMAND.search(part))
    return "".join(found)


def _typed_scripts(parts: Iterable[str]) -> Iterator[str]:
    r"""Scripts typed as ``x^2`` and never built up; ``^`` and ``_`` beside nothing stay characters."""
    row = [part for part in parts if part]
    at = 0
    while at < len(row):
        before = row[at - 1].strip() if at else ""
        after = row[at + 1].strip() if at + 1 < len(row) else ""
        if row[at] not in {"^", "_"}:
            yield row[at]
        elif before and after and not {before, after} & {"^", "_"} and (at < 2 or row[at - 2] != row[at]):
            yield f"{row[at]}{{{after}}}"
            at += 1
        else:
            yield r"\hat{\ }" if row[at] == "^" else r"\_"
        at += 1


def _run(run: _Element, *, aligned: bool) -> Iterator[str]:
    """The pieces of a run of text in its style."""
    style = _property(run, "sty") or ""
    normal = _flag(run, "nor")
    alphabet = _ALPHABETS.get(_property(run, "scr") or "", "")
    for child in run:
        match _name(child):
            case "t" if normal:
                yield _as_text(child.text or "")
            case "t":
                yield from _symbols(child.text or "", style, alphabet, aligned=aligned)
            case "br":
                yield "\v"
            case "tab":
                yield r"\quad "
            case "noBreakHyphen":
                yield "-"


def _symbols(text: str, style: str, alphabet: str, *, aligned: bool) -> Iterator[str]:
    for match in _TOKEN.finditer(text):
        piece = match.group()
        if piece in _INVISIBLE:
            continue
        if piece.isspace():
            yield _SPACES.get(piece, " ")
        elif piece in {"^", "_"} or (aligned and piece == "&"):
            yield piece
        elif piece in {"<", ">"}:
            yield f" {piece} "  # `<b` would pass for a tag
        elif piece in FUNCTIONS and style != "i" and not alphabet:
            yield f"\\{piece}"
        else:
            yield _styled(piece, style, alphabet)


def _styled(piece: str, style: str, alphabet: str) -> str:
    plain = _symbol(piece)
    letters = piece.isascii() and piece.isalnum()
    if alphabet and letters:
        return f"\\{alphabet}{{{plain}}}"
    if style == "b" and letters:
        return f"\\mathbf{{{plain}}}"
    if style in {"b", "bi"} and (letters or piece.isalpha()):
        return f"\\boldsymbol{{{plain}}}"
    if style == "p" and piece.isascii() and piece.isalpha():
        return f"\\mathrm{{{plain}}}"
    return plain


def _symbol(piece: str) -> str:
    if piece.isascii() and piece.isalnum():
        return piece
    found = latex_of(piece, "")
    if found is None or found == piece:
        return _as_text(piece) if piece.isalpha() and not piece.isascii() else piece
    return found


def _as_text(text: str) -> str:
    return f"\\text{{{_escaped(text)}}}" if text.strip() else " " if text else ""


def _escaped(text: str) -> str:
    return re.sub(r"\s+", " ", text).translate(_TEXT_ESCAPES)


def _child(element: _Element, name: str) -> _Element | None:
    return element.find(f"{{*}}{name}")


def _property(element: _Element, name: str) -> str | None:
    """The value of a property in the element's ``…Pr``; None where there is none."""
    for child in element:
        if _name(child).endswith("Pr") and (found := child.find(f"{{*}}{name}")) is not None:
            return next((str(v) for k, v in found.attrib.items() if str(k).rpartition("}")[2] == "val"), "")
    return None


def _flag(element: _Element, name: str) -> bool:
    value = _property(element, name)
    return value is not None and value not in _OFF


def _argument(element: _Element, name: str, depth: int) -> str:
    return _row(_child(element, name), depth).strip()


def _base(element: _Element, depth: int, name: str = "e") -> str:
    """What scripts hang on: in braces, unless it is a single symbol or a group already."""
    base = _argument(element, name, depth)
    whole = _ONE_TOKEN.fullmatch(base) or (_GROUPED.fullmatch(base) and "frac" not in base)
    return base if whole else f"{{{base}}}"


def _environment(name: str, rows: Iterable[str]) -> str:
    lines = r" \\ ".join(rows)
    return f"\\begin{{{name}}} {lines} \\end{{{name}}}"


def _fraction(element: _Element, depth: int) -> str:
    above, below = _argument(element, "num", depth), _argument(element, "den", depth)
    match _property(element, "type"):
        case "lin" | "skw":
            return f"{{{above}}}/{{{below}}}"
        case "noBar":
            return f"{{{above} \\atop {below}}}"
    return f"\\frac{{{above}}}{{{below}}}"


def _scripts(element: _Element, depth: int) -> str:
    scripts = [(sign, _child(element, name)) for sign, name in (("_", "sub"), ("^", "sup"))]
    return _base(element, depth) + "".join(
        f"{sign}{{{_row(one, depth).strip()}}}" for sign, one in scripts if one is not None
    )


def _scripts_before(element: _Element, depth: int) -> str:
    below, above = _argument(element, "sub", depth), _argument(element, "sup", depth)
    return f"{{}}_{{{below}}}^{{{above}}}{_base(element, depth)}"


def _radical(element: _Element, depth: int) -> str:
    degree = "" if _flag(element, "degHide") else _argument(element, "deg", depth)
    return f"\\sqrt{f'[{degree}]' if degree else ''}{{{_argument(element, 'e', depth)}}}"


def _operator(element: _Element, depth: int) -> str:
    char = _property(element, "chr")
    char = "∫" if char is None else char
    operator = LARGE_OPERATORS.get(char) or (_symbol(char) if char else "")
    integral = char in "∫∬∭∮∯∰∱∲∳"
    if _property(element, "limLoc") == "undOvr" and integral:
        operator += r"\limits"
    for sign, name in (("_", "sub"), ("^", "sup")):
        limit = "" if _flag(element, f"{name}Hide") else _argument(element, name, depth)
        operator += f"{sign}{{{limit}}}" if limit else ""
    return f"{operator} {_argument(element, 'e', depth)}"


def _delimited(element: _Element, depth: int) -> str:
    opening, closing, parting = (
        default if (value := _property(element, name)) is None else value
        for name, default in (("begChr", "("), ("endChr", ")"), ("sepChr", "|"))
    )
    held = [child for child in element if _name(child) == "e"]
    only = _only_child(held[0]) if len(held) == 1 else None
    if only is not None and depth < _DEEPEST:
        match _name(only):
            case "m" if opening + closing in _MATRICES:
                return _matrix(only, depth + 1, _MATRICES[opening + closing])
            case "eqArr" if (opening, closing) == ("{", ""):
                return _environment("cases", _array_rows(only, depth + 1))
            case "f" if opening + closing == "()" and _property(only, "type") == "noBar":
                above, below = _argument(only, "num", depth + 1), _argument(only, "den", depth + 1)
                return f"\\binom{{{above}}}{{{below}}}"
    between = f" \\middle{_fence(parting)} " if parting in {"|", "‖", "∥", "/"} else f"{_symbol(parting)} "
    inside = between.join(_row(one, depth).strip() for one in held)
    return f"\\left{_fence(opening)} {inside} \\right{_fence(closing)}"


def _fence(char: str) -> str:
    return _FENCES[char] if char in _FENCES else _symbol(char)


def _only_child(element: _Element) -> _Element | None:
    children = [child for child in element if _name(child) and not _name(child).endswith("Pr")]
    return children[0] if len(children) == 1 else None


def _function(element: _Element, depth: int) -> str:
    name = _argument(element, "fName", depth)
    written = re.fullmatch(r"\\mathrm\{([A-Za-z]+)\}|([A-Za-z]{2,})", name)
    if written:
        word = written[1] or written[2]
        name = f"\\{word}" if word in FUNCTIONS else f"\\operatorname{{{word}}}"
    return f"{name} {_argument(element, 'e', depth)}"


def _limit(element: _Element, depth: int) -> str:
    r"""A condition below or above: with ``_`` and ``^`` where LaTeX puts it there by itself."""
    base, limit = _argument(element, "e", depth), _argument(element, "lim", depth)
    below = _name(element) == "limLow"
    word = re.fullmatch(r"\\mathrm\{([A-Za-z]+)\}", base)
    if word:
        base = f"\\operatorname*{{{word[1]}}}"
    takes = base.removeprefix("\\") in WITH_LIMITS or base in LARGE_OPERATORS.values()
    if takes or word or base.startswith((r"\underbrace{", r"\overbrace{")):
        return f"{base}{'_' if below else '^'}{{{limit}}}"
    return f"\\{'underset' if below else 'overset'}{{{limit}}}{{{base}}}"


def _accented(element: _Element, depth: int) -> str:
    char = _property(element, "chr")
    base = _argument(element, "e", depth)
    name = _ACCENTS.get("\u0302" if char is None else char)
    if name is None:
        return f"\\overset{{{_symbol(char or '')}}}{{{base}}}" if char else base
    return f"\\{name if _ONE_TOKEN.fullmatch(base) else _WIDE.get(name, name)}{{{base}}}"


def _barred(element: _Element, depth: int) -> str:
    command = "overline" if _property(element, "pos") == "top" else "underline"
    return f"\\{command}{{{_argument(element, 'e', depth)}}}"


def _grouped(element: _Element, depth: int) -> str:
    char = _property(element, "chr")
    char = "⏟" if char is None else char
    over = _property(element, "pos") == "top"
    base = _argument(element, "e", depth)
    command = (_OVER if over else _UNDER).get(char)
    if command:
        return f"\\{command}{{{base}}}"
    return f"\\{'overset' if over else 'underset'}{{{_symbol(char)}}}{{{base}}}" if char else base


def _boxed(element: _Element, depth: int) -> str:
    inside = _argument(element, "e", depth)
    if any(_flag(element, f"strike{way}") for way in ("BLTR", "TLBR", "H", "V")):
        inside = f"\\cancel{{{inside}}}"
    sides = ("hideTop", "hideBot", "hideLeft", "hideRight")
    return inside if all(_flag(element, side) for side in sides) else f"\\boxed{{{inside}}}"


def _phantom(element: _Element, depth: int) -> str:
    inside = _argument(element, "e", depth)
    return f"\\phantom{{{inside}}}" if _property(element, "show") in _OFF else inside


def _matrix(element: _Element, depth: int, environment: str = "matrix") -> str:
    rows = [
        " & ".join(_row(cell, depth).strip() for cell in row if _name(cell) == "e")
        for row in element
        if _name(row) == "mr"
    ]
    return _environment(environment, rows)


def _array_rows(element: _Element, depth: int) -> list[str]:
    return [_row(one, depth, aligned=True).strip() for one in element if _name(one) == "e"]


def _array(element: _Element, depth: int) -> str:
    r"""Equations one below the other; a lone one with ``#`` carries its number behind it."""
    rows = _array_rows(element, depth)
    if len(rows) == 1 and depth == 1:
        body, mark, number = rows[0].rpartition(r"\#")
        number = re.sub(r"\\(?:left|right)|[()\s]", "", number)
        if mark and number:
            return f"{body} \\tag{{{number}}}"
    return _environment("aligned", rows)


_Builder = Callable[[_Element, int], str]
_BUILT: dict[str, _Builder] = {
    "acc": _accented,
    "bar": _barred,
    "borderBox": _boxed,
    "d": _delimited,
    "eqArr": _array,
    "f": _fraction,
    "func": _function,
    "groupChr": _grouped,
    "limLow": _limit,
    "limUpp": _limit,
    "m": _matrix,
    "nary": _operator,
    "phant": _phantom,
    "rad": _radical,
    "sPre": _scripts_before,
    "sSub": _scripts,
    "sSubSup": _scripts,
    "sSup": _scripts,
}
_LEFT_OUT = frozenset({"", "del", "moveFrom", "Fallback", "instrText", "delText"})
