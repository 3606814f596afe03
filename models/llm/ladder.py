"""Answers in the form of a JSON Schema, by the best way that a server knows.

The ladder: strict structured output, the same without ``strict``, any JSON object, and the prompt alone. The
schema is in the prompt on all of them, for servers that hold a model to a schema without showing it. Every
answer is judged here again; one that does not fit goes back to the model with what is wrong.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry

from models.chat import ChatFailed, ChatServer, Completion, Message, RequestRefused, RequestTooLong
from models.llm.parsing import json_in
from models.llm.strict import strict, undone
from models.prompts import prompt
from schemas.errors import LlmFailed, LlmTooLong
from schemas.llm import LlmTraits, Question, Reply

_RETRIES = 2
_TOLD = 10
"""Mistakes that a model is told of at once, each cut at this many letters."""
_TOLD_LETTERS = 300


class Rung(IntEnum):
    """How a server is asked for JSON, the best way first."""

    STRICT = 0
    SCHEMA = 1
    OBJECT = 2
    PROMPT = 3


class LadderedModel:
    """A ``LanguageModel`` behind a chat server. Which rung the server knows is remembered."""

    def __init__(self, server: ChatServer, traits: LlmTraits) -> None:
        self._server = server
        self._traits = traits
        self._rung = Rung.STRICT
        self._is_proven = False

    @property
    def traits(self) -> LlmTraits:
        """See ``LanguageModel``."""
        return self._traits

    def answer(self, question: Question) -> Reply:
        """See ``LanguageModel``. Tokens are those of all tries, also where there is no answer."""
        spent = _Spent()
        try:
            return self._data(question, spent) if question.schema else self._text(question, spent)
        except ChatFailed as error:
            spent.add(error)
            kind = LlmTooLong if isinstance(error, RequestTooLong) else LlmFailed
            raise kind(error.message, spent.input_tokens, spent.output_tokens) from error

    def close(self) -> None:
        """See ``LanguageModel``."""
        self._server.close()

    def _text(self, question: Question, spent: _Spent) -> Reply:
        messages = [_message("system", question.rules), _asked(question)]
        completion = self._server.complete(messages)
        spent.add(completion)
        if not completion.text.strip():
            raise ChatFailed("The language model gave an empty answer.")
        return spent.reply(completion.text.strip(), completion)

    def _data(self, question: Question, spent: _Spent) -> Reply:
        schema = question.schema or {}
        validator = Draft202012Validator(schema, registry=Registry())  # else references are fetched
        said: list[Message] = []
        for _ in range(1 + _RETRIES):
            completion, rung = self._by_rung(question, said)
            spent.add(completion)
            data = json_in(completion.text)
            if rung is Rung.STRICT:
                data = undone(data, schema)
            problems = list(_problems(validator, data))
            if not problems:
                return spent.reply(data, completion)
            if not completion.finished:
                raise RequestTooLong("The language model's answer was cut at its longest.")
            told = prompt(__package__, "again.v1").substitute(problems="\n".join(problems))
            said += [_message("assistant", completion.text), _message("user", told)]
        raise ChatFailed("The language model gave no answer in the form asked for.")

    def _by_rung(self, question: Question, said: Sequence[Message]) -> tuple[Completion, Rung]:
        """The answer by the highest rung that the server takes, from the one on that it is known to.

        A server that took a rung once is known to: what it refuses later is that question alone.
        """
        for rung in list(Rung)[self._rung :]:
            schema = strict(question.schema or {}) if rung is Rung.STRICT else question.schema
            shown = json.dumps(schema, ensure_ascii=False)
            rules = prompt(__package__, "answer.v1").substitute(rules=question.rules, schema=shown)
            messages = [_message("system", rules), _asked(question), *said]
            try:
                completion = self._server.complete(messages, **_response_format(rung, schema))
            except RequestRefused as refusal:
                if rung is Rung.PROMPT or isinstance(refusal, RequestTooLong):
                    raise
                continue
            if not self._is_proven:
                self._rung, self._is_proven = rung, True
            return completion, rung
        raise AssertionError("the last rung answers or raises")


@dataclass(slots=True)
class _Spent:
    """The tokens of all tries."""

    input_tokens: int = 0
    output_tokens: int = 0

    def add(self, one: Completion | ChatFailed) -> None:
        self.input_tokens += one.input_tokens
        self.output_tokens += one.output_tokens

    def reply(self, data: Any, completion: Completion) -> Reply:
        return Reply(data, self.input_tokens, self.output_tokens, finished=completion.finished)


def _response_format(rung: Rung, schema: Any) -> dict[str, Any]:
    match rung:
        case Rung.STRICT | Rung.SCHEMA:
            form = {"name": "answer", "strict": rung is Rung.STRICT, "schema": schema}
            return {"response_format": {"type": "json_schema", "json_schema": form}}
        case Rung.OBJECT:
            return {"response_format": {"type": "json_object"}}
    return {}


def _problems(validator: Draft202012Validator, data: Any) -> Iterator[str]:
    """What is wrong with an answer, for the model; not with which value: that may be the document's text."""
    if data is None:
        yield "- It is not JSON."
        return
    for error in islice(validator.iter_errors(data), _TOLD):
        rule = json.dumps(error.validator_value, ensure_ascii=False)
        yield f"- {error.json_path} must hold to {error.validator!r}: {rule}"[:_TOLD_LETTERS]


def _asked(question: Question) -> Message:
    if not question.pictures:
        return _message("user", question.text)
    parts: list[Message] = [{"type": "image_url", "image_url": {"url": _url(p)}} for p in question.pictures]
    return {"role": "user", "content": [*parts, {"type": "text", "text": question.text}]}


def _message(role: str, text: str) -> Message:
    return {"role": role, "content": text}


def _url(picture: bytes) -> str:
    kind = {b"\x89PNG": "png", b"RIFF": "webp"}.get(picture[:4], "jpeg")
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode('ascii')}"
