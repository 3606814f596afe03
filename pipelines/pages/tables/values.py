"""What a cell holds: a value or a name."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"^[^A-Za-z\u3400-\u9fff]*\d[^A-Za-z\u3400-\u9fff]*[A-Za-z%]{0,2}$")
_YEAR = re.compile(r"^(?:19|20)\d\d$")
_SHARE_OF = re.compile(r"%\s*[A-Za-z]")
_DASH = re.compile(r"^[-–—−.…*/]+$")


def is_value(text: str) -> bool:
    """Whether a text is a number, an amount or a dash, and not a name (a year names something)."""
    if _YEAR.match(text.strip()) or _SHARE_OF.search(text):
        return False
    return bool(_NUMBER.match(text) or _DASH.match(text))
