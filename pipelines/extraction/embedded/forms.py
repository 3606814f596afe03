"""Fields of forms as answers: interactive, printed and scanned ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipelines.extraction.answers import Answer, Method
from pipelines.extraction.embedded.forms_entries import form_items
from pipelines.extraction.embedded.forms_items import FormItem
from pipelines.extraction.embedded.forms_names import entry_scores
from pipelines.extraction.embedded.forms_ticks import choice_answer, tick_answer
from pipelines.extraction.embedded.lexicon import phrase
from pipelines.extraction.embedded.matching import Matcher, Scores, one_to_one
from pipelines.extraction.embedded.rows import Sheet, sheets
from pipelines.extraction.evidence import Evidence
from pipelines.extraction.targets import ArrayOf, Field, Scalar, Target, leaves
from pipelines.extraction.values.conventions import UNKNOWN, Conventions
from pipelines.extraction.values.kinds import Kind, kind_of
from pipelines.extraction.values.names import is_company
from pipelines.extraction.values.spans import places
from pipelines.extraction.values.typed import typed

# A name on a form means a field from this likeness on. Of two that mean it alike, the filled one counts.
_FLOOR, _FILLED = 0.5, 0.05
# From this score on a drawn field, or one in its part of the form, says as much as an interactive one.
_SURE = 0.65
# How much less likely a field of the form is at quite another place than that of the schema.
_ORDER = 0.04
_COUNTED = {Kind.PERCENT, Kind.MONEY, Kind.NUMBER, Kind.INTEGER, Kind.DURATION}
_SHAPED = {Kind.DATE, Kind.PHONE, Kind.EMAIL, Kind.IBAN}
_AMOUNT = re.compile(r"\d[\d., ]*[.,]\d{2}")
"""What looks like that is the number of nothing."""
# A name of more words ends with a full stop only if its legal form does.
_NAME = 4
# Words of a sentence at least, and how many of them are in small letters: an address has fewer.
_SENTENCE, _SMALL = 8, 0.6
# What is left of a likeness to a label that nothing is drawn at: there are other ways to read those.
_UNDRAWN = 0.8
# What is left of a likeness where the part of the form has another name than the object of the schema.
_ELSEWHERE = 0.6


def asks_for_ticks(target: Target) -> bool:
    """Whether boxes to tick can answer anything: a yes or no, or a choice of several."""
    return any(_is_ticked(one.target) for one in leaves(target))


def form_answers(
    fields: Sequence[Field],
    evidence: Evidence,
    matcher: Matcher,
    conventions: Conventions = UNKNOWN,
    pages: Sequence[Sheet] | None = None,
) -> dict[Field, Answer | None]:
    """What the document's forms say of ``fields`` that hold scalars; None: the form has it, and it is empty.

    Fields that no form has are left out. Each entry of a form answers one field. ``pages``: the rows of the
    document, where they are known already.
    """
    items = form_items(evidence, sheets(evidence) if pages is None else pages)
    wanted = [one for one in fields if isinstance(one.target, Scalar)]
    if not items or not wanted:
        return {}
    in_part = _in_part(wanted, items, matcher)
    scores = _likenesses(wanted, items, matcher)
    scores *= np.where(in_part | ~in_part.any(axis=1, keepdims=True), 1.0, _ELSEWHERE).astype(np.float32)
    found: dict[Field, Answer | None] = {}
    for one in wanted:
        if (answer := choice_answer(one, items)) is not None:
            found[one] = answer
    open_fields = [i for i, one in enumerate(wanted) if one not in found]
    sure = np.array([item.is_interactive or item.is_framed for item in items]) | in_part
    fits = [[_fits(wanted[i], item) for item in items] for i in open_fields]
    fitting = scores[open_fields] * np.array(fits, np.float32).reshape(-1, len(items))
    fitting *= _in_order(len(open_fields), len(items)) * np.where(sure[open_fields], 1.0, _UNDRAWN)
    for row, column in one_to_one(fitting, _FLOOR):
        one = wanted[open_fields[row]]
        is_field = bool(sure[open_fields[row], column])
        found[one] = _answer(one, items[column], float(fitting[row, column]), conventions, sure=is_field)
    return found


def _is_ticked(target: Target) -> bool:
    one = target.items if isinstance(target, ArrayOf) else target
    return isinstance(one, Scalar) and (one.kind == "boolean" or bool(one.choices))


def _likenesses(fields: Sequence[Field], items: Sequence[FormItem], matcher: Matcher) -> Scores:
    """How well each item means each field by one of its names, ``(fields, items)``."""
    scores = np.zeros((len(fields), len(items)), np.float32)
    for n in range(1 + max(len(item.also) for item in items)):
        names = [(item.name, *item.also)[n] if n <= len(item.also) else "" for item in items]
        for own in (fields, [_with_owner(one) for one in fields]):
            scores = np.maximum(scores, entry_scores(matcher, own, names))
    return scores


def _in_part(fields: Sequence[Field], items: Sequence[FormItem], matcher: Matcher) -> NDArray[np.bool_]:
    """Whether an item stands in the part of the form that a field's object is, ``(fields, items)``."""
    owners = matcher.scores([_owner(one) for one in fields], [item.part or " " for item in items])
    nested = np.array([bool(one.above) for one in fields])
    found: NDArray[np.bool_] = (owners >= _FLOOR) & nested[:, None]
    return found


def _with_owner(one: Field) -> Field:
    """The field named as on a form without parts: ``insured name``."""
    if not one.above:
        return one
    return Field(f"{one.above[-1]} {one.name}", one.target, "", one.description)


def _owner(one: Field) -> Field:
    return Field(" ".join(one.above) or " ", one.target)


def _fits(one: Field, item: FormItem) -> float:
    """Whether an item can answer a field: a box to tick a yes or no, a text of its type anything else."""
    if not isinstance(one.target, Scalar):
        return 0.0
    if one.target.kind == "boolean" and item.is_tick:
        return 1.0
    if item.is_tick:
        return 0.0
    if not item.text:
        is_drawn = item.is_interactive or item.is_framed
        return 1.0 - _FILLED if is_drawn and one.target.kind != "boolean" else 0.0
    return float(typed(item.text, one.target, kind_of(one)) is not None and _has_shape(one, item.text))


def _has_shape(one: Field, text: str) -> bool:
    """Whether a text has the shape of the kind that a field's name says."""
    kind = kind_of(replace(one, description=""))
    if kind is Kind.CODE:
        is_code = any(map(str.isdigit, text)) or (text.isupper() and " " not in text)
        return is_code and not _AMOUNT.fullmatch(text)
    if kind is Kind.NAME:
        letters, signs = sum(map(str.isalpha, text)), sum(map(str.isalnum, text))
        ends = text.endswith(".") and len(text.split()) > _NAME and not is_company(text)
        return 2 * letters > signs and not ends
    if kind is Kind.ADDRESS:
        return not _is_sentence(text)
    if kind in _COUNTED:
        return any(map(str.isdigit, text))
    return kind not in _SHAPED or next(places(text, kind), None) is not None


def _is_sentence(text: str) -> bool:
    """Whether a text is long, and most of its words are in small letters."""
    words = text.split()
    return len(words) >= _SENTENCE and sum(word[0].islower() for word in words) >= _SMALL * len(words)


def _in_order(fields: int, items: int) -> Scores:
    """A little less than 1 where a field and an item are at other places of schema and form."""
    off = np.abs(np.linspace(0, 1, fields)[:, None] - np.linspace(0, 1, items)[None, :])
    return (1 - _ORDER * off).astype(np.float32)


def _is_street(one: Field) -> bool:
    return any(concept.name == "street" for concept in phrase(f"{one.name} {one.title} {one.description}"))


def _answer(
    one: Field, item: FormItem, score: float, conventions: Conventions, *, sure: bool
) -> Answer | None:
    if item.is_tick:
        return tick_answer(item, score)
    if not isinstance(one.target, Scalar):
        return None
    text, words, kind = item.text, item.words, kind_of(one)
    if kind is Kind.ADDRESS and words and not _is_street(one):
        text = " ".join([text, *(word.text for word in item.below)])
        words += item.below
    value = typed(text, one.target, kind, conventions)
    if value is None:
        return None
    is_field = item.is_interactive or (sure and score > _SURE)
    return Answer(value, Method.FIELD if is_field else Method.LABEL, words, score)
