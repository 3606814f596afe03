"""Whether a prompt says what is to be written: no value is taken that it does not hold."""

from __future__ import annotations

from pipelines.editing.choices import is_negated
from pipelines.editing.date_formats import date_in
from pipelines.editing.places import Place
from pipelines.editing.words import meaning
from pipelines.extraction.embedded.lexicon import Phrase
from pipelines.extraction.values.choices import truth
from pipelines.extraction.values.conventions import Conventions
from pipelines.extraction.values.dates import dates
from pipelines.extraction.values.words import bare, parts
from schemas.reading import FieldKind

_STEM = 4
"""Letters by which words of one stem begin."""
_LONGEST = 2000
"""A longer quotation is looked through for a date no further."""


class Grounds:
    """The words of a prompt, to look up what is said to stand there."""

    def __init__(self, prompt: str, conventions: Conventions) -> None:
        self._letters = bare(prompt)
        self._words = frozenset(parts(prompt))
        self._conventions = conventions

    def says(self, quote: str) -> bool:
        """Whether these words stand in the prompt, whatever is between them."""
        wanted = bare(quote)
        return bool(wanted) and wanted in self._letters

    def tells(self, place: Place, value: str, quote: str) -> bool:
        """Whether a quotation tells a value for a place: in so many words, as a date, or by what is so."""
        if place.blank.kind is FieldKind.CHECKBOX:
            return self._is_so(place, value, quote)
        if not value:
            return _related(place.words, meaning(quote))
        if self._has(value, quote):
            return True
        if place.blank.choices:
            return self._is_chosen(place, value, quote)
        day = date_in(value, self._conventions, place.blank.format)
        said = {day for one in dates(quote[:_LONGEST], self._conventions) for day in one.days}
        return day is not None and day in said

    def _has(self, value: str, quote: str) -> bool:
        """Whether the quotation has the words of a value, or its letters; or the prompt has both."""
        said, own, letters = frozenset(parts(quote)), frozenset(parts(value)), bare(value)
        in_prompt = own <= self._words and letters in self._letters
        return bool(own) and (own <= said or letters in bare(quote) or in_prompt)

    def _is_so(self, place: Place, value: str, quote: str) -> bool:
        """Whether words of the box, or of its question, are said; and said to be so."""
        answer = truth(value)
        if answer is None or not _related(place.words, meaning(quote)):
            return False
        return answer is not is_negated(quote) or truth(quote.rsplit(":", 1)[-1]) is answer

    def _is_chosen(self, place: Place, value: str, quote: str) -> bool:
        """Whether a word of the choice is said, or the question with a yes or a no."""
        said: Phrase = meaning(quote)
        if truth(value) is not None:
            return _related(place.words, said)
        return _related(meaning(value), said)


def _related(some: Phrase, others: Phrase) -> bool:
    """Whether words mean the same, or begin alike: smoker, smokes."""
    stems = {one.name[:_STEM] for one in some if len(one.name) >= _STEM}
    return bool(some & others) or any(one.name[:_STEM] in stems for one in others)
