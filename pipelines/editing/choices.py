"""Which of a field's choices is meant."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from pipelines.editing.words import meaning
from pipelines.extraction.values.choices import choice_of, truth
from pipelines.extraction.values.words import bare, fold
from schemas.forms import Choice

_LONGEST = 300
"""Longer texts are no choice."""
_AND = regex.compile(r"\s*(?:[,;/\n]|\s(?:and|und|et|y|e|en|&)\s)\s*")
_NOT = regex.compile(
    r"\b(?:not?|never|nobody|none|neither|nor|without|cannot|kein\p{L}{0,2}|nicht|nie|niemand|ohne|pas|jamais|aucune?"
    r"|sans|nunca|ning[uú]n\p{L}?|sin|non|nessun\p{L}?|senza|niet|geen|n[aã]o)\b|n['’]t\b"
)


def is_negated(text: str) -> bool:
    """Whether a text says that something is not so."""
    return _NOT.search(fold(text[:_LONGEST])) is not None


def choose(text: str, choices: Sequence[Choice]) -> Choice | None:
    """The choice that a text means; None of a text that could mean several.

    The same value or label goes first, then the same meaning, yes or no, the only one that has its words.
    """
    wanted = bare(text)
    if not wanted or len(text) > _LONGEST:
        return next((one for one in choices if text.strip() and text.strip() in (one.value, one.label)), None)
    for same in (
        [one for one in choices if text.strip() in (one.value, one.label)],
        [one for one in choices if bare(one.label) == wanted],
        [one for one in choices if bare(one.value) == wanted],
        [
            one
            for one in choices
            if meaning(one.label) == meaning(text) and is_negated(one.label) == is_negated(text)
        ],
    ):
        if same:
            return same[0] if len({one.value for one in same}) == 1 else None
    return _by_answer(text, choices) or _by_words(text, choices) or _by_initial(wanted, choices)


def choose_several(text: str, choices: Sequence[Choice]) -> list[Choice]:
    """All choices that a list of them means; none where one of its parts means none."""
    found = [choose(part, choices) for part in _AND.split(text) if part.strip()]
    known = [one for one in found if one is not None]
    return list({one.value: one for one in known}.values()) if len(known) == len(found) else []


def _by_answer(text: str, choices: Sequence[Choice]) -> Choice | None:
    """Yes or no, among choices of which one says yes or no."""
    answer = truth(text)
    found = [one for one in choices if answer is not None and _answer(one) is answer]
    return found[0] if len(found) == 1 else None


def _answer(choice: Choice) -> bool | None:
    said = truth(choice.label)
    return said if said is not None or choice.label != choice.value else truth(choice.value)


def _by_words(text: str, choices: Sequence[Choice]) -> Choice | None:
    """The only choice that has the words of a text, or whose words it has; "not X" does not mean X."""
    labels = list(dict.fromkeys(one.label for one in choices if one.label.strip()))
    found = choice_of(text, labels)
    chosen = [one for one in choices if one.label == found]
    if len(chosen) != 1 or is_negated(text) != is_negated(chosen[0].label):
        return None
    return chosen[0]


def _by_initial(wanted: str, choices: Sequence[Choice]) -> Choice | None:
    """M of male and female; male of M and F."""
    if len(wanted) == 1:
        found = [one for one in choices if bare(one.label).startswith(wanted)]
    else:
        labels = [bare(one.label) for one in choices]
        short = all(len(label) <= 1 for label in labels)
        found = [one for one, label in zip(choices, labels, strict=True) if short and label == wanted[0]]
    return found[0] if len(found) == 1 else None
