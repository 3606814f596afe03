"""Finding words in a result: BM25 over its fragments and the rows of its tables, without any model.

A fragment also counts as about what the headings above it say. Words match whole, by their beginning (a
plural, an inflection), and, if they stand nowhere, by their looks (a slip of the pen, a misread letter).
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from api.mcp.answers import Hit, SearchAnswer
from api.mcp.tables import rows_of
from api.mcp.views import in_order
from schemas.documents import ParsedDocument
from schemas.fragments import (
    FigureContent,
    FragmentType,
    HeaderContent,
    PageFragment,
    TableContent,
)
from schemas.geometry import Box

# Numbers with their separators are one word, signs of CJK a word each.
_WORD = re.compile(r"\d[\d.,'’]*\d|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_]+")
_MARKUP = re.compile(r"[*_~`#|]+|</?\w+>")

_K1, _B = 1.2, 0.6
_OF_HEADINGS = 0.4
_BY_BEGINNING, _BY_LOOKS = 0.7, 0.5
_SHORTEST_BEGINNING = 4
_LONGEST_ENDING = 3
_ALIKE = 82.0
_LOOKALIKES = 4
_SNIPPET = 280
_ROWS_OF_A_TABLE = 3
_RUNNING = frozenset({FragmentType.PAGE_HEADER, FragmentType.PAGE_FOOTER, FragmentType.PAGE_NUMBER})
_LESS = 0.3
"""What a hit in a running header counts."""


@dataclass(slots=True)
class Unit:
    """What is found: a fragment, or a row of a table."""

    page: int
    fragment: PageFragment
    text: str
    section: str
    words: Counter[str] = field(default_factory=Counter)
    about: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.words = Counter(word for word, _ in words_of(self.text))
        self.about = frozenset(word for word, _ in words_of(self.section))


class Index:
    """The words of a document."""

    def __init__(self, document: ParsedDocument) -> None:
        self._units = list(_units(document))
        self._holding: dict[str, set[int]] = {}
        for number, unit in enumerate(self._units):
            for word in unit.words:
                self._holding.setdefault(word, set()).add(number)
        lengths = [unit.words.total() for unit in self._units]
        self._mean = sum(lengths) / len(lengths) if lengths else 1.0

    def search(self, parse_id: str, query: str, limit: int, pages: set[int] | None = None) -> SearchAnswer:
        """The best places for the words of ``query``; those ``"in quotes"`` must stand next to each other."""
        asked = list(dict.fromkeys(word for word, _ in words_of(query)))
        phrases = [_plain(phrase) for phrase in re.findall(r'"([^"]+)"', query)]
        forms = {word: self._forms(word) for word in asked}
        guessed = {
            word: sorted(found) for word, found in forms.items() if word not in found and _guess(word, found)
        }
        found = list(self._scored(asked, forms, phrases, pages))
        found.sort(key=lambda one: (-one[0], one[1]))
        chosen = list(_spread(found, self._units))
        taken = {form for found in forms.values() for form in found}
        return SearchAnswer(
            parse_id=parse_id,
            hits=[_hit(self._units[number], score, taken) for score, number in chosen[:limit]],
            hits_in_all=len(chosen),
            unknown_words=[word for word in asked if not forms[word]],
            read_as=guessed,
        )

    def _forms(self, word: str) -> dict[str, float]:
        """The words of the document that stand for one that was asked for, and how well they do."""
        found = {word: 1.0} if word in self._holding else {}
        if len(word) >= _SHORTEST_BEGINNING:
            found |= {
                other: _BY_BEGINNING
                for other in self._holding
                if other != word and len(other) >= _SHORTEST_BEGINNING and _inflected(word, other)
            }
            if not found and not word[0].isdigit():
                near = process.extract(
                    word, list(self._holding), scorer=fuzz.ratio, limit=_LOOKALIKES, score_cutoff=_ALIKE
                )
                found = {other: _BY_LOOKS for other, _, _ in near}
        return found

    def _scored(
        self, asked: list[str], forms: dict[str, dict[str, float]], phrases: list[str], pages: set[int] | None
    ) -> Iterator[tuple[float, int]]:
        rarity = {
            word: self._rarity(set().union(*(self._holding[f] for f in forms[word])))
            for word in asked
            if forms[word]
        }
        whole = sum(rarity.values())
        candidates = set().union(*(self._holding[form] for word in rarity for form in forms[word]))
        for number in candidates:
            unit = self._units[number]
            if pages is not None and unit.page not in pages:
                continue
            if phrases:
                plain = _plain(unit.text)
                if not all(phrase in plain for phrase in phrases):
                    continue
            score = covered = 0.0
            norm = _K1 * (1 - _B + _B * unit.words.total() / self._mean)
            for word, rare in rarity.items():
                count = sum(
                    unit.words[form] * weight for form, weight in forms[word].items() if form in unit.words
                )
                above = 1.0 if unit.about.intersection(forms[word]) else 0.0
                score += rare * (count * (_K1 + 1) / (count + norm) + _OF_HEADINGS * above)
                covered += rare * (1.0 if count else _OF_HEADINGS * above)
            score *= 0.3 + 0.7 * covered / whole if whole else 1.0
            if len(asked) > 1 and " ".join(asked) in _plain(unit.text):
                score *= 1.5
            yield score * (_LESS if unit.fragment.fragment_type in _RUNNING else 1.0), number

    def _rarity(self, holding: set[int]) -> float:
        return math.log(1 + (len(self._units) - len(holding) + 0.5) / (len(holding) + 0.5))


def words_of(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """The words of a text as they are compared (no case, accents or separators of numbers), and where."""
    for match in _WORD.finditer(text):
        word = match[0]
        if word[0].isdigit():
            word = re.sub(r"[.,'’]", "", word)
        folded = unicodedata.normalize("NFKD", word.casefold())
        yield "".join(sign for sign in folded if not unicodedata.combining(sign)), match.span()


def _plain(text: str) -> str:
    return " ".join(word for word, _ in words_of(text))


def _inflected(word: str, other: str) -> bool:
    """Whether one is the beginning of the other, or both differ in a short ending."""
    if other.startswith(word):
        return True
    shared = next(
        (i for i, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), min(len(word), len(other))
    )
    enough = shared >= max(_SHORTEST_BEGINNING + 1, len(word) - _LONGEST_ENDING)
    return not word[0].isdigit() and enough and len(other) - shared <= _LONGEST_ENDING


def _guess(word: str, found: dict[str, float]) -> bool:
    return bool(found) and all(weight == _BY_LOOKS for weight in found.values())


def _units(document: ParsedDocument) -> Iterator[Unit]:
    above: list[tuple[int, str]] = []
    for page in document.pages:
        for fragment in in_order(page):
            content = fragment.content
            if isinstance(content, HeaderContent):
                level = content.level
                above = [one for one in above if one[0] < level]
            section = " › ".join(text for _, text in above)
            if rows := rows_of(fragment):
                for number, row in enumerate(rows):
                    about = f"{section} › {_row(rows[0])}" if number else section
                    yield Unit(page.page_number, fragment, _row(row), about)
            else:
                yield Unit(page.page_number, fragment, _text(fragment), section)
            if isinstance(content, HeaderContent):
                above.append((content.level, " ".join(content.content.split())[:100]))


def _row(cells: list[str]) -> str:
    """A row as text; what stands in several of its cells (one that spans them) once."""
    return " | ".join(dict.fromkeys(cell for cell in cells if cell))


def _text(fragment: PageFragment) -> str:
    content = fragment.content
    parts = [content.content]
    if isinstance(content, TableContent | FigureContent) and content.summary:
        parts.append(content.summary)
    return " ".join(_MARKUP.sub("", " ".join(part for part in parts if part)).split())


def _spread(found: list[tuple[float, int]], units: list[Unit]) -> Iterator[tuple[float, int]]:
    """All but the rows that would let one table take the whole answer."""
    rows: Counter[int] = Counter()
    for score, number in found:
        rows[id(units[number].fragment)] += 1
        if rows[id(units[number].fragment)] <= _ROWS_OF_A_TABLE:
            yield score, number


def _hit(unit: Unit, score: float, forms: set[str]) -> Hit:
    return Hit(
        page=unit.page,
        fragment_id=unit.fragment.ref_id,
        type=unit.fragment.fragment_type.value,
        section=unit.section[-200:],
        snippet=snippet(unit.text, forms),
        box=_box(unit, forms),
        score=round(score, 3),
    )


def _box(unit: Unit, forms: set[str]) -> Box | None:
    """The box of the fragment; of a table that of the cell that has the most of the words."""
    content = unit.fragment.content
    if not isinstance(content, TableContent) or not content.cells:
        return unit.fragment.bbox
    in_row = [
        cell for cell in content.cells if cell.text.strip() and " ".join(cell.text.split()) in unit.text
    ]
    shares = [(len({word for word, _ in words_of(cell.text)} & forms), cell) for cell in in_row]
    best = max(shares, key=lambda one: one[0], default=None)
    return best[1].bounding_box if best and best[0] else unit.fragment.bbox


def snippet(text: str, forms: set[str]) -> str:
    """The part of a text that has the most of the words, cut between words."""
    if len(text) <= _SNIPPET:
        return text
    places = [span for word, span in words_of(text) if word in forms] or [(0, 0)]
    windows = [(sum(start <= s < start + _SNIPPET - 60 for s, _ in places), -start) for start, _ in places]
    start = max(0, -max(windows)[1] - 60)
    end = min(len(text), start + _SNIPPET)
    start = text.find(" ", start) + 1 if start else 0
    end = text.rfind(" ", start, end) if end < len(text) and " " in text[start:end] else end
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"
