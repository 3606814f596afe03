"""Prompts with stated values, as different people write them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from benchmarks.filling.forms import Field


@dataclass(frozen=True, slots=True)
class Stated:
    """A field, what it is called in the prompt, and what is said of it; a box to tick is said to be ticked.

    ``place`` is the index of the widget that is to be set, of a group; ``expected`` what should be stored.
    """

    field: Field
    label: str
    said: str
    expected: str
    place: int = 0


_FIRST = "Ada Bruno Clara Dmitri Elif Farid Greta Hugo Ines Jonas Keiko Liam Mira Noor Otto Paula".split()
_LAST = "Abbott Brandt Castillo Dubois Eriksen Ferrari Grant Hoffmann Ivanov Jansen Keller Lindqvist".split()
_PLACES = "Aberdeen Bergen Cadiz Dresden Evora Ghent Halifax Izmir Kyoto Lyon Malmo Nantes Porto".split()
_LANDS = "Austria Belgium Canada Denmark Estonia Finland Greece Hungary Ireland Japan".split()
_STREETS = "Elm Harbour Mill Orchard Station Willow Chapel Bridge".split()
_THINGS = "amber birch cobalt delta ember fjord garnet hazel indigo juniper kestrel lagoon maple".split()

# Other words for what forms ask for.
_SYNONYMS = {
    "first name": "given name|forename",
    "last name": "surname|family name",
    "date of birth": "DOB|birth date",
    "postal code": "zip code|postcode",
    "telephone": "phone|phone number",
    "e-mail": "email address|mail",
    "city": "town",
    "employer": "company",
    "nationality": "citizenship",
    "amount due": "amount",
    "marital status": "family status",
    "vorname": "Rufname",
    "nachname": "Familienname",
    "wohnort": "Ort|Stadt",
    "postleitzahl": "PLZ",
    "telefon": "Telefonnummer",
    "code postal": "CP",
    "courriel": "e-mail",
    "date de naissance": "né le",
}
_IN_SMALL_LETTERS, _IN_OTHER_WORDS = 0.2, 0.3

# The width of a letter (points) that people can read.
_LETTER = 4.0

Make = Callable[[Random], str]
# What a label's words ask for, the first that fits.
_ASKED: tuple[tuple[str, Make], ...] = (
    (r"\bmail\b|e-?mail", lambda dice: f"{dice.choice(_FIRST).lower()}.{dice.randint(10, 99)}@example.org"),
    (r"\bplace of\b|\blieu\b|\b(?:geburts|wohn)?ort\b", lambda dice: dice.choice(_PLACES)),
    (r"birth|\bdob\b|geburt|naissance|\bdate\b|\bdatum\b", lambda dice: _day(dice).strftime("%m/%d/%Y")),
    (r"phone|\btel\b|fax|mobile|telefon|téléphone", lambda dice: f"+1 555 01{dice.randint(10, 99)}"),
    (r"\bzip\b|postal|post ?code|\bplz\b", lambda dice: str(dice.randint(10000, 99999))),
    (r"street|address|straße|adresse", lambda dice: f"{dice.randint(1, 199)} {dice.choice(_STREETS)} Street"),
    (r"\bcity\b|\btown\b|\bplace\b|\bstadt\b|\bville\b", lambda dice: dice.choice(_PLACES)),
    (r"country|nation|\bland\b|\bpays\b", lambda dice: dice.choice(_LANDS)),
    (r"first ?name|given|vorname|prénom", lambda dice: dice.choice(_FIRST)),
    (r"last ?name|surname|family|nachname", lambda dice: dice.choice(_LAST)),
    (r"\bname\b|\bnom\b", lambda dice: f"{dice.choice(_FIRST)} {dice.choice(_LAST)}"),
    (
        r"amount|price|total|salary|income|€|\$",
        lambda dice: f"{dice.randint(10, 9999)}.{dice.randint(10, 99)}",
    ),
    (r"number|\bno\b|\bnr\b|\bid\b|\bage\b|count", lambda dice: str(dice.randint(11, 98))),
)


def called(label: str, others: Container[str], dice: Random) -> str:
    """A printed label as people may call it: as printed, in small letters, in words that no other has."""
    words = [
        one for one in _SYNONYMS.get(label.casefold(), "").split("|") if one and one.casefold() not in others
    ]
    if words and dice.random() < _IN_OTHER_WORDS:
        return dice.choice(words)
    return label.lower() if dice.random() < _IN_SMALL_LETTERS else label


def value_for(field: Field, label: str, dice: Random) -> str:
    """A value as the field's script, or its label, asks for; no longer than the field or its place takes."""
    text = _scripted(field, dice)
    if not text:
        fits = (make for words, make in _ASKED if re.search(words, label, re.IGNORECASE))
        text = next(fits, lambda d: f"{d.choice(_THINGS)} {d.randint(100, 999)}")(dice)
    room = min(int(widget.area.width / _LETTER) for widget in field.widgets)
    longest = min(filter(None, (field.longest, max(room, 1))))
    if len(text) > longest:
        text = str(dice.randint(10 ** (min(longest, 9) - 1), 10 ** min(longest, 9) - 1))
    return text


def _scripted(field: Field, dice: Random) -> str:
    kind, _, detail = field.script.partition(" ")
    if kind == "date":
        return _as_pictured(_day(dice), detail)
    if kind == "special":
        return ("{:05}", "{:05}-1234", "(555) 555-01{:02}", "123-45-{:04}")[int(detail) % 4].format(
            dice.randint(10, 99)
        )
    return str(dice.randint(10, 999)) if kind == "figures" else ""


def _day(dice: Random) -> date:
    return date(1950, 1, 1) + timedelta(days=dice.randint(0, 25_000))


def _as_pictured(day: date, picture: str) -> str:
    """A day in an Acrobat date picture (``mm/dd/yyyy``, ``d-mmm-yy``)."""
    codes = {"yyyy": "%Y", "yy": "%y", "mmmm": "%B", "mmm": "%b", "mm": "%m", "dd": "%d"}
    codes |= {"m": str(day.month), "d": str(day.day), "HH": "00", "MM": "00"}
    return day.strftime(re.sub("|".join(codes), lambda found: codes[found[0]], picture))


Style = Callable[[Sequence[Stated], Random], str]


def _lines(stated: Sequence[Stated], dice: Random) -> str:
    sign = dice.choice([": ", " = ", ": "])
    return "\n".join(f"{one.label}{sign}{one.said}" for one in stated)


def _sentences(stated: Sequence[Stated], dice: Random) -> str:
    return " ".join(_sentence(one, dice) for one in stated)


def _sentence(one: Stated, dice: Random) -> str:
    if one.field.kind == "tick":
        return dice.choice([f"Tick “{one.label}”.", f'Check the box "{one.label}".'])
    if one.field.kind == "group":
        return f"For {one.label}, select {one.said}."
    shapes = [
        f"The {one.label} is {one.said}.",
        f"Set {one.label} to {one.said}.",
        f"{one.label} is {one.said}.",
    ]
    return dice.choice(shapes)


def _json(stated: Sequence[Stated], dice: Random) -> str:
    said = {one.label: True if one.field.kind == "tick" else one.said for one in stated}
    return json.dumps(said, ensure_ascii=False, indent=dice.choice([None, 2]))


def _table(stated: Sequence[Stated], dice: Random) -> str:
    del dice
    rows = (f"| {one.label.replace('|', '/')} | {one.said} |" for one in stated)
    return "\n".join(["| Field | Value |", "|---|---|", *rows])


def _numbered(stated: Sequence[Stated], dice: Random) -> str:
    sign = dice.choice([".", ")"])
    return "\n".join(f"{place}{sign} {one.label}: {one.said}" for place, one in enumerate(stated, start=1))


def _polite(stated: Sequence[Stated], dice: Random) -> str:
    lines = "\n".join(f"- {one.label}: {one.said}" for one in stated)
    return f"{dice.choice(['Please fill in the form', 'Fill this in'])} with the following:\n\n{lines}"


STYLES: dict[str, Style] = {
    "lines": _lines,
    "sentences": _sentences,
    "JSON": _json,
    "table": _table,
    "numbered": _numbered,
    "bullets": _polite,
}


def prompt(stated: Sequence[Stated], style: str, dice: Random) -> str:
    """The prompt that states it all, in the form's order or another."""
    ordered = list(stated)
    if dice.random() < 0.5:
        dice.shuffle(ordered)
    return STYLES[style](ordered, dice)
