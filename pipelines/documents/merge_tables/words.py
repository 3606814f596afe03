"""What the words around and in a table say: that it goes on, that it ends; how alike two texts are."""

from __future__ import annotations

import re
import unicodedata
from enum import Enum

from rapidfuzz import fuzz

from pipelines.extraction.embedded.lexicon import phrase
from pipelines.pages.tables.values import is_value

_LONGEST_NOTE = 80
"""Characters of a line that only says that the table goes on."""
_LONGEST_CODE = 24
_LONGEST_TOTAL = 60
_ABBREVIATED = 0.9
"""How like a name its abbreviation is."""
_GOES_ON = (
    r"(?:(?:continued|continuation|cont(?:['’`]?d)?|forts(?:etzung|ättning|ettelse|at)?|suite|continuaci[oó]n|"
    r"continua(?:ção|zione)?|segue|vervolg|ci[ąa]g dalszy|c\.?d\.?n?|продолжение|окончание|pokračování|"
    r"folytatás|jatkuu|jatkoa|devam[ıi]?)\b\.?|续表?|續表?|接上[页頁表]|続き|つづき|계속)"
)
_FROM_WHERE = r"(?:\s+(?:on|from|over|overleaf|next|auf|von|sur|de|du|en|da|dalla|op|van|na|z)\b[^\n]{0,30})?"
_BRACKETS = re.compile(r"\s*[(\[（【〔]([^()\[\]（）【】〔〕]{1,60})[)\]）】〕]")
_MARK = re.compile(_GOES_ON, re.IGNORECASE)
_AT_THE_END = re.compile(rf"\s*[-–—,:;/…]+\s*{_GOES_ON}\s*$", re.IGNORECASE)
_AT_THE_START = re.compile(r"^(?:续表|續表|接上[页頁表])\s*[:：]?\s*")
_NOTE = re.compile(
    rf"^\W*(?:(?:table|tabelle|tableau|tabla|tabella|tabel)\s+)?{_GOES_ON}{_FROM_WHERE}[\W\d]*$"
    r"|^\W*(?:please\s+)?(?:turn over|see next page|next page|bitte wenden|p\.?t\.?o)\W*$"
    r"|^\W*(?:转|轉)?下[页頁表]\W*$",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"^(?:\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\.?|\d{1,2}(?:st|nd|rd|th)?[\s.-]+[^\W\d]{3,10}\.?,?[\s.-]+\d{2,4}"
    r"|[^\W\d]{3,10}\.?\s+\d{1,2},?\s+\d{4}|\d{4}\s?[年년]\s?\d{1,2}\s?[月월](?:\s?\d{1,2}\s?[日일])?)"
    r"(?:[\sT]+\d{1,2}:\d{2}(?::\d{2})?)?$"
)
_YEAR = re.compile(r"^(?:19|20)\d\d$")
_NOTHING = re.compile(r"^(?:n\.?\s?/?a\.?|nil|none|k\.?\s?a\.?|[-–—.*/]+)$", re.IGNORECASE)
_TOTALS = frozenset({"total", "subtotal"})
_FEW_WORDS = 5


class Kind(Enum):
    """What a cell holds."""

    EMPTY = "empty"
    NUMBER = "number"
    YEAR = "year"
    DATE = "date"
    CODE = "code"
    TEXT = "text"


def kind_of(text: str) -> Kind:
    """The kind of a cell's text; a dash or "n/a" stands where a number could."""
    text = text.strip()
    if not text:
        return Kind.EMPTY
    if _YEAR.match(text):
        return Kind.YEAR
    if _DATE.match(text):
        return Kind.DATE
    if _NOTHING.match(text) or is_value(text):
        return Kind.NUMBER
    single = " " not in text and len(text) <= _LONGEST_CODE
    return Kind.CODE if single and any(map(str.isdigit, text)) else Kind.TEXT


def letters(text: str) -> str:
    """The letters and figures of a text, without case and width."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def plain(text: str) -> str:
    """A line of Markdown without its marks of emphasis."""
    return text.replace("**", "").strip("*_# ")


def without_mark(text: str) -> tuple[str, bool]:
    """The text without "(continued)" and the like, and whether it had such a mark."""
    text = plain(text)
    shorter = _AT_THE_START.sub("", _AT_THE_END.sub("", _BRACKETS.sub(_unless_mark, text))).strip()
    return shorter, shorter != text


def _unless_mark(brackets: re.Match[str]) -> str:
    """Nothing in place of a mark, which a narrow column may have broken; else what is there."""
    inside = brackets[1].strip()
    return "" if _MARK.match(inside) or _MARK.fullmatch("".join(inside.split())) else brackets[0]


def is_note(text: str) -> bool:
    """Whether a line says nothing but that the table goes on."""
    rest, marked = without_mark(text)
    return (marked and not letters(rest)) or (len(text) <= _LONGEST_NOTE and bool(_NOTE.match(text)))


def likeness(one: str, other: str) -> float:
    """How alike two names are, 0 to 1, as OCR may have them, or one abbreviated."""
    first, second = letters(without_mark(one)[0]), letters(without_mark(other)[0])
    if first == second:
        return 1.0
    if not first or not second:
        return 0.0
    alike = fuzz.ratio(first, second) / 100
    return max(alike, _ABBREVIATED) if _abbreviates(one, other) or _abbreviates(other, one) else alike


def _abbreviates(short: str, long: str) -> bool:
    """Whether each word of one begins the word at its place of the other."""
    pairs = list(zip(short.split(), long.split(), strict=False))
    starts = [(letters(a), letters(b)) for a, b in pairs]
    return len(short.split()) == len(long.split()) and all(len(a) > 1 and b.startswith(a) for a, b in starts)


def names_total(text: str) -> bool:
    """Whether a label names a sum over what stands above it."""
    if not text or len(text) > _LONGEST_TOTAL:
        return False
    words = text.split()
    return len(words) <= _FEW_WORDS and any(concept.name in _TOTALS for concept in phrase(text))
