"""Running a job again that has ended."""

from __future__ import annotations

from schemas.errors import InvalidJobState
from schemas.requests import ReplayMode
from workers.jobs.ledger.replay import request_of
from workers.jobs.ledger.tables import Job
from workers.jobs.routing import assembly_queue, pages_queue
from workers.jobs.services import Services


def replay(services: Services, project: str, job_id: str, mode: ReplayMode) -> Job:
    """Begins an ended job anew and rings for it.

    Raises:
        QuotaExceeded: too much waits already.
        NotFound: there is no such job in the project.
        InvalidJobState: it has not ended, its document is gone, or, if ``mode`` is strict, something that is
            finished would be done otherwise now, or nobody can tell because no worker runs.
    """
    request = request_of(services.jobs.get(project, job_id))
    queue = pages_queue(request, services.settings)
    marks = None
    if mode is ReplayMode.STRICT:
        marks = _marks(services, {queue, assembly_queue(request, services.settings, queue)})
    services.quotas.admit_job(project)
    job = services.replays.begin(project, job_id, queue, marks)
    services.doorbell.ring(queue)
    return job


def _marks(services: Services, queues: set[str]) -> set[str]:
    """How those read who may come to do it."""
    marks = {one.reading_mark for one in services.workers.alive() if not queues.isdisjoint(one.queues)}
    if not marks:
        raise InvalidJobState(
            "No worker is running, so that nobody can say whether this parse would be read as it was: start"
            " one, or replay it with the mode adaptive."
        )
    return marks
