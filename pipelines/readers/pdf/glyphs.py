"""Characters of PDF fonts as Unicode: what files write in private or historic encodings."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

UNMAPPED = "\ufffd"
"""What stands for a glyph whose character is not known."""

# Fonts that hold nothing but mathematics: TeX's and its relatives', and those of the web's renderers.
_MATH_FONT = re.compile(
    r"(?:LM)?Math|^(?:CM(?:MI|SY|EX|BSY|MIB)|MS[AB]M|EU[FRS][MB]|RSFS|ESINT|WASY|STMARY|BBM|DSROM|MnSymbol"
    r"|MT(?:MI|SY|EX|Extra|2)|MathematicalPi|rtxmi|[rpt]x(?:mi|sy|ex|b?sy[abc])|NewTX|(?:KaTeX|MathJax|STIX)_)",
    re.IGNORECASE,
)
_OMX_FONT = re.compile(r"^(?:CMEX|[pt]xex|MTEX)|MathExtension|^(?:KaTeX|MathJax)_Size", re.IGNORECASE)
_OT1_FONT = re.compile(r"^CM(?:R|BX|TI|SL|CSC|SS|TT|B\d|BXTI)", re.IGNORECASE)
_SYMBOL_FONT = re.compile(r"symbol|wingding|webding|dingbat", re.IGNORECASE)

# TeX's math extension encoding (Knuth, The TeXbook, appendix F), from code 0.
_OMX = (
    "()[]⌊⌋⌈⌉{}⟨⟩|‖/\\()()[]⌊⌋⌈⌉{}⟨⟩/\\()[]⌊⌋⌈⌉{}⟨⟩/\\/\\⎛⎞⎡⎤⎣⎦⎢⎥⎧⎫⎩⎭⎨⎬⎪|⎝⎠⎜⎟⟨⟩⨆⨆∮∮⨀⨀⨁⨁⨂⨂∑∏∫⋃⋂⨄⋀⋁∑∏∫⋃⋂⨄⋀⋁∐∐"
    "\u02c6\u02c6\u02c6\u02dc\u02dc\u02dc[]⌊⌋⌈⌉{}√√√√√"
)
_POLISH_STROKE = "\u0335"

# Adobe's private pieces of large delimiters (its Symbol encoding).
_PRIVATE = dict(zip(range(0xF8E5, 0xF8FF), "⎺⏐⎯®©™⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪⎮⎞⎟⎠⎤⎥⎦⎫⎬⎭", strict=True))
# Its small capitals and old-style figures, and the ligatures of old Apple fonts.
_PRIVATE |= {0xF700 + code: chr(code) for code in (*range(0x30, 0x3A), *range(0x61, 0x7B))}
_PRIVATE |= {0xF001: "fi", 0xF002: "fl"}
# What the old symbol fonts keep in the private use area, where it has a usual meaning.
_PRIVATE |= dict(zip((0xF0B7, 0xF0A7, 0xF0D8, 0xF0FC, 0xF0A8, 0xF06F, 0xF0E0), "•▪➢✓□□→", strict=True))
_SYMBOL = {
    0x20: " ∀#∃%&∋()∗+,−./0123456789:;<=>?",
    0x40: "≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_",
    0x61: "αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼",
    0xA1: "ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…",
    0xC0: "ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊⟨®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪",
    0xF1: "⟩∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭",
}
# Microsoft's symbol fonts: boxes, ticks and bullets, where forms keep their answers.
_WINGDINGS = dict(
    zip(
        (
            0x6C,
            0x6E,
            0x6F,
            0x71,
            0x72,
            0x78,
            0x9F,
            0xA1,
            0xA7,
            0xA8,
            0xD8,
            0xDF,
            0xE0,
            0xE8,
            0xFB,
            0xFC,
            0xFD,
            0xFE,
        ),
        "●■□❑❒☒•○▪□➢←→➔✗✓☒☑",
        strict=True,
    )
)
_WINGDINGS_2 = dict(zip((0x4F, 0x50, 0x51, 0x52, 0x53, 0x54, 0x98, 0xA3), "✗✓☒☑☒☒●□", strict=True))
_BOXES = {"wingdings2": _WINGDINGS_2, "wingdings-2": _WINGDINGS_2, "wingdings": _WINGDINGS}
_SYMBOL_CODES = {start + i: char for start, chars in _SYMBOL.items() for i, char in enumerate(chars)}

_WEIGHTLESS = frozenset("\u200b\u2060\ufeff")
_SPACING_ACCENTS = {
    "`": "\u0300", "´": "\u0301", "ˆ": "\u0302", "^": "\u0302", "˜": "\u0303", "¯": "\u0304", "ˉ": "\u0304",
    "˘": "\u0306", "˙": "\u0307", "¨": "\u0308", "˚": "\u030a", "˝": "\u030b", "ˇ": "\u030c", "¸": "\u0327",
    "˛": "\u0328", "⃗": "\u20d7", _POLISH_STROKE: _POLISH_STROKE,
}  # fmt: skip
_DOTLESS = {"ı": "i", "ȷ": "j", "∆": "Δ"}
_STROKED = {"L": "Ł", "l": "ł"}


@lru_cache(maxsize=4096)
def is_math_font(font: str) -> bool:
    """Whether a font's name is that of one made for mathematics (letters of text fonts may be, too)."""
    return bool(_MATH_FONT.search(font) or is_extension_font(font))


@lru_cache(maxsize=4096)
def is_tex_roman(font: str) -> bool:
    """Whether a font is TeX's upright roman, which sets figures and brackets of formulas in other texts."""
    return font.upper().startswith("CMR")


@lru_cache(maxsize=4096)
def is_extension_font(font: str) -> bool:
    """Whether a font holds TeX's large operators and delimiters, which hang from their baselines."""
    return bool(_OMX_FONT.search(font))


def of_code(code: str, font: str) -> str:
    """The character of a glyph without one, from its code in the font's encoding as TeX sets it; a blank."""
    index = ord(code)
    if is_extension_font(font) and index < len(_OMX):
        return _OMX[index]
    if _OT1_FONT.search(font) and index == 0x20:
        return _POLISH_STROKE
    return " " if code.isspace() else UNMAPPED


@lru_cache(maxsize=65536)
def cleaned(char: str, font: str) -> str:
    """A character as it should be read: no private use, no presentation forms; empty for controls.

    What has no usual meaning is returned as it is.
    """
    code = ord(char)
    if 0x20 <= code < 0x7F:
        return char
    if char in _WEIGHTLESS or unicodedata.category(char) == "Cc":
        return ""
    if 0xE000 <= code <= 0xF8FF:
        return _of_private_use(char, code, font)
    # Radicals that stand for whole ideographs; ligatures, forms of Hebrew and Arabic.
    if 0x2F00 <= code <= 0x2FD5 or 0xFB00 <= code <= 0xFDFF or 0xFE70 <= code <= 0xFEFC:
        return unicodedata.normalize("NFKC", char)
    return char


def _of_private_use(char: str, code: int, font: str) -> str:
    name = font.lower().replace(" ", "")
    for boxes, signs in _BOXES.items():
        if boxes in name and code - 0xF000 in signs:
            return signs[code - 0xF000]
    if code in _PRIVATE:
        return _PRIVATE[code]
    if not 0xF020 <= code <= 0xF0FF:
        return char
    if "symbol" in font.lower():
        return _SYMBOL_CODES.get(code - 0xF000, char)
    return char if _SYMBOL_FONT.search(font) or 0xF07F <= code <= 0xF09F else chr(code - 0xF000)


def is_bad(char: str) -> bool:
    """Whether a cleaned character is no usable Unicode."""
    return char == UNMAPPED or (char > "\x7f" and unicodedata.category(char) in {"Cc", "Co", "Cn"})


def accent(char: str) -> str | None:
    """The combining form of an accent that stands alone; None for what is none."""
    return _SPACING_ACCENTS.get(char)


def accented(base: str, mark: str) -> str | None:
    """A letter with an accent over it, as one character where there is one; None if it takes none."""
    letter = _DOTLESS.get(base, base)
    if mark == _POLISH_STROKE:
        return _STROKED.get(letter)
    return unicodedata.normalize("NFC", letter + mark) if letter.isalpha() and len(letter) == 1 else None
