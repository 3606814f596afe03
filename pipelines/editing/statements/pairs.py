"""A label and its value on one line: ``Name: Jane``, ``name = Jane``, ``the name is Jane``."""

from __future__ import annotations

from itertools import islice

import regex

from pipelines.editing.statements.labels import Labels
from pipelines.editing.statements.quotes import Masked

Pair = tuple[str, Masked]
"""A label, and the text that follows it."""

_LONGEST_LABEL = 200
_MOST_WORDS = 16
# A colon is no sign before figures that go on with a time, or in a web address.
_SIGN = regex.compile(
    r"(?P<label>[^:=：\t\n|]{1,160}?)\s*"
    r"(?:=+>?|->|→|：|\t+|:(?!//)(?=[\s\ue000]|\p{L}|$)|(?<!\d):(?=[\d+$€£(]))\s*(?P<value>.*)",
    regex.DOTALL,
)
_BE = (
    "(?:should|must|will|shall|has to|needs to)\\s+(?:be|read|say)|is|are|was|were|equals|is called"
    "|ist|sind|lautet|heißt|heisst|heet|est|sont|s['’]appelle|es|son|se llama|è|sono|si chiama|é|são"
)
_LINK = regex.compile(rf"\s+(?:{_BE}|to|as|=)\s+|\s*[:=]\s")
_MOST_LINKS = 8
_IS = regex.compile(rf"(?P<label>[^,;:=?!\n]{{1,100}}?)\s+(?:{_BE})\s+(?P<value>\S.*)", regex.DOTALL)
_WORD = r"\p{L}[\p{L}.'’#/_-]*"
_DONE = regex.compile(r"(?:not\s+)?\p{Ll}{2,}(?:ed|en)[.!]?")
"""What was done is no value: "the police were called"."""
_BESIDE = regex.compile(
    rf"(?P<label>{_WORD}(?:\s{_WORD}){{0,4}}?)\s(?P<value>[\d$€£+(#\ue000].*)", regex.DOTALL
)
_WITHIN = regex.compile(
    r"[A-Z]{2}|(?i:from|to|since|until|by|on|at|in|von|bis|ab|du|au|apt|apartment|suite|ste|unit|floor|street|st"
    r"|road|rue|p\.?o\.? box|box|no|nr)"
)
"""Words before figures within a value: they begin nothing new. Two capitals are a state, before its code."""
_EMPTY_HEAD = regex.compile(
    r"(?i)date|place|name|type|kind|number|part|state|city|country|day|month|year|time|copy"
)
"""Of these "of" tells which is meant, not what it is."""
_OF = regex.compile(
    rf"(?i)\b(?:an?|the|my|her|his)\s+(?P<label>{_WORD}(?:\s{_WORD}){{0,3}}?)\s+of\s+(?P<value>\S[^,;]*?)"
    r"(?=\s+and\s|[,;]|$)"
)
_LINKS = r"(?:(?:and|but|also|then|so|please|und|et|y|e)\s+)*"
_ARTICLES = (
    "the|her|his|my|their|our|its|your|an?|der|die|das|mein\\p{L}*|ihr\\p{L}*|sein\\p{L}*|le|la|les|mon|ma|mes"
    "|son|sa|ses|el|los|las|mi|su|il|lo|gli|de|het|mijn"
)
_LEADING = regex.compile(rf"(?i){_LINKS}(?:(?:{_ARTICLES})\s+)?")
_TRAILING = regex.compile(
    r"(?i)(?:\s+(?:field|box|checkbox|line|section|entry|blank|option|feld|champ|campo))+$"
)
_INTRODUCTORY = regex.compile(
    r"(?i)\b(?:fill|complete|please|use|enter|following|below|details|information|here|these|with|form|put|write"
    r"|set|bitte|ausfüllen|folgende\p{L}*|daten|angaben|veuillez|remplir|rellene|rellenar|compilare)\b"
)
_SENTENCE = regex.compile(r"[.!?]\s+\p{Lu}")


def by_sign(text: Masked) -> Pair | None:
    """A label and what follows the colon or sign of equality after it; None where there is none."""
    found = _SIGN.match(text.plain)
    if found is None:
        return None
    label = cleaned(text.part(*found.span("label")))
    if not label or len(label.split()) > _MOST_WORDS or _SENTENCE.search(found["label"]):
        return None
    return label, text.part(found.start("value"))


def by_verb(text: Masked, labels: Labels) -> Pair | None:
    """A label and what it is said to be, where something in the form may be called so."""
    if end := label_end(text, labels):
        link = _LINK.match(text.plain, end)
        return cleaned(text.part(0, end)), text.part(link.end() if link else end)
    found = _IS.match(text.plain)
    if found and _DONE.fullmatch(found["value"]):
        return None
    pair = _pair(text, found)
    return pair if pair and labels.knows(pair[0]) else None


def label_end(text: Masked, labels: Labels) -> int:
    """Where the name of something in the form ends that a text begins with; 0 if it begins with none."""
    for link in islice(_LINK.finditer(text.plain, 0, _LONGEST_LABEL), _MOST_LINKS):
        if labels.calls(cleaned(text.part(0, link.start()))):
            return link.start()
    return 0


def beside(text: Masked, labels: Labels) -> Pair | None:
    """A label and the figures or the quotation right after it: ``SSN 123-45-6789``."""
    leading = _LEADING.match(text.plain)
    pair = _pair(text, _BESIDE.match(text.plain, leading.end() if leading else 0))
    if pair is None or _WITHIN.fullmatch(pair[0]):
        return None
    return pair if labels.names(pair[0]) or (pair[0][0].isupper() and labels.knows(pair[0])) else None


def by_of(text: Masked, labels: Labels) -> Pair | None:
    """A label and a value linked by "of" anywhere in a text: "a salary of $50,000"."""
    pair = _pair(text, _OF.search(text.plain))
    return pair if pair and not _EMPTY_HEAD.fullmatch(pair[0]) and labels.knows(pair[0]) else None


def cleaned(label: Masked) -> str:
    """A label without articles before it and words like "field" after it, its quotation marks taken off."""
    leading = _LEADING.match(label.plain)
    inner = label.part(leading.end() if leading and leading.end() < len(label.plain) else 0)
    trailing = _TRAILING.search(inner.plain)
    if trailing and trailing.start():
        inner = inner.part(0, trailing.start())
    return inner.value.strip().strip("*_").strip()[:_LONGEST_LABEL]


def is_introduction(label: str) -> bool:
    """Whether words before a colon only say that something follows: "fill in the form with these details"."""
    return len(_INTRODUCTORY.findall(label)) > 1 or _INTRODUCTORY.match(label) is not None


def _pair(text: Masked, found: regex.Match[str] | None) -> Pair | None:
    if found is None:
        return None
    label = cleaned(text.part(*found.span("label")))
    return (label, text.part(*found.span("value"))) if label else None
