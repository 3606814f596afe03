"""Engines whose language model answers by what it is asked."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from schemas.llm import LlmName, Question, Reply
from tests.fakes.engines import FakeEngines


@dataclass
class AskedEngines(FakeEngines):
    """``say`` gives data (for 100 tokens in and 10 out), a reply or an error."""

    say: Callable[[Question], Any] = field(default=lambda question: {})
    llms: frozenset[LlmName] = frozenset({LlmName.TENSORLAKE})
    names: list[LlmName] = field(default_factory=list)

    def answer(self, question: Question, llm: LlmName) -> Reply:
        self.questions.append(question)
        self.names.append(llm)
        answer = self.say(question)
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, Reply) else Reply(answer, 100, 10)


def said(value: Any, *at: str) -> dict[str, Any]:
    """A value and its places, as a model says it."""
    return {"value": value, "at": list(at)}


def pages_in(question: Question) -> list[int]:
    """The pages that a question is about."""
    return sorted({int(page) for page in re.findall(r"^==\w{8} (\d+)\.", question.text, re.MULTILINE)})
