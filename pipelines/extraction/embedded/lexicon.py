"""Names of fields and labels on paper as the business concepts that they are made of."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from rapidfuzz.distance import Levenshtein

_WORDS = re.compile(r"[^\W\d_]+|\d+|[#%№]")
_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])|(?<=[a-z]{3})(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})|_")
_CIRCLED = re.compile(r"\b[nN][°º]")
_GENITIVE = re.compile(r"(?i)[’']s\b")
_IDEOGRAPHS = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_STOP = frozenset(
    "a an the of for to in on at by as is are be and or this that it its with from your our my all any if "
    "der die das des dem den ein eine fur und im am zum zur le la les l d du de des et au aux votre el "
    "los las y e il lo gli i di da del della dello per het een van voor ihre ihr unsere uw please".split()
)
_LONGEST_PHRASE = 4
_SHORTEST_PART = 3
"""The first part of a compound has this many letters or more."""
_SHORTEST_MISREAD = 6
"""Shorter words are too close to one another to be guessed from."""
_TAXED = frozenset({"gross", "subtotal"})
_NEARBY = (-3, -2, -1, 1, 2, 3, 4)
_WEAK = 0.35


@dataclass(frozen=True, slots=True)
class Concept:
    """What a word means in any language. ``weight``: how much it says; see ``business_words.txt``."""

    name: str
    weight: float = 1.0
    tells_apart: bool = False


Phrase = frozenset[Concept]


@lru_cache(maxsize=65536)
def phrase(text: str) -> Phrase:
    """The concepts of a short text; a word that is in no list is a concept of its own."""
    return frozenset(_concepts(tokens(text)))


def plain(text: str) -> str:
    """A label in plain English words, as far as its words are known: what an English model can read."""
    return " ".join(dict.fromkeys(one.name for one in _concepts(tokens(text))))


def tokens(text: str) -> list[str]:
    """The words of a name or label, folded: no accents, no case; stop words are left out."""
    spaced = _HUMPS.sub(" ", _CIRCLED.sub(" nr ", _GENITIVE.sub("", text)))
    found: list[str] = []
    for word in _WORDS.findall(folded(spaced)):
        found += _ideographs(word) if _IDEOGRAPHS.search(word) else [word]
    return found


@lru_cache(maxsize=65536)
def folded(text: str) -> str:
    """Without case and accents; ``ß`` is ``ss``."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def known(token: str) -> Concept | None:
    """The concept of one word, in the singular or plural, of a compound the last one; None if in no list."""
    parts = _word(token)
    return parts[-1] if parts and is_listed(parts[-1]) else None


def is_listed(concept: Concept) -> bool:
    """Whether it stands in the list of business words."""
    return concept.name in _listed()


def _concepts(words: Sequence[str]) -> list[Concept]:
    """Phrases first, the longest; then single words. "Incl. 6% GST" says gross and names no tax."""
    found = list(_read(words))
    taxed = {at + step for at, concept in found if concept.name in _TAXED for step in _NEARBY}
    if found and found[0][1].name == "tax" and found[-1][1].name == "total":  # "GST included in total"
        taxed.discard(found[0][0])
    return [concept for at, concept in found if at not in taxed or concept.name != "tax"]


def _read(words: Sequence[str]) -> Iterator[tuple[int, Concept]]:
    lexicon = _lexicon()
    at = 0
    while at < len(words):
        for size in range(min(_LONGEST_PHRASE, len(words) - at), 1, -1):
            if concept := lexicon.get("_".join(words[at : at + size])):
                yield at, concept
                at += size
                break
        else:
            if words[at] not in _STOP:
                yield from ((at, concept) for concept in _word(words[at]))
            at += 1


@lru_cache(maxsize=65536)
def _word(word: str) -> tuple[Concept, ...]:
    lexicon = _lexicon()
    if concept := lexicon.get(word) or lexicon.get(word.removesuffix("s")):
        return (concept,)
    if parts := _compound(word):
        return parts
    if near := _misread(word):
        return (near,)
    return (Concept(word.removesuffix("s") if len(word) > _SHORTEST_PART else word),)


def _compound(word: str) -> tuple[Concept, ...]:
    """German and Dutch write what belongs together as one word, some with a letter between."""
    lexicon = _lexicon()
    for cut in range(_SHORTEST_PART, len(word) - 1):
        head, tail = word[:cut], word[cut:]
        if tail not in lexicon:
            continue
        for bond in ("", "s", "es", "n", "en"):
            if head.endswith(bond) and (first := lexicon.get(head.removesuffix(bond) if bond else head)):
                return (first, lexicon[tail])
    return ()


def _misread(word: str) -> Concept | None:
    """The concept of the only listed word that is one letter away: OCR takes ``l`` for ``i``."""
    if len(word) < _SHORTEST_MISREAD:
        return None
    near = {
        concept
        for size in (len(word) - 1, len(word), len(word) + 1)
        for other, concept in _by_length().get(size, ())
        if Levenshtein.distance(word, other, score_cutoff=1) <= 1
    }
    return near.pop() if len(near) == 1 else None


def _ideographs(word: str) -> list[str]:
    """A run of ideographs as the listed words in it, and what is between them."""
    lexicon = _lexicon()
    found, rest, at = [], "", 0
    while at < len(word):
        size = next((n for n in range(min(6, len(word) - at), 0, -1) if word[at : at + n] in lexicon), 0)
        if size:
            found += [rest, word[at : at + size]]
            rest = ""
        else:
            rest += word[at]
        at += size or 1
    return [part for part in (*found, rest) if part]


@cache
def _lexicon() -> dict[str, Concept]:
    lexicon: dict[str, Concept] = {}
    for line in Path(__file__).with_name("business_words.txt").read_text("utf-8").splitlines():
        head, colon, words = line.partition(":")
        if not colon or line.startswith("#"):
            continue
        name = head.rstrip("~!")
        concept = Concept(name, _WEAK if head.endswith("~") else 1.0, head.endswith("!"))
        for word in words.split():
            lexicon.setdefault(folded(word), concept)
    for phrase_of_words in [key for key in lexicon if "_" in key]:  # as a reader of pictures runs it together
        if len(together := phrase_of_words.replace("_", "")) >= _SHORTEST_MISREAD:
            lexicon.setdefault(together, lexicon[phrase_of_words])
    return lexicon


@cache
def _listed() -> frozenset[str]:
    return frozenset(concept.name for concept in _lexicon().values())


@cache
def _by_length() -> dict[int, list[tuple[str, Concept]]]:
    by_length: dict[int, list[tuple[str, Concept]]] = {}
    for word, concept in _lexicon().items():
        if "_" not in word and len(word) >= _SHORTEST_MISREAD - 1:
            by_length.setdefault(len(word), []).append((word, concept))
    return by_length
