"""Customers: each submits a document as a careful client does, waits for its end and keeps what it saw."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

from benchmarks.chaos.documents import Document, Kind, wrong_with
from benchmarks.chaos.ground import KEY

_PAUSE_SECONDS = 0.5
_POLL_SECONDS = 1.0
_TERMINAL = {"parse_done": "successful", "parse_failed": "failure"}


class Refused(Exception):
    """The service said no to a request that is right."""


class TooLong(Exception):
    """The patience for a job is over."""


@dataclass
class Story:
    """What became of one document. ``parse_ids`` are all that its submit was ever answered with."""

    document: Document
    parse_ids: set[str] = field(default_factory=set)
    tries: int = 0
    end: dict[str, Any] | None = None
    wrong: list[str] = field(default_factory=list)

    @property
    def parse_id(self) -> str | None:
        """The job's id; None: it was never accepted."""
        return next(iter(self.parse_ids), None)


class Customer:
    """A client of the service that gives a job ``patience`` seconds, or less when all is ``over``."""

    def __init__(self, url: str, patience: float, over: threading.Event | None = None) -> None:
        headers = {"Authorization": f"Bearer {KEY}"}
        self._client = httpx.Client(base_url=f"{url}/documents/v2/", headers=headers, timeout=60)
        self._patience = patience
        self._over = over or threading.Event()
        self._limit = float("inf")
        self._tries = 0

    def live(self, document: Document, dataset_id: str) -> Story:
        """Submits a document and waits for its end; what is wrong is in the story, and never raised."""
        story = Story(document)
        self._limit, self._tries = time.monotonic() + self._patience, 0
        try:
            self._submit(story, dataset_id)
            if document.cancelled:
                self._cancel(f"parse/{story.parse_id}/cancel")
            self._wait(story)
        except (Refused, TooLong) as error:
            story.wrong.append(f"{type(error).__name__}: {error}")
        story.tries = self._tries
        if story.end is not None:
            story.wrong += wrong_with(document, story.end)
        return story

    def _submit(self, story: Story, dataset_id: str) -> None:
        document = story.document
        if document.kind is Kind.TEXT:
            body: dict[str, Any] = {"raw_text": document.text(), "mime_type": "text/plain"}
        else:
            files = {"file": (document.name, document.data())}
            body = {"file_id": self.asked("PUT", "files", files=files)["file_id"]}
        path = f"datasets/{dataset_id}/parse" if document.in_dataset else "parse"
        options = {} if document.in_dataset else document.options
        story.parse_ids.add(self.keyed(path, f"document-{document.index}", {**body, **options})["parse_id"])
        # As a client whose answer got lost: the same again is the same job.
        if document.index % 5 == 0:
            again = self.keyed(path, f"document-{document.index}", {**body, **options})
            story.parse_ids.add(again["parse_id"])

    def _cancel(self, path: str) -> None:
        """Cancels a job, unless it has ended."""
        while True:
            self._tries += 1
            with suppress(httpx.TransportError):
                answer = self._client.post(path)
                if answer.status_code in (200, 409):
                    return
                if answer.status_code < 500:
                    raise Refused(f"{path}: {answer.status_code} {answer.text[:500]}")
            self._pause(path)

    def keyed(self, path: str, key: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer to a POST that is made once, however often it has to be sent."""
        return self.asked("POST", path, json=body, headers={"Idempotency-Key": key})

    def asked(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        """The answer to a request, sent again while the service is away.

        Raises:
            Refused: it is there and says no.
            TooLong: the patience is over.
        """
        while True:
            self._tries += 1
            try:
                answer = self._client.request(method, path, **request)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.is_success:
                body: dict[str, Any] = answer.json()
                return body
            if answer is not None and answer.status_code < 500 and answer.status_code not in (409, 429):
                raise Refused(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
            self._pause(f"{method} {path}: {answer.text[:200] if answer is not None else 'no answer'}")

    def all(self, path: str) -> list[dict[str, Any]]:
        """All items of a list of the API."""
        found: list[dict[str, Any]] = []
        cursor: dict[str, str] = {}
        while True:
            page = self.asked("GET", path, params={"limit": 100, **cursor})
            found += page["items"]
            if not page["has_more"]:
                return found
            cursor = {"cursor": page["next_cursor"]}

    def _pause(self, waiting_for: str) -> None:
        if self._over.is_set() or time.monotonic() > self._limit:
            raise TooLong(waiting_for)
        time.sleep(_PAUSE_SECONDS)

    def _wait(self, story: Story) -> None:
        path = f"parse/{story.parse_id}"
        if story.document.index % 2:
            self._listen(story, path)
        while story.end is None:
            result = self.asked("GET", path)
            if result["status"] in _TERMINAL.values():
                story.end = result
            else:
                self._pause(f"{path} is {result['status']}: {result['message_update']}")
                time.sleep(_POLL_SECONDS - _PAUSE_SECONDS)

    def _listen(self, story: Story, path: str) -> None:
        """Waits by event streams, asking again when one breaks; one may not end well without the end."""
        while story.end is None:
            self._tries += 1
            try:
                with self._client.stream("GET", path, headers={"Accept": "text/event-stream"}) as answer:
                    if answer.is_success:
                        story.wrong += self._heard(story, answer.iter_lines())
                    elif answer.status_code < 500:
                        raise Refused(f"stream of {path}: {answer.status_code}")
            except httpx.TransportError:
                pass
            if story.end is None:
                self._pause(f"stream of {path}")

    def _heard(self, story: Story, lines: Iterator[str]) -> list[str]:
        ends = [(name, data) for name, data in _events(self._patiently(lines)) if name in _TERMINAL]
        if not ends:
            return ["a stream came to its end without the job's"]
        if len(ends) > 1:
            return ["a stream told of several ends"]
        ((name, data),) = ends
        story.end = json.loads(data)
        return [] if story.end["status"] == _TERMINAL[name] else [f"{name} says {story.end['status']}"]

    def _patiently(self, lines: Iterator[str]) -> Iterator[str]:
        for line in lines:
            if time.monotonic() > self._limit:
                raise TooLong("a stream goes on and on")
            yield line


def _events(lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    """The names of server-sent events with their data."""
    name, data = "", []
    for line in lines:
        if line.startswith("event:"):
            name = line.removeprefix("event:").strip()
        elif line.startswith("data:"):
            data.append(line.removeprefix("data:").strip())
        elif not line and name:
            yield name, "\n".join(data)
            name, data = "", []
