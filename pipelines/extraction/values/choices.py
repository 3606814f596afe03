"""Yes and no, and the choice meant among those of a field."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.extraction.values.words import bare, fold, parts

Choice = str | int | float | bool

_YES = frozenset(
    "yes y true t x ✓ ✔ ☑ ☒ ✗ ✘ ■ ● ⦿ ◉ on checked selected ticked si oui ja da sim tak evet igen "
    "kylla ano 是 有 はい 1 wahr vrai verdadero vero verdadeiro waar".split()
)
_NO = frozenset(
    "no n false f ☐ □ ○ ◯ off unchecked unselected none non nein nee nej nei nao nie hayir nem ei "
    "ne 否 无 いいえ 0 falsch faux falso onwaar not".split()
)
_BRACKETS = "[](){}<> "
_EMPTY_BOX = frozenset({"[]", "()", "[_]", "(_)"})


def truth(text: str) -> bool | None:
    """Whether a text says yes or no, in one of several languages or by a mark; None if neither."""
    plain = "".join(text.split())
    if plain in _EMPTY_BOX:
        return False
    word = fold(text.strip(_BRACKETS).rstrip(".,;:!"))
    return True if word in _YES else False if word in _NO else None


def choice_of(text: str, choices: Sequence[Choice]) -> Choice | None:
    """The choice that a text means: the same, or with the same letters, or the only one whose words it has.

    A text that could mean several choices means none.
    """
    wanted = bare(text)
    exact = [choice for choice in choices if str(choice) == text.strip()]
    same = exact or [choice for choice in choices if bare(str(choice)) == wanted and wanted]
    if same:
        return same[0]
    said = set(parts(text))
    meant = [choice for choice in choices if (own := set(parts(str(choice)))) and own <= said]
    longest = max((len(parts(str(choice))) for choice in meant), default=0)
    best = [choice for choice in meant if len(parts(str(choice))) == longest]
    if len(best) != 1:
        best = [choice for choice in choices if said and said <= set(parts(str(choice)))]
    if len(best) != 1 and len(wanted) >= 3:
        best = [choice for choice in choices if bare(str(choice)).startswith(wanted)]
    return best[0] if len(best) == 1 else None
