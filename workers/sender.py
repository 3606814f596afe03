"""Sends webhooks from every worker: the ledger says what is due, and no worker is needed in particular."""

from __future__ import annotations

import logging
import threading
from functools import partial

from opentelemetry.trace import SpanKind

from schemas.errors import Interrupted
from schemas.settings import Settings
from workers.ground import is_away, steadily
from workers.jobs import telemetry, tracing
from workers.jobs.ledger.dispatch import Outgoing
from workers.jobs.services import Services
from workers.jobs.transport import Resolve
from workers.jobs.webhooks.attempt import Courier
from workers.jobs.webhooks.endpoints import allowed_hosts

log = logging.getLogger(__name__)

_LOOK_EVERY_SECONDS = 1.0
_CLAIM_SPARE_SECONDS = 45.0
"""How much longer than an attempt may take it stays claimed."""


class Sender:
    """Delivers what is due, on a thread for each attempt.

    Endpoints that fail have threads of their own, and one endpoint only a few: neither a dead one nor a
    slow one keeps others waiting.
    """

    def __init__(self, settings: Settings, services: Services, resolve: Resolve | None = None) -> None:
        self._dispatch = services.dispatch
        self._courier = Courier(
            services.ledger, services.vault, allowed_hosts(settings), settings.webhook_timeout, resolve
        )
        self._threads, self._at_once = settings.webhook_threads, settings.webhook_parallel
        self._claim_seconds = settings.webhook_timeout + _CLAIM_SPARE_SECONDS
        self._busy = {False: 0, True: 0}
        self._lock = threading.Lock()
        self._news = threading.Event()
        self._stopping = threading.Event()

    def run(self, stopping: threading.Event) -> None:
        """Sends until ``stopping``; what is on its way then is sent again once its claim is over."""
        self._stopping = stopping
        while not stopping.is_set():
            self._news.clear()
            try:
                self.send_due()
            except Exception as error:
                if not is_away(error):
                    log.exception("webhooks could not be looked for and are looked for again")
            self._news.wait(_LOOK_EVERY_SECONDS)

    def send_due(self) -> int:
        """Begins to send what is due, as far as there are threads; returns how many."""
        begun = 0
        for failing in (False, True):
            with self._lock:
                free = self._threads - self._busy[failing]
            claimed = self._dispatch.claim(
                failing=failing, limit=free, at_once=self._at_once, lease_seconds=self._claim_seconds
            )
            with self._lock:
                self._busy[failing] += len(claimed)
            for outgoing in claimed:
                # Daemons: a process that ends does not wait for somebody else's server.
                thread = threading.Thread(target=self._send, args=(outgoing, failing), daemon=True)
                thread.start()
            begun += len(claimed)
        return begun

    def _check(self) -> None:
        if self._stopping.is_set():
            raise Interrupted("the worker is going down")

    @property
    def idle(self) -> bool:
        """Whether nothing is on its way."""
        with self._lock:
            return not any(self._busy.values())

    def _send(self, outgoing: Outgoing, failing: bool) -> None:
        told = {"octavo.webhook": outgoing.webhook_id, "octavo.delivery": outgoing.id}
        parent = tracing.continued(outgoing.traceparent)
        with (
            tracing.span("webhook", told, kind=SpanKind.CLIENT, parent=parent) as span,
            telemetry.bind(webhook=outgoing.webhook_id, delivery=outgoing.id),
        ):
            try:
                outcome = self._courier.attempt(outgoing)
                span.set_attribute("http.response.status_code", outcome.status_code or 0)
                if not outcome.delivered:
                    log.info("a webhook was not taken: %s", outcome.status_code or "no answer")
                # Patiently: what was sent and not recorded is sent again.
                record = partial(self._dispatch.record, outgoing, outcome)
                steadily(record, self._check, self._stopping.wait)
            except Interrupted:
                log.info("a webhook's outcome could not be recorded: it is sent again when its claim is over")
            except Exception:
                log.exception("a webhook failed here and is sent again when its claim is over")
            finally:
                with self._lock:
                    self._busy[failing] -= 1
                self._news.set()
