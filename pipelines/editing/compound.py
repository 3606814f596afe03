"""Values of several parts: names, addresses and dates, taken apart and put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import regex

from pipelines.editing.date_formats import date_in
from pipelines.extraction.values.conventions import Conventions
from pipelines.extraction.values.names import is_company
from pipelines.extraction.values.words import fold, names

Parts = dict[str, str]
"""The parts of a value by the concepts that name them (``form_words.txt``)."""

_LONGEST = 300
_SALUTATIONS = frozenset(
    "mr mrs ms miss mx dr prof herr frau monsieur madame m mme mlle sr sra srta sig dott".split()
)
_SUFFIXES = frozenset("jr sr ii iii iv v esq phd md".split())
_PARTICLES = frozenset(
    "van von der den de del della di da dos das du la le st ter ten zu zum bin ibn al el mc san".split()
)
_POSTAL = (
    r"(?:[A-Z]{1,2}-)?\d{4,6}(?:-\d{3,4})?|\d{3}\s\d{2}|\d{2}-\d{3}|\d{4}\s?[A-Z]{2}"
    r"|[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}|[A-Z]\d[A-Z]\s?\d[A-Z]\d"
)
_STATE = r"(?:[A-Z]{2,3}|[A-Z]\.[A-Z]\.)"
_TOWN = r"\p{L}[\p{L}\p{M}.'’ -]{0,60}?"
_UNIT = regex.compile(
    r"(?i)(?:apt|apartment|suite|ste|unit|flat|room|rm|floor|#)\b\.?\s*(?:no\.?\s*|#)?(?P<unit>[\w-]{1,10})"
)
_TOWNS = tuple(
    regex.compile(pattern)
    for pattern in (
        rf"(?P<city>{_TOWN}),?\s+(?P<state>{_STATE}),?\s+(?P<zip>{_POSTAL})",
        rf"(?P<state>{_STATE}),?\s+(?P<zip>{_POSTAL})",
        rf"(?P<zip>{_POSTAL})\s+(?P<city>{_TOWN})",
        rf"(?P<city>{_TOWN}),?\s+(?P<zip>{_POSTAL})",
        rf"(?P<zip>{_POSTAL})",
        rf"(?P<state>{_STATE})",
    )
)
# Where no comma parts a street and a town: the street's own word does.
_STREET_END = regex.compile(
    r"(?P<street>\d[\w-]*\s.{0,60}?\b(?i:street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|way|court|ct"
    r"|place|pl|square|terrace|highway|parkway|circle|close|crescent)\b\.?)\s+(?P<rest>\S.*)"
)
_COUNTRIES = frozenset("usa us uk uae".split())
"""As people write them; CLDR has the names in full."""


@dataclass(frozen=True, slots=True)
class Family:
    """A value of parts: the concept of the whole, those of its parts in the order in which they are written.

    ``heirs``: the part that another is written with where it has no blank of its own; ``main``: the part
    without which the others say little.
    """

    name: str
    whole: frozenset[str]
    parts: tuple[str, ...]
    heirs: Mapping[str, str]
    main: str
    split: Callable[[str, Conventions], Parts]

    @property
    def concepts(self) -> frozenset[str]:
        """The concepts of the whole and its parts."""
        return self.whole.union(self.parts)


def split_name(text: str, _: Conventions) -> Parts:
    """First, middle and last name of a person; nothing of a company, or of one word."""
    if len(text) > _LONGEST or is_company(text) or any(map(str.isdigit, text)):
        return {}
    last, comma, given = (part.strip() for part in text.partition(","))
    if comma and fold(given).strip(".") in _SUFFIXES:
        text, comma = f"{last} {given}", ""
    words = (given if comma else text).split()
    found: Parts = {}
    while words and fold(words[0]).strip(".") in _SALUTATIONS:
        found["salutation"] = words.pop(0)
    if len(words) > 2 and fold(words[-1]).strip(".") in _SUFFIXES:
        found["suffix"] = words.pop()
    if comma:
        found["last"] = last
    else:
        begin = len(words) - 1
        while begin > 1 and fold(words[begin - 1]) in _PARTICLES:
            begin -= 1
        found["last"] = " ".join(words[begin:])
        words = words[:begin]
    if not words or not found["last"]:
        return {}
    found["first"] = words[0]
    if words[1:]:
        found["middle"] = " ".join(words[1:])
    return found


def split_address(text: str, _: Conventions) -> Parts:
    """Street, town, state, postal code and country; nothing where a part of it cannot be told."""
    if len(text) > _LONGEST:
        return {}
    parts = [part.strip() for part in regex.split(r"[,\n;]", text) if part.strip()]
    found: Parts = {}
    if len(parts) > 1 and is_country(parts[-1]):
        found["country"] = parts.pop()
    if len(parts) == 1 and (cut := _STREET_END.fullmatch(parts[0])):
        parts = [cut["street"], cut["rest"]]
    while len(parts) > 1:
        told = _of_town(parts[-1])
        if told and not told.keys() & found.keys():
            found |= told
        elif unit := _UNIT.fullmatch(parts[-1]):
            found["unit"] = unit["unit"]
        elif "city" not in found and not any(map(str.isdigit, parts[-1])):
            found["city"] = parts[-1]
        else:
            break
        parts.pop()
    street = ", ".join(parts)
    is_whole = found.keys() & {"city", "zip"} and any(map(str.isdigit, street))
    return {**found, "street": street} if is_whole else {}


def is_country(text: str) -> bool:
    """Whether a text is the name of a country, in one of many languages."""
    plain = fold(text).replace(".", "").strip()
    return plain in _COUNTRIES or plain in names("territories")


def split_town(text: str) -> Parts:
    """Town, state and postal code of the line of an address that has no more."""
    return _of_town(" ".join(text.split())) if len(text) <= _LONGEST else {}


def split_date(text: str, conventions: Conventions) -> Parts:
    """Day, month and year in figures."""
    day = date_in(text, conventions)
    return {"day": f"{day.day:02}", "month": f"{day.month:02}", "year": f"{day.year:04}"} if day else {}


NAME = Family(
    "name",
    frozenset({"name"}),
    ("first", "middle", "last", "suffix"),
    {"middle": "first", "suffix": "last"},
    "last",
    split_name,
)
ADDRESS = Family(
    "address",
    frozenset({"address"}),
    ("street", "unit", "city", "state", "zip", "country"),
    {"unit": "street"},
    "street",
    split_address,
)
DATE = Family("date", frozenset({"date"}), ("day", "month", "year"), {}, "year", split_date)
FAMILIES = (NAME, ADDRESS, DATE)


def joined(family: Family, parts: Mapping[str, str], order: Sequence[str]) -> str:
    """Parts as one text, in an order; a last name that comes first has a comma after it."""
    known = [(part, parts[part]) for part in order if parts.get(part)]
    if family is ADDRESS:
        return _address(dict(known))
    if family is DATE:
        return "/".join(text for _, text in known)
    texts = [text for _, text in known]
    return (
        f"{texts[0]}, {' '.join(texts[1:])}"
        if known and known[0][0] == "last" and texts[1:]
        else " ".join(texts)
    )


def _address(parts: Parts) -> str:
    unit = parts.get("unit", "")
    place = " ".join(filter(None, [parts.get("state"), parts.get("zip")]))
    if "city" in parts and "state" not in parts and parts.get("zip", "")[:1].isdigit():
        place, parts = "", {**parts, "city": f"{parts['zip']} {parts['city']}"}
    bare_unit = unit if "street" not in parts or not unit.isalnum() else f"Apt {unit}"
    return ", ".join(
        filter(None, [parts.get("street"), bare_unit, parts.get("city"), place, parts.get("country")])
    )


def _of_town(part: str) -> Parts:
    """What a part of an address says of the town, if that is all that it says."""
    for pattern in _TOWNS:
        if found := pattern.fullmatch(part):
            return {name: text.strip() for name, text in found.groupdict().items()}
    return {}
