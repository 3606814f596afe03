"""Barcodes read in a picture: is there one, and does one say exactly what the symbol holds?

Labels and engines write the same content in different ways, which all count as the same: GS1 element
strings with parentheses and without; control characters as they are, as their Unicode pictures, as escapes,
or left out; UPC as an EAN-13 with a zero before it; UPC-E in its eight digits; the GTIN of a DataBar without
its identifier; Codabar without its start and stop letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_UNSHOWN = re.compile(r"[\s()\x00-\x1f\x7f-\x9f\u2400-\u2426]|<(?:CR|LF|FS|GS|RS|US|EOT)>")
_CODABAR = re.compile(r"[A-D](.*)[A-D]")
_UPC_E = re.compile(r"[01]\d{7}")
_GTIN = 14


@dataclass(frozen=True, slots=True)
class BarcodeTruth:
    """Whether there is a symbol on a picture, of which kind, and what it says, if that is known as text."""

    kind: str
    present: bool
    text: str | None


def score_barcodes(truth: BarcodeTruth, found: Sequence[str] | None) -> dict[str, float]:
    """``found`` and ``payload`` of what was found (``TYPE: value`` each), ``clean`` where there is no symbol.

    ``payload`` is 1 when one of the values is the label's, ``clean`` when nothing was found. Where reading
    failed (None) all are 0.
    """
    if not truth.present:
        return {"clean": float(found is not None and not found)}
    scores = {"found": float(bool(found))}
    if truth.text is not None:
        accepted = set(_forms(truth.kind, truth.text))
        values = (text.partition(": ")[2] for text in found or ())
        scores["payload"] = float(any(accepted & set(_forms(truth.kind, value)) for value in values))
    return scores


def _forms(kind: str, text: str) -> Iterator[str]:
    """What a symbol of a kind says, in the ways that it may be written."""
    plain = _UNSHOWN.sub("", text)
    yield plain
    if kind == "codabar" and (inner := _CODABAR.fullmatch(plain)):
        yield inner[1]
    if kind.startswith("rss14") and len(plain) == _GTIN:
        yield f"01{plain}"
    if kind.startswith(("upc", "ean")) and plain.isdigit():
        yield plain.zfill(_GTIN)
    if kind == "upce" and _UPC_E.fullmatch(plain):
        yield _upc_a(plain).zfill(_GTIN)


def _upc_a(short: str) -> str:
    """The UPC-A number of the eight digits of a UPC-E (GS1 General Specifications, 5.2.2.4)."""
    system, digits, check = short[0], short[1:7], short[7]
    last = digits[5]
    match last:
        case "0" | "1" | "2":
            body = f"{digits[:2]}{last}0000{digits[2:5]}"
        case "3":
            body = f"{digits[:3]}00000{digits[3:5]}"
        case "4":
            body = f"{digits[:4]}00000{digits[4]}"
        case _:
            body = f"{digits[:5]}0000{last}"
    return f"{system}{body}{check}"
