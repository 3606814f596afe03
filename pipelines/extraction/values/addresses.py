"""Postal addresses by their shape: house numbers, streets, postal codes, states and countries.

No list of places is needed but the countries' names: words count by what stands beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    "strasse str jalan jln lorong taman persiaran lebuh lebuhraya kampung bandar ulica ul aleja "
    "ulice namesti utca ut caddesi cad sokak sok gade vej gata gatan vagen katu tie prospekt "
    "industrial park center centre campus estate".split()
)
_STREET_ENDS = regex.compile(
    r"(?:strasse|str|weg|gasse|platz|allee|ring|ufer|damm|straat|laan|plein|gracht|kade|dijk|gade|vej|gata|gatan|"
    r"vagen|katu|tie|utca|plads|torget|veien)$"
)
_UNITS = frozenset(
    "suite ste apt apartment unit floor fl level lot block blk room rm no nos tower building bldg "
    "box postfach apartado bp cedex etage piso planta stock house wisma menara kompleks plot shop "
    "office door section sector nr hausnummer bus interno scala pobox".split()
)
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
    r"(?:[A-Z]{1,2}-?)?\d{4,6}|\d{5}-\d{3,4}|[A-Z]{1,2}\d[A-Z\d]?|[A-Z]\d[A-Z](?:-?\d[A-Z]\d)?|\d{3}-\d{4}"
)
_POSTAL_END = regex.compile(r"\d[A-Z]{2}|\d[A-Z]\d|\d{2,3}|[A-Z]{2}")
_HOUSE = regex.compile(r"[#№]?\d{1,5}\p{L}?(?:[-–/.&]\d{0,5}\p{L}?){0,4}|[A-Z]{1,3}[-.]?[\d-]{1,8}")
_STRIPPED = ",;.:()[]\"'"
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
    REGION = auto()
    PROPER = auto()
    LINK = auto()


@dataclass(slots=True)
class _Token:
    start: int
    end: int
    line: int
    signs: frozenset[_Sign]


def addresses(text: str) -> Iterator[Place]:
    """Where addresses stand in a text whose lines are parted by line ends and columns by two spaces."""
    for run in _runs(text):
        yield from _in_run(run)


def _runs(text: str) -> Iterator[list[_Token]]:
    """The runs of words that may all be of an address."""
    run: list[_Token] = []
    before = 0
    line = 0
    for found in _TOKEN.finditer(text):
        gap = text[before : found.start()]
        before = found.end()
        line += gap.count("\n")
        signs = _signs(found[0])
        if not signs or "  " in gap:
            yield run
            run = []
        if signs:
            run.append(_Token(found.start(), found.end(), line, signs))
    yield run


def _signs(word: str) -> frozenset[_Sign]:
    plain = word.strip(_STRIPPED)
    key = fold(plain)
    signs = set()
    if key in _STREETS or _STREET_ENDS.search(key):
        signs.add(_Sign.STREET)
    if key in _UNITS:
        signs.add(_Sign.UNIT)
    if plain in _STATES or key in names("territories"):
        signs.add(_Sign.REGION)
    if _POSTAL.fullmatch(plain):
        signs.add(_Sign.POSTAL)
    if _HOUSE.fullmatch(plain):
        signs.add(_Sign.NUMBER)
    if plain[:1].isupper() or not plain:
        signs.add(_Sign.PROPER)
    if key in _LINKS:
        signs.add(_Sign.LINK)
    return frozenset(signs)


def _in_run(run: list[_Token]) -> Iterator[Place]:
    """Stretches with anchors of two kinds at least, not too far from each other."""
    anchors = _anchors(run)
    group: list[tuple[int, _Sign]] = []
    for at, sign in anchors:
        if group and (at - group[-1][0] > 2 * _REACH or at - group[0][0] > _LONGEST):
            yield from _stretch(run, group)
            group = []
        group.append((at, sign))
    yield from _stretch(run, group)


def _anchors(run: list[_Token]) -> list[tuple[int, _Sign]]:
    """The words that speak for an address, with what they are."""
    found = []
    for i, token in enumerate(run):
        near = run[max(0, i - _REACH) : i] + run[i + 1 : i + 1 + _REACH]
        if _Sign.STREET in token.signs and any(_Sign.NUMBER in one.signs for one in near):
            found.append((i, _Sign.STREET))
        elif _Sign.UNIT in token.signs and i + 1 < len(run) and _Sign.NUMBER in run[i + 1].signs:
            found.append((i, _Sign.UNIT))
        elif _Sign.REGION in token.signs:
            found.append((i, _Sign.REGION))
        elif _Sign.POSTAL in token.signs and _beside_place(run, i):
            found.append((i, _Sign.POSTAL))
    return found


def _beside_place(run: list[_Token], i: int) -> bool:
    """Whether a name stands right before or after a postal code, in its line."""
    beside = run[max(0, i - 1) : i] + run[i + 1 : i + 2]
    return any(one.line == run[i].line and _Sign.PROPER in one.signs for one in beside)


def _stretch(run: list[_Token], anchors: Sequence[tuple[int, _Sign]]) -> Iterator[Place]:
    if len({sign for _, sign in anchors}) < 2:
        return
    first, last = _begin(run, anchors[0][0]), _finish(run, anchors[-1][0])
    yield run[first].start, run[last].end


def _begin(run: list[_Token], at: int) -> int:
    """Back to the house number, or to the line's beginning where a number ends the line before a code."""
    first = at
    for i in range(at - 1, max(-1, at - 1 - _REACH), -1):
        if _Sign.NUMBER in run[i].signs or _Sign.UNIT in run[i].signs:
            first = i
    return first


def _finish(run: list[_Token], at: int) -> int:
    """On to the end of the names and numbers in the last anchor's line."""
    last = at
    while last + 1 < len(run) and run[last + 1].line == run[at].line and last - at < _REACH:
        last += 1
    return last
