"""Pieces of English sentences."""

from __future__ import annotations

from collections.abc import Sequence


def short(text: str, most: int) -> str:
    """A text of at most so many characters."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def shortened(text: str, most: int) -> str:
    """The same, cut in the middle: names of columns often differ at the end."""
    if len(text) <= most:
        return text
    half = most // 2
    return f"{text[:half].rstrip()}…{text[half + 1 - most :].lstrip()}"


def several(count: int, what: str) -> str:
    """So many of a thing: ``1 row``, ``2 rows``."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def listed(parts: Sequence[str], whole: int, last: str = " and ") -> str:
    """``a, b and c``; where there are more than are told, ``a, b, … (9 in all)``."""
    if whole > len(parts):
        return f"{', '.join(parts)}, … ({whole} in all)"
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])}{last}{parts[-1]}"
