"""The endpoints of a run: what each was told, verified at the moment it came."""

from __future__ import annotations

import random
import threading
from contextlib import suppress
from dataclasses import dataclass

from svix.webhooks import WebhookVerificationError

from benchmarks.receiver import Received

_FAILING_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where webhooks are sent: its path at the receiver, its secret and what it is told of."""

    path: str
    secret: str
    events: tuple[str, ...]
    fails: bool = False
    """Whether it does not take some of the first attempts."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A webhook that came: of which job it says what, under which id. ``job`` is None: it is not genuine."""

    path: str
    id: str
    job: str | None = None
    status: str | None = None


class Hearing:
    """Chooses the answers to webhooks and remembers what was heard."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._lock = threading.Lock()
        self._ids: set[tuple[str, str]] = set()
        self.endpoints: dict[str, Endpoint] = {}
        self.heard: list[Heard] = []

    def answer(self, request: Received) -> int:
        """The status of the answer to a webhook."""
        endpoint = self.endpoints[request.path]
        with self._lock:
            first = (request.path, request.id) not in self._ids
            self._ids.add((request.path, request.id))
            if endpoint.fails and first and self._rng.random() < _FAILING_SHARE:
                return 503
            self.heard.append(_heard(request, endpoint))
        return 200


def _heard(request: Received, endpoint: Endpoint) -> Heard:
    with suppress(WebhookVerificationError):
        payload = request.verified(endpoint.secret)
        return Heard(endpoint.path, request.id, payload["job_id"], payload["status"])
    return Heard(endpoint.path, request.id)
