"""What of a clause is so and what is not: "has asthma and gout, but no diabetes"."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from pipelines.editing.choices import is_negated
from pipelines.editing.statements.quotes import Masked

_BETWEEN = regex.compile(
    r"\s{0,3}[,;]?\s{0,3}\b(?P<turns>but|yet|however|although|though|aber|sondern|jedoch|mais|pero|sino|maar)\b\s{1,3}"
    r"|(?:[,;]\s{1,3}(?:(?:and|und|et|y)\s{1,3})?|\s(?:and|und|et|y)\s{1,3})(?P<verb>(?:(?:I|he|she|they|we|it)\s+)?"
    r"(?:has|have|had|is|are|was|were|does|do|did|can|takes?|hat|habe|haben|ist|bin|sind|est|suis|tiene|tengo|es)\s)?",
    regex.IGNORECASE,
)


def by_truth(clause: Masked) -> Iterator[tuple[Masked, bool]]:
    """The parts of a clause, each with whether it is said to be so.

    What is denied goes on over a list ("no gout, asthma or diabetes") until a word turns it ("but"), or
    a verb of its own begins anew. Where all of the clause is so, or nothing of it, it stays whole.
    """
    begin = end = 0
    is_so = True
    for start, stop, anew in _pieces(clause):
        denied = is_negated(clause.text[start:stop])
        now = False if denied else True if anew else is_so
        if start and now != is_so:
            yield clause.part(begin, end), is_so
            begin = start
        end, is_so = stop, now
    yield clause.part(begin, end), is_so


def _pieces(clause: Masked) -> Iterator[tuple[int, int, bool]]:
    """Where each piece between commas or conjunctions begins and ends; whether it says something new."""
    begin, anew = 0, True
    for found in _BETWEEN.finditer(clause.plain):
        if found.start() > begin:
            yield begin, found.start(), anew
            anew = found["turns"] is not None or found["verb"] is not None
            begin = found.start("verb") if found["verb"] else found.end()
    yield begin, len(clause.plain), anew
