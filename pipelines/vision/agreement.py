"""Whether a vision model's answer is a reading of the page: it is held against the local reading.

Models of this kind leave out, repeat and invent, and do so fluently. What a careful local reading is sure of
must be in the answer, and the answer must mostly be on the page; order and mark-up are the model's own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pipelines.vision.transcript import is_foreign, is_refusal
from pipelines.vision.words import LocalWords, content_tokens, digits_of, formulas_of, is_number, tokens
from schemas.fragments import Content

_ENOUGH_LETTERS = 20
"""With less sure text on a page than this, nothing can be held against an answer."""
_LEAST_KEPT = 0.7
"""The share of the page's sure text that an answer has; readings differ in hyphens, formulas and figures."""
_LEAST_KEPT_OF_CUT = 0.95
"""The same for an answer that was cut at its longest: only a last line may be missing."""
_LEAST_FOUND = 0.5
"""The share of an answer that is on the page; pictures hold text that a text layer does not have."""
_ENOUGH_NUMBERS = 3
_MOST_NUMBERS_MISSING = 0.2
"""The share of the page's sure numbers that an answer may lack, if they are some: numbers are what counts."""
_OTHER_NUMBERS = "it has other numbers than the page"
_LONGEST_LOOP = 200
_LEAST_TURNS = 5
_LEAST_LOOPED = 30
"""So many words on end repeat, in so many turns at least: forms repeat less, or on the page itself."""


def objection(text: str, said: Sequence[Content], local: LocalWords, *, finished: bool) -> str | None:
    """Why an answer is not used, for the user (“it …”); None if it is good.

    ``said`` is the content that ``text`` was taken for; ``finished`` is False for an answer that was cut at
    its longest.
    """
    if is_foreign(text):
        return "it is not in Markdown"
    words = [token for content in said for token in content_tokens(content)]
    if repeats_itself(words, local.tokens):
        return "it repeats itself"
    sure = Counter(token for token, is_sure in zip(local.tokens, local.sure, strict=True) if is_sure)
    if _letters(sure) < _ENOUGH_LETTERS:
        return "it is no transcription" if is_refusal(text) else None
    # What stands in formulas may be on the page in plain text, and need not.
    answer = Counter(words)
    formulas = [formula for content in said for formula in formulas_of(content)]
    whole_answer = answer + Counter(tokens(" ".join(formulas)))
    kept = _letters(whole_answer & sure) / _letters(sure)
    if not finished and kept < _LEAST_KEPT_OF_CUT:
        return "it was cut at its longest (OCTAVO_VISION_MAX_TOKENS)"
    if kept < _LEAST_KEPT:
        return "it lacks much of the page's text"
    if _lacks_numbers(sure, whole_answer, [digits_of(formula) for formula in formulas]):
        return _OTHER_NUMBERS
    everything = Counter(local.tokens)
    # What the local reading is unsure of cannot speak against the answer.
    certainty = _letters(sure) / _letters(everything)
    if answer and _letters(answer & everything) < _LEAST_FOUND * certainty * _letters(answer):
        return "most of it is not on the page"
    return None


def _lacks_numbers(sure: Counter[str], answer: Counter[str], formulas: Sequence[str]) -> bool:
    """Whether an answer has too few of the page's sure numbers.

    ``formulas`` are the digits of each of its formulas: a fraction is one number to a local reading.
    """
    numbers = Counter({token: count for token, count in sure.items() if is_number(token)})
    missing = sum(
        count
        for number, count in (numbers - answer).items()
        if not any(digits_of(number) in formula for formula in formulas)
    )
    return missing >= _ENOUGH_NUMBERS and missing > _MOST_NUMBERS_MISSING * numbers.total()


def numbers_objection(differing: int, local: LocalWords) -> str | None:
    """Why an answer with ``differing`` numbers where the page has others is not used, or None."""
    numbers = sum(is_sure and is_number(t) for t, is_sure in zip(local.tokens, local.sure, strict=True))
    return _OTHER_NUMBERS if differing > _MOST_NUMBERS_MISSING * numbers else None


def is_checkable(local: LocalWords) -> bool:
    """Whether the local reading is sure of enough to hold an answer against it."""
    letters = sum(len(t) for t, is_sure in zip(local.tokens, local.sure, strict=True) if is_sure)
    return letters >= _ENOUGH_LETTERS


def repeats_itself(said: Sequence[str], local: Sequence[str]) -> bool:
    """Whether words come again and again on end, more often than the page has them; numbers are all alike."""
    masked = ["#" if token[0].isdigit() else token for token in said]
    on_page = Counter("#" if token[0].isdigit() else token for token in local)
    times = Counter(masked)
    for period in range(1, min(_LONGEST_LOOP, len(masked) // _LEAST_TURNS) + 1):
        enough = max(_LEAST_LOOPED, (_LEAST_TURNS - 1) * period)
        run = 0
        for before, token in zip(masked, masked[period:], strict=False):
            run = run + 1 if before == token else 0
            if run >= enough and times[token] > 2 * on_page[token]:
                return True
    return False


def _letters(counts: Counter[str]) -> int:
    return sum(len(token) * count for token, count in counts.items())
