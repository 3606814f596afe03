"""Characters and fonts of mathematics as LaTeX."""

from __future__ import annotations

import re
import unicodedata


def _pairs(table: str) -> dict[str, str]:
    cells = table.split()
    return dict(zip(cells[::2], cells[1::2], strict=True))


FUNCTIONS = frozenset(
    "arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg lim liminf limsup "
    "ln log max min Pr sec sin sinh sup tan tanh".split()
)
WITH_LIMITS = frozenset("lim liminf limsup max min sup inf det Pr".split())
"""Functions under which a condition may stand."""

LARGE_OPERATORS = {
    char: f"\\{name}"
    for char, name in _pairs(
        "∑ sum ∏ prod ∐ coprod ⋃ bigcup ⋂ bigcap ⨄ biguplus ⋀ bigwedge ⋁ bigvee ⨁ bigoplus "
        "⨂ bigotimes ⨀ bigodot ⨆ bigsqcup ∫ int ∮ oint ∬ iint ∭ iiint"
    ).items()
}
INTEGRALS = frozenset("∫∮∬∭")

DELIMITERS = _pairs(
    "( ( ) ) [ [ ] ] { \\{ } \\} ⟨ \\langle ⟩ \\rangle | | ‖ \\| ∥ \\| ∣ | ⌊ \\lfloor ⌋ \\rfloor ⌈ \\lceil "
    "⌉ \\rceil"
)
CLOSING = dict(zip("([{⟨⌊⌈|‖∥∣", ")]}⟩⌋⌉|‖∥∣", strict=True))
PIECES = dict(zip("⎛⎜⎝⎞⎟⎠⎡⎢⎣⎤⎥⎦⎧⎨⎩⎫⎬⎭", "((()))[[[]]]{{{}}}", strict=True)) | {"⎪": ""}
"""Parts of tall delimiters; the piece that lengthens braces is the same for both."""

_COMMANDS = _pairs(
    "α alpha β beta γ gamma δ delta ϵ epsilon ε varepsilon ζ zeta η eta θ theta ϑ vartheta ι iota "
    "κ kappa λ lambda μ mu µ mu ν nu ξ xi π pi ϖ varpi ρ rho ϱ varrho σ sigma ς varsigma τ tau "
    "υ upsilon φ varphi ϕ phi χ chi ψ psi ω omega Γ Gamma Δ Delta ∆ Delta Θ Theta Λ Lambda Ξ Xi "
    "Π Pi Σ Sigma Υ Upsilon Φ Phi Ψ Psi Ω Omega × times ÷ div ± pm ∓ mp · cdot ⋅ cdot ∘ circ "
    "∗ ast ⋆ star • bullet ⊕ oplus ⊖ ominus ⊗ otimes ⊙ odot ∩ cap ∪ cup ⊎ uplus ⊓ sqcap ⊔ sqcup "
    "∧ wedge ∨ vee ∖ setminus ≤ leq ≥ geq ⩽ leqslant ⩾ geqslant ≪ ll ≫ gg ≠ neq ≡ equiv ∼ sim "
    "≃ simeq ≈ approx ≅ cong ≍ asymp ∝ propto ≺ prec ≻ succ ⪯ preceq ⪰ succeq ⊂ subset ⊃ supset "
    "⊆ subseteq ⊇ supseteq ⊊ subsetneq ∈ in ∋ ni ∉ notin ⊢ vdash ⊣ dashv ⊨ models ⊥ perp "
    "≜ triangleq ≲ lesssim ≳ gtrsim ← leftarrow → rightarrow ↔ leftrightarrow ⇐ Leftarrow "
    "⇒ Rightarrow ⇔ Leftrightarrow ↦ mapsto ↑ uparrow ↓ downarrow ⟶ longrightarrow "
    "⟵ longleftarrow ⟹ Longrightarrow ⇀ rightharpoonup ↪ hookrightarrow ↠ twoheadrightarrow "
    "∞ infty ∂ partial ∇ nabla ∀ forall ∃ exists ¬ neg ∅ emptyset ℓ ell ℏ hbar ℜ Re ℑ Im ℵ aleph "
    "℘ wp ∠ angle △ triangle □ square ⋯ cdots … ldots ⋮ vdots ⋱ ddots † dagger ‡ ddagger √ surd "
    "∎ blacksquare ı imath ȷ jmath § S ⟂ perp ∴ therefore ∵ because ⊤ top ⋄ diamond ◦ circ "
    "° degree"
)
_AS_IT_IS = _pairs("− - – - ′ ' ″ '' ∶ : ∕ / ⁄ / ’ '")
_SPECIAL = {char: f"\\{char}" for char in "{}%$#&_"} | {"\\": r"\backslash", "~": r"\sim", "^": r"\hat{}"}
RELATIONS = frozenset("=<>≤≥⩽⩾≪≫≠≡∼≃≈≅≍∝≺≻⪯⪰⊂⊃⊆⊇⊊∈∋∉⊢⊣⊨≜≲≳←→↔⇐⇒⇔↦⟶⟵⟹:")
OPERATORS = frozenset("+−-×÷±∓·⋅∘∗⊕⊖⊗⊙∩∪⊎∧∨∖/")
_ACCENTS = {
    "\u0300": "grave", "\u0301": "acute", "\u0302": "hat", "\u0303": "tilde", "\u0304": "bar",
    "\u0306": "breve", "\u0307": "dot", "\u0308": "ddot", "\u030c": "check", "\u20d7": "vec",
}  # fmt: skip
_STYLED = re.compile(r"^MATHEMATICAL (?P<style>.*?) ?(?:CAPITAL|SMALL|DIGIT|NABLA|PARTIAL)")
_DOUBLE_STRUCK = frozenset("ℂℍℕℙℚℝℤ")
_SCRIPT = frozenset("ℬℰℱℋℐℒℳℛ")
_FONT_STYLES = (
    (re.compile(r"^(?:MSBM|BBM|DSROM|txsyb|pxsyb)|AMS-?Bold|DoubleStruck", re.IGNORECASE), "mathbb"),
    (re.compile(r"^EUF[MB]|Fraktur", re.IGNORECASE), "mathfrak"),
    (re.compile(r"^(?:RSFS|EUS[MB])|_Script", re.IGNORECASE), "mathscr"),
    (re.compile(r"^(?:CMB?SY|LMMathSymbols|[tp]xsy|MTSY)|Caligraphic", re.IGNORECASE), "mathcal"),
)


def is_math_symbol(char: str) -> bool:
    """Whether a character hardly stands in text that is no mathematics."""
    if char in LARGE_OPERATORS or char in PIECES:
        return True
    if char in "<>=+" or (char in RELATIONS and char != ":") or (char in OPERATORS and char not in "-/·•"):
        return True
    return unicodedata.category(char) == "Sm" or "\U0001d400" <= char <= "\U0001d7ff"


def latex_of(char: str, font: str, *, bold: bool = False, italic: bool = False) -> str | None:
    r"""A character in its font as LaTeX (``\mathcal{A}``, ``\lambda``, ``x``); None if it is not known.

    Letters of upright fonts are for the caller to group: they come bare.
    """
    named = LARGE_OPERATORS.get(char) or _AS_IT_IS.get(char) or _SPECIAL.get(char)
    if named or char in DELIMITERS:
        return named or DELIMITERS[char]
    if char in _COMMANDS:
        return _bold(f"\\{_COMMANDS[char]}", bold=bold and char.isalpha())
    if len(char) > 1:
        return _of_accented(char, font, bold=bold, italic=italic)
    styled = _STYLED.match(unicodedata.name(char, ""))
    if styled:
        return _of_alphabet(char, styled["style"].lower())
    if char in _DOUBLE_STRUCK or char in _SCRIPT:
        style = "mathbb" if char in _DOUBLE_STRUCK else "mathcal"
        return f"\\{style}{{{unicodedata.normalize('NFKC', char)}}}"
    if char.isascii() and char.isalpha():
        style = next((style for pattern, style in _FONT_STYLES if pattern.search(font)), "")
        if style:
            return f"\\{style}{{{char}}}"
        return f"\\mathbf{{{char}}}" if bold and not italic else _bold(char, bold=bold)
    if char.isascii() and char.isprintable():
        return char
    return _of_accented(char, font, bold=bold, italic=italic)


def _bold(latex: str, *, bold: bool) -> str:
    return f"\\boldsymbol{{{latex}}}" if bold else latex


def _of_accented(char: str, font: str, *, bold: bool, italic: bool) -> str | None:
    base, *marks = list(unicodedata.normalize("NFD", char))
    if not marks or any(mark not in _ACCENTS for mark in marks):
        return char if char.isalpha() else None
    latex = latex_of(base, font, bold=bold, italic=italic)
    for mark in marks:
        latex = f"\\{_ACCENTS[mark]}{{{latex}}}"
    return latex


def _of_alphabet(char: str, style: str) -> str:
    plain = unicodedata.normalize("NFKC", char)
    plain = f"\\{_COMMANDS[plain]}" if plain in _COMMANDS else plain
    for word, command in (("double-struck", "mathbb"), ("fraktur", "mathfrak"), ("script", "mathcal")):
        if word in style:
            return f"\\{command}{{{plain}}}"
    if "bold" in style:
        return f"\\boldsymbol{{{plain}}}" if "italic" in style else f"\\mathbf{{{plain}}}"
    return f"\\mathsf{{{plain}}}" if "sans" in style else plain
