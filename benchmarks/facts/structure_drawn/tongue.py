"""The words of the drawn documents: lists by language, and sentences put together from them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

_FOLDER = Path(__file__).parent / "words"
LANGUAGES = tuple(sorted(path.stem for path in _FOLDER.glob("*.json")))
ALPHABETIC = tuple(language for language in LANGUAGES if language not in {"zh", "ja"})
"""The languages of Latin letters: every font has them."""
_WITHOUT_SPACES = frozenset({"zh", "ja"})


@cache
def _lists(language: str) -> dict[str, Any]:
    lists: dict[str, Any] = json.loads((_FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    return lists


def word(language: str, name: str) -> str:
    """The word of a language for a thing that documents have: "page", "table", "continued"."""
    return str(_lists(language)[name])


@dataclass(slots=True)
class Tongue:
    """Words of one language by chance; the seed decides them."""

    language: str
    random: Random

    def word(self, name: str) -> str:
        """The word for a thing that documents have: "table", "continued"."""
        return word(self.language, name)

    def one(self, name: str) -> str:
        """One of a list."""
        return str(self.random.choice(_lists(self.language)[name]))

    def some(self, name: str, count: int) -> list[str]:
        """Different ones of a list, as many as there are at most."""
        known: list[str] = _lists(self.language)[name]
        return self.random.sample(known, min(count, len(known)))

    def sentence(self) -> str:
        """A sentence that says nothing."""
        parts = [self.one(name) for name in ("subjects", "verbs", "objects", "tails")]
        if self.language in _WITHOUT_SPACES:
            return "".join(parts) + "。"
        return " ".join(parts) + "."

    def paragraph(self, least: int = 2, most: int = 8) -> str:
        """A few sentences."""
        count = self.random.randint(least, most)
        return ("" if self.language in _WITHOUT_SPACES else " ").join(self.sentence() for _ in range(count))

    def date(self) -> str:
        """A day as the language writes it, near enough."""
        day, month, year = self.random.randint(1, 28), self.one("months"), self.random.randint(2015, 2024)
        if self.language in _WITHOUT_SPACES:
            return f"{year}年{month}{day}日"
        return f"{day}. {month} {year}" if self.language == "de" else f"{day} {month} {year}"
