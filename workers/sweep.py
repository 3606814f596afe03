"""What every worker looks after now and then: lost rings, poisoned documents, bytes nobody needs."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta

from schemas.settings import Settings
from workers.jobs.disposal import discard_files
from workers.jobs.services import Services

log = logging.getLogger(__name__)


def sweep(services: Services, settings: Settings, queues: Sequence[str]) -> None:
    """Fails jobs whose document took every worker down, forgets what is over, rings for work that waits."""
    for job_id in services.shards.fail_poisoned(settings.page_window):
        log.error("job %s failed: its worker was lost %d times", job_id, settings.max_attempts)
    discard_files(services)
    services.deliveries.forget(timedelta(days=settings.webhook_log_days))
    services.repeats.forget()
    for queue in queues:
        for _ in range(min(services.shards.claimable(queue), settings.concurrency)):
            services.doorbell.ring(queue)
