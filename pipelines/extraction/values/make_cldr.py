"""Makes ``cldr.json``, the names that many languages have for months, days, countries and currencies.

They are CLDR's (Unicode License v3), taken from Babel, which is needed for nothing else:
``python -m pipelines.extraction.values.make_cldr``.
"""

from __future__ import annotations

import json
from typing import Literal

from babel import Locale
from babel.dates import get_day_names, get_month_names
from babel.numbers import list_currencies

from pipelines.extraction.values.words import CLDR, fold

_LOCALES = (
    "en de fr es it pt nl ca da sv nb fi is pl cs sk hu ro hr sl sr_Latn lt lv et tr id ms vi ru uk bg el"
).split()
_WIDTHS: tuple[Literal["wide", "abbreviated"], ...] = ("wide", "abbreviated")
_CONTEXTS: tuple[Literal["format", "stand-alone"], ...] = ("format", "stand-alone")
# Shorter names are no words of their own, or mean too much else.
_SHORTEST = 3


def tables() -> dict[str, object]:
    """Folded names of months (with their numbers: some mean two), days, territories; codes and signs."""
    months: dict[str, set[int]] = {}
    days: set[str] = set()
    territories: set[str] = set()
    signs: dict[str, str] = {}
    for name in _LOCALES:
        locale = Locale.parse(name)
        for width in _WIDTHS:
            for context in _CONTEXTS:
                for number, month in get_month_names(width, context, locale).items():
                    months.setdefault(fold(month).strip("."), set()).add(number)
                days |= {fold(day).strip(".") for day in get_day_names(width, context, locale).values()}
        territories |= {fold(text) for code, text in locale.territories.items() if code.isalpha()}
        for code, sign in sorted(locale.currency_symbols.items()):
            if not (sign.isascii() and sign.isalpha()):
                signs.setdefault(sign, code)
    return {
        "months": {
            key: sorted(numbers)
            for key, numbers in sorted(months.items())
            if len(key) >= _SHORTEST and key.isalpha()
        },
        "weekdays": sorted(day for day in days if len(day) >= _SHORTEST and day.isalpha()),
        "territories": sorted(name for name in territories if len(name) > _SHORTEST),
        "currency_codes": sorted(list_currencies()),
        "currency_signs": dict(sorted(signs.items())),
    }


def main() -> None:
    """Writes the file anew."""
    text = json.dumps(tables(), ensure_ascii=False, indent=1, sort_keys=True)
    CLDR.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
