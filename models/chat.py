"""Asking models behind OpenAI-compatible chat servers: vLLM or another one's own, or a hosted one."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import openai
from pyrate_limiter import Duration, Limiter, Rate

# At DEBUG the client's logs hold whole requests and answers: the document.
logging.getLogger("openai").setLevel(logging.WARNING)

_RETRIES = 3
_TOO_LONG = re.compile(r"context|too long|too many tokens|token (?:count|limit)", re.IGNORECASE)
"""How servers say that a request does not fit their model."""
_REST_SECONDS = 60.0
"""How long a server that could not be reached is left alone: each page would wait for it in vain."""

Message = dict[str, Any]
"""A message of a conversation, as the API has it."""


class ChatFailed(Exception):
    """There is no answer, and another try would have none. The message is for the user.

    The tokens are those that were used up all the same.
    """

    def __init__(self, message: str, input_tokens: int = 0, output_tokens: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.input_tokens, self.output_tokens = input_tokens, output_tokens


class RequestRefused(ChatFailed):
    """The server does not take the request as it is (HTTP 400 or 422); it might take another."""


class RequestTooLong(RequestRefused):
    """The request is longer than the model takes."""


@dataclass(frozen=True, slots=True)
class Naming:
    """How users are told of a model: ``The vision model``, and what the names of its settings begin with.

    ``settings`` begins those of its server, ``limits`` those of what it may take.
    """

    model: str
    settings: str
    limits: str


@dataclass(frozen=True, slots=True)
class Completion:
    """A model's answer as it came. ``finished`` is False when it was cut at its longest."""

    text: str
    input_tokens: int = 0
    output_tokens: int = 0
    finished: bool = True


class Traffic:
    """How many requests one server gets at a time and in a minute (0: any number), tries included."""

    def __init__(self, parallel: int = 4, per_minute: int = 0) -> None:
        self._slots = threading.BoundedSemaphore(parallel)
        self._limiter = Limiter(Rate(per_minute, Duration.MINUTE)) if per_minute else None

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Waits for its turn and holds it for the length of the block."""
        with self._slots:
            yield

    def pace(self, _request: object = None) -> None:
        """Waits until the minute has room for another request."""
        if self._limiter is not None:
            self._limiter.try_acquire("requests")


class ChatServer:
    """Asks a server's chat completions; trouble that may pass is tried again, after ``Retry-After``.

    Safe to call from any thread. ``timeout`` is that of one try, in seconds.
    """

    def __init__(
        self,
        base_url: str,
        model: str,
        api_key: str | None,
        naming: Naming,
        traffic: Traffic,
        *,
        timeout: float = 120.0,
        max_tokens: int = 8192,
    ) -> None:
        # Without a key the client would take one from the environment, meant for another server.
        self._client = openai.OpenAI(
            base_url=base_url,
            api_key=api_key or "none",
            timeout=timeout,
            max_retries=_RETRIES,
            http_client=openai.DefaultHttpxClient(event_hooks={"request": [traffic.pace]}),
        )
        self._client.organization = self._client.project = None  # the same
        self._model, self._naming, self._traffic, self._timeout = model, naming, traffic, timeout
        self._settings: dict[str, Any] = {"max_tokens": max_tokens, "temperature": 0}
        self._left_alone_until = 0.0

    def complete(self, messages: list[Message], **more: Any) -> Completion:
        """The answer to a conversation; ``more`` are further parameters of the request.

        Raises:
            RequestRefused: the server does not take the request as it is.
            ChatFailed: it cannot be reached, failed, or its model refuses to answer.
        """
        with self._traffic.slot():
            if time.monotonic() < self._left_alone_until:
                raise self._failed("'s server did not answer a moment ago.")
            return self._completion(self._ask(messages, more))

    def close(self) -> None:
        """Gives the connections back."""
        self._client.close()

    def _ask(self, messages: list[Message], more: Mapping[str, Any]) -> Any:
        settings = self._settings
        try:
            return self._client.chat.completions.create(
                model=self._model,
                messages=messages,  # type: ignore[arg-type]
                **settings,
                **more,
            )
        except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
            adapted = _adapted(settings, str(error))
            if adapted is None:
                reason = f"'s server refused the request (HTTP {error.status_code}): the model may take no"
                reason += f" picture, less text, or less than {self._naming.limits}_MAX_TOKENS."
                kind = RequestTooLong if _TOO_LONG.search(str(error)) else RequestRefused
                raise kind(f"{self._naming.model}{reason}") from error
            self._settings = adapted
            return self._ask(messages, more)
        except openai.APITimeoutError as error:
            self._left_alone_until = time.monotonic() + _REST_SECONDS
            reason = f" took longer than {self._timeout:.0f} seconds ({self._naming.limits}_TIMEOUT)."
            raise self._failed(reason) from error
        except openai.APIConnectionError as error:
            self._left_alone_until = time.monotonic() + _REST_SECONDS
            reason = f"'s server could not be reached ({self._naming.settings}_BASE_URL)."
            raise self._failed(reason) from error
        except openai.APIStatusError as error:
            raise self._failed(_refused(error.status_code, self._naming.settings)) from error
        except (openai.OpenAIError, ValueError) as error:
            raise self._failed("'s server gave an answer that makes no sense.") from error

    def _completion(self, answer: Any) -> Completion:
        """The first choice of a chat completion: nothing in it is taken for granted."""
        choices = getattr(answer, "choices", None)
        choice = choices[0] if isinstance(choices, list) and choices else None
        message, reason = getattr(choice, "message", None), getattr(choice, "finish_reason", None)
        if message is None:
            raise self._failed("'s server gave an answer that makes no sense.")
        usage = getattr(answer, "usage", None)
        used = _count(usage, "prompt_tokens"), _count(usage, "completion_tokens")
        if getattr(message, "refusal", None) or reason == "content_filter":
            raise ChatFailed(f"{self._naming.model} refused to read it.", *used)
        text = getattr(message, "content", None)
        return Completion(text if isinstance(text, str) else "", *used, finished=reason != "length")

    def _failed(self, reason: str) -> ChatFailed:
        return ChatFailed(f"{self._naming.model}{reason}")


def _adapted(settings: dict[str, Any], complaint: str) -> dict[str, Any] | None:
    """The settings in the way that the server wants them; None if that is not what it complains of."""
    for name, other in (("max_tokens", "max_completion_tokens"), ("temperature", None)):
        if name in settings and name in complaint:
            kept = {key: value for key, value in settings.items() if key != name}
            return {**kept, other: settings[name]} if other else kept
    return None


def _refused(status: int, settings: str) -> str:
    match status:
        case 401 | 403:
            return f"'s server refused the key ({settings}_API_KEY)."
        case 404:
            return f"'s server does not know the model ({settings}_MODEL)."
        case 429:
            return "'s server has too many requests."
    return f"'s server failed (HTTP {status})."


def _count(usage: object, name: str) -> int:
    count = getattr(usage, name, 0)
    return count if isinstance(count, int) and count > 0 else 0
