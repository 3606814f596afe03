"""The matcher that asks a language model. What it says is checked: every value stands in the prompt."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from models.base import Engines
from models.prompts import prompt as prompt_of
from pipelines.asking import ask_llm
from pipelines.editing.fit import fit
from pipelines.editing.grounds import Grounds
from pipelines.editing.places import Place, Places
from pipelines.editing.placing import Desk
from pipelines.extraction.llm.passages import Passage, mark_of, written
from pipelines.tokens import tokens
from schemas.errors import LlmFailed, LlmTooLong
from schemas.llm import LlmName, Question, Reply
from schemas.reading import FieldKind

_RULES = "fill.v1"
_SPARE_TOKENS = 256
"""For what a server puts around the messages."""
_LEAST_ROOM = 512
"""Tokens of blanks that must fit beside the prompt."""
_ANSWER_TOKENS = 80
"""About what one blank takes in an answer."""
_MOST_NAMES, _LONGEST_NAME, _MOST_CHOICES = 3, 200, 60
_MOST_CUTS = 4
"""How often a portion is halved whose answer is too long."""
_LIKENESS = 0.9
_STRING = {"type": "string"}
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "assignments": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"blank": {"type": "integer"}, "value": _STRING, "quote": _STRING},
                "required": ["blank", "value", "quote"],
            },
        },
        "not_placed": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"quote": _STRING, "reason": _STRING},
                "required": ["quote", "reason"],
            },
        },
    },
    "required": ["assignments", "not_placed"],
}

_Numbered = tuple[int, Place]


@dataclass(slots=True)
class Asked:
    """What came of asking: what is placed and what is not, and the tokens that it took."""

    desk: Desk
    input_tokens: int = 0
    output_tokens: int = 0
    lost: list[LlmFailed] = field(default_factory=list)


def place_by_llm(text: str, desk: Desk, engines: Engines, llm: LlmName, check: Callable[[], None]) -> Asked:
    """What a language model makes of a prompt, on a desk of its own; long forms are asked about in parts.

    Raises:
        LlmFailed: it could not be asked about any part, or gave no answer of use.
    """
    blanks = list(enumerate(_open(desk.places), 1))
    asked = Asked(Desk(desk.places, desk.conventions, check))
    grounds = Grounds(text, desk.conventions)
    waiting = [(portion, 0) for portion in _portions(blanks, *_rooms(text, engines, llm))]
    answered = 0
    while waiting:
        questions = [_question(text, portion) for portion, _ in waiting]
        replies = ask_llm(engines, questions, llm, check)
        again: list[tuple[list[_Numbered], int]] = []
        for (portion, cuts), reply in zip(waiting, replies, strict=True):
            asked.input_tokens += reply.input_tokens
            asked.output_tokens += reply.output_tokens
            cut = isinstance(reply, LlmTooLong) or (isinstance(reply, Reply) and not reply.finished)
            if cut and len(portion) > 1 and cuts < _MOST_CUTS:
                half = len(portion) // 2
                again += [(portion[:half], cuts + 1), (portion[half:], cuts + 1)]
            elif isinstance(reply, LlmFailed):
                asked.lost.append(reply)
            else:
                answered += 1
                _take(reply.data, portion, asked.desk, grounds)
        waiting = again
    if asked.lost and not answered:
        raise LlmFailed(asked.lost[0].message, asked.input_tokens, asked.output_tokens)
    return asked


def _open(places: Places) -> Iterator[Place]:
    """The blanks that may be filled in; not those that are hidden, locked, to be signed, or for an office."""
    for place in places.all:
        blank = place.blank
        closed = place.boxes or place.is_office or blank.hidden or blank.read_only
        if not closed and blank.kind is not FieldKind.SIGNATURE:
            yield place


def _rooms(text: str, engines: Engines, llm: LlmName) -> tuple[int, int]:
    """Tokens for the blanks of one question, and how many of them one answer can be about."""
    traits = engines.llm_traits(llm)
    taken = tokens(text) + 2 * tokens(json.dumps(_SCHEMA)) + tokens(prompt_of(__package__, _RULES).template)
    room = traits.context_tokens - traits.answer_tokens - taken - _SPARE_TOKENS
    if room < _LEAST_ROOM:
        raise LlmFailed("The prompt is too long for the language model (OCTAVO_LLM_CONTEXT_TOKENS).")
    return room, max(1, traits.answer_tokens // _ANSWER_TOKENS)


def _portions(blanks: Sequence[_Numbered], room: int, most: int) -> list[list[_Numbered]]:
    """Blanks in the form's order, as many together as fit."""
    found: list[list[_Numbered]] = []
    left = 0
    for one in blanks:
        size = tokens(_line(one))
        if not found or size > left or len(found[-1]) == most:
            found.append([])
            left = room
        found[-1].append(one)
        left -= size
    return found


def _question(text: str, portion: Sequence[_Numbered]) -> Question:
    listed = Passage("blanks", 1, "form", "\n".join(map(_line, portion)), ())
    mark = mark_of([listed])
    rules = prompt_of(__package__, _RULES).substitute(mark=mark)
    return Question(rules, f"{written([listed], mark)}\n\nThe wishes:\n\n{text}", _SCHEMA)


def _line(one: _Numbered) -> str:
    """A blank as a model gets it: one line of JSON."""
    number, place = one
    blank = place.blank
    told: dict[str, Any] = {
        "blank": number,
        "kind": "box to tick" if blank.kind is FieldKind.CHECKBOX else blank.kind.value,
        "names": [name[:_LONGEST_NAME] for name in blank.names[:_MOST_NAMES]],
        "under": [above[:_LONGEST_NAME] for above in blank.context[:_MOST_NAMES]],
        "choices": [(one.label or one.value)[:_LONGEST_NAME] for one in blank.choices[:_MOST_CHOICES]],
        "several": blank.several,
        "format": blank.format,
        "longest": blank.longest,
        "page": blank.page,
    }
    known = {name: value for name, value in told.items() if value or name == "blank"}
    return json.dumps(known, ensure_ascii=False)


def _take(said: Any, portion: Sequence[_Numbered], desk: Desk, grounds: Grounds) -> None:
    """Keeps what an answer says as far as it holds."""
    places = dict(portion)
    answer = said if isinstance(said, dict) else {}
    for one in _objects(answer.get("assignments")):
        place, value, quote = places.get(one.get("blank", -1)), one.get("value"), one.get("quote")
        if place is None or not isinstance(value, str) or not isinstance(quote, str):
            continue
        if not grounds.says(quote):
            continue  # words that the prompt does not have are no reason for anything
        found = fit(place, value, desk.conventions)
        if found.problem:
            desk.report(quote, found.problem)
        elif not grounds.tells(place, value, quote):
            desk.report(quote, f"The prompt does not say what is to stand in {place.told!r}.")
        else:
            desk.write(found, quote, _LIKENESS)
    for one in _objects(answer.get("not_placed")):
        quote, reason = one.get("quote"), one.get("reason")
        if isinstance(quote, str) and isinstance(reason, str) and grounds.says(quote):
            desk.report(quote, reason[:_LONGEST_NAME])


def _objects(said: Any) -> list[dict[str, Any]]:
    return [one for one in said if isinstance(one, dict)] if isinstance(said, list) else []
