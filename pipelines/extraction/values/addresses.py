"""Postal addresses by their shape: house numbers, streets, postal codes, states and countries.

No list of places is needed but the countries' names: words count by what stands beside them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

import regex

from pipelines.extraction.values.words import fold, names

Place = tuple[int, int]

# Words of streets, that stand by themselves.
_STREETS = frozenset(
    "street st road rd avenue ave av lane ln drive dr boulevard blvd way court ct place pl square "
    "sq terrace highway hwy parkway pkwy circle cir close crescent cres row walk mews quay route "
    "freeway expressway turnpike rue chemin allee quai impasse cours faubourg calle avenida avda "
    "carrer paseo plaza camino carretera ronda via viale piazza corso largo vicolo strada rua "
    "travessa praca alameda estrada straat laan weg plein gracht kade platz gasse ring ufer damm "
    "strasse str jalan jln jl lorong taman persiaran lebuh lebuhraya kampung bandar ulica ul aleja "
    "ulice namesti utca ut caddesi cad sokak sok gade vej gata gatan vagen katu tie prospekt "
    "industrial park center centre campus estate".split()
)
_STREET_ENDS = regex.compile(
    r"(?:strasse|str|weg|gasse|platz|allee|ring|ufer|damm|straat|laan|plein|gracht|kade|dijk|gade|vej|gata|gatan|"
    r"vagen|katu|tie|utca|plads|torget|veien)$"
)
_UNITS = frozenset(
    "suite ste apt apartment unit floor fl level lot block blk room rm tower building bldg box postfach "
    "apartado bp cedex etage piso planta stock house wisma menara kompleks plot shop office door section "
    "sector hausnummer bus interno scala pobox p.o po".split()
)
_NUMBERS = frozenset("no nr nos one two three".split())
_STATES = frozenset(
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ "
    "NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY PR ON QC BC AB MB SK NS NB NSW "
    "VIC QLD TAS ACT".split()
)
_LINKS = frozenset(
    "of de del della di da do dos du des la le les van von der den am an im in the and & off zu".split()
)

_TOKEN = regex.compile(r"\S+")
_POSTAL = regex.compile(
    r"(?:[A-Z]{1,2}-?)?\d{4,6}|\d{5}-\d{3,4}|[A-Z]{1,2}\d[A-Z\d]?|[A-Z]\d[A-Z](?:-?\d[A-Z]\d)?"
    r"|\d{3}-\d{4}|\d{2}-\d{3}|\d{3}"
)
# What may follow a code, parted from it by a space: SW1A 2AA, K1A 0B1, 1015 CJ, 111 22.
_POSTAL_END = regex.compile(r"\d[A-Z]{2}|\d[A-Z]\d|\d{2}|[A-Z]{2}")
# Codes that follow a state of two letters, or of three (in Australia).
_STATE_CODES = {2: regex.compile(r"\d{5}(?:-\d{4})?\b|[A-Z]\d[A-Z]\b"), 3: regex.compile(r"\d{4}\b")}
_HOUSE = regex.compile(r"[#№]?\d{1,5}\p{L}?(?:[-–/.&]\d{0,5}\p{L}?){0,4}|[A-Z]{1,3}[-.]?[\d-]{1,8}")
_STRIPPED = ",;.:()[]\"'"
# Chinese and Japanese addresses go from the large to the small and have a sign after each part.
_HAN = regex.compile(r"[\p{Han}〒][\p{Han}\p{Hiragana}\p{Katakana}\d０-９〒 -]{4,78}[\p{Han}\d０-９]")
_HAN_PARTS = regex.compile(r"[省市区县镇乡路街道号室楼栋弄都府県郡町村丁番階]")
_HAN_LEAST = 3
# The most words of a country's name that are looked at.
_COUNTRY = 3
# Words between a house number and its street, or a street and its number.
_REACH = 4
# The longest address, in words.
_LONGEST = 40


class _Sign(Enum):
    """What a word may be in an address."""

    NUMBER = auto()
    STREET = auto()
    UNIT = auto()
    POSTAL = auto()
    CODE_END = auto()
    REGION = auto()
    PROPER = auto()
    LINK = auto()


_STREETWARD = frozenset({_Sign.STREET, _Sign.UNIT})
_CITYWARD = frozenset({_Sign.POSTAL, _Sign.REGION})


@dataclass(slots=True)
class _Token:
    start: int
    end: int
    line: int
    text: str
    comma: bool
    signs: frozenset[_Sign]


_Anchor = tuple[int, _Sign]


def addresses(text: str) -> Iterator[Place]:
    """Where addresses stand in a text whose lines are parted by line ends and columns by two spaces."""
    for found in _HAN.finditer(text):
        if len(_HAN_PARTS.findall(found[0])) >= _HAN_LEAST:
            yield found.span()
    for run in _runs(text):
        end = 0
        for group in _groups(run):
            if _is_address({sign for _, sign in group}):
                first, last = _first(run, group[0][0], end), _last(run, group[-1])
                end = last + 1
                yield run[first].start, run[last].end


def _is_address(signs: set[_Sign]) -> bool:
    """Whether there is a place in a town and the town, or at least the town with its code and state."""
    return bool(signs & _STREETWARD and signs & _CITYWARD) or signs >= _CITYWARD


def _runs(text: str) -> Iterator[list[_Token]]:
    """The runs of words that may all be of an address."""
    run: list[_Token] = []
    before = line = 0
    for found in _TOKEN.finditer(text):
        gap = text[before : found.start()]
        before = found.end()
        line += gap.count("\n")
        signs = _signs(found[0])
        if not signs or "  " in gap:
            yield run
            run = []
        if signs:
            plain, comma = found[0].strip(_STRIPPED), found[0].endswith(",")
            run.append(_Token(found.start(), found.end(), line, plain, comma, signs))
    yield run


def _signs(word: str) -> frozenset[_Sign]:
    plain = word.strip(_STRIPPED)
    key = fold(plain)
    told = (
        (_Sign.STREET, key in _STREETS or bool(_STREET_ENDS.search(key))),
        (_Sign.UNIT, key in _UNITS),
        (_Sign.POSTAL, bool(_POSTAL.fullmatch(plain))),
        (_Sign.CODE_END, bool(_POSTAL_END.fullmatch(plain))),
        (_Sign.NUMBER, key in _NUMBERS or bool(_HOUSE.fullmatch(plain))),
        (_Sign.PROPER, plain[:1].isupper() or not any(map(str.isalnum, plain))),
        (_Sign.LINK, key in _LINKS),
    )
    return frozenset(sign for sign, holds in told if holds)


def _groups(run: list[_Token]) -> Iterator[list[_Anchor]]:
    """The anchors of one address each: near each other, streets and houses before towns and countries."""
    group: list[_Anchor] = []
    for at, sign in _anchors(run):
        signs = {known for _, known in group}
        again = sign in _STREETWARD and bool(signs & _STREETWARD) and _Sign.POSTAL in signs
        if group and (again or at - group[-1][0] > 2 * _REACH or at - group[0][0] > _LONGEST):
            yield group
            group = []
        group.append((at, sign))
    if group:
        yield group


def _anchors(run: list[_Token]) -> Iterator[_Anchor]:
    """The words that speak for an address, with what they are."""
    for i, token in enumerate(run):
        near = run[max(0, i - _REACH) : i] + run[i + 1 : i + 1 + _REACH]
        following = run[i + 1].signs if i + 1 < len(run) else frozenset()
        if _Sign.STREET in token.signs and any(_Sign.NUMBER in one.signs for one in near):
            yield i, _Sign.STREET
        elif _Sign.UNIT in token.signs and _Sign.NUMBER in following:
            yield i, _Sign.UNIT
        elif _is_region(run, i):
            yield i, _Sign.REGION
        elif _Sign.POSTAL in token.signs and _is_code(run, i):
            yield i, _Sign.POSTAL


def _is_region(run: list[_Token], i: int) -> bool:
    """The name of a country, of up to three words; the letters of a state after a town or before a code."""
    words = [fold(token.text) for token in run[i : i + _COUNTRY]]
    if any(" ".join(words[:count]) in names("territories") for count in range(1, len(words) + 1)):
        return True
    if run[i].text not in _STATES:
        return False
    code = _STATE_CODES[len(run[i].text)]
    before_code = i + 1 < len(run) and code.match(run[i + 1].text) is not None
    return before_code or (i > 0 and run[i - 1].comma and _Sign.PROPER in run[i - 1].signs)


def _is_code(run: list[_Token], i: int) -> bool:
    """Whether a postal code has a name right before or after it, in its line, and counts no houses."""
    beside = run[max(0, i - 1) : i] + run[i + 1 : i + 2]
    counted = i > 0 and bool(run[i - 1].signs & _STREETWARD)
    whole = len(run[i].text) > 3 or (i + 1 < len(run) and _Sign.CODE_END in run[i + 1].signs)
    named = any(one.line == run[i].line and one.signs & {_Sign.PROPER, _Sign.CODE_END} for one in beside)
    return named and whole and not counted


def _first(run: list[_Token], at: int, end: int) -> int:
    """Back from the first anchor to the number of the house or the flat before it; not before ``end``."""
    first = at
    for i in range(at - 1, max(end - 1, at - 1 - _REACH), -1):
        if run[i].signs & {_Sign.NUMBER, _Sign.UNIT}:
            first = i
    if first == at or run[first].signs & _STREETWARD:
        return first
    line = first
    while line > end and run[line - 1].line == run[first].line:
        line -= 1
    named = first - line <= _REACH and run[first + 1].line > run[first].line  # a street, then its number
    return line if named else first


def _last(run: list[_Token], anchor: _Anchor) -> int:
    """On from the last anchor to the end of the town's, the state's or the country's name."""
    last, sign = anchor
    line = run[last].line
    if sign is _Sign.POSTAL and last + 1 < len(run) and _Sign.CODE_END in run[last + 1].signs:
        last += 1
    elif sign is _Sign.POSTAL and last and _is_region(run, last - 1):
        return last
    for i in range(last + 1, min(last + 1 + _REACH, len(run))):
        if run[i].line != line or _Sign.PROPER not in run[i].signs:
            break
        last = i
    return last
