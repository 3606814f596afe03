"""Names of cells and ranges: ``B2``, ``$A$1:D9``."""

from __future__ import annotations

import re
from functools import lru_cache

from pipelines.readers.sheets.model import Range

LAST_ROW, LAST_COLUMN = 1_048_575, 16_383
"""The last slot that a sheet has, 0-based."""

_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Za-z]{1,3})\$?([0-9]{1,7}))?")


def range_of(reference: str | None) -> Range | None:
    """``B2:D9`` (or ``B2``) as a range; None for what is none."""
    match = _REFERENCE.fullmatch((reference or "").strip())
    if not match:
        return None
    left, top, right, bottom = match.groups()
    first = int(top) - 1, column_of(left)
    last = (int(bottom) - 1, column_of(right)) if bottom else first
    return Range(
        min(first[0], last[0]), min(first[1], last[1]), max(first[0], last[0]), max(first[1], last[1])
    )


@lru_cache(maxsize=20_000)
def column_of(letters: str) -> int:
    """``A`` is 0."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1
