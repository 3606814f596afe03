"""The doorbell: tells workers that there is work. The ledger is the truth: a ring may be lost."""

from __future__ import annotations

import logging
import math
import queue
import threading
import time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from celery import Celery
    from kombu.entity import Queue
    from kombu.messaging import Producer

log = logging.getLogger(__name__)

TASK = "octavo.work"
_MOST_WAITING = 10_000
_MOST_AT_THE_BROKER = 1000
"""Rings that a queue may have there: more would wake nobody else, and nobody may be there to hear them."""
_COUNTED_SECONDS = 1.0
_SECONDS = 2.0


def broker_queue(name: str) -> Queue:
    """A queue at the broker, through the exchange without a name: no broker can forget how it is reached."""
    from kombu.entity import Exchange, Queue

    return Queue(name, Exchange(""), routing_key=name, no_ack=True)  # type: ignore[no-untyped-call]


class Doorbell(Protocol):
    """Rings for one piece of work; never raises and never waits."""

    def ring(self, queue: str) -> None:
        """Says that ``queue`` has one more piece of work."""
        ...

    def close(self) -> None:
        """Lets what was rung go out, for a moment."""
        ...


class CeleryDoorbell:
    """Sends a Celery message a ring, from a thread of its own, so that no caller waits for a broker.

    A ring that cannot be sent is logged and dropped: the workers' sweep finds the work.
    """

    def __init__(self, broker_url: str) -> None:
        self._broker_url = broker_url
        self._app: Celery | None = None
        self._rung: queue.Queue[str | None] = queue.Queue(_MOST_WAITING)
        self._sender: threading.Thread | None = None
        self._starting = threading.Lock()
        self._there: dict[str, tuple[float, int]] = {}

    def ring(self, queue: str) -> None:
        """See ``Doorbell.ring``."""
        with self._starting:
            # Not in the constructor: a process that forks would lose the thread.
            if self._sender is None or not self._sender.is_alive():
                self._sender = threading.Thread(target=self._send_all, name="doorbell", daemon=True)
                self._sender.start()
        self._put(queue)

    def _put(self, rung: str | None) -> None:
        try:
            self._rung.put_nowait(rung)
        except queue.Full:
            log.warning("too many rings wait for the broker: one is dropped, the sweep will find its work")

    def _send_all(self) -> None:
        while (rung := self._rung.get()) is not None:
            try:
                self._send(rung)
            except Exception as error:
                lost = 1 + self._drop_waiting()
                log.warning("%d rings lost, the sweep will find their work: %s", lost, type(error).__name__)

    def _send(self, rung: str) -> None:
        try:
            self._publish(rung)
        except Exception:  # the connection may be to a broker that was started anew since
            self._publish(rung)

    def _publish(self, rung: str) -> None:
        self._app = app = self._app or _celery(self._broker_url)
        with app.producer_or_acquire() as producer:
            if self._has_room(producer, rung):
                queue = broker_queue(rung)
                app.send_task(
                    TASK, args=[rung], queue=queue, producer=producer, ignore_result=True, retry=False
                )

    def _has_room(self, producer: Producer, rung: str) -> bool:
        """Whether the queue may have one more ring. Counted anew each second, and while it is full."""
        counted, there = self._there.get(rung, (-math.inf, 0))
        if time.monotonic() - counted > _COUNTED_SECONDS or there >= _MOST_AT_THE_BROKER:
            counted, there = time.monotonic(), producer.channel.queue_declare(rung).message_count
        self._there[rung] = counted, there + 1
        return there < _MOST_AT_THE_BROKER

    def _drop_waiting(self) -> int:
        """Empties what waits while the broker is away; each would only time out as well."""
        dropped = 0
        while True:
            try:
                rung = self._rung.get_nowait()
            except queue.Empty:
                return dropped
            if rung is None:
                self._put(None)
                return dropped
            dropped += 1

    def close(self) -> None:
        """See ``Doorbell.close``."""
        if self._sender is not None and self._sender.is_alive():
            self._put(None)
            self._sender.join(2 * _SECONDS)
        if self._app is not None:
            self._app.close()


def _celery(broker_url: str) -> Celery:
    """What sends messages; imported by the thread that sends the first."""
    from celery import Celery

    app = Celery("octavo", broker=broker_url, set_as_current=False)
    app.conf.update(
        task_ignore_result=True,
        task_serializer="json",
        broker_connection_timeout=_SECONDS,
        broker_transport_options={
            "socket_connect_timeout": _SECONDS,
            "socket_timeout": _SECONDS,
            "retry_on_timeout": False,
            "max_retries": 0,
        },
    )
    return app
