"""The Celery side: a message only says that there is work on a queue, and wakes a thread of ours for it.

The work is not done in Celery's pool: our threads go on while the broker is away, look for lost work by
themselves and wait for children, which prefork's processes may not have. Messages are acknowledged early:
the ledger's lease covers what is lost.
"""

from __future__ import annotations

import signal
import threading
import warnings
from collections.abc import Callable
from types import FrameType
from typing import Any

from celery import Celery, signals
from celery.platforms import EX_OK, SecurityWarning
from celery.worker import state

from schemas.queues import Queue
from schemas.settings import Settings
from workers.jobs.doorbell import TASK, broker_queue
from workers.jobs.services import Services
from workers.run import Worker
from workers.slots import Slots
from workers.wear import Wear

_BROKER_SECONDS = 5.0
_LAST_STEPS_SECONDS = 20.0
"""How long what was in hand may take to go back to the ledger when the worker is told to stop."""


def create_celery(settings: Settings) -> Celery:
    """A Celery app with our ways: nothing kept, nothing late, nothing pickled."""
    app = Celery("octavo", broker=settings.broker, set_as_current=False)
    app.conf.update(
        task_ignore_result=True,
        task_acks_late=False,
        task_serializer="json",
        accept_content=["json"],
        task_queues=[broker_queue(queue) for queue in _worked_on(settings)],
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        worker_enable_remote_control=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "socket_connect_timeout": _BROKER_SECONDS,
            "socket_timeout": _BROKER_SECONDS,
            "socket_keepalive": True,
        },
    )
    return app


def _worked_on(settings: Settings) -> dict[str, int]:
    """The queues with jobs that this worker serves, and how many threads each has."""
    return {queue.value: count for queue, count in settings.slots.items() if queue is not Queue.NOTIFY}


def run_worker(settings: Settings, services: Services) -> None:
    """Works until told to stop (SIGTERM or Ctrl-C), or worn: then it ends what is in hand, and returns.

    What is in hand when it is told to stop goes back to the ledger at once.
    """
    worker, wear = Worker(settings, services), Wear(settings.worker_max_shards, settings.worker_memory_bytes)

    def work(queue: str) -> bool:
        shards = worker.run_one(queue)
        if shards and wear.worn_after(shards):
            slots.close()
        return shards > 0

    def look_for_work() -> None:
        for queue, count in _worked_on(settings).items():
            slots.ring(queue, services.shards.claimable(queue, most=count))

    def end_with_slots() -> None:
        slots.join()
        state.should_stop = EX_OK

    def going_down(**_: Any) -> None:
        worker.stop()
        slots.close()

    slots = Slots(work, _worked_on(settings))
    worker.start(list(settings.slots), look_for_work)
    slots.start()
    for queue, count in _worked_on(settings).items():
        slots.ring(queue, count)
    threading.Thread(target=end_with_slots, name="end", daemon=True).start()
    signals.worker_shutting_down.connect(going_down, weak=False)
    signals.worker_ready.connect(lambda **_: _stop_quietly(going_down), weak=False)
    try:
        _listen(settings, slots)
    finally:
        going_down()
        slots.join(_LAST_STEPS_SECONDS)


def _stop_quietly(going_down: Callable[[], None]) -> None:
    """Takes SIGTERM and SIGINT from Celery, which writes past the log; a second one waits for nobody."""

    def stop(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        going_down()
        state.should_stop = EX_OK

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)


def _listen(settings: Settings, slots: Slots) -> None:
    """Hears the broker's messages until the worker is to end."""
    app = create_celery(settings)

    @app.task(name=TASK)  # type: ignore[untyped-decorator]
    def ring(queue: str) -> None:
        slots.ring(queue)

    # Somebody who listens here keeps Celery from writing its lines its own way.
    signals.setup_logging.connect(lambda **_: None, weak=False)
    # Celery warns a root user of pickled messages; none is accepted here.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    app.Worker(
        pool="solo",
        concurrency=1,
        loglevel=settings.log_level,
        without_mingle=True,
        without_gossip=True,
        without_heartbeat=True,
        quiet=True,
    ).start()
