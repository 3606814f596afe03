"""Currencies: the signs, the letters and the codes that stand for them."""

from __future__ import annotations

from functools import cache

from pipelines.extraction.values.words import names

# Letters that are printed beside amounts and that CLDR does not have as signs.
_LETTERS = {
    "RM": "MYR",
    "Rs": "INR",
    "Rp": "IDR",
    "kr": "SEK",
    "Kr": "SEK",
    "KR": "SEK",
    "Ft": "HUF",
    "lei": "RON",
    "Fr": "CHF",
    "SFr": "CHF",
    "DM": "DEM",
    "TL": "TRY",
    "Lt": "LTL",
    "S$": "SGD",
}


@cache
def marks() -> frozenset[str]:
    """All that may stand beside an amount to name its currency."""
    return frozenset({*names("currency_signs"), *names("currency_codes"), *_LETTERS})


def code_of(mark: str) -> str | None:
    """The ISO 4217 code of a sign or a code; of a sign of several currencies, that of the best known one."""
    plain = mark.strip(" .:()")
    if plain.upper() in names("currency_codes"):
        return plain.upper()
    code: str | None = names("currency_signs").get(plain) or _LETTERS.get(plain)
    return code
