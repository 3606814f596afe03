r"""MathML (presentation) as LaTeX, without delimiters; what LaTeX has no command for stays as it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice

from lxml.etree import _Element, iterwalk

from pipelines.pages.formulas.symbols import FUNCTIONS, LARGE_OPERATORS, WITH_LIMITS, latex_of
from pipelines.readers.text import without_controls

# Only there for programs: applied functions, invisible operators, zero-width spaces.
_INVISIBLE = str.maketrans("", "", "\u2061\u2062\u2063\u2064\u200b\u2060\ufeff")
_SPECIAL = re.compile(r"[{}$&#%_]")
_ALPHABETS = {
    "bold": "mathbf", "bold-italic": "boldsymbol", "double-struck": "mathbb", "fraktur": "mathfrak",
    "script": "mathcal", "sans-serif": "mathsf", "monospace": "mathtt",
}  # fmt: skip
_OVER = {
    "^": "hat", "ˆ": "hat", "¯": "overline", "‾": "overline", "ˉ": "bar", "→": "vec", "⃗": "vec", "~": "tilde",
    "˜": "tilde", "˙": "dot", "¨": "ddot", "ˇ": "check", "˘": "breve", "⏞": "overbrace", "_": "overline",
}  # fmt: skip
_UNDER = {"_": "underline", "¯": "underline", "⏟": "underbrace", "̲": "underline"}
_FENCES = set("()[]|{}⟨⟩⌈⌉⌊⌋‖")
_MATRICES = {
    ("(", ")"): "pmatrix", ("[", "]"): "bmatrix", ("|", "|"): "vmatrix", (r"\{", r"\}"): "Bmatrix",
    (r"\{", ""): "cases",
}  # fmt: skip
_TABLE = re.compile(r"\\begin\{(?:matrix|aligned)\}(.*)\\end\{(?:matrix|aligned)\}", re.DOTALL)
# A formula of more parts is taken for no formula.
_MOST_PARTS = 10_000
_ENDS_IN_COMMAND = re.compile(r"\\[A-Za-z]+$")
_SHORT = re.compile(r"\\?[A-Za-z0-9]|\\[A-Za-z]+")
_LIMITS = {*LARGE_OPERATORS.values(), *(f"\\{name}" for name in WITH_LIMITS)}
_TAKES_LIMITS = (r"\underbrace", r"\overbrace", r"\mathrm")
_LEFT_OUT = {"annotation", "annotation-xml", "mphantom", "none", "mprescripts", "maligngroup", "malignmark"}


def latex(math: _Element) -> str:
    """A ``math`` element, without namespaces, as LaTeX on one line; empty if it has no parts, or too many."""
    if sum(1 for _ in islice(math.iter(), _MOST_PARTS)) == _MOST_PARTS:
        return ""
    made: list[list[str]] = [[]]
    walk = iterwalk(math, events=("start", "end"))
    for event, element in walk:
        name = str(element.tag)
        if event == "start":
            made.append([])
            if name in _LEFT_OUT:
                walk.skip_subtree()
        else:
            parts = made.pop()
            made[-1].append(_written(element, name, parts))
    return " ".join("".join(made[0]).split())


def _written(element: _Element, name: str, parts: list[str]) -> str:
    if name in _LEFT_OUT:
        return ""
    token = _TOKENS.get(name)
    if token:
        return token(element)
    build = _BUILT.get(name)
    return build(element, parts) if build else _row(parts)


def _text(element: _Element) -> str:
    text = without_controls("".join(str(part) for part in element.itertext()))
    return " ".join(text.translate(_INVISIBLE).split())


def _identifier(element: _Element) -> str:
    text = _text(element)
    if text in FUNCTIONS:
        return f"\\{text}"
    alphabet = _ALPHABETS.get(element.get("mathvariant", ""))
    if len(text) > 1 and text.isascii() and text.isalpha():
        return f"\\{alphabet or 'mathrm'}{{{text}}}"
    plain = _symbols(text)
    return f"\\{alphabet}{{{plain}}}" if alphabet and text else plain


def _operator(element: _Element) -> str:
    text = _text(element)
    if text in LARGE_OPERATORS:
        return LARGE_OPERATORS[text]
    if text in FUNCTIONS:
        return f"\\{text}"
    if text in {"<", ">"}:
        return f" {text} "
    return f"\\mathrm{{{text}}}" if len(text) > 1 and text.isalpha() and text.isascii() else _symbols(text)


def _symbols(text: str) -> str:
    return _row(
        [
            character if character.isalnum() and character.isascii() else _symbol(character)
            for character in text
        ]
    )


def _symbol(character: str) -> str:
    if character.isascii() and character.isalnum():
        return character
    return latex_of(character, "") or _SPECIAL.sub(r"\\\g<0>", character)


def _words(element: _Element) -> str:
    text = "".join(str(part) for part in element.itertext())
    inner = _SPECIAL.sub(r"\\\g<0>", re.sub(r"\s+", " ", without_controls(text)))
    return f"\\text{{{inner}}}" if inner.strip() else " "


def _row(parts: list[str]) -> str:
    """Parts side by side; a command must not run into a letter."""
    found: list[str] = []
    command = False
    for part in parts:
        if part:
            found.append(f" {part}" if command and part[0].isalpha() else part)
            command = bool(_ENDS_IN_COMMAND.search(part[-30:]))
    return "".join(found)


def _part(parts: list[str], index: int) -> str:
    return parts[index].strip() if index < len(parts) else ""


def _base(parts: list[str]) -> str:
    """What a script hangs on, as one thing."""
    base = _part(parts, 0)
    return base if _SHORT.fullmatch(base) or base in _LIMITS or base in _FENCES else f"{{{base}}}"


def _fraction(element: _Element, parts: list[str]) -> str:
    above, below = _part(parts, 0), _part(parts, 1)
    if element.get("linethickness") in {"0", "0pt", "0px", "0em"}:
        return f"{{{above} \\atop {below}}}"
    return f"\\frac{{{above}}}{{{below}}}"


def _hung(signs: str, parts: list[str]) -> str:
    return "".join(f"{sign}{{{_part(parts, n)}}}" for n, sign in enumerate(signs, 1) if _part(parts, n))


def _scripts(signs: str) -> Callable[[_Element, list[str]], str]:
    def scripts(_element: _Element, parts: list[str]) -> str:
        return _base(parts) + _hung(signs, parts)

    return scripts


def _limits(signs: str) -> Callable[[_Element, list[str]], str]:
    """What stands below (``_``) and above (``^``): limits, braces, accents, or words over a sign."""

    def limits(element: _Element, parts: list[str]) -> str:
        base = _part(parts, 0)
        if base in _LIMITS or base.startswith(_TAKES_LIMITS):
            return re.sub(r"^\\mathrm", r"\\operatorname*", base) + _hung(signs, parts)
        for n, sign in enumerate(signs, 1):
            child = element[n] if n < len(element) else None
            mark = _text(child) if child is not None else ""
            accent = (_UNDER if sign == "_" else _OVER).get(mark)
            put = "underset" if sign == "_" else "overset"
            if accent:
                base = f"\\{accent}{{{base}}}"
            elif _part(parts, n):
                base = f"\\{put}{{{_part(parts, n)}}}{{{base}}}"
        return base

    return limits


def _multiscripts(element: _Element, parts: list[str]) -> str:
    """A base with pairs of scripts behind it and, after ``mprescripts``, before it."""
    split = next((n for n, child in enumerate(element) if child.tag == "mprescripts"), len(parts))

    def pairs(given: list[str]) -> str:
        return "".join(
            f"{'_^'[n % 2]}{{{script.strip()}}}" for n, script in enumerate(given) if script.strip()
        )

    before = pairs(parts[split + 1 :])
    return (f"{{}}{before}" if before else "") + _base(parts) + pairs(parts[1:split])


def _fenced(element: _Element, parts: list[str]) -> str:
    opening, closing = element.get("open", "("), element.get("close", ")")
    separator = (element.get("separators", ",").strip() or ",")[:1]
    inner = f"{separator} ".join(part.strip() for part in parts if part.strip())
    return f"\\left{_symbols(opening) or '.'} {inner} \\right{_symbols(closing) or '.'}"


def _enclosed(element: _Element, parts: list[str]) -> str:
    notation = element.get("notation", "")
    command = "cancel" if "strike" in notation else "boxed" if "box" in notation else ""
    return f"\\{command}{{{_row(parts)}}}" if command else _row(parts)


def _table(element: _Element, parts: list[str]) -> str:
    kind = "aligned" if re.search("left|right", element.get("columnalign", "")) else "matrix"
    rows = r" \\ ".join(part.strip() for part in parts)
    return f"\\begin{{{kind}}} {rows} \\end{{{kind}}}"


def _mrow(_element: _Element, parts: list[str]) -> str:
    """Parts side by side; brackets around a table of parts make it a matrix of their kind."""
    shown = [part for part in parts if part.strip()]
    kind = _MATRICES.get((shown[0], "".join(shown[2:]))) if len(shown) in {2, 3} else None
    table = _TABLE.fullmatch(shown[1]) if kind else None
    return f"\\begin{{{kind}}}{table.group(1)}\\end{{{kind}}}" if table else _row(parts)


_TOKENS: dict[str, Callable[[_Element], str]] = {
    "mi": _identifier,
    "mn": lambda element: _symbols(_text(element)),
    "mo": _operator,
    "mtext": _words,
    "ms": _words,
    "mspace": lambda _: " ",
    "mglyph": lambda element: element.get("alt") or "",
}
_BUILT: dict[str, Callable[[_Element, list[str]], str]] = {
    "menclose": _enclosed,
    "mfenced": _fenced,
    "mfrac": _fraction,
    "mmultiscripts": _multiscripts,
    "mover": _limits("^"),
    "mroot": lambda _, parts: f"\\sqrt[{_part(parts, 1)}]{{{_part(parts, 0)}}}",
    "mrow": _mrow,
    "msqrt": lambda _, parts: f"\\sqrt{{{_row(parts).strip()}}}",
    "msub": _scripts("_"),
    "msubsup": _scripts("_^"),
    "msup": _scripts("^"),
    "mtable": _table,
    "mtd": lambda _, parts: _row(parts).strip(),
    "mtr": lambda _, parts: " & ".join(parts),
    "mlabeledtr": lambda _, parts: " & ".join(parts[1:]),
    "munder": _limits("_"),
    "munderover": _limits("_^"),
    "semantics": lambda _, parts: _part(parts, 0),
}
