"""Lengths of time as contracts and invoices print them: two (2) years, 30 Tage, 18-month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import regex

from pipelines.extraction.values.words import fold

_UNITS = {
    "D": "day days tag tage tagen jour jours dia dias giorno giorni dag dagen dage dagar dni dzien",
    "W": "week weeks woche wochen semaine semaines semana semanas settimana settimane weken uke uker",
    "M": "month months monat monate monaten mois mes meses mese mesi maand maanden maned maneder",
    "Y": "year years jahr jahre jahren an ans annee annees ano anos anno anni jaar jaren ar lat lata rok",
    "H": "hour hours stunde stunden heure heures hora horas ora ore uur uren",
}
_UNIT = {word: unit for unit, words in _UNITS.items() for word in words.split()}
_COUNTED = (
    "one two three four five six seven eight nine ten eleven twelve",
    "ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
    "un deux trois quatre cinq six sept huit neuf dix onze douze",
    "uno dos tres cuatro cinco seis siete ocho nueve diez once doce",
    "um dois três quatro cinco seis sete oito nove dez onze doze",
    "uno due tre quattro cinque sei sette otto nove dieci undici dodici",
    "een twee drie vier vijf zes zeven acht negen tien elf twaalf",
)
_TENS = "ten twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORDED = (
    {word: n for words in _COUNTED for n, word in enumerate(words.split(), 1)}
    | {word: 10 * n for n, word in enumerate(_TENS, 1)}
    | {
        f"{tens}-{word}": 10 * n + m
        for n, tens in enumerate(_TENS[1:], 2)
        for m, word in enumerate(_COUNTED[0].split()[:9], 1)
    }
    | dict.fromkeys("eine einem einer eines une una uma".split(), 1)
    | {"thirteen": 13, "fourteen": 14, "fifteen": 15, "eighteen": 18}
)
_WORD = regex.compile(r"(?<!\p{L})\p{L}{1,12}(?:\(s\))?")
# What counts the unit, right before it: two, 2, two (2), with at most one adjective between.
_COUNT = regex.compile(
    r"(?ri)(?<![\p{L}\p{N}.,])(?:"
    r"(?:(?P<said>\L<worded>)\s{0,2}(?=\())?\(?(?P<figures>\d{1,4}(?:[.,]\d{1,2})?)\)?|(?P<word>\L<worded>))"
    r"(?:\s{1,2}\p{L}{4,10})??[\s-]{0,2}",
    worded=frozenset(_WORDED),
)


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time in a text: ``amount`` of a unit of ISO 8601 (``Y``, ``M``, ``W``, ``D``, ``H``)."""

    start: int
    end: int
    amount: float
    unit: str

    @property
    def iso(self) -> str:
        """As ISO 8601 has it: ``P2Y``."""
        return f"P{'T' if self.unit == 'H' else ''}{self.amount:g}{self.unit}"

    @property
    def days(self) -> float:
        """Roughly how many days: what makes durations in several units comparable."""
        return self.amount * {"D": 1.0, "W": 7.0, "M": 365 / 12, "Y": 365.0, "H": 1 / 24}[self.unit]


def durations(text: str) -> Iterator[Duration]:
    """The lengths of time in a text, from left to right."""
    end = 0
    for found in _WORD.finditer(text):
        unit = _UNIT.get(fold(found[0]).removesuffix("(s)"))
        count = _COUNT.match(text, end, found.start()) if unit else None
        if unit and count:
            end = found.end()
            yield Duration(count.start(), end, _amount(count), unit)


def _amount(count: regex.Match[str]) -> float:
    figures = count["figures"]
    return float(figures.replace(",", ".")) if figures else float(_WORDED[count["word"].casefold()])
