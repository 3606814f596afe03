"""How long texts are for a language model."""

from __future__ import annotations

BYTES_PER_TOKEN = 3
"""Of UTF-8: about 4 in English text, 3 in Chinese, 5 in Russian, fewer where there are many numbers."""


def tokens(text: str) -> int:
    """About how many tokens a text takes, rather too many than too few: each model counts otherwise."""
    return len(text.encode("utf-8", "replace")) // BYTES_PER_TOKEN + 1
