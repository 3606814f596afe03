"""The numbers that headings begin with: their form, and what they count."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from pipelines.readers.numerals import numeral

# Longer numbers are amounts, years and codes.
_MOST = 199
_WORDS = (
    "volume|book|buch|livre|libro|tome|part|teil|partie|parte|deel|del|część|часть|title|titre|título|titolo|"
    "chapter|kapitel|chapitre|capítulo|capitolo|hoofdstuk|kapitola|kapittel|rozdział|глава|"
    "article|artikel|artículo|articolo|artigo|artykuł|статья|section|abschnitt|sección|sezione|seção|sectie|"
    "avsnitt|afdeling|раздел|clause|klausel|cláusula|rule|regel|unit|lesson|module|step|phase"
)
_AFTER = (
    "appendix|annex|annexe|anhang|anlage|anexo|allegato|apéndice|apêndice|appendice|bijlage|bilaga|załącznik|"
    "приложение|schedule|exhibit|attachment|addendum"
)
_COUNTED = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split(),
    "eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf".split(),
    "un deux trois quatre cinq six sept huit neuf dix onze douze".split(),
    "uno dos tres cuatro cinco seis siete ocho nueve diez once doce".split(),
    "first second third fourth fifth sixth seventh eighth ninth tenth".split(),
)
_SPELT = {word: place for words in _COUNTED for place, word in enumerate(words, 1)}
_MONTHS = (
    "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mär|mai|okt|dez|janv|févr|mars|avr|juin|juil|août|"
    "ene|abr|ago|dic|gen|mag|giu|lug|set|ott|fev|out"
)
_DATE = re.compile(
    rf"^\d{{1,2}}(?:st|nd|rd|th|er|\.)?\s+(?:de\s+)?(?:{_MONTHS})[^\W\d]*\.?(?:\s+(?:de\s+)?\d{{2,4}}|$)",
    re.I,
)

_DECIMALS = r"\d{1,3}(?:[.．·]\d{1,3}){0,6}"
_ROMAN = r"[IVXLC]{1,7}"
_HAN = r"[〇零一二三四五六七八九十百]{1,5}|\d{1,3}"
# A tab that was too short for the number leaves no room: "Chapter 10Notices".
_GLUED = r"(?<=\d)(?-i:[A-ZÀ-ÖØ-ÞА-Я])[^\W\d_]{2}"
_KEYWORD = re.compile(
    rf"^(?P<word>{_WORDS}|{_AFTER})\s+(?:(?P<decimals>{_DECIMALS})|(?P<roman>{_ROMAN})|(?P<letter>[A-Z](?:\.\d{{1,2}})*)"
    rf"|(?P<spelt>{'|'.join(_SPELT)}))(?=[\s.:,;)\]—–-]|$|{_GLUED})[.:)]*\s*(?:[—–-]\s*)?(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_PARAGRAPH = re.compile(
    rf"^§\s*(?P<decimals>{_DECIMALS})(?P<letter>[a-z]?)[.:)]?(?=\s|$)\s*(?P<rest>.*)$", re.DOTALL
)
# "3-1", as in Japan; a range of numbers or a date goes on in a small letter, or in none.
_HYPHENED = re.compile(r"^(?P<decimals>\d{1,2}(?:[-‐–]\d{1,2}){1,3})\s+(?P<rest>[^\W\d_].*)$", re.DOTALL)
_DECIMAL = re.compile(
    rf"^(?P<decimals>{_DECIMALS})(?P<mark>[.)．、:]?)(?P<gap>\s*)(?:[—–-]\s+)?(?P<rest>.*)$", re.DOTALL
)
_LETTERED = re.compile(
    r"^(?P<letter>[A-Z])(?P<decimals>(?:\.\d{1,3}){1,5})\.?(?=\s|$)\s*(?P<rest>.*)$", re.DOTALL
)
_MARKED = re.compile(
    rf"^(?P<sign>{_ROMAN}|[ivxlc]{{1,7}}|[A-Za-z])(?P<mark>[.)]|\s[—–-])(?=\s|$)\s*(?P<rest>.*)$", re.DOTALL
)
_BRACKETED = re.compile(
    rf"^[(（](?P<sign>{_HAN}|{_ROMAN}|[ivxlc]{{1,7}}|[A-Za-z])[)）]\s*(?P<rest>.*)$", re.DOTALL
)
_ORDINAL_HAN = re.compile(
    rf"^[第제]\s*(?P<sign>{_HAN})\s*(?P<unit>[编編篇部卷章节節条條款項项관장절조항])分?\s*(?P<rest>.*)$",
    re.DOTALL,
)
_HAN_LISTED = re.compile(r"^(?P<sign>[〇零一二三四五六七八九十百]{1,5})[、.．]\s*(?P<rest>.*)$", re.DOTALL)
_HAN_AFTER = re.compile(
    rf"^(?P<word>附录|附錄|附件|附表|付録|別紙|부록)\s*(?P<sign>{_HAN}|[A-Z])?[：:]?\s+(?P<rest>.*)$",
    re.DOTALL,
)
_ANY_WORD = re.compile(
    rf"^(?P<word>[^\W\d_]{{3,20}})\s+(?:(?P<decimal>\d{{1,3}})|(?P<roman>{_ROMAN}))(?=[\s.:)]|$)[.:)]*\s*"
    r"(?:[—–-]\s*)?(?P<rest>.*)$",
    re.DOTALL,
)
_CIRCLED = re.compile(r"^(?P<sign>[①-⑳])\s*(?P<rest>.*)$", re.DOTALL)


_ROMAN_VALUES = {numeral(value, "upperRoman"): value for value in range(1, _MOST + 1)}
_HAN_VALUES = {
    numeral(value, form).replace("零", "〇"): value
    for form in ("chineseCounting", "chineseCountingThousand", "japaneseCounting")
    for value in range(1, _MOST + 1)
}


@dataclass(frozen=True, slots=True)
class Numbering:
    """The number a heading begins with.

    ``form`` is how it is written (headings of one level share it), ``depth`` how many counts it has (2 for
    ``3.1``), ``values`` what they stand at. ``named``: it says what it counts (``Chapter``, ``§``, ``第章``).
    ``after``: it counts what comes after the body (``Appendix``). ``guessed``: a word that
    may count stands before it. ``rest`` is the heading without it.
    """

    form: str
    values: tuple[int, ...]
    rest: str
    named: bool = False
    after: bool = False
    guessed: bool = False

    @property
    def depth(self) -> int:
        """How many counts the number has."""
        return len(self.values)

    @property
    def parent(self) -> tuple[int, ...]:
        """The values without the last."""
        return self.values[:-1]

    def follows(self, other: Numbering) -> bool:
        """Whether this is the number after another of its form, at the same depth and in the same part."""
        same = self.form == other.form and self.parent == other.parent
        return same and self.values[-1] == other.values[-1] + 1


def is_decimal(number: Numbering) -> bool:
    """Whether it is of the kind ``2`` or ``2.1``."""
    return number.form.startswith("1.")


def readings(text: str) -> list[Numbering]:
    """What the beginning of a text may count, the likeliest first: ``I.`` may be one, or follow ``H.``.

    Dates, years and amounts count nothing.
    """
    text = unicodedata.normalize("NFKC", text[:300]).strip() if text[:1] not in _KEPT else text[:300].strip()
    if _DATE.match(text):
        return []
    for read in _FORMS:
        found = [one for one in read(text) if all(0 <= value <= _MOST for value in one.values)]
        if found:
            return found
    return []


_KEPT = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


def _by_word(text: str) -> list[Numbering]:
    found = _KEYWORD.match(text)
    if not found:
        return []
    word, rest = found["word"].casefold(), found["rest"]
    after = bool(re.fullmatch(_AFTER, word))
    if rest[:1].islower():
        return []  # "Section 3 of the Act applies", "Part two is"
    if found["decimals"]:
        values = _decimals(found["decimals"])
        return [Numbering(f"{word} {len(values)}", values, rest, named=True, after=after)]
    if found["spelt"]:
        return [Numbering(f"{word} 1", (_SPELT[found["spelt"].casefold()],), rest, named=True, after=after)]
    if found["roman"] and (value := _ROMAN_VALUES.get(found["roman"].upper())):
        roman = Numbering(f"{word} I", (value,), rest, named=True, after=after)
        letters = _letters(found["roman"]) if len(found["roman"]) == 1 else ()
        return [roman, *(Numbering(f"{word} A1", (one,), rest, named=True, after=after) for one in letters)]
    if found["letter"]:
        sign, _, deeper = found["letter"].partition(".")
        values = (*_letters(sign), *_decimals(deeper))
        return [Numbering(f"{word} A{len(values)}", values, rest, named=True, after=after)]
    return []


def _by_paragraph(text: str) -> list[Numbering]:
    found = _PARAGRAPH.match(text)
    if not found:
        return []
    values = _decimals(found["decimals"])
    return [Numbering(f"§ {len(values)}", values, found["rest"], named=True)]


def _by_decimals(text: str) -> list[Numbering]:
    found = _DECIMAL.match(text)
    if not found:
        return []
    values, rest, mark = _decimals(found["decimals"]), found["rest"], found["mark"]
    glued = not found["gap"] and rest
    if glued and not (mark == "、" or _is_han(rest[0]) or (rest[0].isalpha() and (mark or len(values) > 1))):
        return []
    if not rest[:1].isalpha() and rest[:1] not in "\"'“‘„«(（[《「¿¡&" and rest:
        return []
    if len(values) == 1 and mark not in {"", "."}:
        return [Numbering(f"1{mark}", values, rest)]
    if len(values) == 2 and not values[1]:
        values = values[:1]  # "2.0" stands over "2.1"
    return [Numbering(f"1.{len(values)}", values, rest)]


def _by_hyphens(text: str) -> list[Numbering]:
    found = _HYPHENED.match(text)
    if not found or found["rest"][0].islower():
        return []
    values = tuple(int(part) for part in re.split(r"\D", found["decimals"]))
    return [Numbering(f"1.{len(values)}", values, found["rest"])]


def _by_letter_and_decimals(text: str) -> list[Numbering]:
    found = _LETTERED.match(text)
    if not found:
        return []
    values = (ord(found["letter"]) - 64, *_decimals(found["decimals"][1:]))
    return [Numbering(f"A.{len(values)}", values, found["rest"])]


def _by_sign(text: str) -> list[Numbering]:
    found = _MARKED.match(text)
    if not found or not found["rest"]:
        return []
    mark = found["mark"].strip()
    return _signs(found["sign"], found["rest"], lambda sign: f"{sign}{mark}")


def _by_brackets(text: str) -> list[Numbering]:
    found = _BRACKETED.match(text)
    return _signs(found["sign"], found["rest"], lambda sign: f"({sign})") if found else []


def _by_unit(text: str) -> list[Numbering]:
    found = _ORDINAL_HAN.match(text)
    if not found or not (value := _han(found["sign"])):
        return []
    return [Numbering(f"第{found['unit']}", (value,), found["rest"], named=True)]


def _by_han(text: str) -> list[Numbering]:
    found = _HAN_LISTED.match(text)
    return [Numbering("一、", (_han(found["sign"]),), found["rest"])] if found else []


def _by_han_after(text: str) -> list[Numbering]:
    found = _HAN_AFTER.match(text)
    if not found or not found["sign"]:
        return []
    sign = found["sign"]
    value = ord(sign) - 64 if "A" <= sign <= "Z" else _han(sign)
    return [Numbering(found["word"], (value,), found["rest"], named=True, after=True)]


def _by_circle(text: str) -> list[Numbering]:
    found = _CIRCLED.match(text)
    return [Numbering("①", (ord(found["sign"]) - ord("①") + 1,), found["rest"])] if found else []


def _by_any_word(text: str) -> list[Numbering]:
    """A word that nobody knows to count may do so: other headings must bear it out."""
    found = _ANY_WORD.match(text)
    if not found or found["rest"][:1].islower():
        return []
    value = int(found["decimal"]) if found["decimal"] else _ROMAN_VALUES.get(found["roman"], 0)
    form = f"{found['word'].casefold()} {'1' if found['decimal'] else 'I'}"
    return [Numbering(form, (value,), found["rest"], guessed=True)] if value else []


_FORMS: tuple[Callable[[str], list[Numbering]], ...] = (
    _by_word,
    _by_unit,
    _by_han_after,
    _by_han,
    _by_paragraph,
    _by_letter_and_decimals,
    _by_hyphens,
    _by_decimals,
    _by_sign,
    _by_brackets,
    _by_circle,
    _by_any_word,
)


def _signs(sign: str, rest: str, form: Callable[[str], str]) -> list[Numbering]:
    """The readings of a sign that is a number, a Roman number or a letter."""
    if sign.isdecimal():
        return [Numbering(form("1"), (int(sign),), rest)]
    if _is_han(sign[0]):
        return [Numbering(form("一"), (_han(sign),), rest)]
    upper = sign.isupper()
    found = []
    if value := _ROMAN_VALUES.get(sign.upper()):
        found.append(Numbering(form("I" if upper else "i"), (value,), rest))
    if len(sign) == 1:
        letter = Numbering(form("A" if upper else "a"), (ord(sign.upper()) - 64,), rest)
        found = [*found, letter] if sign.upper() in "IVX" else [letter, *found]
    return found


def _letters(text: str) -> tuple[int, ...]:
    return (ord(text.upper()) - 64,)


def _decimals(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.split(r"[.．·]", text) if part)


def _is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff" or char == "〇"


def _han(text: str) -> int:
    """The value of a Chinese number, or of digits; 0 if it is none."""
    return int(text) if text.isdecimal() else _HAN_VALUES.get(text.replace("零", "〇"), 0)
