"""Number formats of spreadsheets (ECMA-376 Part 1 §18.8.30-31): a value as its cell shows it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from pipelines.readers.sheets.dates import Piece, date_text, is_date_piece
from pipelines.readers.sheets.digits import digits_text, general, plain_decimal

# Codes of the numbers that files do not spell out; East Asian dates depend on the program's language.
BUILT_IN: dict[int, str] = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00",
    5: '"$"#,##0_);("$"#,##0)', 6: '"$"#,##0_);[Red]("$"#,##0)',
    7: '"$"#,##0.00_);("$"#,##0.00)', 8: '"$"#,##0.00_);[Red]("$"#,##0.00)',
    9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
    14: "m/d/yyyy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy",
    18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "m/d/yyyy h:mm",
    **dict.fromkeys((27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58), "yyyy/m/d"),
    **dict.fromkeys((32, 33, 34, 35, 55, 56), "h:mm:ss"),
    37: "#,##0_);(#,##0)", 38: "#,##0_);[Red](#,##0)",
    39: "#,##0.00_);(#,##0.00)", 40: "#,##0.00_);[Red](#,##0.00)",
    41: '_(* #,##0_);_(* (#,##0);_(* "-"_);_(@_)',
    42: '_("$"* #,##0_);_("$"* (#,##0);_("$"* "-"_);_(@_)',
    43: '_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)',
    44: '_("$"* #,##0.00_);_("$"* (#,##0.00);_("$"* "-"??_);_(@_)',
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
}  # fmt: skip

_LONGEST_CODE = 2000
_TOKEN = re.compile(
    r"""
    "(?P<quoted>[^"]*)"?            # text
    | \\(?P<escaped>.)              # a character
    | _(?P<space>.)                 # a blank as wide as a character
    | \*(?P<fill>.)                 # a character that fills the cell
    | \[(?P<bracket>[^\]]*)\]       # colour, condition, currency or elapsed time
    | (?P<general>General)
    | (?P<half>AM/PM|A/P|上午/下午)
    | (?P<exponent>E[+-])
    | (?P<date>y+|m+|d+|h+|s+|e+|g+|b+)
    | (?P<digit>[0#?])
    | (?P<point>\.) | (?P<comma>,) | (?P<percent>%) | (?P<slash>/) | (?P<text>@) | (?P<end>;)
    | (?P<literal>.)
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_LITERAL = {"quoted", "escaped", "space", "fill"}
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d*)?)")
_CURRENCY = re.compile(r"\$([^-]*)")
_ELAPSED = re.compile(r"(?:h+|m+|s+)", re.IGNORECASE)
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
}


@dataclass(slots=True)
class Section:
    """One of up to four parts of a format, for some of the values.

    ``pieces`` are its tokens: a kind (a group of the token pattern, or ``elapsed``) and what it shows where
    it is no placeholder. ``show`` gives the text of a number.
    """

    pieces: list[Piece] = field(default_factory=list)
    condition: Callable[[float], bool] | None = None
    show: Callable[[float], str] = general

    def has(self, *kinds: str) -> bool:
        """Whether it has a piece of one of these kinds."""
        return any(kind in kinds for kind, _ in self.pieces)


class NumberFormat:
    """A format code, ready to be used many times; ``shows_dates``: numbers are shown as dates or times."""

    def __init__(self, code: str, *, from_1904: bool = False) -> None:
        sections = _sections(code[:_LONGEST_CODE])
        for section in sections:
            section.show = _shower(section, from_1904)
        text = next((s for s in sections if s.has("text")), None)
        self._text = sections[3] if len(sections) > 3 else text
        self._numbers = [s for s in sections if s is not self._text] or sections[:1]
        self.shows_dates = any(is_date_piece(piece) for piece in self._numbers[0].pieces)
        self._conditional = any(section.condition for section in self._numbers)

    def text(self, text: str) -> str:
        """A text as shown: most formats leave it as it is."""
        if self._text is None:
            return text
        return "".join(text if kind == "text" else said for kind, said in self._text.pieces).strip()

    def number(self, value: float) -> str:
        """A number (dates are numbers of days) as shown, without the blanks that only align it."""
        if not math.isfinite(value):
            return "#NUM!"
        section, signed = self._chosen(value)
        if section is None:
            return general(value)
        shown = section.show(value if signed else abs(value))
        return " ".join(shown.split()) if " " in shown else shown

    def _chosen(self, value: float) -> tuple[Section | None, bool]:
        """The section for a number, and whether it shows the sign itself."""
        sections = self._numbers
        if self._conditional:
            return _by_condition(sections, value)
        if value < 0 and len(sections) > 1:
            return sections[1], False
        if value == 0 and len(sections) > 2:
            return sections[2], True
        return sections[0], True


def _by_condition(sections: list[Section], value: float) -> tuple[Section | None, bool]:
    """Excel's rule: the first section whose condition holds, one without any holds for what is left."""
    for index, section in enumerate(sections):
        if section.condition is None:
            if index == len(sections) - 1 or (index == 1 and value < 0):
                return section, True
        elif section.condition(value):
            # A section for negative numbers alone spells the sign itself.
            return section, value >= 0 or section.condition(0) or section.condition(abs(value))
    return None, True


def _shower(section: Section, from_1904: bool) -> Callable[[float], str]:
    """What writes numbers the way of a section."""
    pieces = section.pieces
    if any(is_date_piece(piece) for piece in pieces):
        return lambda value: date_text(pieces, value, from_1904=from_1904) or general(value)
    if section.has("digit", "exponent"):
        return plain_decimal(pieces) or (lambda value: digits_text(pieces, value))
    if section.has("general", "text"):
        return lambda value: "".join(
            general(value) if kind in {"general", "text"} else said for kind, said in pieces
        )
    literal = "".join(said for _, said in pieces)
    return lambda value: f"-{literal}" if value < 0 and literal else literal


def _sections(code: str) -> list[Section]:
    sections = [Section()]
    for match in _TOKEN.finditer(code or "General"):
        kind = match.lastgroup or "literal"
        text = match.group(kind)
        if kind == "end":
            sections.append(Section())
            continue
        if kind == "bracket":
            _bracket(sections[-1], text)
            continue
        if kind in {"space", "fill"}:
            text = " " if kind == "space" else ""
        sections[-1].pieces.append(("literal" if kind in _LITERAL else kind, text))
    return sections[:4]


def _bracket(section: Section, text: str) -> None:
    condition, currency = _CONDITION.fullmatch(text), _CURRENCY.match(text)
    if condition:
        compare, bound = _COMPARISONS[condition.group(1)], float(condition.group(2))
        section.condition = lambda value: compare(value, bound)
    elif currency:
        section.pieces.append(("literal", currency.group(1)))
    elif _ELAPSED.fullmatch(text):
        section.pieces.append(("elapsed", text.lower()))
