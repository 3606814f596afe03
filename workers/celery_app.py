"""The Celery side: queues, and tasks of one line each. A message only says that there is work on a queue.

Threads, not prefork: a thread only waits for its children, and children of their own are what prefork's
processes may not have. Messages are acknowledged early: the ledger's lease covers what is lost.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence
from typing import Any

from celery import Celery, signals
from celery.platforms import SecurityWarning

from schemas.settings import Settings
from workers.jobs.doorbell import TASK
from workers.jobs.ledger.tables import DEFAULT_QUEUE
from workers.jobs.services import Services
from workers.run import Worker

log = logging.getLogger(__name__)

QUEUES = (DEFAULT_QUEUE,)


def create_celery(broker: str) -> Celery:
    """A Celery app for ``broker`` with our ways: nothing kept, nothing late, nothing pickled."""
    app = Celery("octavo", broker=broker, set_as_current=False)
    app.conf.update(
        task_ignore_result=True,
        task_acks_late=False,
        task_serializer="json",
        accept_content=["json"],
        task_create_missing_queues=True,
        task_default_queue=QUEUES[0],
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        worker_enable_remote_control=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
    )
    return app


def run_worker(settings: Settings, services: Services, queues: Sequence[str] = QUEUES) -> None:
    """Works until told to stop (SIGTERM or Ctrl-C): what is in hand goes back to the ledger at once."""
    app = create_celery(settings.broker)
    worker = Worker(settings, services)

    @app.task(name=TASK)  # type: ignore[untyped-decorator]
    def work(queue: str) -> None:
        worker.run_one(queue)

    def going_down(**_: Any) -> None:
        worker.stop()

    signals.worker_ready.connect(lambda **_: worker.start(list(queues)), weak=False)
    signals.worker_shutting_down.connect(going_down, weak=False)
    # Celery warns a root user of pickled messages; none is accepted here.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    app.Worker(
        pool="threads",
        concurrency=settings.concurrency,
        queues=list(queues),
        loglevel=settings.log_level,
        without_mingle=True,
        without_gossip=True,
        without_heartbeat=True,
        quiet=True,
    ).start()
