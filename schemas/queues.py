"""Queues: what waits together because it needs the same, and how a worker is told which it serves."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Queue(StrEnum):
    """Work by what it needs: processor cores, a graphics card, a language model's answers.

    ``notify`` has no jobs: webhooks are sent by the workers that serve it.
    """

    CPU = "cpu"
    GPU = "gpu"
    LLM = "llm"
    NOTIFY = "notify"


def parse_queues(words: Iterable[str]) -> dict[Queue, int | None]:
    """Queues as an operator names them: ``cpu=4``, or ``cpu`` for as many at once as is usual (None).

    Raises:
        ValueError: the message says which word is not understood.
    """
    asked: dict[Queue, int | None] = {}
    for word in words:
        name, has_number, number = (part.strip() for part in word.partition("="))
        if name not in tuple(Queue):
            raise ValueError(f"{name!r} is no queue: name {', '.join(Queue)}")
        if has_number and Queue(name) is Queue.NOTIFY:
            raise ValueError("notify takes no number: OCTAVO_WEBHOOK_THREADS says how many are sent at once")
        if has_number and (not number.isdecimal() or int(number) == 0):
            raise ValueError(f"{word!r}: say how many at once with a number from 1, such as {name}=4")
        asked[Queue(name)] = int(number) if has_number else None
    return asked
