"""Identifiers: a prefix and 21 characters that cannot be mistaken for one another."""

from __future__ import annotations

import re
import secrets

_ALPHABET = "6789BCDFGHJKLMNPQRTWbcdfghjkmnpqrtwz"
_ID = re.compile(rf"[a-z]+_[{_ALPHABET}]{{21}}")
_FILE_ID = re.compile(r"^(?:file_|tensorlake-)[A-Za-z0-9_-]+$")


def new_id(prefix: str) -> str:
    """A fresh random id: ``new_id("parse")`` is like ``parse_CNGbHfrQ7t7c7grzTGDk9``."""
    return f"{prefix}_" + "".join(secrets.choice(_ALPHABET) for _ in range(21))


def is_id(text: str) -> bool:
    """Whether ``text`` has the form of what ``new_id`` makes."""
    return bool(_ID.fullmatch(text))


def is_file_id(text: str) -> bool:
    """Whether ``text`` has the form of a file id, of today's or of the first API."""
    return bool(_FILE_ID.match(text))
