"""The parts of an address: street, city, state and country by their places beside the postal code."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.extraction.embedded.head import Line
from pipelines.extraction.evidence import PlacedWord
from pipelines.extraction.values.words import names, parts

PARTS = ("street", "zip", "city", "state", "country", "address")
"""Concepts of the names of fields that hold an address or a part of one."""
POSTAL = re.compile(
    r"(?<![\d-])\d{4,6}(?:-\d{3,4})?(?![\d-])|\b[A-Z]{1,2}\d[\dA-Z]? ?\d[A-Z]{2}\b"
    r"|\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b|\b\d{4} ?[A-Z]{2}\b|\b\d{3} \d{2}\b|\b\d{2}-\d{3}\b"
)
_STATE = re.compile(r"\b([A-Z]{2,3})\W*$")


def is_country(line: Line) -> bool:
    """Whether a line is the name of a country, in some language."""
    return " ".join(parts(line.text)) in names("territories")


def part_of_address(lines: Sequence[Line], concept: str) -> tuple[PlacedWord, ...]:
    """The words of a part of an address: ``street``, ``zip``, ``city``, ``state``, ``country``; else all."""
    if concept == "address" or not lines:
        return tuple(word for line in lines for word in line.words)
    if concept == "country":
        return lines[-1].words if is_country(lines[-1]) else ()
    at = next((i for i, line in enumerate(lines) if POSTAL.search(line.text)), None)
    if at is None:
        return lines[0].words if concept == "street" else ()
    words = lines[at].words
    code = _code_words(words)
    before, after = words[: code[0]], words[code[1] :]
    match concept:
        case "zip":
            return words[code[0] : code[1]]
        case "state":
            return before[-1:] if before and _STATE.search(before[-1].text) else ()
        case "city":
            return _city(before, after)
        case "street":
            return lines[0].words if at else _before_comma(before)
    return ()


def _code_words(words: Sequence[PlacedWord]) -> tuple[int, int]:
    """From which word to which the postal code goes (the end excluded)."""
    for size in (2, 1):
        for i in range(len(words) - size, -1, -1):
            if POSTAL.fullmatch(" ".join(word.text for word in words[i : i + size]).strip(",.")):
                return i, i + size
    return len(words), len(words)


def _city(before: Sequence[PlacedWord], after: Sequence[PlacedWord]) -> tuple[PlacedWord, ...]:
    """The words behind a postal code, or those before it without a state and what a comma parts off."""
    if after:
        return tuple(_until_comma(after))
    kept = before[:-1] if before and _STATE.search(before[-1].text) else before
    commas = [i for i, word in enumerate(kept[:-1]) if word.text.endswith(",")]
    return tuple(kept[commas[-1] + 1 :] if commas else kept)


def _until_comma(words: Sequence[PlacedWord]) -> Sequence[PlacedWord]:
    end = next((i + 1 for i, word in enumerate(words) if word.text.endswith(",")), len(words))
    return words[:end]


def _before_comma(words: Sequence[PlacedWord]) -> tuple[PlacedWord, ...]:
    commas = [i for i, word in enumerate(words) if word.text.endswith(",")]
    return tuple(words[: commas[-1] + 1]) if commas else tuple(words)
